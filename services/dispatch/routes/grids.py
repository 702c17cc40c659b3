"""网格登记与定位: the registry, a file brought in, which grid holds a point, which area an address names."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import cadres
from casework.db import grids as rows
from casework.db.knowledge import now_of
from casework.db.models import Grid
from casework.journey import grids as journey
from casework.journey.city import City
from casework.journey.placing import NEAR_M
from casework.kit.errors import NotFound
from casework.kit.language import language
from casework.place.counties import county_map
from casework.place.match import match_place
from casework.rules.facts import Actor
from casework.rules.points import Point, wgs84
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, GridKind, Role
from services.dispatch import grid_drawing as draw
from services.dispatch import grid_schemas as s
from services.who import Holding, TheCity, Transaction

router = APIRouter(tags=["网格 grids"])
READERS = frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES
WRITERS = frozenset({Role.DISPATCHER, Role.STREET, Role.SUPERVISION})
Reader = Annotated[Actor, Depends(Holding(*READERS))]
Writer = Annotated[Actor, Depends(Holding(*WRITERS))]
Code = Annotated[str, Path(pattern=r"^[0-9A-Z]{13,20}$")]
Area = Annotated[str | None, Query(max_length=20, pattern=r"^[0-9A-Z]+$")]
Moment = Annotated[datetime | None, Query()]


@router.get("/grids")
async def list_grids(
    actor: Reader,
    session: Transaction,
    city: TheCity,
    area: Area = None,
    kind: GridKind | None = None,
    ended: bool = False,
    words: Annotated[str, Query(max_length=100)] = "",
    cursor: Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Z]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> s.GridPage:
    """The grids of the scope by code; with `ended` also those that stand no more; `words`: a part of code or name."""
    at = None if ended else await now_of(session)
    found = await rows.page(session, actor, at=at, area=area, kind=kind, words=words, after=cursor, limit=limit + 1)
    people = await rows.names_of(session, (grid.leader_id for grid in found))
    shown = [draw.row(city.catalog.areas, grid, people) for grid in found[:limit]]
    return s.GridPage(items=shown, next=found[limit - 1].code if len(found) > limit else None)


@router.post("/grids", status_code=201)
async def make_grid(form: s.GridForm, actor: Writer, session: Transaction, city: TheCity) -> s.GridView:
    """新建网格."""
    new = journey.NewGrid(form.community, form.name, form.kind, form.polygon, form.crs, _people(form))
    return await _shown(session, city, await journey.create(session, city, actor, new))


@router.get("/grids/at")
async def grid_at(
    actor: Reader,
    session: Transaction,
    city: TheCity,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-90, le=90)],
    crs: s.System,
    at: Moment = None,
) -> s.SpotView:
    """点找网格: at the moment `at` (UTC where it names no zone), now if left out. Outside the scope nothing is told."""
    moment = await _moment(session, at)
    point = wgs84(Point(lon, lat), crs) or Point(lon, lat)
    grids = await city.places.grids()
    held = grids.at(point, moment)
    near = held or grids.near(point, moment, metres=NEAR_M)
    area = held.code if held else near.area if near else county_map().at(point)
    if area is None or not area.startswith(actor.area):
        return s.SpotView(grid=None, area_code=None, area_name="", outside=True)
    name = city.catalog.areas.name_path(area)
    return s.SpotView(grid=held.code if held else None, area_code=area, area_name=name, outside=held is None)


@router.post("/grids/imports")
async def import_grids(
    request: Request,
    actor: Writer,
    session: Transaction,
    city: TheCity,
    crs: s.System,
    source: s.Name,
    apply: bool = False,
) -> s.ImportView:
    """导入 GeoJSON, as the body. Without `apply` it is only examined: read the answer first."""
    found = await journey.bring_in(session, city, actor, await request.body(), crs=crs, source=source, apply=apply)
    return draw.brought_in(city.catalog.areas, found, language(request), applied=apply)


@router.get("/grids/{grid_code}")
async def show_grid(grid_code: Code, actor: Reader, session: Transaction, city: TheCity) -> s.GridView:
    """One grid, standing or not."""
    found = await rows.find(session, actor, grid_code)
    if found is None:
        raise NotFound("grid.not_found")
    return await _shown(session, city, found)


@router.put("/grids/{grid_code}")
async def change_grid(
    grid_code: Code, form: s.GridChange, actor: Writer, session: Transaction, city: TheCity
) -> s.GridView:
    """修改名称、类型、人员."""
    people, seen = _people(form), form.version
    found = await journey.change(session, actor, grid_code, seen=seen, name=form.name, kind=form.kind, people=people)
    return await _shown(session, city, found)


@router.post("/grids/{grid_code}/borders", status_code=201)
async def redraw_grid(
    grid_code: Code, form: s.Borders, actor: Writer, session: Transaction, city: TheCity
) -> s.GridView:
    """改划边界: answers the new grid."""
    new = await journey.redraw(session, city, actor, grid_code, seen=form.version, polygon=form.polygon, crs=form.crs)
    return await _shown(session, city, new)


@router.post("/grids/{grid_code}/retire")
async def retire_grid(grid_code: Code, form: s.Seen, actor: Writer, session: Transaction, city: TheCity) -> s.GridView:
    """撤销."""
    return await _shown(session, city, await journey.retire(session, actor, grid_code, seen=form.version))


@router.get("/places/match")
async def match(
    text: Annotated[str, Query(min_length=1, max_length=500)], actor: Reader, city: TheCity, area: Area = None
) -> s.MatchView:
    """地址定位: what area the words name; `area`: where it came in, the reader's own if left out."""
    found = match_place(await city.places.gazetteer(), text, within=area or actor.area[:6])
    return draw.match(city.catalog.areas, found)


def _people(form: s.Manned) -> journey.People:
    return journey.People(form.leader, form.cadre, tuple(form.workers))


async def _shown(session: AsyncSession, city: City, grid: Grid) -> s.GridView:
    workers = (await rows.workers_of(session, [grid.id])).get(grid.id, [])
    cadre = next(iter(await cadres.current(session, grid.id)), None)
    people = await rows.names_of(session, (grid.leader_id, cadre, *workers))
    await session.refresh(grid)
    return draw.view(city.catalog.areas, grid, people, workers, cadre)


async def _moment(session: AsyncSession, at: datetime | None) -> datetime:
    """The moment asked for; UTC where it names no zone."""
    if at is None:
        return await now_of(session)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
