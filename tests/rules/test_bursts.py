"""When more of one matter is a burst: the table reads as sentences."""

import pytest

from casework.rules.hotspots import WEEKS, Burst, Spot, burst, narrowest, spots_of


def weekly(last: int, *before: int) -> dict[int, int]:
    """Cases of the last seven days and of the weeks before, all on the last day of each."""
    return {7 * week: cases for week, cases in enumerate((last, *before)) if cases}


# the last week, the weeks before -> the span that bursts (none: nothing does)
WEEKLY = [
    (5, (), 7),  # five where nothing ever was
    (4, (), None),  # four are too few to speak of
    (6, (2,) * WEEKS, None),  # three times as many, and still within what happens: 2.8 deviations
    (7, (2,) * WEEKS, 7),  # beyond what happens
    (20, (12,) * WEEKS, None),  # not twice as many
    (24, (12,) * WEEKS, 7),
    (24, (3, 24, 3, 24, 3, 24, 3, 24), None),  # it has always come and gone like this
    (40, (20, 21, 19, 20, 20, 21, 19, 20), 7),
    (0, (9,) * WEEKS, None),  # less is no burst
]


@pytest.mark.parametrize(("last", "before", "days"), WEEKLY)
def test_a_week_is_measured_by_its_own_history(last: int, before: tuple[int, ...], days: int | None) -> None:
    by_day = {day + 1: cases for day, cases in weekly(last, *before).items()}  # not on the list's own day
    found = burst(by_day)
    assert (found.days if found else None) == days


def test_a_single_day_may_burst_where_the_week_does_not() -> None:
    busy = {day: 3 for day in range(1, 63)} | {0: 14}
    found = burst(busy)
    assert found == Burst(1, 14, 3, round((14 - 3) / 3**0.5, 2), (3,) * WEEKS)


def test_mondays_are_compared_with_mondays() -> None:
    mondays = {7 * week: 12 for week in range(1, WEEKS + 1)}
    assert burst({0: 14, **mondays}) is None
    assert burst({0: 14, **{day + 1: cases for day, cases in mondays.items()}}) is not None


def spot(area: str, cases: int, category: str = "0204") -> Spot:
    return Spot(area, category, Burst(7, cases, 1.0, float(cases), (1,) * WEEKS))


@pytest.mark.parametrize(
    ("spots", "kept"),
    [
        ([spot("510104", 10), spot("510104017", 7)], ["510104017"]),  # the street has most of it
        ([spot("510104", 11), spot("510104017", 7)], ["510104", "510104017"]),  # the county has more than that
        ([spot("510104017", 8), spot("510104017001", 8)], ["510104017001"]),
        ([spot("510104", 10), spot("510105002", 9)], ["510104", "510105002"]),  # another county's street
        ([spot("510104", 10), spot("510104017", 9, "0205")], ["510104", "510104017"]),  # another matter
    ],
)
def test_the_narrower_place_stands_for_the_wider(spots: list[Spot], kept: list[str]) -> None:
    assert sorted(one.area for one in narrowest(spots)) == kept


def test_the_strongest_stands_first() -> None:
    counts = [("510104017", "0204", 1, 9), ("510105002", "0301", 2, 30), ("510106003", "0101", 3, 2)]
    assert [one.area for one in spots_of(counts)] == ["510105002", "510104017"]
