"""统计期: months and weeks as they are named, and which one is over."""

from datetime import UTC, date, datetime

import pytest

from casework.rules.spells import Pace, following, holding, last_over, read


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        ("2026-06", date(2026, 6, 1), date(2026, 6, 30)),
        ("2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        ("2026-W25", date(2026, 6, 15), date(2026, 6, 21)),  # Monday to Sunday
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),  # the week of the year's first Thursday
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
    ],
)
def test_a_code_names_whole_days(code: str, first: date, last: date) -> None:
    found = read(code)
    assert found is not None
    assert (found.first, found.last, found.code) == (first, last, code)
    assert holding(found.pace, first) == holding(found.pace, last) == found


@pytest.mark.parametrize("code", ["", "2026", "2026-00", "2026-13", "2026-W00", "2026-W54", "2025-W53", "2026-6"])
def test_what_names_nothing(code: str) -> None:
    assert read(code) is None


def test_its_instants_are_those_of_shanghai() -> None:
    found = read("2026-W25")
    assert found is not None
    assert found.period.start == datetime(2026, 6, 14, 16, tzinfo=UTC)
    assert found.period.end == datetime(2026, 6, 21, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("pace", "today", "over", "then"),
    [
        (Pace.MONTH, date(2026, 7, 1), "2026-06", "2026-07"),
        (Pace.MONTH, date(2026, 1, 31), "2025-12", "2026-01"),
        (Pace.WEEK, date(2026, 6, 22), "2026-W25", "2026-W26"),  # a Monday
        (Pace.WEEK, date(2026, 6, 21), "2026-W24", "2026-W25"),  # the Sunday is not over
        (Pace.WEEK, date(2027, 1, 4), "2026-W53", "2027-W01"),
    ],
)
def test_the_newest_that_is_over(pace: Pace, today: date, over: str, then: str) -> None:
    found = last_over(pace, today)
    assert (found.code, following(found).code) == (over, then)
