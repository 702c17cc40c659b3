"""Clocks: every figure of words.md §3, the promise, the stages on the way, pauses, and the sentence that says why."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.catalog.timing import load_calendars, load_limits, load_why
from casework.rules.clocks import (
    Due,
    Limit,
    LimitKey,
    LimitRow,
    LimitTable,
    NoLimit,
    PromisedBy,
    Statute,
    due,
    promise,
    resume_due,
    sentence,
    stages,
    why,
)
from casework.rules.words import ClockName, Kind, Stage, Urgency

BEIJING = timezone(timedelta(hours=8))
NATION = load_calendars().for_area("510104")
TABLE = load_limits()
WHY = load_why()


def at(text: str) -> datetime:
    """A Beijing time as an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=BEIJING).astimezone(UTC)


def said(instant: datetime) -> str:
    assert instant.tzinfo is UTC
    return f"{instant.astimezone(BEIJING):%Y-%m-%d %H:%M}"


def due_of(clock: str, urgency: str, kind: str | None, start: str) -> str:
    row = TABLE.find(ClockName(clock), Urgency(urgency), Kind(kind) if kind else None, None)
    assert row is not None
    return said(due(row.limit, at(start), NATION).at)


MONDAY = "2026-03-02 10:00"
FRIDAY = "2026-03-06 16:45"
NIGHT = "2026-03-06 23:59"  # Friday, one minute to Saturday


@pytest.mark.parametrize(
    ("clock", "urgency", "kind", "start", "due_at"),
    [
        ("RESPOND", "E0", "GRID_HAZARD", NIGHT, "2026-03-07 00:04"),
        ("RESPOND", "E1", "GRID_EVENT", NIGHT, "2026-03-07 00:14"),
        ("RESPOND", "N", "GRID_PART", NIGHT, "2026-03-07 01:59"),
        ("RESPOND", "C", "GRID_EVENT", FRIDAY, "2026-03-06 18:45"),
        ("DISPATCH", "E0", "HELP", NIGHT, "2026-03-07 00:04"),
        ("DISPATCH", "E1", "HELP", NIGHT, "2026-03-07 00:09"),
        ("DISPATCH", "N", "HELP", MONDAY, "2026-03-02 10:30"),
        ("DISPATCH", "N", "HELP", FRIDAY, "2026-03-09 09:15"),  # 15 minutes are left of Friday
        ("DISPATCH", "N", "HELP", NIGHT, "2026-03-07 01:59"),  # 2 h off hours
        ("DISPATCH", "C", "HELP", "2026-03-02 12:30", "2026-03-02 14:30"),  # lunch is off hours
        ("SIGN", "E0", "HELP", NIGHT, "2026-03-07 00:14"),
        ("SIGN", "E1", "HELP", NIGHT, "2026-03-07 00:29"),
        ("SIGN", "N", "HELP", FRIDAY, "2026-03-09 17:00"),
        ("SIGN", "C", "HELP", NIGHT, "2026-03-09 17:00"),
        ("CONTACT", "E0", "HELP", NIGHT, "2026-03-07 00:29"),
        ("CONTACT", "E1", "HELP", NIGHT, "2026-03-07 01:59"),
        ("CONTACT", "N", "HELP", MONDAY, "2026-03-03 17:00"),
        ("CONTACT", "C", "HELP", MONDAY, "2026-03-03 17:00"),
        ("FEEDBACK", "E0", "HELP", NIGHT, "2026-03-07 01:59"),
        ("FEEDBACK", "E1", "HELP", NIGHT, "2026-03-07 23:59"),
        ("FEEDBACK", "C", "HELP", MONDAY, "2026-03-09 17:00"),
        ("FINISH", "E0", "HELP", NIGHT, "2026-03-07 23:59"),
        ("FINISH", "E1", "COMPLAINT", NIGHT, "2026-03-09 23:59"),  # 3 days are 72 hours
        ("FINISH", "N", "CONSULT", MONDAY, "2026-03-05 17:00"),
        ("FINISH", "N", "HELP", MONDAY, "2026-03-11 17:00"),
        ("FINISH", "N", "SUGGESTION", MONDAY, "2026-03-11 17:00"),
        ("FINISH", "N", "COMPLAINT", MONDAY, "2026-03-23 17:00"),
        ("FINISH", "N", "REPORT", MONDAY, "2026-03-23 17:00"),
        ("FINISH", "N", "PRAISE", MONDAY, "2026-03-05 17:00"),
        ("FINISH", "N", "OTHER", MONDAY, "2026-03-11 17:00"),
        ("FINISH", "N", "GRID_EVENT", MONDAY, "2026-03-11 17:00"),
        ("FINISH", "N", "GRID_PART", MONDAY, "2026-03-11 17:00"),
        ("FINISH", "N", "GRID_HAZARD", MONDAY, "2026-03-11 17:00"),
        ("FINISH", "N", None, MONDAY, "2026-03-11 17:00"),  # kind unknown: as 求助
        ("FINISH", "C", "CONSULT", MONDAY, "2026-03-23 17:00"),
        ("FINISH", "N", "CONSULT", "2026-02-13 16:00", "2026-02-25 17:00"),  # domain.md §1.7, over 春节
        ("FINISH", "N", "CONSULT", "2026-09-30 10:00", "2026-10-10 17:00"),  # domain.md §1.7, over 国庆节
        ("REVIEW_RESULT", "E0", "HELP", NIGHT, "2026-03-07 01:59"),
        ("REVIEW_RESULT", "E1", "HELP", NIGHT, "2026-03-07 01:59"),
        ("REVIEW_RESULT", "N", "HELP", NIGHT, "2026-03-09 17:00"),
        ("REVIEW_RESULT", "C", "HELP", MONDAY, "2026-03-03 17:00"),
        ("FOLLOW_UP", "E0", "HELP", NIGHT, "2026-03-09 17:00"),
        ("FOLLOW_UP", "E1", "HELP", MONDAY, "2026-03-03 17:00"),
        ("FOLLOW_UP", "N", "HELP", MONDAY, "2026-03-05 17:00"),
        ("FOLLOW_UP", "C", "HELP", MONDAY, "2026-03-05 17:00"),
        ("REWORK", "E0", "HELP", NIGHT, "2026-03-07 03:59"),
        ("REWORK", "E1", "HELP", NIGHT, "2026-03-07 23:59"),
        ("REWORK", "N", "HELP", MONDAY, "2026-03-05 17:00"),
        ("REWORK", "N", "CONSULT", MONDAY, "2026-03-03 17:00"),
        ("REWORK", "C", "CONSULT", MONDAY, "2026-03-09 17:00"),
        ("REPORT_IN", "E0", "GRID_EVENT", NIGHT, "2026-03-07 00:29"),
        ("REPORT_IN", "E1", "GRID_EVENT", NIGHT, "2026-03-07 01:59"),
        ("REPORT_IN", "N", "GRID_EVENT", MONDAY, "2026-03-03 17:00"),
        ("REPORT_IN", "C", "GRID_EVENT", MONDAY, "2026-03-03 17:00"),
    ],
)
def test_every_clock_of_the_profile(clock: str, urgency: str, kind: str | None, start: str, due_at: str) -> None:
    assert due_of(clock, urgency, kind, start) == due_at


