"""区划: the areas of one's own, level by level or found by words, and a county's outline."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.areas import Area, AreaLevel, AreaTree
from casework.db.grids import counts
from casework.place.counties import county_map
from casework.place.grid_file import as_geojson
from casework.rules.facts import Actor
from services.dispatch import area_schemas as s
from services.who import SignedIn, TheCity, Transaction

router = APIRouter(prefix="/areas", tags=["区划 areas"])
Code = Annotated[str, Query(max_length=12, pattern=r"^[0-9A-Z]*$")]


@router.get("")
async def list_areas(
    actor: SignedIn,
    session: Transaction,
    city: TheCity,
    parent: Code = "",
    words: Annotated[str, Query(max_length=100)] = "",
    level: AreaLevel | None = None,
    cursor: Code = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> s.AreaPage:
    """Below `parent` (the reader's own area if left out), or with `words`, a part of code or name, found anywhere in
    the reader's area, itself among them; with `level` those of that level anywhere in it."""
    areas = city.catalog.areas
    top = parent or actor.area
    anywhere = bool(words) or level is not None
    found = areas.search(words, actor.area) if anywhere else areas.children(top) if _within(actor, top) else ()
    fitting = (one for one in found if level in (None, one.level))
    rest = [one for one in fitting if one.code > cursor and _within(actor, one.code)]
    shown = rest[:limit]
    path = [] if anywhere or not _within(actor, top) else _path(areas, actor, top)
    numbers = await _numbers(session, [*path, *shown])
    view = [_view(areas, one, numbers) for one in shown]
    more = shown[-1].code if len(rest) > limit else None
    return s.AreaPage(path=[_view(areas, one, numbers) for one in path], items=view, next=more)


@router.get("/outline")
async def show_outline(actor: SignedIn, code: Code) -> s.Outline:
    """The county that the area lies in; null outside one's own area, and for what is wider than a county."""
    shape = county_map().shape(code[:6]) if _within(actor, code) else None
    return s.Outline(outline=as_geojson(shape) if shape is not None else None)


def _within(actor: Actor, code: str) -> bool:
    return bool(actor.area) and code.startswith(actor.area)


def _path(areas: AreaTree, actor: Actor, code: str) -> list[Area]:
    found = []
    area = areas.get(code)
    while area is not None and _within(actor, area.code):
        found.append(area)
        area = areas.get(area.parent)
    return found[::-1]


async def _numbers(session: AsyncSession, areas: Iterable[Area]) -> dict[str, int]:
    found: dict[str, int] = {}
    codes = [area.code for area in areas]
    for length in {len(code) for code in codes}:
        found |= await counts(session, [code for code in codes if len(code) == length])
    return found


def _view(areas: AreaTree, area: Area, numbers: dict[str, int]) -> s.AreaView:
    return s.AreaView(
        code=area.code,
        name=area.name,
        full_name=areas.name_path(area.code),
        level=area.level,
        level_text=area.level.zh,
        grids=numbers.get(area.code, 0),
        below=bool(areas.children(area.code)),
    )
