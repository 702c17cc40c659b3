"""月度冻结: a month is frozen at its cut-off and restated later; never written over (domain.md §6, plan R17)."""

from datetime import date, timedelta

from casework.db import freezes
from casework.db.accounts import note
from casework.db.models import Freeze
from casework.db.reads.supervisor import observed_now
from casework.journey.city import City
from casework.kit.errors import FieldFault, Unprocessable
from casework.rules.calendars import WorkCalendar, day_of
from casework.rules.tallies import Period


async def freeze(city: City, area: str, month: date, made_by: int | None = None) -> Freeze:
    """Freeze the month of a prefecture (its first day, four digits), or restate it if it is frozen already.

    What has not changed since the last version makes no new one: that one is returned. Raises Unprocessable: the month
    is not over yet.
    """
    period = Period.months(month, month)
    async with city.database.transaction() as session:
        now = await observed_now(session)
        if now < period.end:
            latest = month_before(day_of(now))
            raise Unprocessable(fields=[FieldFault("month", "freeze.not_over", {"month": f"{latest:%Y-%m}"})])
        await freezes.take_turns(session, area, month)
        await freezes.settle_texts(session)
        known = await freezes.versions(session, area, month)
        if known and known[-1].data_hash == await freezes.hash_now(session, area, period, now):
            return known[-1]
        made = await freezes.make(session, area, month, now, len(known) + 1, made_by)
        data = {"area": area, "month": f"{month:%Y-%m}", "version": made.version, "hash": made.data_hash}
        note(session, "rates.freeze", account_id=made_by, subject=f"freeze:{made.id}", data=data)
        return made


async def freeze_due(city: City) -> int:
    """Freeze the last month of every prefecture whose cut-off has come, and restate the months before it then; how many
    new versions. Repeated: nothing more until the next month."""
    rules, made = city.catalog.rates.freeze, 0
    async with city.database.transaction() as session:
        now = await observed_now(session)
        areas = await freezes.prefectures(session)
    month = month_before(day_of(now))
    for area in areas:
        if day_of(now) < cut_off_day(city.catalog.calendars.for_area(area), day_of(now), rules.working_day):
            continue
        async with city.database.transaction() as session:
            if await freezes.versions(session, area, month):
                continue
            frozen = [
                one.month for one in await freezes.series(session, area, _back(month, rules.restated_months), month)
            ]
        await freeze(city, area, month)
        made += 1
        for earlier in sorted(set(frozen)):
            await freeze(city, area, earlier)
    return made


def month_before(day: date) -> date:
    """The first day of the month before."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def cut_off_day(calendar: WorkCalendar, day: date, working_day: int) -> date:
    """The so-manieth working day of the day's month."""
    found = day.replace(day=1) - timedelta(days=1)
    for _ in range(working_day):
        found += timedelta(days=1)
        while not calendar.is_workday(found):
            found += timedelta(days=1)
    return found


def _back(month: date, months: int) -> date:
    for _ in range(months):
        month = month_before(month)
    return month