def test_an_ordinary_case_has_no_interim_feedback() -> None:
    assert TABLE.find(ClockName.FEEDBACK, Urgency.N, Kind.HELP, "0101") is None
    assert TABLE.find(ClockName.FEEDBACK, Urgency.N, None, None) is None


def test_only_the_complex_case_feeds_back_again_and_again() -> None:
    repeating = {
        (clock, urgency)
        for clock in ClockName
        if clock not in (ClockName.INNER, ClockName.SUPERVISE, ClockName.LEVEL)
        for urgency in Urgency
        if (row := TABLE.find(clock, urgency, Kind.HELP, None)) and row.repeats
    }
    assert repeating == {(ClockName.FEEDBACK, Urgency.C)}


@pytest.mark.parametrize("clock", [ClockName.INNER, ClockName.SUPERVISE, ClockName.LEVEL])
def test_a_clock_that_is_set_elsewhere_has_no_figure_here(clock: ClockName) -> None:
    with pytest.raises(NoLimit, match=f"no limit for {clock} with urgency N"):
        TABLE.find(clock, Urgency.N, Kind.HELP, None)


def test_an_unknown_kind_is_provisional_only_where_the_kind_matters() -> None:
    provisional = {
        (clock, urgency)
        for clock in (ClockName.DISPATCH, ClockName.SIGN, ClockName.FINISH, ClockName.REWORK)
        for urgency in Urgency
        if (row := TABLE.find(clock, urgency, None, None)) and row.provisional
    }
    assert provisional == {(ClockName.FINISH, Urgency.N), (ClockName.REWORK, Urgency.N)}
    known = TABLE.find(ClockName.FINISH, Urgency.N, Kind.HELP, None)
    assert known is not None
    assert not known.provisional


