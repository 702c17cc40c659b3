"""The calendar's arithmetic against a plain list of every working minute, and against what must hold for any case.

The oracle knows no intervals and no sums over days: it reads calendars.toml by itself, decides for each single minute
of five years whether it is worked, and answers by counting places in the list of worked minutes or walking the days.
"""

import random
import tomllib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.catalog.timing import CALENDARS, load_calendars
from casework.rules.calendars import WorkCalendar, build_calendar
from casework.rules.clocks import Limit, due, resume_due
from casework.rules.hours import Hours, Season

CASES = 100_000
SEED = 12345
FIRST, LAST = date(2023, 1, 1), date(2027, 12, 31)
ORIGIN = datetime(2022, 12, 31, 16, tzinfo=UTC)  # 2023-01-01 00:00 in Beijing
LATEST = int((datetime(2027, 6, 1, tzinfo=UTC) - ORIGIN).total_seconds())


def day_test() -> Callable[[date], bool]:
    """Whether a day is worked, straight from the file's text; 2027 is not announced."""
    data = tomllib.loads(CALENDARS.read_text(encoding="utf-8"))
    work = {date.fromisoformat(day) for notice in data["notice"] for day in notice["work"]}
    rest: set[date] = set()
    for span in (span for notice in data["notice"] for span in notice["rest"]):
        first, last = date.fromisoformat(span[:10]), date.fromisoformat(span[-10:])
        rest |= {first + timedelta(number) for number in range((last - first).days + 1)}
    fixed = {(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)}
    return lambda day: (
        day in work or not (day.weekday() >= 5 or day in rest or (day.year == 2027 and (day.month, day.day) in fixed))
    )


