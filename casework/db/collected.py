"""Collected months 上报月份 and the years made of them: all that is read and written of them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import func, literal, or_, select, tuple_
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import CollectedMonth, Freeze, StatisticsCity, YearFreeze

_TURN = "collect:"


async def take_turns(session: AsyncSession, area: str) -> None:
    """One at a time collects or freezes for an area; others wait until that transaction is over."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{_TURN}{area}", 0))))


async def versions(session: AsyncSession, area: str, month: date) -> list[CollectedMonth]:
    """What was told of a prefecture's month, the first version first."""
    query = select(CollectedMonth).where(CollectedMonth.area == area, CollectedMonth.month == month)
    return list(await session.scalars(query.order_by(CollectedMonth.version)))


async def series(session: AsyncSession, within: str, first: date, last: date) -> list[CollectedMonth]:
    """All versions of the months from `first` to `last` of every prefecture within, or around, the area."""
    around = or_(CollectedMonth.area.like(f"{within}%"), literal(within).like(CollectedMonth.area + "%"))
    query = select(CollectedMonth).where(around, CollectedMonth.month >= first, CollectedMonth.month <= last)
    order = CollectedMonth.month, CollectedMonth.area, CollectedMonth.version
    return list(await session.scalars(query.order_by(*order)))


async def latest_of(session: AsyncSession, province: str, year: int) -> list[CollectedMonth]:
    """The latest version of every month of the year, by prefecture and month."""
    key = CollectedMonth.area, CollectedMonth.month
    query = select(CollectedMonth).where(
        CollectedMonth.area.like(f"{province}%"),
        CollectedMonth.month.between(date(year, 1, 1), date(year, 12, 1)),
    )
    query = query.ext(distinct_on(*key)).order_by(*key, CollectedMonth.version.desc())
    return list(await session.scalars(query))


async def definitions(session: AsyncSession) -> list[str]:
    """The versions of the definitions that months were counted under."""
    return list(await session.scalars(select(CollectedMonth.definition).distinct()))


async def by_ids(session: AsyncSession, ids: Iterable[int]) -> list[CollectedMonth]:
    query = select(CollectedMonth).where(CollectedMonth.id.in_(sorted(ids)))
    return list(await session.scalars(query.order_by(CollectedMonth.id)))


async def own_untold(session: AsyncSession) -> list[Freeze]:
    """Months frozen here that are not among the collected ones, oldest first."""
    key = tuple_(CollectedMonth.area, CollectedMonth.month, CollectedMonth.version)
    told = select(CollectedMonth.id).where(key == tuple_(Freeze.area, Freeze.month, Freeze.version))
    return list(await session.scalars(select(Freeze).where(~told.exists()).order_by(Freeze.id)))


async def frozen_after(session: AsyncSession, area: str, after: int) -> Freeze | None:
    """The next month frozen here within an area. Their numbers are given in the order in which they are committed
    (freezes.make), so that whoever asks by the last number misses none."""
    query = select(Freeze).where(Freeze.area.like(f"{area}%"), Freeze.id > after)
    return (await session.scalars(query.order_by(Freeze.id).limit(1))).one_or_none()


async def years(session: AsyncSession, province: str, year: int) -> list[YearFreeze]:
    """A province's versions of a year, the frozen one first."""
    query = select(YearFreeze).where(YearFreeze.area == province, YearFreeze.year == year)
    return list(await session.scalars(query.order_by(YearFreeze.version)))


async def one_year(session: AsyncSession, freeze_id: int) -> YearFreeze | None:
    return await session.get(YearFreeze, freeze_id)


async def cities(session: AsyncSession, within: str) -> Sequence[StatisticsCity]:
    """The cities that are asked, within an area."""
    query = select(StatisticsCity).where(StatisticsCity.area.like(f"{within}%"))
    return list(await session.scalars(query.order_by(StatisticsCity.area)))


async def next_city(session: AsyncSession, before: datetime) -> StatisticsCity | None:
    """The city that was not asked for the longest, last before that time (UTC); held for this transaction."""
    due = or_(StatisticsCity.asked_at.is_(None), StatisticsCity.asked_at < before)
    query = select(StatisticsCity).where(due).order_by(StatisticsCity.asked_at.nulls_first()).limit(1)
    return (await session.scalars(query.with_for_update(skip_locked=True))).one_or_none()


async def city_held(session: AsyncSession, area: str) -> StatisticsCity | None:
    """That city's row, held for this transaction."""
    return await session.get(StatisticsCity, area, with_for_update=True)
