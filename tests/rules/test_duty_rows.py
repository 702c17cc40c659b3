"""连续排班: which shifts a row has, and which ones get in its way, as rows that read as sentences."""

from datetime import UTC, datetime, timedelta

import pytest

from casework.rules.duty_gaps import Stretch
from casework.rules.duty_rows import first_meeting, repeated, run_into
from casework.rules.routing import SHANGHAI

MONDAY = datetime(2026, 6, 8, tzinfo=SHANGHAI)


def hours(first: float, last: float) -> Stretch:
    return Stretch(MONDAY + timedelta(hours=first), MONDAY + timedelta(hours=last))


# the first shift, its days of the week, its weeks, the days of June on which the row's shifts begin
ROWS: list[tuple[str, Stretch, set[int], int, list[int]]] = [
    ("no days: once", hours(9, 17), set(), 4, [8]),
    ("Monday to Friday", hours(9, 17), {1, 2, 3, 4, 5}, 1, [8, 9, 10, 11, 12]),
    ("Tuesdays, three weeks, from a Monday on", hours(9, 17), {2}, 3, [9, 16, 23]),
    ("weekends, from a Wednesday on", hours(57, 65), {6, 7}, 2, [13, 14, 20, 21]),
    ("a week from Wednesday on ends on Tuesday", hours(57, 65), {1, 2, 3}, 1, [10, 15, 16]),
]


@pytest.mark.parametrize(("name", "first", "weekdays", "weeks", "days"), ROWS, ids=[row[0] for row in ROWS])
def test_a_row_has_the_same_hours_on_its_days(
    name: str, first: Stretch, weekdays: set[int], weeks: int, days: list[int]
) -> None:
    row = repeated(first, weekdays, weeks)
    assert [one.start.day for one in row] == days, name
    assert {(one.start.hour, one.end - one.start) for one in row} == {(9, timedelta(hours=8))}


def test_the_days_are_shanghais_where_the_moment_is_told_in_utc() -> None:
    sunday_night_in_utc = Stretch(datetime(2026, 6, 7, 17, tzinfo=UTC), datetime(2026, 6, 8, 1, tzinfo=UTC))
    [one] = repeated(sunday_night_in_utc, {1}, 1)
    assert one == sunday_night_in_utc, "Monday one o'clock in Shanghai"


# a row's first shift, whether the row runs into itself when it comes every day
LONG = [(hours(9, 33), False), (hours(9, 34), True), (hours(9, 17), False)]


@pytest.mark.parametrize(("first", "into"), LONG)
def test_a_shift_longer_than_a_day_runs_into_the_next(first: Stretch, into: bool) -> None:
    assert run_into(repeated(first, set(range(1, 8)), 1)) is into


# what is kept already, what the row meets first of it
MEETINGS: list[tuple[str, list[Stretch], Stretch | None]] = [
    ("nothing", [], None),
    ("one that ends as the row begins", [hours(1, 9)], None),
    ("one that begins as the first ends", [hours(17, 20)], None),
    ("an hour in common", [hours(16, 20)], hours(16, 20)),
    ("one within", [hours(10, 11)], hours(10, 11)),
    ("two: the sooner", [hours(34, 40), hours(10, 11)], hours(10, 11)),
    ("of the second day only", [hours(34, 40)], hours(34, 40)),
]


@pytest.mark.parametrize(("name", "kept", "met"), MEETINGS, ids=[row[0] for row in MEETINGS])
def test_a_row_of_two_days_meets_what_is_kept(name: str, kept: list[Stretch], met: Stretch | None) -> None:
    assert first_meeting(repeated(hours(9, 17), {1, 2}, 1), kept) == met
