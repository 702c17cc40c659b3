"""附近: what waits near a case, nearest first, found by the cells that likeness keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, radians

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, CaseLikeness, Request
from casework.db.models.waiting import WAITING
from casework.db.scope import visible
from casework.rules.facts import Actor
from casework.rules.likeness import cells_around
from casework.rules.points import Point, wgs84

L = CaseLikeness
AROUND_M = 500.0
"""Metres; what is near lies in a cell or one of its eight neighbours, some 550 m wide."""
SHOWN = 100
_DEGREE_M = 111_195.0
"""Metres of a degree of latitude."""


@dataclass(frozen=True, slots=True)
class Near:
    """A case with its point in WGS-84 and how far it is, in metres."""

    case: Case
    point: Point
    metres: float


@dataclass(frozen=True, slots=True)
class Around:
    """The case's own point, if it is known; the nearest of those that wait around it, and how many there are."""

    case: Case
    point: Point | None
    near: Sequence[Near] = ()
    total: int = 0


async def around(session: AsyncSession, actor: Actor, case_no: str) -> Around | None:
    """What waits within AROUND_M of a case, within the actor's scope; None where the case is not in it."""
    asked = select(Case, Request).join(Request, Request.id == Case.request_id).where(Case.case_no == case_no)
    row = (await session.execute(visible(asked, actor))).one_or_none()
    if row is None:
        return None
    case, request = row
    if request.lon is None or request.lat is None:
        return Around(case, None)
    point = wgs84(Point(request.lon, request.lat), request.crs)
    if point is None:
        return Around(case, None)
    return await _near(session, actor, case, point)


async def _near(session: AsyncSession, actor: Actor, case: Case, point: Point) -> Around:
    east = (L.lon - point.lon) * (_DEGREE_M * cos(radians(point.lat)))
    north = (L.lat - point.lat) * _DEGREE_M
    metres = func.sqrt(east * east + north * north)
    query = (
        select(Case, L.lon, L.lat, metres, func.count().over())
        .join(L, L.case_id == Case.id)
        .where(L.cell.in_(cells_around(point)), WAITING, Case.id != case.id, metres <= AROUND_M)
        .order_by(metres, Case.id)
        .limit(SHOWN)
    )
    rows = (await session.execute(visible(query, actor))).all()
    near = [Near(other, Point(lon, lat), far) for other, lon, lat, far, _ in rows]
    return Around(case, point, near, rows[0][4] if rows else 0)
