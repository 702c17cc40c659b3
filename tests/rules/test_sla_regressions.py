"""Bugs of deadlines that other systems shipped (reliability.md §1.2), as far as they can happen in pure rules."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from casework.catalog.timing import load_calendars, load_limits, load_why
from casework.rules.calendars import day_of
from casework.rules.clocks import Limit, LimitTable, due, promise, resume_due, sentence, stages, why
from casework.rules.words import ClockName, Kind, Stage, Urgency

BEIJING = timezone(timedelta(hours=8))
NATION = load_calendars().for_area("510104")
TABLE = load_limits()
WORKING = ("30wm", "500wm", "1wd", "3wd", "7wd", "15wd")


def at(text: str) -> datetime:
    """A Beijing time as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Kolkata"])
def host_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The host's own time zone, which must not matter."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("start", ["2026-03-07 00:00", "2026-03-07 12:00", "2026-03-08 07:59", "2026-03-08 23:59"])
def test_signalen_791_a_weekend_request_keeps_its_time_zone(host_zone: str, start: str) -> None:
    assert os.environ["TZ"] == host_zone
    own = due(Limit.parse("1wd"), at(start), NATION)
    assert own.at == datetime(2026, 3, 9, 9, tzinfo=UTC)  # Monday 17:00 in Beijing
    assert own.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("utc", "day", "due_at"),
    [
        ("2026-03-01 15:59", date(2026, 3, 1), "2026-03-02 17:00"),  # Sunday 23:59 in Beijing
        ("2026-03-01 16:00", date(2026, 3, 2), "2026-03-03 17:00"),  # Monday 00:00, still Sunday in UTC
        ("2026-03-01 23:59", date(2026, 3, 2), "2026-03-03 17:00"),  # Monday 07:59
        ("2026-03-06 16:00", date(2026, 3, 7), "2026-03-09 17:00"),  # Saturday 00:00, still Friday in UTC
    ],
)
def test_signalen_1617_the_day_near_midnight_is_the_day_in_beijing(utc: str, day: date, due_at: str) -> None:
    start = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert day_of(start) == day
    assert due(Limit.parse("1wd"), start, NATION).at == at(due_at)


def test_signalen_deadlines_working_days_know_festivals_and_make_up_days() -> None:
    # Monday to Friday alone would say 2026-02-18, in the middle of 春节
    assert due(Limit.parse("3wd"), at("2026-02-13 16:00"), NATION).at == at("2026-02-25 17:00")
    # and would forget the make-up Saturday
    assert due(Limit.parse("1wd"), at("2026-10-09 16:00"), NATION).at == at("2026-10-10 17:00")


def in_service(moment: datetime) -> bool:
    return NATION.in_business(moment) or NATION.in_business(moment - timedelta(microseconds=1))


@pytest.mark.parametrize("limit", WORKING)
def test_zammad_4432_and_2157_nobody_is_reminded_at_midnight_or_on_a_day_of_rest(limit: str) -> None:
    parsed = Limit.parse(limit)
    for hours in range(0, 24 * 40, 5):  # over 春节 and the make-up Saturdays beside it
        start = at("2026-02-01 00:00") + timedelta(hours=hours, minutes=37)
        for stage, moment in stages(start, due(parsed, start, NATION).at, NATION, parsed):
            assert in_service(moment), (start, stage, moment)


def test_zammad_5177_no_clock_overrules_another() -> None:
    start = at("2026-03-02 10:00")
    clocks = (ClockName.SIGN, ClockName.CONTACT, ClockName.FINISH)

    def deadlines(table: LimitTable) -> list[datetime]:
        rows = [table.find(clock, Urgency.C, Kind.HELP, None) for clock in clocks]
        return [due(row.limit, start, NATION).at for row in rows if row]

    feedback = TABLE.find(ClockName.FEEDBACK, Urgency.C, Kind.HELP, None)
    first = TABLE.find(ClockName.CONTACT, Urgency.C, Kind.HELP, None)
    assert feedback is not None
    assert first is not None
    only = [row for clock in clocks if (row := TABLE.find(clock, Urgency.C, Kind.HELP, None))]
    assert deadlines(LimitTable("without feedback", {row.key: row for row in only})) == deadlines(TABLE)
    assert due(first.limit, start, NATION).at < due(feedback.limit, start, NATION).at