def row(limit: str, urgency: str | None = None, kind: str | None = None, category: str | None = None) -> LimitRow:
    key = LimitKey(ClockName.FINISH, Urgency(urgency) if urgency else None, Kind(kind) if kind else None, category)
    return LimitRow(key, Limit.parse(limit), "[P]")


CITY = LimitTable(
    "test/1",
    {
        one.key: one
        for one in (
            row("9wd"),
            row("24h", urgency="E0"),
            row("3wd", kind="CONSULT"),
            row("2wd", urgency="N", kind="CONSULT"),
            row("20wd", urgency="N", category="10"),
            row("60wd", urgency="N", category="1001"),
            row("50wd", urgency="N", kind="HELP", category="1001"),
        )
    },
)


@pytest.mark.parametrize(
    ("urgency", "kind", "category", "limit"),
    [
        ("N", "HELP", None, "9wd"),  # nothing more is said
        ("N", "CONSULT", None, "2wd"),  # both named
        ("C", "CONSULT", None, "3wd"),
        ("E0", "CONSULT", None, "24h"),  # danger is asked before the kind
        ("N", "CONSULT", "1099", "20wd"),  # the category is asked first
        ("N", "CONSULT", "1001", "60wd"),  # the longest prefix
        ("N", "HELP", "1001", "50wd"),
        ("N", "HELP", "1", "9wd"),  # shorter than any prefix
        ("E0", "HELP", "1001", "24h"),
        ("N", None, "1002", "20wd"),
    ],
)
def test_the_most_specific_row_wins(urgency: str, kind: str | None, category: str | None, limit: str) -> None:
    found = CITY.find(ClockName.FINISH, Urgency(urgency), Kind(kind) if kind else None, category)
    assert found is not None
    assert str(found.limit) == limit


@pytest.mark.parametrize(
    ("clock", "urgency", "limit"),
    [
        ("FINISH", "N", "60wd"),
        ("FINISH", "C", "60wd"),
        ("FINISH", "E0", "24h"),  # danger does not wait for a statute's days
        ("FINISH", "E1", "3d"),
        ("SIGN", "N", "1wd"),  # the statute sets the end only
    ],
)
def test_a_statutory_limit_sets_the_end_of_an_ordinary_case(clock: str, urgency: str, limit: str) -> None:
    statute = Statute(Limit.parse("60wd"), "《劳动保障监察条例》")
    found = TABLE.find(ClockName(clock), Urgency(urgency), None, "1001", statute)
    assert found is not None
    assert str(found.limit) == limit
    assert (found.source == statute.source) is (limit == "60wd")
    assert not found.provisional


@pytest.mark.parametrize("text", ["15m", "2h", "3d", "30wm", "1wd", "30wm|2h", "1wd|24h", "9999wm", "999wd"])
def test_a_limit_is_written_as_it_is_read(text: str) -> None:
    assert str(Limit.parse(text)) == text


NUMBERS = ("0m", "-1h", "1.5h", "１5m", "10000m", "1000wd", "1000d", "wd")
FORMS = ("", " ", "2 h", "2H", "2w", "30wm|", "|2h", "2h|30wm", "30m|2h", "30wm|1wd", "1wd|2h|3h")


@pytest.mark.parametrize("text", [*NUMBERS, *FORMS])
def test_anything_else_is_no_limit(text: str) -> None:
    with pytest.raises(ValueError):
        Limit.parse(text)


@pytest.mark.parametrize(
    ("limit", "start", "provisional"),
    [
        ("7wd", "2026-12-18 10:00", False),  # ends 2026-12-29
        ("7wd", "2026-12-28 10:00", True),  # runs into 2027, which is not announced
        ("1wd", "2026-12-31 10:00", True),
        ("1wd", "2026-12-30 10:00", False),
        ("30wm", "2026-12-31 16:45", True),
        ("30wm", "2026-12-31 16:30", False),
        ("24h", "2026-12-31 16:45", False),  # natural time asks no calendar
        ("30wm|2h", "2026-12-31 23:30", False),  # off hours, by an announced day
        ("30wm|2h", "2027-01-08 23:30", True),  # whether it is off hours is not announced
        ("1wd", "2022-12-30 10:00", False),  # the day it starts on is not used
    ],
)
def test_a_deadline_is_provisional_when_it_used_a_day_that_is_not_announced(
    limit: str, start: str, provisional: bool
) -> None:
    assert due(Limit.parse(limit), at(start), NATION).provisional is provisional


