"""Periods 期间 in mediation: days are counted as the law counts them (民事诉讼法 §85, 民法典 §201-203), not in hours.

The first day is not counted; the period ends at midnight of its last day, and where that is no working day, of the
next one. All instants UTC, days in Asia/Shanghai.
"""

from datetime import date, datetime, time, timedelta, timezone

from casework.rules.calendars import WorkCalendar, as_utc, day_of
from casework.rules.clocks import due
from casework.rules.limits import Limit, Unit

_BEIJING = timezone(timedelta(hours=8))
_A_DAY = timedelta(days=1)


def period_end(limit: Limit, start: datetime, calendar: WorkCalendar) -> datetime:
    """The last instant of the period. 2026-09-01 10:00 + 30d -> midnight after 2026-10-08, the first day of work again.

    Limits in minutes, hours and working days end as a case's clocks do (rules/clocks.py).
    """
    if limit.unit is not Unit.DAY:
        return due(limit, start, calendar).at
    last = day_of(start) + limit.amount * _A_DAY
    while not calendar.is_workday(last):
        last += _A_DAY
    return end_of(last)


def end_of(day: date) -> datetime:
    """Midnight that ends a day of Asia/Shanghai, in UTC."""
    return as_utc(datetime.combine(day + _A_DAY, time(), _BEIJING))