def test_zammad_390_a_limit_in_hours_is_what_the_clock_on_the_wall_shows_and_the_sentence_says_so() -> None:
    start = at("2026-03-06 16:00")
    assert due(Limit.parse("48h"), start, NATION).at == at("2026-03-08 16:00")
    assert due(Limit.parse("2880wm"), start, NATION).at == at("2026-03-17 15:00")  # 1 + 6 × 7 + 5 hours of work
    texts = load_why()["zh-CN"]
    counting = []
    for urgency in (Urgency.E0, Urgency.N):
        row = TABLE.find(ClockName.FINISH, urgency, Kind.HELP, None)
        assert row is not None
        kept = promise(due(row.limit, start, NATION), None)
        counting.append(sentence(why(row, start, kept, NATION, TABLE.version), texts))
    assert "24小时" in counting[0]
    assert "不分昼夜连续计算" in counting[0]
    assert "7个工作日" in counting[1]
    assert "次日起算" in counting[1]


@pytest.mark.parametrize(
    ("due_at", "two_hours_before"),
    [
        ("2026-03-03 14:00", "2026-03-03 11:00"),  # over lunch
        ("2026-03-03 13:00", "2026-03-03 10:00"),
        ("2026-03-03 09:30", "2026-03-02 15:30"),  # over night
        ("2026-02-24 10:00", "2026-02-14 16:00"),  # over 春节
    ],
)
def test_glpi_22678_two_hours_before_is_right_with_several_segments(due_at: str, two_hours_before: str) -> None:
    made = dict(stages(at("2026-02-02 10:00"), at(due_at), NATION, Limit.parse("15wd")))
    assert made[Stage.TWO_HOURS] == at(two_hours_before)


def test_oncall_3261_the_end_of_summer_time_moves_nothing(host_zone: str) -> None:
    new_york = ZoneInfo("America/New_York")
    start = datetime(2026, 10, 31, 20, tzinfo=new_york)  # the night in which New York's clocks go back
    limit = Limit.parse("24h")
    own = due(limit, start, NATION)
    assert own.at - start.astimezone(UTC) == timedelta(hours=24)
    made = dict(stages(start, own.at.astimezone(new_york), NATION, limit))
    assert made[Stage.HALF] == start.astimezone(UTC) + timedelta(hours=12)
    assert made[Stage.TWO_HOURS] == start.astimezone(UTC) + timedelta(hours=22)
    resumed = resume_due(own.at, start, start + timedelta(hours=24), NATION, limit)  # 25 real hours on the wall
    assert resumed.at == own.at + timedelta(hours=25)


@pytest.mark.parametrize("urgency", list(Urgency))
def test_erpnext_38745_no_clock_is_late_when_it_starts(host_zone: str, urgency: Urgency) -> None:
    clocks = [clock for clock in ClockName if clock not in (ClockName.INNER, ClockName.SUPERVISE, ClockName.LEVEL)]
    for clock in clocks:
        row = TABLE.find(clock, urgency, None, None)
        for start in (at("2026-03-02 10:00"), at("2026-03-06 23:59"), at("2026-02-18 00:00")):
            assert row is None or due(row.limit, start, NATION).at > start


def test_erpnext_38745_a_time_without_zone_is_refused() -> None:
    naive, limit = datetime(2026, 3, 2, 10), Limit.parse("7wd")
    for ask in (
        lambda: due(limit, naive, NATION),
        lambda: due(Limit.parse("24h"), naive, NATION),
        lambda: due(Limit.parse("30wm|2h"), naive, NATION),
        lambda: promise(due(limit, at("2026-03-02 10:00"), NATION), naive),
        lambda: stages(naive, naive, NATION, limit),
        lambda: resume_due(naive, naive, naive, NATION, limit),
    ):
        with pytest.raises(TypeError):
            ask()
