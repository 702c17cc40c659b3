"""Working calendars: the notices' days, business hours, and arithmetic in working time."""

import csv
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from casework.catalog.timing import load_calendars
from casework.rules.calendars import (
    FIRST_DAY,
    LAST_DAY,
    DayFacts,
    OutsideCalendar,
    WorkCalendar,
    as_utc,
    build_calendar,
    day_of,
)
from casework.rules.hours import Hours, Season

BEIJING = timezone(timedelta(hours=8))
SHARED_DAYS = Path(__file__).parents[3] / "shared/data/calendars/workdays_2024_2026.csv"

CALENDARS = load_calendars()
NATION = CALENDARS.for_area("510104")
WINTER = Hours(((540, 720), (780, 1020)))  # 09:00–12:00, 13:00–17:00
SUMMER = Hours(((510, 720), (870, 1080)))  # 08:30–12:00, 14:30–18:00


def at(text: str) -> datetime:
    """A Beijing time as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)


def said(instant: datetime) -> str:
    assert instant.tzinfo is UTC
    return f"{instant.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def calendar(*seasons: Season, named: dict[date, bool] | None = None) -> WorkCalendar:
    facts = DayFacts(named or {}, frozenset(range(1980, 2060)), frozenset())
    return build_calendar("test", "test/1", facts, seasons or (Season((1, 1), WINTER),))


def test_the_calendar_agrees_with_the_published_days_of_three_years() -> None:
    if not SHARED_DAYS.exists():
        pytest.skip("../shared/data/calendars is absent")
    with SHARED_DAYS.open(encoding="utf-8", newline="") as file:
        published = {date.fromisoformat(row["date"]): row["is_workday"] == "1" for row in csv.DictReader(file)}
    assert len(published) == 1096
    assert {day: NATION.is_workday(day) for day in published} == published
    assert all(NATION.announced(day) for day in published)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2022-12-31", False),  # the 2023 notice settles the last day of 2022
        ("2023-01-28", True),  # Saturday, made up for 春节
        ("2024-02-09", True),  # 除夕 2024 was no day of rest in the notice
        ("2025-01-28", False),  # 除夕 is a statutory day from 2025 on
        ("2026-01-02", False),  # Friday beside 元旦
        ("2026-01-04", True),  # Sunday, made up for it
        ("2026-02-14", True),  # Saturday, made up for 春节
        ("2026-02-21", False),
        ("2026-09-20", True),  # Sunday, made up for 国庆节
        ("2026-10-08", True),
        ("2026-10-10", True),  # Saturday, made up for 国庆节
        ("2026-10-11", False),
    ],
)
def test_a_notice_moves_days_of_rest_and_of_work(day: str, works: bool) -> None:
    assert NATION.is_workday(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2027-01-01", False),  # 元旦, a Friday
        ("2027-01-04", True),
        ("2027-02-05", True),  # 除夕, a Friday: its date is not in the statute, so it cannot be known
        ("2027-05-03", True),
        ("2028-05-01", False),  # 劳动节, a Monday
        ("2028-05-02", False),  # its second statutory day
        ("2029-10-01", False),  # 国庆节, a Monday
        ("2029-10-03", False),
        ("2029-10-04", True),
        ("2027-02-06", False),  # Saturday
    ],
)
def test_a_year_not_announced_falls_back_to_weekdays_without_the_fixed_holidays(day: str, works: bool) -> None:
    assert NATION.is_workday(date.fromisoformat(day)) is works
    assert not NATION.announced(date.fromisoformat(day))


def test_a_day_of_the_december_before_is_announced_with_the_notice_that_settles_it() -> None:
    assert NATION.announced(date(2022, 12, 31))
    assert not NATION.announced(date(2022, 12, 30))
    assert NATION.announced(date(2026, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "provisional"),
    [
        ("2026-12-01 09:00", "2026-12-31 23:59", False),
        ("2026-12-31 09:00", "2027-01-01 00:00", True),
        ("2026-12-31 23:59", "2026-12-31 23:59", False),
        ("2022-12-31 00:00", "2023-01-03 09:00", False),
        ("2022-12-30 23:59", "2023-01-03 09:00", True),
    ],
)
def test_a_span_is_provisional_when_one_of_its_days_is_not_announced(first: str, last: str, provisional: bool) -> None:
    assert NATION.provisional(at(first), at(last)) is provisional


@pytest.mark.parametrize(
    ("area", "id"),
    [
        ("510104001002", "cn"),  # 成都
        ("5101Z1", "cn"),  # a functional zone
        ("513221", "aba"),
        ("5133", "ganzi"),
        ("513401001", "liangshan"),
        ("51", "cn"),  # the province is shorter than any prefecture
        ("", "cn"),  # nothing is known of the place
    ],
)
def test_an_area_has_the_calendar_of_its_prefecture(area: str, id: str) -> None:
    assert CALENDARS.for_area(area).id == id


def test_a_prefecture_with_holidays_of_its_own_is_provisional_until_they_are_entered() -> None:
    liangshan = CALENDARS.for_area("5134")
    monday = date(2026, 11, 16)
    assert liangshan.is_workday(monday)
    assert NATION.announced(monday)
    assert not liangshan.announced(monday)


@pytest.mark.parametrize(
    ("moment", "open_", "opening"),
    [
        ("2026-03-02 08:59", False, "2026-03-02 09:00"),  # Monday
        ("2026-03-02 09:00", True, "2026-03-02 09:00"),
        ("2026-03-02 11:59", True, "2026-03-02 11:59"),
        ("2026-03-02 12:00", False, "2026-03-02 13:00"),  # lunch
        ("2026-03-02 13:00", True, "2026-03-02 13:00"),
        ("2026-03-02 17:00", False, "2026-03-03 09:00"),  # closed at the stroke
        ("2026-03-06 17:00", False, "2026-03-09 09:00"),  # Friday evening -> Monday
        ("2026-02-14 10:00", True, "2026-02-14 10:00"),  # a make-up Saturday is open
        ("2026-02-14 18:00", False, "2026-02-24 09:00"),  # 春节
        ("2026-02-18 10:00", False, "2026-02-24 09:00"),
        ("2026-03-02 00:00", False, "2026-03-02 09:00"),
    ],
)
def test_business_is_open_or_opens_next(moment: str, open_: bool, opening: str) -> None:
    assert NATION.in_business(at(moment)) is open_
    assert said(NATION.next_opening(at(moment))) == opening


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-02-13 16:00", 3, "2026-02-25 17:00"),  # domain.md §1.7: Friday before 春节
        ("2026-09-30 10:00", 3, "2026-10-10 17:00"),  # domain.md §1.7: 10-08, 10-09, make-up Saturday 10-10
        ("2026-09-20 10:00", 1, "2026-09-21 17:00"),  # domain.md §1.7: a make-up Sunday is day 0
        ("2026-03-02 00:00", 1, "2026-03-03 17:00"),  # the first minute of Monday is Monday
        ("2026-03-02 23:59", 1, "2026-03-03 17:00"),  # and so is the last
        ("2026-03-06 17:30", 1, "2026-03-09 17:00"),  # Friday evening -> Monday
        ("2026-03-07 12:00", 1, "2026-03-09 17:00"),  # Saturday -> Monday
        ("2026-03-08 23:59", 1, "2026-03-09 17:00"),  # Sunday at 23:59 -> Monday
        ("2026-02-13 16:00", 1, "2026-02-14 17:00"),  # Friday -> make-up Saturday
        ("2025-12-31 10:00", 1, "2026-01-04 17:00"),  # 元旦 -> make-up Sunday
        ("2026-12-31 10:00", 1, "2027-01-04 17:00"),  # across New Year into a year not announced
        ("2026-09-24 10:00", 15, "2026-10-22 17:00"),  # over 中秋节 and 国庆节: 3 + 3 + 5 + 4 days
    ],
)
def test_working_days_leave_out_the_start_and_end_at_the_close_of_business(start: str, days: int, due: str) -> None:
    assert said(NATION.add_working_days(at(start), days)) == due


@pytest.mark.parametrize(
    ("start", "minutes", "due"),
    [
        ("2026-03-06 16:00", 120, "2026-03-09 10:00"),  # Friday 16:00 + 2 h -> Monday 10:00
        ("2026-03-02 09:00", 30, "2026-03-02 09:30"),
        ("2026-03-02 07:00", 30, "2026-03-02 09:30"),  # before opening: from the opening
        ("2026-03-02 11:45", 30, "2026-03-02 13:15"),  # over lunch
        ("2026-03-02 11:30", 30, "2026-03-02 12:00"),  # to the stroke of lunch, not beyond it
        ("2026-03-02 16:30", 30, "2026-03-02 17:00"),  # to the close, not to the next opening
        ("2026-03-02 09:00", 420, "2026-03-02 17:00"),  # one whole day
        ("2026-03-02 09:00", 421, "2026-03-03 09:01"),
        ("2026-02-13 16:30", 60, "2026-02-14 09:30"),  # Friday -> make-up Saturday
        ("2026-02-14 16:30", 60, "2026-02-24 09:30"),  # -> after 春节
        ("2026-03-02 23:59", 30, "2026-03-03 09:30"),
        ("2026-12-31 16:45", 30, "2027-01-04 09:15"),
    ],
)
def test_working_minutes_run_only_while_business_is_open(start: str, minutes: int, due: str) -> None:
    assert said(NATION.add_working_minutes(at(start), minutes)) == due


def test_working_time_keeps_seconds_and_microseconds() -> None:
    start = at("2026-03-02 16:59:30.000001")
    due = NATION.add_working_minutes(start, 1)
    assert due == at("2026-03-03 09:00:30.000001")
    assert NATION.working_time_between(start, due) == timedelta(minutes=1)
    assert NATION.working_minutes_between(start, due - timedelta(microseconds=1)) == 0


def test_no_working_time_leaves_the_start_where_it_is() -> None:
    assert NATION.add_working_time(at("2026-03-07 12:00"), timedelta(0)) == at("2026-03-07 12:00")


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-06 16:00", "2026-03-09 10:00", 120),
        ("2026-03-06 17:00", "2026-03-09 09:00", 0),  # a weekend holds no working time
        ("2026-02-13 09:00", "2026-02-25 09:00", 3 * 420),  # Friday, make-up Saturday, then Tuesday after 春节
        ("2026-03-02 11:30", "2026-03-02 13:30", 60),  # lunch left out
        ("2026-03-09 10:00", "2026-03-06 16:00", 0),  # backward is nothing
    ],
)
def test_working_minutes_between_two_instants(start: str, end: str, minutes: int) -> None:
    assert NATION.working_minutes_between(at(start), at(end)) == minutes


@pytest.mark.parametrize(
    ("end", "hours", "from_"),
    [
        ("2026-03-09 10:00", 2, "2026-03-06 16:00"),  # Monday 10:00 - 2 h -> Friday 16:00
        ("2026-03-09 17:00", 2, "2026-03-09 15:00"),
        ("2026-03-09 14:00", 2, "2026-03-09 11:00"),  # lunch left out
        ("2026-03-09 11:00", 2, "2026-03-09 09:00"),  # the opening, not Friday's close
        ("2026-03-07 12:00", 2, "2026-03-06 15:00"),  # from a day of rest
    ],
)
def test_working_time_is_taken_back_to_the_latest_instant(end: str, hours: int, from_: str) -> None:
    assert said(NATION.take_working_time(at(end), timedelta(hours=hours))) == from_


@pytest.mark.parametrize(
    ("due", "opening"),
    [
        ("2026-03-09 17:00", "2026-03-09 09:00"),
        ("2026-03-09 09:00", "2026-03-06 09:00"),  # due at the opening: the day before was the last
        ("2026-03-08 12:00", "2026-03-06 09:00"),  # due on a Sunday: Friday was the last
        ("2026-03-10 00:00", "2026-03-09 09:00"),
    ],
)
def test_the_last_working_day_before_a_deadline(due: str, opening: str) -> None:
    assert said(NATION.last_day_opening(at(due))) == opening


def test_close_of_business_is_asked_of_working_days_only() -> None:
    assert said(NATION.close_of_business(date(2026, 2, 14))) == "2026-02-14 17:00"
    with pytest.raises(ValueError, match="no working day"):
        NATION.close_of_business(date(2026, 2, 15))


def test_seasons_change_the_hours_and_winter_runs_over_new_year() -> None:
    two_seasons = calendar(Season((5, 1), SUMMER), Season((10, 1), WINTER))
    assert said(two_seasons.add_working_days(at("2026-04-29 10:00"), 1)) == "2026-04-30 17:00"
    assert said(two_seasons.add_working_days(at("2026-04-30 10:00"), 1)) == "2026-05-01 18:00"
    assert said(two_seasons.add_working_minutes(at("2026-04-30 16:30"), 60)) == "2026-05-01 09:00"
    assert said(two_seasons.add_working_days(at("2026-12-31 10:00"), 1)) == "2027-01-01 17:00"
    assert said(two_seasons.add_working_minutes(at("2026-09-30 17:30"), 60)) == "2026-10-01 09:30"


def test_a_desk_that_never_closes_counts_midnight_as_its_close() -> None:
    always = calendar(Season((1, 1), Hours(((0, 1440),))))
    assert always.in_business(at("2026-03-02 00:00"))
    assert said(always.add_working_days(at("2026-03-02 10:00"), 1)) == "2026-03-04 00:00"
    assert said(always.add_working_minutes(at("2026-03-02 23:30"), 60)) == "2026-03-03 00:30"
    assert said(always.last_day_opening(at("2026-03-04 00:00"))) == "2026-03-03 00:00"


@pytest.mark.parametrize(
    "intervals",
    [(), ((540, 540),), ((600, 540),), ((540, 720), (720, 1020)), ((780, 1020), (540, 720)), ((540, 1441),)],
)
def test_business_hours_in_disorder_are_refused(intervals: tuple[tuple[int, int], ...]) -> None:
    with pytest.raises(ValueError, match="business hours"):
        Hours(intervals)


def test_days_change_at_midnight_in_beijing_not_in_utc() -> None:
    assert day_of(datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)) == date(2026, 3, 1)
    assert day_of(datetime(2026, 3, 1, 16, 0, tzinfo=UTC)) == date(2026, 3, 2)
    # Monday 07:30 in Beijing is still Sunday in UTC, and day 0 is Monday
    assert said(NATION.add_working_days(datetime(2026, 3, 1, 23, 30, tzinfo=UTC), 1)) == "2026-03-03 17:00"


def test_an_instant_is_never_taken_for_a_day() -> None:
    with pytest.raises(TypeError, match="day_of"):
        NATION.is_workday(at("2026-03-02 10:00"))
    with pytest.raises(TypeError, match="day_of"):
        NATION.close_of_business(at("2026-03-02 10:00"))


def test_a_time_without_zone_is_refused_everywhere() -> None:
    naive = datetime(2026, 3, 2, 10)
    for ask in (
        as_utc,
        day_of,
        NATION.in_business,
        NATION.next_opening,
        lambda at: NATION.add_working_days(at, 1),
        lambda at: NATION.add_working_minutes(at, 30),
        lambda at: NATION.add_working_minutes(at, 0),
    ):
        with pytest.raises(TypeError):
            ask(naive)


def test_any_time_zone_may_ask_and_the_answer_is_in_utc() -> None:
    new_york = at("2026-03-06 16:00").astimezone(ZoneInfo("America/New_York"))
    assert said(NATION.add_working_minutes(new_york, 120)) == "2026-03-09 10:00"


def test_beijing_time_is_eight_hours_ahead_on_every_day_since_the_last_summer_time() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    days = range((LAST_DAY - date(1992, 1, 1)).days)
    offsets = {datetime(1992, 1, 1, 3, tzinfo=shanghai).replace(tzinfo=None) + timedelta(days) for days in days}
    assert {moment.replace(tzinfo=shanghai).utcoffset() for moment in offsets} == {timedelta(hours=8)}


def test_the_summer_times_of_1986_to_1991_do_not_move_a_deadline() -> None:
    assert ZoneInfo("Asia/Shanghai").utcoffset(datetime(1988, 7, 1, 12)) == timedelta(hours=9)
    assert said(NATION.add_working_days(at("1988-06-30 10:00"), 1)) == "1988-07-01 17:00"
    assert said(NATION.add_working_minutes(at("1988-04-15 16:00"), 120)) == "1988-04-18 10:00"  # over the change


def test_beyond_the_covered_years_the_answer_is_a_clear_refusal() -> None:
    last = datetime.combine(LAST_DAY, datetime.min.time(), BEIJING) + timedelta(hours=12)
    first = datetime.combine(FIRST_DAY, datetime.min.time(), BEIJING)
    for ask in (
        lambda: NATION.add_working_days(last, 1),
        lambda: NATION.add_working_minutes(last, 600),
        lambda: NATION.next_opening(last + timedelta(hours=6)),
        lambda: NATION.in_business(first - timedelta(microseconds=1)),
        lambda: NATION.in_business(last + timedelta(hours=12)),
        lambda: NATION.take_working_time(first, timedelta(hours=2)),
        lambda: NATION.last_day_opening(first),
        lambda: NATION.is_workday(LAST_DAY + timedelta(1)),
    ):
        with pytest.raises(OutsideCalendar):
            ask()


def test_working_time_never_runs_backward() -> None:
    with pytest.raises(ValueError, match="forward"):
        NATION.add_working_minutes(at("2026-03-02 10:00"), -1)
    with pytest.raises(ValueError, match="at least one"):
        NATION.add_working_days(at("2026-03-02 10:00"), 0)
