"""服务评价: somebody scans the poster and grades the service; a bad grade is looked at by who supervises.

None commits.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import service_answers, service_points
from casework.db.models import ServicePoint
from casework.db.service_answers import NewAnswer
from casework.journey.city import City
from casework.kit.crypto import digest
from casework.kit.errors import FieldFault, NotFound, Problem, TooMany, Unprocessable
from casework.kit.masking import mask_text
from casework.rules.calendars import day_of
from casework.rules.service_ratings import counted_as, seconds_left
from casework.rules.words import Satisfaction

WORDS = "service_answer.words"
_CALLER = "service_quota.caller"
_ALL = b""


class PointClosed(Problem):
    """410: the code was right, and its point is closed."""

    status = 410
    default_code = "service.closed"


@dataclass(frozen=True, slots=True)
class Given:
    """What a form says. `key`: of this one form; `service`: of the point's list, or empty."""

    key: str
    grade: Satisfaction
    service: str = ""
    words: str = ""


async def opened(session: AsyncSession, code: str, *, hold: bool = False) -> ServicePoint:
    """The point that the poster's code opens. Raises: NotFound: none any more. PointClosed."""
    point = await service_points.by_code(session, code, hold=hold)
    if point is None:
        raise NotFound("service.unknown")
    if point.closed_at is not None:
        raise PointClosed(name=point.name)
    return point


async def rate(session: AsyncSession, city: City, code: str, given: Given, address: str) -> None:
    """好差评: one answer. The same form again (`key`) changes nothing, and counts for nothing.

    `address`: the caller's, of which a keyed digest is kept till the day (Asia/Shanghai) is over.
    Raises: NotFound, PointClosed. Unprocessable: no such service. TooMany: the day's answers are given.
    """
    point = await opened(session, code, hold=True)
    if given.service and given.service not in point.services:
        raise Unprocessable("service.service_unknown", fields=[FieldFault("service", "service.service_unknown")])
    words = mask_text(given.words.strip())
    new = NewAnswer(
        point_id=point.id,
        area_code=point.area_code,
        grade=given.grade.value,
        service=given.service or None,
        words_sealed=city.keyring.seal(words, WORDS) if words else None,
        key_digest=digest(given.key),
    )
    if await service_answers.add(session, new):
        await _count(session, city, point.id, address)


async def _count(session: AsyncSession, city: City, point_id: int, address: str) -> None:
    """The limits of the day; what is refused leaves nothing behind, for the answer goes with it."""
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    day, limits = day_of(now), city.catalog.service_ratings.limits
    caller = city.keyring.blind_index(f"{day.isoformat()} {counted_as(address)}", _CALLER)
    if not await service_answers.count_up(session, point_id, day, caller, limits.per_address):
        raise TooMany("service.enough_from_here", retry_after=seconds_left(now), most=limits.per_address)
    if not await service_answers.count_up(session, point_id, day, _ALL, limits.per_point):
        raise TooMany("service.enough_for_today", retry_after=seconds_left(now))


async def forget_callers(city: City) -> int:
    """Delete the counts of days gone by, with what stood for addresses. How many went."""
    async with city.database.transaction() as session:
        now: datetime = (await session.execute(select(func.now()))).scalar_one()
        return await service_answers.forget_days(session, day_of(now))
