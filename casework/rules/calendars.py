"""Working calendars 工作日历: which days count, which hours, and arithmetic in working time (domain.md §1.7).

Days are days of Asia/Shanghai, held as UTC+08:00 without exception: the summer times of 1986–1991 never enter.
Instants come in with any time zone and go out in UTC; a naive datetime raises TypeError.
Sums over the covered days are made once, so that an answer takes a bisection and walks no days.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from casework.rules.hours import DAY, MINUTE, Hours, Season

FIRST_DAY = date(1980, 1, 1)
LAST_DAY = date(2059, 12, 31)
_FIRST_ORDINAL = FIRST_DAY.toordinal()
_DAYS = LAST_DAY.toordinal() - _FIRST_ORDINAL + 1
_ORIGIN = datetime(1979, 12, 31, 16, tzinfo=UTC)  # FIRST_DAY 00:00 at UTC+08:00


class OutsideCalendar(ValueError):
    """The question or its answer lies outside FIRST_DAY…LAST_DAY."""

    def __init__(self) -> None:
        super().__init__(f"outside the calendar, which covers {FIRST_DAY} to {LAST_DAY}")


@dataclass(frozen=True)
class DayFacts:
    """What is known about days 放假安排.

    `named` holds the days that a notice names: True a make-up workday 调休上班, False a rest day 放假. `years` are the
    years whose notice is in. Any other year is not announced 未公布: Monday to Friday without the `statutory`
    (month, day) holidays of fixed date; the lunar ones cannot be known.
    """

    named: Mapping[date, bool]
    years: frozenset[int]
    statutory: frozenset[tuple[int, int]]

    def is_workday(self, day: date) -> bool:
        named = self.named.get(day)
        if named is not None:
            return named
        if day.weekday() >= 5:
            return False
        return day.year in self.years or (day.month, day.day) not in self.statutory

    def announced(self, day: date) -> bool:
        """A day of an announced year, or one that next year's notice settles already (as 2022-12-31)."""
        return day.year in self.years or day in self.named


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class WorkCalendar:
    """工作日历 of an area: made by `build_calendar`, never changed; `version` names its exact content.

    A day is an index from FIRST_DAY on. `workdays` lists the working days; the `…_before` sums have for each day, and
    for one past the last, what lies on the days before it.
    """

    id: str
    version: str
    facts: DayFacts
    hours: tuple[Hours, ...]
    season_of: bytes
    workdays: "array[int]"
    workdays_before: "array[int]"
    minutes_before: "array[int]"
    unannounced_before: "array[int]"

    def is_workday(self, day: date) -> bool:
        index = _index(day)
        return self._works(index)

    def announced(self, day: date) -> bool:
        """Whether the day is settled by a notice (放假通知); if not, results that use it are provisional 暂定."""
        return self.facts.announced(day)

    def provisional(self, first: datetime, last: datetime) -> bool:
        """Whether a day that is not announced lies between the days of two instants, both days included."""
        start, _ = _split(first)
        end, _ = _split(last)
        return self.unannounced_before[end + 1] > self.unannounced_before[start]

    def close_of_business(self, day: date) -> datetime:
        """下班时间 of a working day, in UTC. Raises ValueError for a day of rest."""
        index = _index(day)
        if not self._works(index):
            raise ValueError(f"{day} is no working day in calendar {self.id}")
        return _instant(index, self._hours(index).closes)

    def in_business(self, at: datetime) -> bool:
        """Whether business is open at this instant: at the opening yes, at the closing no."""
        day, moment = _split(at)
        return self._works(day) and self._hours(day).is_open(moment)

    def next_opening(self, at: datetime) -> datetime:
        """The first instant from `at` on when business is open: `at` itself inside business hours. In UTC."""
        day, moment = _split(at)
        if self._works(day):
            opening = self._hours(day).next_open(moment)
            if opening is not None:
                return _instant(day, opening)
        following = self._workday(self.workdays_before[day + 1])
        return _instant(following, self._hours(following).opens)

    def last_day_opening(self, due_at: datetime) -> datetime:
        """The opening of the last working day that opens before `due_at`, in UTC."""
        day, moment = _split(due_at)
        opens_today = self._works(day) and self._hours(day).opens < moment
        last = self._workday(self.workdays_before[day] - (0 if opens_today else 1))
        return _instant(last, self._hours(last).opens)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """Close of business of the n-th working day after the start's day, which never counts (民法典 §201 [F:S29]).

        Friday 2026-02-13 16:00 + 3 -> 2026-02-25 17:00. `days` is at least 1. In UTC.
        """
        if days < 1:
            raise ValueError("a limit in working days has at least one day")
        day, _ = _split(start)
        last = self._workday(self.workdays_before[day + 1] + days - 1)
        return _instant(last, self._hours(last).closes)

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """As `add_working_time`, in whole minutes."""
        return self.add_working_time(start, timedelta(minutes=minutes))

    def add_working_time(self, start: datetime, length: timedelta) -> datetime:
        """The earliest instant by which `length` of working time has passed since `start`; nothing added: `start`. UTC.

        Counts at once inside business hours, else from the next opening: Friday 16:00 + 2 h -> Monday 10:00.
        An end that meets the close of business stays there. Raises ValueError for a negative length.
        """
        wanted = _microseconds(length)
        if wanted <= 0:
            if wanted < 0:
                raise ValueError("working time runs forward")
            return as_utc(start)
        return self._reached(self._worked(start) + wanted)

    def shares_of(self, start: datetime, end: datetime, *shares: tuple[int, int]) -> list[datetime]:
        """The earliest instants by which these shares (1, 2: half) of the working time from `start` to `end` have
        passed, in UTC; `start` itself where there is none."""
        begins = self._worked(start)
        length = max(0, self._worked(end) - begins)
        return [self._reached(begins + round(length * n / m)) if length else as_utc(start) for n, m in shares]

    def _reached(self, target: int) -> datetime:
        """The earliest instant by which so much working time, in microseconds, has passed since FIRST_DAY."""
        day = bisect_left(self.minutes_before, -(-target // MINUTE)) - 1
        if day >= _DAYS:
            raise OutsideCalendar
        return _instant(day, self._hours(day).earliest(target - self.minutes_before[day] * MINUTE))

    def take_working_time(self, end: datetime, length: timedelta) -> datetime:
        """The latest instant from which `length` > 0 of working time is left until `end`: Monday 10:00 - 2 h -> Friday
        16:00. In UTC.
        """
        target = self._worked(end) - _microseconds(length)
        day = bisect_right(self.minutes_before, target // MINUTE) - 1
        if not 0 <= day < _DAYS:
            raise OutsideCalendar
        return _instant(day, self._hours(day).latest(target - self.minutes_before[day] * MINUTE))

    def working_minutes_between(self, start: datetime, end: datetime) -> int:
        """As `working_time_between`, in whole minutes: a begun minute does not count."""
        return self.working_time_between(start, end) // timedelta(minutes=1)

    def working_time_between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`, exact to the microsecond; none when `end` is not after `start`."""
        return timedelta(microseconds=max(0, self._worked(end) - self._worked(start)))

    def _worked(self, at: datetime) -> int:
        """Working time in microseconds from FIRST_DAY to `at`."""
        day, moment = _split(at)
        before = self.minutes_before[day] * MINUTE
        return before + self._hours(day).worked(moment) if self._works(day) else before

    def _works(self, day: int) -> bool:
        return self.workdays_before[day + 1] > self.workdays_before[day]

    def _hours(self, day: int) -> Hours:
        return self.hours[self.season_of[day]]

    def _workday(self, number: int) -> int:
        if not 0 <= number < len(self.workdays):
            raise OutsideCalendar
        return self.workdays[number]


class Calendars:
    """The working calendars 工作日历 of all areas."""

    def __init__(self, by_prefix: Mapping[str, WorkCalendar]) -> None:
        """`by_prefix` gives each area-code prefix its calendar; "" is the national one and must be there."""
        self._by_prefix = {"": by_prefix[""], **by_prefix}
        self._lengths = sorted({len(prefix) for prefix in by_prefix}, reverse=True)

    @property
    def versions(self) -> frozenset[str]:
        """The versions of all calendars in use."""
        return frozenset(calendar.version for calendar in self._by_prefix.values())

    def within(self, prefix: str) -> Mapping[str, WorkCalendar]:
        """The calendars in use in an area, by the prefix each holds for: its own or the wider one's, those below."""
        below = {area: found for area, found in self._by_prefix.items() if area.startswith(prefix)}
        return {prefix: self.for_area(prefix), **below}

    def for_area(self, area_code: str) -> WorkCalendar:
        """The calendar of the longest prefix that fits, that of the prefecture (words.md §3); "" is unknown."""
        return next(
            self._by_prefix[area_code[:length]] for length in self._lengths if area_code[:length] in self._by_prefix
        )


def build_calendar(id: str, version: str, facts: DayFacts, seasons: Sequence[Season]) -> WorkCalendar:
    """Sum up every covered day once. `seasons` are one or more; the last one of a year runs on into January."""
    ordered = sorted(seasons, key=lambda season: season.starts)
    hours = tuple(season.hours for season in ordered)
    starts = [season.starts for season in ordered]
    days = [date.fromordinal(_FIRST_ORDINAL + index) for index in range(_DAYS)]
    season_of = bytes((bisect_right(starts, (day.month, day.day)) - 1) % len(starts) for day in days)
    works = [facts.is_workday(day) for day in days]
    minutes = [hours[season].minutes if work else 0 for season, work in zip(season_of, works, strict=True)]
    return WorkCalendar(
        id=id,
        version=version,
        facts=facts,
        hours=hours,
        season_of=season_of,
        workdays=array("i", [index for index, work in enumerate(works) if work]),
        workdays_before=_sums(works),
        minutes_before=_sums(minutes),
        unannounced_before=_sums([not facts.announced(day) for day in days]),
    )


def _sums(values: Sequence[int]) -> "array[int]":
    sums = array("i", [0])
    for value in values:
        sums.append(sums[-1] + value)
    return sums


def as_utc(at: datetime) -> datetime:
    """The same instant in UTC, where adding hours adds real time. Raises TypeError for a naive one."""
    return _ORIGIN + (at - _ORIGIN)


def day_of(at: datetime) -> date:
    """The day of an instant, Asia/Shanghai: 16:00 UTC is already tomorrow."""
    return date.fromordinal(_FIRST_ORDINAL + _split(at)[0])


def month_after(day: date) -> date:
    """The first day of the month after the day's."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def _index(day: date) -> int:
    if isinstance(day, datetime):
        raise TypeError("an instant has no day without a time zone: use day_of")
    index = day.toordinal() - _FIRST_ORDINAL
    if not 0 <= index < _DAYS:
        raise OutsideCalendar
    return index


def _split(at: datetime) -> tuple[int, int]:
    """An instant as a day's index and the microseconds since its midnight, Asia/Shanghai."""
    passed = at - _ORIGIN
    if not 0 <= passed.days < _DAYS:
        raise OutsideCalendar
    return passed.days, passed.seconds * 1_000_000 + passed.microseconds


def _instant(day: int, moment: int) -> datetime:
    return _ORIGIN + timedelta(day, 0, moment)


def _microseconds(length: timedelta) -> int:
    return length.days * DAY + length.seconds * 1_000_000 + length.microseconds