class Oracle:
    """Brute force; instants are seconds since ORIGIN. With `seasons` summer hours hold from May to September."""

    def __init__(self, seasons: bool) -> None:
        days = [FIRST + timedelta(number) for number in range((LAST - FIRST).days + 1)]
        winter = [9 * 60 <= minute < 12 * 60 or 13 * 60 <= minute < 17 * 60 for minute in range(1440)]
        summer = [510 <= minute < 720 or 870 <= minute < 1080 for minute in range(1440)]
        self.day_works = list(map(day_test(), days))
        self.works: list[bool] = []
        for day, works in zip(days, self.day_works, strict=True):
            hours = summer if seasons and 5 <= day.month <= 9 else winter
            self.works += hours if works else [False] * 1440
        self.minutes = [minute for minute, works in enumerate(self.works) if works]
        self.done = [0, *accumulate(self.works)]

    def add_days(self, start: int, number: int) -> int:
        day = start // 86400
        while number:
            day += 1
            number -= self.day_works[day]
        return (self.minutes[self.done[(day + 1) * 1440] - 1] + 1) * 60

    def worked(self, at: int) -> int:
        minute, second = divmod(at, 60)
        return self.done[minute] * 60 + (second if self.works[minute] else 0)

    def add(self, start: int, seconds: int) -> int:
        minute, second = divmod(self.worked(start) + seconds, 60)
        return self.minutes[minute] * 60 + second if second else (self.minutes[minute - 1] + 1) * 60

    def in_service(self, at: int) -> bool:
        """Inside a worked minute or at its end."""
        return self.works[at // 60] or (at % 60 == 0 and self.works[at // 60 - 1])


@cache
def pair(seasons: bool) -> tuple[Oracle, WorkCalendar]:
    nation = load_calendars().for_area("")
    if not seasons:
        return Oracle(False), nation
    summer, winter = Hours(((510, 720), (870, 1080))), Hours(((540, 720), (780, 1020)))
    return Oracle(True), build_calendar(
        "test", "test/1", nation.facts, [Season((10, 1), winter), Season((5, 1), summer)]
    )


def instant(seconds: int) -> datetime:
    return ORIGIN + timedelta(seconds=seconds)


def seconds_of(at: datetime) -> int:
    assert at.tzinfo is UTC
    assert at.microsecond == 0
    return round((at - ORIGIN).total_seconds())


@pytest.mark.parametrize("seasons", [False, True], ids=["one set of hours", "summer and winter hours"])
def test_a_hundred_thousand_random_cases_agree_with_brute_force(seasons: bool) -> None:
    oracle, calendar = pair(seasons)
    chance = random.Random(SEED + seasons)
    wrong = []
    for _ in range(CASES // 2):
        start = chance.randrange(0, LATEST, chance.choice((1, 60, 1800)))  # edges of intervals are met often
        minutes, days = chance.choice((30, 420, chance.randint(1, 9999))), chance.randint(1, 60)
        end = start + chance.randint(0, 90 * 86400)
        due_at, late = oracle.add_days(start, days), oracle.add(start, minutes * 60)
        paused = chance.randint(start, due_at)
        resumed = paused + chance.choice((0, chance.randint(0, 30 * 86400)))
        remaining = oracle.worked(due_at) - oracle.worked(paused)
        renewed = oracle.add(resumed, remaining) if paused < due_at else due_at
        at = instant(start)
        answers = (
            seconds_of(calendar.add_working_minutes(at, minutes)),
            seconds_of(calendar.add_working_days(at, days)),
            calendar.working_time_between(at, instant(end)) // timedelta(seconds=1),
            seconds_of(
                resume_due(instant(due_at), instant(paused), instant(resumed), calendar, Limit.parse(f"{days}wd")).at
            ),
        )
        expected = (late, due_at, oracle.worked(end) - oracle.worked(start), renewed)
        if answers != expected:
            wrong.append((at, minutes, days, end, paused, resumed, answers, expected))
    assert wrong[:5] == []


STARTS = st.integers(0, LATEST)
SEASONS = st.booleans()
SOME = settings(max_examples=400, deadline=None)


@SOME
@given(SEASONS, STARTS, st.integers(1, 9999))
def test_what_was_added_lies_between(seasons: bool, start: int, minutes: int) -> None:
    oracle, calendar = pair(seasons)
    at = instant(start)
    end = calendar.add_working_minutes(at, minutes)
    assert calendar.working_minutes_between(at, end) == minutes
    assert calendar.working_minutes_between(at, end - timedelta(seconds=1)) == minutes - 1
    back = calendar.take_working_time(end, timedelta(minutes=minutes))
    assert calendar.working_minutes_between(back, end) == minutes
    assert oracle.in_service(seconds_of(end))
    assert calendar.in_business(back)


@SOME
@given(SEASONS, STARTS, st.integers(0, 90 * 86400), st.integers(1, 9999), st.integers(0, 600))
def test_a_later_start_or_a_longer_limit_is_never_due_earlier(
    seasons: bool, start: int, delay: int, minutes: int, more: int
) -> None:
    _, calendar = pair(seasons)
    at, later = instant(start), instant(start + delay)
    for text, longer in ((f"{minutes}wm", f"{minutes + more}wm"), (f"{minutes % 60 + 1}wd", f"{minutes % 60 + 2}wd")):
        if minutes + more > 9999:
            continue
        base = due(Limit.parse(text), at, calendar).at
        assert base <= due(Limit.parse(text), later, calendar).at
        assert base <= due(Limit.parse(longer), at, calendar).at


@SOME
@given(SEASONS, STARTS, st.sampled_from(["30wm", "500wm", "1wd", "7wd", "15wd", "60wd"]))
def test_a_working_limit_is_never_due_outside_service_hours(seasons: bool, start: int, text: str) -> None:
    oracle, calendar = pair(seasons)
    end = due(Limit.parse(text), instant(start), calendar).at
    assert end > instant(start)
    assert oracle.in_service(seconds_of(end))


@SOME
@given(SEASONS, STARTS)
def test_business_opens_at_the_next_worked_minute(seasons: bool, start: int) -> None:
    oracle, calendar = pair(seasons)
    at = instant(start)
    assert calendar.in_business(at) is oracle.works[start // 60]
    worked = oracle.minutes[oracle.done[start // 60]] * 60  # the first worked minute from this one on
    assert seconds_of(calendar.next_opening(at)) == max(start, worked)


@SOME
@given(STARTS, st.sampled_from(["15m", "2h", "24h", "3d"]))
def test_natural_time_is_time_that_passes(start: int, text: str) -> None:
    _, calendar = pair(False)
    hours = {"15m": 0.25, "2h": 2, "24h": 24, "3d": 72}[text]
    assert due(Limit.parse(text), instant(start), calendar).at - instant(start) == timedelta(hours=hours)
