"""Holes in a roster 值班空档: what the shifts, leaves and substitutes leave uncovered of the hours to be covered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from casework.rules.calendars import WorkCalendar
from casework.rules.routing import SHANGHAI
from casework.rules.spans import Span


class Stretch(NamedTuple):
    """From `start` to before `end`, both with their zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class DutyHours:
    """值守时段: which hours of a day, in Asia/Shanghai; on working days only, or on every day."""

    hours: Span
    workdays_only: bool = True


@dataclass(frozen=True, slots=True)
class Leave:
    """请假: who is away, and who stands in meanwhile, if anybody does."""

    account: int
    away: Stretch
    substitute: int | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """A shift of the roster, its holder and a substitute for the whole of it, if one is named."""

    account: int
    when: Stretch
    substitute: int | None = None


@dataclass(frozen=True, slots=True)
class Staff:
    """Who may serve at all, and who is away when."""

    active: frozenset[int]
    leaves: Mapping[int, Sequence[Leave]] = field(default_factory=dict)

    def there(self, account: int | None, when: Stretch) -> list[Stretch]:
        """The parts of a stretch in which this person is there."""
        if account is None or account not in self.active:
            return []
        return without([when], [leave.away for leave in self.leaves.get(account, ())])


def covered(turn: Turn, staff: Staff) -> list[Stretch]:
    """When somebody serves the shift: its substitute or its holder, else who stands in for the holder's leave."""
    served = staff.there(turn.substitute, turn.when) + staff.there(turn.account, turn.when)
    for leave in staff.leaves.get(turn.account, ()):
        for missing in without([turn.when], served):
            away = _common(missing, leave.away)
            served = served + (staff.there(leave.substitute, away) if away else [])
    return served


def gaps(wanted: Iterable[Stretch], turns: Iterable[Turn], staff: Staff) -> list[Stretch]:
    """What of the wanted stretches nobody serves, in order."""
    served = [stretch for turn in turns for stretch in covered(turn, staff)]
    return without(wanted, served)


def wanted(hours: DutyHours, within: Stretch, calendar: WorkCalendar) -> list[Stretch]:
    """The hours to be covered that lie within a stretch."""
    day, found = within.start.astimezone(SHANGHAI).date(), []
    while day <= within.end.astimezone(SHANGHAI).date():
        if not hours.workdays_only or calendar.is_workday(day):
            common = _common(_on(day, hours.hours), within)
            found += [common] if common else []
        day += timedelta(days=1)
    return found


def without(stretches: Iterable[Stretch], holes: Iterable[Stretch]) -> list[Stretch]:
    """What is left of the stretches."""
    left = sorted(stretches)
    for hole in holes:
        left = [part for stretch in left for part in _cut(stretch, hole)]
    return left


def _cut(stretch: Stretch, hole: Stretch) -> list[Stretch]:
    before = Stretch(stretch.start, min(stretch.end, hole.start))
    after = Stretch(max(stretch.start, hole.end), stretch.end)
    return [part for part in dict.fromkeys((before, after)) if part.start < part.end]


def _common(one: Stretch, other: Stretch) -> Stretch | None:
    both = Stretch(max(one.start, other.start), min(one.end, other.end))
    return both if both.start < both.end else None


def _on(day: date, hours: Span) -> Stretch:
    """The hours of that day; those that run past midnight end on the next."""
    start = datetime.combine(day, time(), SHANGHAI) + timedelta(minutes=hours.start)
    return Stretch(start, start + timedelta(minutes=hours.length))
