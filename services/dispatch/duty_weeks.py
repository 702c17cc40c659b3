"""值班表 of some days, as it is shown."""

from datetime import date, datetime, timedelta
from typing import TypedDict

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.duty import shifts
from casework.db.grid_duty import away_between
from casework.kit.now import shanghai_day
from casework.rules.tallies import Period
from services.dispatch.duty_schemas import AwayView, ShiftView, shift_view


class Week(TypedDict):
    """The days, their shifts, and who of their people is away."""

    first: date
    days: int
    shifts: list[ShiftView]
    away: list[AwayView]


async def week_of(
    session: AsyncSession, place: ColumnElement[bool], first: date | None, days: int, now: datetime
) -> Week:
    """All shifts of the place on `days` days from `first` on, or from the day of `now` on."""
    begins = first or shanghai_day(now)
    period = Period.days(begins, begins + timedelta(days=days))
    found = await shifts(session, place, period.start, period.end)
    people = {who.id for one in found for who in (one.holder, one.substitute) if who is not None}
    away = [
        AwayView(
            login=who.login,
            name=who.display_name,
            substitute=other.display_name if other else None,
            starts_at=leave.starts_at,
            ends_at=leave.ends_at,
        )
        for leave, who, other in await away_between(session, people, period.start, period.end)
    ]
    return Week(first=begins, days=days, shifts=[shift_view(one, now) for one in found], away=away)
