"""Hot spots 热点: more of one matter in one place than its own history lets expect, for 未诉先办.

A day's list compares its last day and its last seven days with the same spans of the eight weeks before, so that
weekdays are compared with weekdays. The figures are the platform's own [P].
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

WEEKS = 8
"""Spans of history that a span is compared with."""
SPANS = (7, 1)
"""Lengths of the spans, in days."""
DAYS = 7 * (WEEKS + 1)
"""Days that are looked at, the newest first: day 0 is the list's own."""
LEAST = 5
"""Cases below which nothing is a burst, whatever the history."""
TIMES = 2.0
"""How often the expected number it must be."""
DEVIATIONS = 3.0
"""How many standard deviations it must lie above it; a count's own is the root of its mean, where history is calmer."""
MOST_OF_IT = 0.7
"""A narrower place that has so much of a wider one's cases stands for it."""


@dataclass(frozen=True, slots=True)
class Burst:
    """`cases` in the last `days` days, where `expected` were to be expected; `score` in standard deviations above."""

    days: int
    cases: int
    expected: float
    score: float
    history: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A burst of a category (four digits) in an area: a county, a street or a community."""

    area: str
    category: str
    burst: Burst


def burst(by_day: Mapping[int, int]) -> Burst | None:
    """The stronger of the two spans that burst, by the cases of each day back from the list's own; None for neither."""
    found = [one for days in SPANS if (one := _span(by_day, days)) is not None]
    return max(found, key=lambda one: one.score, default=None)


def _span(by_day: Mapping[int, int], days: int) -> Burst | None:
    cases = _sum(by_day, 0, days)
    history = tuple(_sum(by_day, 7 * week, days) for week in range(1, WEEKS + 1))
    expected = mean(history)
    deviation = max(1.0, sqrt(expected), stdev(history))
    score = (cases - expected) / deviation
    if cases < LEAST or cases < TIMES * expected or score < DEVIATIONS:
        return None
    return Burst(days, cases, round(expected, 2), round(score, 2), history)


def _sum(by_day: Mapping[int, int], first: int, days: int) -> int:
    return sum(by_day.get(day, 0) for day in range(first, first + days))


def narrowest(spots: Iterable[Spot]) -> list[Spot]:
    """The spots without those that a narrower one stands for, strongest first."""
    every = list(spots)
    kept = [spot for spot in every if not any(_stands_for(narrow, spot) for narrow in every)]
    return sorted(kept, key=lambda spot: (-spot.burst.score, spot.area, spot.category))


def _stands_for(narrow: Spot, wide: Spot) -> bool:
    within = (
        narrow.category == wide.category and len(narrow.area) > len(wide.area) and narrow.area.startswith(wide.area)
    )
    return within and narrow.burst.cases >= MOST_OF_IT * wide.burst.cases


def spots_of(counts: Iterable[tuple[str, str, int, int]]) -> Sequence[Spot]:
    """The day's hot spots from (area, category, day back, cases)."""
    by_place: dict[tuple[str, str], dict[int, int]] = {}
    for area, category, day, cases in counts:
        by_place.setdefault((area, category), {})[day] = cases
    found = ((place, burst(by_day)) for place, by_day in by_place.items())
    return narrowest(Spot(*place, one) for place, one in found if one is not None)
