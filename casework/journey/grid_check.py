"""A grid's borders looked at before they are drawn 边界校验: the same questions as of an import; nothing is written."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import grids as rows
from casework.db.knowledge import now_of
from casework.db.models import Grid
from casework.journey.city import City
from casework.journey.grids import NewGrid, is_community
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.place.counties import county_map
from casework.place.grid_file import Drawn, Remark, ground_m2, overlaps, read_polygon, remarks_on
from casework.rules.facts import Actor
from casework.rules.words import GridKind


@dataclass(frozen=True, slots=True)
class Examined:
    """`faults` would keep it out, `remarks` would not. `shape` in CGCS2000, None where it is no polygon; `size` in
    square metres."""

    shape: shapely.Geometry | None
    size: float
    faults: Sequence[Remark]
    remarks: Sequence[Remark]


async def examine(session: AsyncSession, city: City, actor: Actor, new: NewGrid, code: str | None) -> Examined:
    """What drawing it so would meet; `code`: the grid that would be redrawn, None for a new one.

    Raises: NotFound: no such grid in the scope. Unprocessable: no such community.
    """
    if not is_community(city, actor, new.community):
        raise Unprocessable(fields=[FieldFault("community", "grid.community_unknown", {"area": new.community})])
    before = await rows.find(session, actor, code) if code else None
    if code and before is None:
        raise NotFound("grid.not_found")
    faults: list[Remark] = []
    shape = read_polygon(new.polygon, new.crs, faults)
    if shape is None:
        return Examined(None, 0, faults, [])
    drawn = Drawn(1, new.community, new.name, new.kind, shape)
    standing = await rows.standing_below(session, [new.community[:6]], await now_of(session))
    others = [_drawn(grid) for grid in standing if grid.code != code]
    codes = [grid.code for grid in standing if grid.code != code]
    around = [(code, other.kind, other.shape) for code, other in zip(codes, others, strict=True)]
    faults += overlaps([drawn], around)
    was = _drawn(before).shape if before is not None else None
    remarks = remarks_on(drawn, others, was, county_map().shape) if not faults else []
    return Examined(shape, ground_m2(shape), faults, remarks)


def _drawn(grid: Grid) -> Drawn:
    shape = shapely.from_geojson(json.dumps(grid.polygon))
    return Drawn(0, grid.area_code, grid.name, GridKind(grid.kind), shape)