@pytest.mark.parametrize(
    ("own", "upstream", "kept", "by"),
    [
        ("2026-03-11 17:00", None, "2026-03-11 17:00", "OWN"),
        ("2026-03-11 17:00", "2026-03-10 12:00", "2026-03-10 12:00", "UPSTREAM"),
        ("2026-03-11 17:00", "2026-03-12 12:00", "2026-03-11 17:00", "OWN"),
        ("2026-03-11 17:00", "2026-03-11 17:00", "2026-03-11 17:00", "OWN"),
    ],
)
def test_the_earlier_deadline_is_the_promise(own: str, upstream: str | None, kept: str, by: str) -> None:
    made = promise(Due(at(own), False, Limit.parse("7wd")), at(upstream) if upstream else None)
    assert (said(made.at), made.by) == (kept, PromisedBy(by))
    assert said(made.own.at) == own


def path(limit: str, start: str, due_at: str | None = None) -> list[tuple[str, str]]:
    own = due(Limit.parse(limit), at(start), NATION)
    made = stages(at(start), at(due_at) if due_at else own.at, NATION, Limit.parse(limit))
    return [(stage.value, said(moment)) for stage, moment in made]


@pytest.mark.parametrize(
    ("limit", "start", "moments"),
    [
        (
            "24h",  # day and night
            NIGHT,
            [
                ("HALF", "2026-03-07 11:59"),
                ("MOST", "2026-03-07 19:11"),
                ("TWO_HOURS", "2026-03-07 21:59"),
                ("BREACH", "2026-03-07 23:59"),
            ],
        ),
        ("2h", MONDAY, [("HALF", "2026-03-02 11:00"), ("MOST", "2026-03-02 11:36"), ("BREACH", "2026-03-02 12:00")]),
        (
            "3h",  # 2 hours before comes first
            MONDAY,
            [
                ("TWO_HOURS", "2026-03-02 11:00"),
                ("HALF", "2026-03-02 11:30"),
                ("MOST", "2026-03-02 12:24"),
                ("BREACH", "2026-03-02 13:00"),
            ],
        ),
        (
            "30wm",  # Friday 16:45 -> Monday 09:15
            FRIDAY,
            [("HALF", "2026-03-06 17:00"), ("MOST", "2026-03-09 09:09"), ("BREACH", "2026-03-09 09:15")],
        ),
        (
            "1wd",  # 6 + 7 hours of work
            MONDAY,
            [
                ("LAST_DAY", "2026-03-03 09:00"),
                ("HALF", "2026-03-03 09:30"),
                ("MOST", "2026-03-03 14:24"),
                ("TWO_HOURS", "2026-03-03 15:00"),
                ("BREACH", "2026-03-03 17:00"),
            ],
        ),
        (
            "3wd",  # over 春节: 1 + 21 hours of work
            "2026-02-13 16:00",
            [
                ("HALF", "2026-02-24 12:00"),
                ("LAST_DAY", "2026-02-25 09:00"),
                ("MOST", "2026-02-25 11:36"),
                ("TWO_HOURS", "2026-02-25 15:00"),
                ("BREACH", "2026-02-25 17:00"),
            ],
        ),
    ],
)
def test_the_stages_on_a_clocks_way(limit: str, start: str, moments: list[tuple[str, str]]) -> None:
    assert path(limit, start) == moments


def test_the_stages_follow_the_part_of_the_limit_that_applied() -> None:
    assert path("30wm|2h", FRIDAY) == path("30wm", FRIDAY)
    assert path("30wm|2h", NIGHT) == path("2h", NIGHT)


def test_a_stage_at_or_before_the_start_is_not_created() -> None:
    assert [stage for stage, _ in path("15m", MONDAY)] == ["HALF", "MOST", "BREACH"]
    assert [stage for stage, _ in path("2h", MONDAY)] == ["HALF", "MOST", "BREACH"]  # exactly at the start
    assert [stage for stage, _ in path("1wd", MONDAY, "2026-03-02 17:00")] == ["HALF", "TWO_HOURS", "MOST", "BREACH"]


