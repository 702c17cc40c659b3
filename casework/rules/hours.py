"""Business hours 作息时间: the open intervals of a working day, by season (domain.md §1.7).

A moment of a day is counted in microseconds after its midnight, Asia/Shanghai.
"""

from dataclasses import dataclass

MINUTE = 60_000_000
DAY = 1440 * MINUTE


@dataclass(frozen=True, slots=True)
class Hours:
    """Open intervals in minutes after midnight, each [opens, closes), in order; 24:00 is 1440.

    Raises ValueError when empty, out of order, overlapping or outside the day.
    """

    intervals: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        edges = [edge for interval in self.intervals for edge in interval]
        if not edges or edges[0] < 0 or edges[-1] > 1440:
            raise ValueError("business hours need at least one interval between 00:00 and 24:00")
        if any(later <= earlier for earlier, later in zip(edges[::2], edges[1::2], strict=True)):
            raise ValueError("an interval of business hours must close after it opens")
        if any(opens <= closed for closed, opens in zip(edges[1:-1:2], edges[2::2], strict=True)):
            raise ValueError("intervals of business hours must be in order, with a break between them")

    @property
    def minutes(self) -> int:
        """Working minutes of one whole day."""
        return sum(closes - opens for opens, closes in self.intervals)

    @property
    def opens(self) -> int:
        return self.intervals[0][0] * MINUTE

    @property
    def closes(self) -> int:
        return self.intervals[-1][1] * MINUTE

    def is_open(self, moment: int) -> bool:
        return any(opens * MINUTE <= moment < closes * MINUTE for opens, closes in self.intervals)

    def next_open(self, moment: int) -> int | None:
        """The first open moment from `moment` on, `moment` itself included; None when closed for the day."""
        for opens, closes in self.intervals:
            if moment < closes * MINUTE:
                return max(moment, opens * MINUTE)
        return None

    def worked(self, moment: int) -> int:
        """Working time, in microseconds, from midnight to `moment`."""
        total = 0
        for opens, closes in self.intervals:
            if moment <= opens * MINUTE:
                break
            total += min(moment, closes * MINUTE) - opens * MINUTE
        return total

    def earliest(self, worked: int) -> int:
        """The earliest moment by which `worked` > 0 is done: 3 h of 09:00–12:00, 13:00–17:00 -> 12:00."""
        for opens, closes in self.intervals:
            if worked <= (closes - opens) * MINUTE:
                return opens * MINUTE + worked
            worked -= (closes - opens) * MINUTE
        raise ValueError("more than one day's working time")

    def latest(self, worked: int) -> int:
        """The latest moment before which no more than `worked` is done: 3 h of 09:00–12:00, 13:00–17:00 -> 13:00."""
        for opens, closes in self.intervals:
            if worked < (closes - opens) * MINUTE:
                return opens * MINUTE + worked
            worked -= (closes - opens) * MINUTE
        raise ValueError("a day's working time or more")


@dataclass(frozen=True, slots=True)
class Season:
    """One season's business hours, from `starts` (month, day) of every year until the next season starts."""

    starts: tuple[int, int]
    hours: Hours
