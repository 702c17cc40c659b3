"""拨打时段: when people may be called, Asia/Shanghai; outside of it nobody's phone rings."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from casework.rules.spans import DAY, Span, minute_of_day

SHANGHAI = ZoneInfo("Asia/Shanghai")


def may_call(at: datetime, hours: Span) -> bool:
    """Whether `at` lies in the hours of calling; working day or not."""
    return hours.holds(minute_of_day(at.astimezone(SHANGHAI)))


def first_call(at: datetime, hours: Span) -> datetime:
    """The first moment from `at` on at which somebody may be called: `at` itself, or the next opening."""
    if may_call(at, hours):
        return at
    local = at.astimezone(SHANGHAI)
    wait = (hours.start - minute_of_day(local)) % DAY
    return (local.replace(second=0, microsecond=0) + timedelta(minutes=wait)).astimezone(at.tzinfo)
