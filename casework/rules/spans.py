"""Spans 时段 that come again: hours of a day, days of a year. Both wrap around: 22:00-06:00, 11-01/03-31."""

import re
from dataclasses import dataclass
from datetime import date, datetime

DAY = 24 * 60
YEAR = 366
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)", re.ASCII)
_SEASON = re.compile(r"(\d\d)-(\d\d)/(\d\d)-(\d\d)", re.ASCII)
_LEAP = 2024


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` on, `length` steps of a circle of `period` steps. Asked by `holds` and `covers`."""

    text: str
    start: int
    length: int
    period: int

    @classmethod
    def hours(cls, text: str) -> "Span":
        """时间段 of a day in Asia/Shanghai, `22:00-06:00`: from the first minute to before the last.

        Raises: ValueError: another form, or a span of nothing.
        """
        found = _HOURS.fullmatch(text)
        if found is None:
            raise ValueError(text)
        first, last = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
        if first == last:
            raise ValueError(text)
        return cls(text, first, (last - first) % DAY, DAY)

    @classmethod
    def season(cls, text: str) -> "Span":
        """季节 `05-01/09-30`: days of every year, both included. Raises: ValueError: another form, or no such day."""
        found = _SEASON.fullmatch(text)
        if found is None:
            raise ValueError(text)
        first, last = day_of_year(int(found[1]), int(found[2])), day_of_year(int(found[3]), int(found[4]))
        return cls(text, first, (last - first) % YEAR + 1, YEAR)

    def __str__(self) -> str:
        return self.text

    def holds(self, step: int) -> bool:
        """Whether a minute of the day, or a day of the year, lies in it."""
        return (step - self.start) % self.period < self.length

    def covers(self, other: "Span") -> bool:
        """Whether all of `other`, a span of the same circle, lies in it."""
        return self.length == self.period or (other.start - self.start) % self.period + other.length <= self.length


def minute_of_day(local: datetime) -> int:
    """0 to 1439, of a time in its own zone."""
    return local.hour * 60 + local.minute


def day_of_year(month: int, day: int) -> int:
    """0 to 365: 29 February has its own place in every year. Raises: ValueError: no such day."""
    return date(_LEAP, month, day).timetuple().tm_yday - 1
