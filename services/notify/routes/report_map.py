"""督导地图: the borders that a choropleth of the rates is drawn from; the rates themselves are the reports'."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from casework.catalog.areas import short_name
from casework.catalog.load import Catalog
from casework.db import grids as rows
from casework.db.reads.supervisor import observed_now
from casework.kit.errors import FieldFault, Unprocessable
from casework.place.counties import county_map
from casework.rules.facts import Actor
from casework.rules.rollups import COUNTY_DIGITS
from casework.rules.words import GridKind, Role
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/reports", tags=["报表 reports"])
Supervisor = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.LEADER, Role.SUPERVISION))]


class AreaShape(BaseModel):
    """A county or a grid; `polygon`: GeoJSON geometry, lon and lat in CGCS2000. For reckoning, not for publishing."""

    code: str
    name: str
    polygon: dict[str, Any]


class AreaShapes(BaseModel):
    """A page of them by code; `next` is the cursor of the following page, null on the last. `area` and its name: the
    one that was asked for, the reader's own where none was. A 责任网格 is never a case's grid and is left out."""

    area: str
    area_name: str
    shapes: list[AreaShape]
    next: str | None


@router.get("/map")
async def area_shapes(
    actor: Supervisor,
    session: Transaction,
    city: TheCity,
    by: Literal["county", "grid"] = "county",
    area: Annotated[str | None, Query(max_length=20, pattern=r"^[0-9A-Z]*$")] = None,
    cursor: Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Z]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 500,
) -> AreaShapes:
    """地图边界: the counties, or the grids that stand now, of an area; what lies outside the reader's is left out."""
    if area and not city.catalog.areas.valid(area):
        raise Unprocessable(fields=[FieldFault("area", "report.problem.unknown_area")])
    place = area or actor.area
    if by == "county":
        own = actor.area[:COUNTY_DIGITS]
        counties = [(code, "", shape) for code, shape in county_map().below(place) if code.startswith(own)]
        return _page(city.catalog, place, counties, None)
    now = await observed_now(session)
    found = await rows.page(session, actor, at=now, area=place, kind=None, after=cursor, limit=limit + 1)
    more = found[limit - 1].code if len(found) > limit else None
    grids = [(one.code, one.name, one.polygon) for one in found[:limit] if one.kind != GridKind.DUTY]
    return _page(city.catalog, place, grids, more)


def _page(
    catalog: Catalog, place: str, shapes: Iterable[tuple[str, str, dict[str, Any]]], more: str | None
) -> AreaShapes:
    drawn = [AreaShape(code=code, name=name or _name(catalog, code), polygon=shape) for code, name, shape in shapes]
    return AreaShapes(area=place, area_name=catalog.areas.name_path(place), shapes=drawn, next=more)


def _name(catalog: Catalog, code: str) -> str:
    known = catalog.areas.get(code)
    return short_name(known.name) if known else code
