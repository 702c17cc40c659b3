"""拨打时段: nobody's phone rings by night."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from casework.rules.calling import first_call, may_call
from casework.rules.spans import Span

DAY, NIGHT = Span.hours("09:00-20:00"), Span.hours("22:00-06:00")
SHANGHAI = timezone(timedelta(hours=8))
WHEN = [
    # from, hours, the first call
    ("2026-06-05 10:30:07", DAY, "2026-06-05 10:30:07"),  # in hours: at once
    ("2026-06-05 09:00:00", DAY, "2026-06-05 09:00:00"),  # the opening itself
    ("2026-06-05 20:00:00", DAY, "2026-06-06 09:00:00"),  # the end is over
    ("2026-06-05 19:59:59", DAY, "2026-06-05 19:59:59"),
    ("2026-06-06 00:10:30", DAY, "2026-06-06 09:00:00"),  # after midnight: the same morning
    ("2026-12-31 23:59:59", DAY, "2027-01-01 09:00:00"),
    ("2026-06-05 23:00:00", NIGHT, "2026-06-05 23:00:00"),  # hours may go round midnight
    ("2026-06-05 12:00:00", NIGHT, "2026-06-05 22:00:00"),
]


@pytest.mark.parametrize(("at", "hours", "call"), WHEN)
def test_the_first_call_is_at_once_or_at_the_next_opening(at: str, hours: Span, call: str) -> None:
    begin = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI).astimezone(UTC)
    found = first_call(begin, hours)
    assert found == datetime.fromisoformat(call).replace(tzinfo=SHANGHAI)
    assert may_call(found, hours)
    assert may_call(begin, hours) == (found == begin)