def test_an_upstream_deadline_off_hours_is_announced_in_business_hours() -> None:
    assert path("7wd", MONDAY, "2026-03-07 23:59") == [  # Saturday night
        ("HALF", "2026-03-04 14:00"),  # 17 of 34 hours of work
        ("LAST_DAY", "2026-03-06 09:00"),
        ("MOST", "2026-03-06 09:12"),
        ("TWO_HOURS", "2026-03-06 15:00"),
        ("BREACH", "2026-03-07 23:59"),
    ]
    # started on Friday night, due on Saturday: there is no working time to remind in
    assert path("7wd", NIGHT, "2026-03-07 12:00") == [("BREACH", "2026-03-07 12:00")]


@pytest.mark.parametrize("due_at", [MONDAY, "2026-03-01 10:00", "1970-01-01 00:00"])
def test_a_deadline_already_past_on_arrival_is_seen_at_once(due_at: str) -> None:
    assert path("7wd", MONDAY, due_at) == [("BREACH", due_at)]


LIMITS = st.sampled_from(
    [Limit.parse(text) for text in ("15m", "2h", "3d", "24h", "30wm", "500wm", "1wd", "7wd", "15wd")]
)
MOMENTS = st.datetimes(datetime(2023, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC))


@settings(max_examples=300, deadline=None)
@given(LIMITS, MOMENTS)
def test_stages_lie_in_order_between_start_and_breach(limit: Limit, start: datetime) -> None:
    own = due(limit, start, NATION)
    made = stages(start, own.at, NATION, limit)
    moments = [moment for _, moment in made]
    assert moments == sorted(moments)
    assert all(start < moment <= own.at for moment in moments)
    assert made[-1] == (Stage.BREACH, own.at)
    assert len({stage for stage, _ in made}) == len(made)


@pytest.mark.parametrize(
    ("limit", "due_at", "paused", "resumed", "new"),
    [
        ("7wd", "2026-03-11 17:00", "2026-03-04 10:00", "2026-03-09 10:00", "2026-03-16 17:00"),  # 3 working days later
        ("7wd", "2026-03-11 17:00", "2026-03-06 16:00", "2026-03-09 10:00", "2026-03-12 11:00"),  # 2 working hours
        ("7wd", "2026-03-11 17:00", "2026-03-06 17:00", "2026-03-09 09:00", "2026-03-11 17:00"),  # over a weekend
        ("7wd", "2026-03-11 17:00", "2026-03-07 12:00", "2026-03-07 18:00", "2026-03-11 17:00"),  # within it
        ("7wd", "2026-03-11 17:00", "2026-03-11 16:30", "2026-03-11 23:59", "2026-03-12 09:30"),  # half an hour is left
        ("3wd", "2026-02-25 17:00", "2026-02-13 17:00", "2026-02-24 09:00", "2026-02-26 17:00"),  # the Saturday counted
        ("24h", "2026-03-07 12:00", "2026-03-06 17:00", "2026-03-09 09:00", "2026-03-10 04:00"),  # natural: 64 hours
        ("30wm", "2026-03-09 09:15", "2026-03-06 16:50", "2026-03-10 16:55", "2026-03-11 09:20"),
        ("7wd", "2026-03-11 17:00", "2026-03-11 17:00", "2026-03-20 10:00", "2026-03-11 17:00"),  # due when paused
        ("24h", "2026-03-07 12:00", "2026-03-08 12:00", "2026-03-20 10:00", "2026-03-07 12:00"),  # late already
        ("7wd", "2026-03-14 12:00", "2026-03-13 18:00", "2026-03-13 19:00", "2026-03-14 12:00"),  # never earlier
    ],
)
def test_after_a_pause_what_remained_runs_on(limit: str, due_at: str, paused: str, resumed: str, new: str) -> None:
    assert said(resume_due(at(due_at), at(paused), at(resumed), NATION, Limit.parse(limit)).at) == new


def test_a_pause_into_a_year_not_announced_makes_the_deadline_provisional() -> None:
    own = at("2026-12-29 17:00")
    resumed = resume_due(own, at("2026-12-25 10:00"), at("2026-12-31 10:00"), NATION, Limit.parse("7wd"))
    assert (said(resumed.at), resumed.provisional) == ("2027-01-05 17:00", True)
    late = resume_due(own, at("2026-12-30 10:00"), at("2027-01-05 10:00"), NATION, Limit.parse("7wd"))
    assert (late.at, late.provisional) == (own, False)


def test_a_pause_needs_a_settled_limit_and_an_end_after_its_beginning() -> None:
    with pytest.raises(ValueError, match="settled"):
        resume_due(at(FRIDAY), at(MONDAY), at(MONDAY), NATION, Limit.parse("30wm|2h"))
    with pytest.raises(ValueError, match="before it begins"):
        resume_due(at(FRIDAY), at(FRIDAY), at(MONDAY), NATION, Limit.parse("7wd"))


