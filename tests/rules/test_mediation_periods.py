"""Periods in mediation are counted as the law counts them; the numbers of disputes are checked as requests' are."""

from datetime import UTC, date, datetime

import pytest

from casework.catalog.load import Catalog
from casework.rules.limits import Limit
from casework.rules.mediation_periods import end_of, period_end
from casework.rules.numbers import check_digit, dispute_number

# start (Shanghai), limit, last moment (Shanghai)
PERIODS = [
    ("2026-11-23T10:00", "30d", "2026-12-24T00:00"),  # the first day is not counted: to the end of 23 December
    ("2026-11-23T00:00", "30d", "2026-12-24T00:00"),  # at whatever hour it began
    ("2026-11-26T23:30", "30d", "2026-12-29T00:00"),  # ends on a Saturday -> Monday 28 December
    ("2026-09-01T10:00", "30d", "2026-10-09T00:00"),  # ends on National Day -> the first working day after
    ("2026-11-23T10:00", "3d", "2026-11-27T00:00"),
    ("2026-11-23T10:00", "7wd", "2026-12-02T17:00"),  # working days end at the close of business
    ("2026-11-23T22:00", "1h", "2026-11-23T23:00"),  # hours run day and night
]


@pytest.mark.parametrize(("start", "limit", "end"), PERIODS)
def test_a_period(start: str, limit: str, end: str, catalog: Catalog) -> None:
    calendar = catalog.calendars.for_area("510104")
    begun = datetime.fromisoformat(f"{start}+08:00")
    assert period_end(Limit.parse(limit), begun, calendar) == datetime.fromisoformat(f"{end}+08:00")


def test_a_day_ends_at_midnight_in_shanghai() -> None:
    assert end_of(date(2026, 11, 23)) == datetime(2026, 11, 23, 16, tzinfo=UTC)


def test_a_disputes_number() -> None:
    number = dispute_number("510104017001", date(2026, 11, 23), 7)
    assert (number[:-1], len(number)) == ("51010420261123M000007", 22)
    assert number[-1] == check_digit(number[:-1])
    for sequence in (0, 1_000_000):
        with pytest.raises(ValueError, match="six digits"):
            dispute_number("510104", date(2026, 11, 23), sequence)
