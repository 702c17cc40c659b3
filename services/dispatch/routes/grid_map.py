"""网格地图: the polygons of an area, borders looked at before they are drawn, and who may answer for a grid."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request

from casework.db import grids as rows
from casework.db.grid_people import candidates
from casework.db.knowledge import now_of
from casework.journey.grid_check import examine
from casework.journey.grids import NewGrid
from casework.kit.language import language
from casework.place.grid_file import as_geojson
from services.dispatch import grid_drawing as draw
from services.dispatch import grid_map_schemas as s
from services.dispatch.grid_schemas import PersonView
from services.dispatch.routes.grids import Reader, Writer
from services.who import TheCity, Transaction

router = APIRouter(tags=["网格 grids"])
Place = Annotated[str, Query(min_length=12, max_length=20, pattern=r"^[0-9A-Z]+$")]
Words = Annotated[str, Query(max_length=100)]


@router.get("/grids/shapes")
async def list_shapes(
    actor: Reader,
    session: Transaction,
    area: Annotated[str, Query(min_length=6, max_length=20, pattern=r"^[0-9A-Z]+$")],
    cursor: Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Z]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
) -> s.GridShapes:
    """The grids that stand in a county or less, with their polygons."""
    at = await now_of(session)
    found = await rows.page(session, actor, at=at, area=area, kind=None, after=cursor, limit=limit + 1)
    shown = [s.GridShapeView.model_validate(one, from_attributes=True) for one in found[:limit]]
    return s.GridShapes(items=shown, next=found[limit - 1].code if len(found) > limit else None)


@router.post("/grids/check")
async def check_borders(
    form: s.BordersToCheck, actor: Writer, session: Transaction, city: TheCity, request: Request
) -> s.BordersChecked:
    """边界校验. Nothing is written."""
    new = NewGrid(form.community, "", form.kind, form.polygon, form.crs)
    found, lang = await examine(session, city, actor, new, form.grid), language(request)
    return s.BordersChecked(
        faults=[draw.remark(one, lang) for one in found.faults],
        remarks=[draw.remark(one, lang) for one in found.remarks],
        polygon=as_geojson(found.shape) if found.shape is not None else None,
        size=round(found.size),
    )


@router.get("/grids/people")
async def list_people(
    actor: Writer,
    session: Transaction,
    place: Place,
    part: Literal["leader", "cadre", "worker"] = "worker",
    words: Words = "",
    cursor: Words = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> s.People:
    """Who may be the leader, a cadre or a worker of a grid; `place`: its code, or its community's."""
    worker = part == "worker"
    found = await candidates(session, actor, place, worker=worker, words=words, after=cursor, limit=limit + 1)
    shown = [PersonView(login=one.login, name=one.display_name) for one in found[:limit]]
    return s.People(items=shown, next=shown[-1].login if len(found) > limit else None)