@settings(max_examples=300, deadline=None)
@given(
    LIMITS,
    MOMENTS,
    st.floats(0, 1.2),
    st.timedeltas(timedelta(0), timedelta(30)),
    st.timedeltas(timedelta(0), timedelta(9)),
)
def test_a_pause_is_harmless_when_resumed_at_once_and_never_helps_to_be_early(
    limit: Limit, start: datetime, share: float, length: timedelta, longer: timedelta
) -> None:
    own = due(limit, start, NATION)
    paused = start + (own.at - start) * share
    at_once = resume_due(own.at, paused, paused, NATION, limit)
    resumed = resume_due(own.at, paused, paused + length, NATION, limit)
    later = resume_due(own.at, paused, paused + length + longer, NATION, limit)
    assert own.at == at_once.at <= resumed.at <= later.at


def reason_of(clock: str, urgency: str, kind: str | None, start: str, upstream: str | None, language: str) -> str:
    found = TABLE.find(ClockName(clock), Urgency(urgency), Kind(kind) if kind else None, None)
    assert found is not None
    kept = promise(due(found.limit, at(start), NATION), at(upstream) if upstream else None)
    return sentence(why(found, at(start), kept, NATION, TABLE.version), WHY[language])


VERSIONS_ZH = f"规则 {TABLE.version}；日历 {NATION.version}"
VERSIONS_EN = f"rules {TABLE.version}; calendar {NATION.version}"


def test_one_sentence_says_why_this_time() -> None:
    assert reason_of("FINISH", "N", "CONSULT", "2026-02-13 16:00", None, "zh-CN") == (
        "办结时限为3个工作日，自2026-02-13 16:00起当日不计、次日起算，至最后一个工作日下班时止，"
        "应于2026-02-25 17:00前完成（依据：《四川省12345政务服务便民热线运行管理办法》（2025年12月）；"
        f"{VERSIONS_ZH}）。"
    )
    assert reason_of("SIGN", "E0", "HELP", NIGHT, None, "en") == (
        "Signing is due by 2026-03-07 00:14: 15 minute(s) from 2026-03-06 23:59, counted day and night "
        f"(basis: 参照《天津市政务服务便民热线管理办法实施细则》; {VERSIONS_EN})."
    )
    assert reason_of("DISPATCH", "N", "HELP", FRIDAY, None, "zh-CN") == (
        "派单时限为30分钟工作时间，自2026-03-06 16:45起只计工作时间，应于2026-03-09 09:15前完成"
        f"（依据：本平台默认时限；{VERSIONS_ZH}）。"
    )


def test_the_sentence_says_when_the_upstream_is_earlier() -> None:
    said_so = reason_of("FINISH", "N", "HELP", MONDAY, "2026-03-06 12:00", "zh-CN")
    assert said_so.startswith("上级平台要求于2026-03-06 12:00前完成，早于本级时限2026-03-11 17:00")
    assert reason_of("FINISH", "N", "HELP", MONDAY, "2026-03-20 12:00", "zh-CN").startswith("办结时限为7个工作日")


@pytest.mark.parametrize(
    ("kind", "start", "notes"),
    [
        ("HELP", MONDAY, []),
        (None, MONDAY, ["诉求性质尚未确定"]),
        ("HELP", "2026-12-28 10:00", ["放假安排尚未公布"]),
        (None, "2026-12-28 10:00", ["放假安排尚未公布", "诉求性质尚未确定"]),
    ],
)
def test_the_sentence_says_what_is_still_unsure(kind: str | None, start: str, notes: list[str]) -> None:
    said_so = reason_of("FINISH", "N", kind, start, None, "zh-CN")
    assert [note for note in ("放假安排尚未公布", "诉求性质尚未确定") if note in said_so] == notes


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_reason_is_one_sentence_without_a_hole(language: str) -> None:
    for clock in set(ClockName) - {ClockName.INNER, ClockName.SUPERVISE, ClockName.LEVEL}:
        for urgency in Urgency:
            if TABLE.find(clock, urgency, None, None) is None:
                continue
            for upstream in (None, "2026-03-02 10:01"):
                said_so = reason_of(clock, urgency, None, MONDAY, upstream, language)
                assert said_so.endswith("." if language == "en" else "。")
                assert not {"{", "}", "[", "\n"} & set(said_so)
                assert said_so.count("。") + said_so.count(". ") <= 1
