"""值班空档: what shifts, substitutes and leaves leave uncovered, as rows that read as sentences."""

from datetime import datetime, timedelta

import pytest

from casework.catalog.load import Catalog
from casework.rules.duty_gaps import DutyHours, Leave, Staff, Stretch, Turn, gaps, wanted, without
from casework.rules.routing import SHANGHAI
from casework.rules.spans import Span

ANNA, BEN, CARL = 1, 2, 3
ALL = frozenset({ANNA, BEN, CARL})
MONDAY = datetime(2026, 6, 8, tzinfo=SHANGHAI)


def hours(first: float, last: float) -> Stretch:
    return Stretch(MONDAY + timedelta(hours=first), MONDAY + timedelta(hours=last))


def away(who: int, first: float, last: float, substitute: int | None = None) -> dict[int, list[Leave]]:
    return {who: [Leave(who, hours(first, last), substitute)]}


DAY = [hours(9, 18)]
# the shifts, who may serve, who is away, what is left open of 9 to 18
OPEN: list[tuple[str, list[Turn], frozenset[int], dict[int, list[Leave]], list[Stretch]]] = [
    ("nobody is named", [], ALL, {}, DAY),
    ("one shift covers the day", [Turn(ANNA, hours(8, 20))], ALL, {}, []),
    ("it ends early", [Turn(ANNA, hours(9, 16))], ALL, {}, [hours(16, 18)]),
    ("two shifts with noon between", [Turn(ANNA, hours(9, 12)), Turn(BEN, hours(13, 18))], ALL, {}, [hours(12, 13)]),
    ("two that overlap", [Turn(ANNA, hours(9, 14)), Turn(BEN, hours(13, 18))], ALL, {}, []),
    ("the holder has left", [Turn(ANNA, hours(9, 18))], ALL - {ANNA}, {}, DAY),
    ("the holder has left, a substitute is named", [Turn(ANNA, hours(9, 18), BEN)], ALL - {ANNA}, {}, []),
    ("the substitute has left, the holder is there", [Turn(ANNA, hours(9, 18), BEN)], ALL - {BEN}, {}, []),
    ("away from noon, nobody named", [Turn(ANNA, hours(9, 18))], ALL, away(ANNA, 12, 30), [hours(12, 18)]),
    ("away from noon, Ben stands in", [Turn(ANNA, hours(9, 18))], ALL, away(ANNA, 12, 30, BEN), []),
    (
        "away, and who stands in is away from 15 on",
        [Turn(ANNA, hours(9, 18))],
        ALL,
        {**away(ANNA, 0, 24, BEN), **away(BEN, 15, 24)},
        [hours(15, 18)],
    ),
    ("away in the middle of the day", [Turn(ANNA, hours(9, 18))], ALL, away(ANNA, 11, 12), [hours(11, 12)]),
    ("the shift's substitute is away", [Turn(ANNA, hours(9, 18), BEN)], ALL, away(BEN, 9, 12), []),
]


@pytest.mark.parametrize(("turns", "active", "leaves", "open_"), [row[1:] for row in OPEN], ids=[r[0] for r in OPEN])
def test_what_nobody_serves_is_a_hole(
    turns: list[Turn], active: frozenset[int], leaves: dict[int, list[Leave]], open_: list[Stretch]
) -> None:
    assert gaps(DAY, turns, Staff(active, leaves)) == open_


WEEK = Stretch(MONDAY - timedelta(days=2), MONDAY + timedelta(days=2))


@pytest.mark.parametrize(
    ("hours_of_day", "workdays_only", "days"),
    [("09:00-18:00", True, [0, 1]), ("09:00-18:00", False, [-2, -1, 0, 1])],
    ids=["on working days", "every day"],
)
def test_the_hours_to_be_covered_are_the_citys(
    catalog: Catalog, hours_of_day: str, workdays_only: bool, days: list[int]
) -> None:
    calendar = catalog.calendars.for_area("510104")
    found = wanted(DutyHours(Span.hours(hours_of_day), workdays_only), WEEK, calendar)
    assert found == [hours(24 * day + 9, 24 * day + 18) for day in days]


def test_hours_past_midnight_end_on_the_next_day(catalog: Catalog) -> None:
    night = DutyHours(Span.hours("20:00-06:00"), workdays_only=False)
    found = wanted(night, Stretch(MONDAY, MONDAY + timedelta(hours=30)), catalog.calendars.for_area("5101"))
    assert hours(20, 30) in found


def test_what_is_cut_out_is_gone() -> None:
    assert without([hours(0, 10)], [hours(2, 3), hours(5, 6)]) == [hours(0, 2), hours(3, 5), hours(6, 10)]
    assert without([hours(0, 10)], [hours(0, 10)]) == []
