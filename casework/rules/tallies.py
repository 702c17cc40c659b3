"""Sums of how cases stand 统计: counted case by case, added up, never averaged (domain.md §6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TypeVar

from casework.rules.calendars import FIRST_DAY, WorkCalendar, day_of, month_after
from casework.rules.rates import CaseFacts, Rate, Standing, View, standing
from casework.rules.words import Direction, Exclusion, Term

K = TypeVar("K")

_BEIJING = timezone(timedelta(hours=8))
_NOT_REPORTS = frozenset({Exclusion.VOID, Exclusion.MERGED})


@dataclass(frozen=True, slots=True)
class Period:
    """统计期: from `start` to before `end`, instants in UTC."""

    start: datetime
    end: datetime

    @classmethod
    def months(cls, first: date, last: date) -> "Period":
        """Whole months of Asia/Shanghai, both included; any day of a month names it."""
        return cls(_midnight(first.replace(day=1)), _midnight(month_after(last)))

    @classmethod
    def days(cls, first: date, after: date) -> "Period":
        """Whole days of Asia/Shanghai, from `first` to before `after`."""
        return cls(_midnight(first), _midnight(after))

    def holds(self, at: datetime) -> bool:
        return self.start <= at < self.end


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=_BEIJING).astimezone(UTC)


class Age(Term):
    """超期时长 in working days (domain.md §6 view D)."""

    TO_5 = "1-5", "1–5个工作日"
    TO_15 = "6-15", "6–15个工作日"
    TO_30 = "16-30", "16–30个工作日"
    OVER_30 = ">30", "30个工作日以上"


def age(due_day: date, today: date, calendar: WorkCalendar) -> Age:
    """How long a case due on that day is overdue: the working days after it, today included; a begun one is whole.

    Friday -> Saturday, or the same day: 1; Friday -> Monday: 1; Friday -> Friday: 5.
    """
    first, last = (day.toordinal() - FIRST_DAY.toordinal() + 1 for day in (due_day, today))
    days = calendar.workdays_before[last] - calendar.workdays_before[first]
    if days <= 5:
        return Age.TO_5
    if days <= 15:
        return Age.TO_15
    return Age.TO_30 if days <= 30 else Age.OVER_30


@dataclass(frozen=True, slots=True)
class Tally:
    """What a group of cases adds up to in one view.

    Of the `cases` that enter the rate: `kept` is what the view asks for, `done` and `on_time` say how the rest fell,
    `first_on_time` ignores later revocation, `not_yet_due` are still open in time. `excluded` are the others by
    reason; `from_grid` all grid reports in the group, `ages` the overdue of view D.
    """

    cases: int = 0
    kept: int = 0
    done: int = 0
    on_time: int = 0
    first_on_time: int = 0
    not_yet_due: int = 0
    excluded: Mapping[Exclusion, int] = field(default_factory=dict)
    from_grid: int = 0
    ages: Mapping[Age, int] = field(default_factory=dict)

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            cases=self.cases + other.cases,
            kept=self.kept + other.kept,
            done=self.done + other.done,
            on_time=self.on_time + other.on_time,
            first_on_time=self.first_on_time + other.first_on_time,
            not_yet_due=self.not_yet_due + other.not_yet_due,
            excluded=_together(self.excluded, other.excluded),
            from_grid=self.from_grid + other.from_grid,
            ages=_together(self.ages, other.ages),
        )

    @property
    def rate(self) -> Rate:
        """完成率 of the view; without meaning in view D, which only counts."""
        return Rate(self.kept, self.cases)

    @property
    def self_settled(self) -> Rate:
        """网格自办结率: settled by the grid or the community itself, of all grid reports but void and merged ones."""
        return Rate(self.excluded.get(Exclusion.SELF_SETTLED, 0), self.from_grid)

    def mature(self, observed: datetime, period: Period | None) -> bool:
        """成熟: the period is over and nothing in it is still open in time, so that only revocation can change it."""
        return self.not_yet_due == 0 and (period is None or period.end <= observed)


def _together(one: Mapping[K, int], other: Mapping[K, int]) -> Mapping[K, int]:
    if not one or not other:
        return one or other
    return {key: one.get(key, 0) + other.get(key, 0) for key in (*one, *(key for key in other if key not in one))}


def tally(
    case: CaseFacts, view: View, period: Period, observed: datetime, calendar: WorkCalendar
) -> tuple[Standing, Tally]:
    """One case and what it adds to the view's sums; nothing where it is not in the view or not in the period.

    View D looks at the stock at `observed` and knows no period.
    """
    found = standing(case, observed, view)
    if found.at is None or not (view is View.D or period.holds(found.at)):
        return found, Tally()
    ages = {age(day_of(found.at), day_of(observed), calendar): 1} if view is View.D and not found.exclusion else {}
    return found, replace(counted(case.direction, found), ages=ages)


def counted(direction: Direction, found: Standing) -> Tally:
    """What a case that is in the view and in the period adds to the sums, but for its age."""
    grid = int(direction is Direction.GRID and found.exclusion not in _NOT_REPORTS)
    if found.exclusion is not None:
        return Tally(excluded={found.exclusion: 1}, from_grid=grid)
    return Tally(
        cases=1,
        kept=int(found.kept),
        done=int(found.done),
        on_time=int(found.on_time),
        first_on_time=int(found.first_on_time),
        not_yet_due=int(found.not_yet_due),
        from_grid=grid,
    )
