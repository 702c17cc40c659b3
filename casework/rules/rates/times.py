"""办理时长: how long cases took, kept so that it adds up: a sum for the mean, a histogram for median and P90.

The mean is exact to the minute. Median and P90 are read from buckets whose bounds grow by a quarter each, in a straight
line within the bucket: off by at most the width of one bucket (25 %), mostly far less; the same wherever they are
asked for, because every level counts the same buckets.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from casework.rules.rates.headline import CaseFacts
from casework.rules.words import Term

_FIRST_MIN, _LAST_MIN, _GROWTH = 5.0, 400 * 24 * 60, 1.25


def _bounds() -> tuple[int, ...]:
    found, at = [], _FIRST_MIN
    while at < _LAST_MIN:
        found.append(round(at))
        at *= _GROWTH
    return (*found, _LAST_MIN)


BOUNDS = _bounds()
"""Minutes: bucket 0 lies below the first, the last one from the last bound on."""


class Time(Term):
    """时长口径: from acceptance to the effective completion. Natural time runs always, working time in office hours."""

    NATURAL = "NATURAL", "自然时长"
    WORKING = "WORKING", "工作时长"


TIMES = tuple(Time)


def minutes(case: CaseFacts, time: Time) -> int | None:
    """How long the case took, in whole minutes; None while it is open, and for what the centre never took on."""
    if case.completed_at is None or case.accepted_at is None:
        return None
    if time is Time.WORKING:
        return case.worked_minutes
    return max(0, (case.completed_at - case.accepted_at) // timedelta(minutes=1))


def bucket(length: int) -> int:
    """Which bucket so many minutes lie in."""
    return bisect_right(BOUNDS, length)


@dataclass(frozen=True, slots=True)
class Spread:
    """时长分布: cases, the sum of their minutes, and how many lie in each bucket."""

    cases: int
    total: int
    buckets: Mapping[int, int]

    def __add__(self, other: "Spread") -> "Spread":
        buckets = Counter(self.buckets)
        buckets.update(other.buckets)
        return Spread(self.cases + other.cases, self.total + other.total, buckets)

    @property
    def mean(self) -> float | None:
        """Minutes; None for no case."""
        return self.total / self.cases if self.cases else None


def quantile(spread: Spread, share: float) -> float | None:
    """Minutes within which that share of the cases was done; None for no case."""
    if not spread.cases:
        return None
    wanted, before = share * spread.cases, 0
    for place in sorted(spread.buckets):
        count = spread.buckets[place]
        if before + count >= wanted:
            low = BOUNDS[place - 1] if place else 0
            high = BOUNDS[place] if place < len(BOUNDS) else low
            return low + (high - low) * (wanted - before) / count
        before += count
    return float(BOUNDS[-1])
