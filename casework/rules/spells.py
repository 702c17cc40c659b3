"""统计期 of a bulletin: a month `2026-06`, or a week from Monday `2026-W25` (ISO 8601). Days of Asia/Shanghai."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from casework.rules.calendars import month_after
from casework.rules.tallies import Period
from casework.rules.words import Term

_MONTH = re.compile(r"(20[0-5]\d)-(0[1-9]|1[0-2])")
_WEEK = re.compile(r"(20[0-5]\d)-W(0[1-9]|[1-4]\d|5[0-3])")


class Pace(Term):
    """周期: how often a bulletin comes."""

    MONTH = "MONTH", "月报"
    WEEK = "WEEK", "周报"


@dataclass(frozen=True, slots=True)
class Spell:
    """One month or one week: its `code`, its first day, and the day after its last."""

    pace: Pace
    code: str
    first: date
    after: date

    @property
    def period(self) -> Period:
        """The same as instants."""
        return Period.days(self.first, self.after)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.after - timedelta(days=1)


def read(code: str) -> Spell | None:
    """The spell of that code; None where there is none, as for the 53rd week of a year of 52."""
    if found := _MONTH.fullmatch(code):
        return holding(Pace.MONTH, date(int(found[1]), int(found[2]), 1))
    if found := _WEEK.fullmatch(code):
        try:
            return holding(Pace.WEEK, date.fromisocalendar(int(found[1]), int(found[2]), 1))
        except ValueError:
            return None
    return None


def holding(pace: Pace, day: date) -> Spell:
    """The month, or the week, in which the day lies."""
    if pace is Pace.MONTH:
        return Spell(pace, f"{day:%Y-%m}", day.replace(day=1), month_after(day))
    year, week, weekday = day.isocalendar()
    monday = day - timedelta(days=weekday - 1)
    return Spell(pace, f"{year}-W{week:02d}", monday, monday + timedelta(days=7))


def last_over(pace: Pace, today: date) -> Spell:
    """The newest one that is wholly over."""
    return holding(pace, holding(pace, today).first - timedelta(days=1))


def following(spell: Spell) -> Spell:
    """The next one."""
    return holding(spell.pace, spell.after)
