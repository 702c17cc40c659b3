"""Reading calendars, limits and explanations: what is right is read, and every wrong line is named at once."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from casework.catalog.problems import CatalogError
from casework.catalog.timing import CALENDARS, LIMITS, WHY, load_calendars, load_limits, load_why
from casework.rules.words import ClockName, Kind, Urgency


def changed(tmp_path: Path, original: Path, *changes: tuple[str, str]) -> Path:
    """A copy of a shipped file with some of its text replaced; each text must be there."""
    text = original.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    copy = tmp_path / original.name
    copy.write_text(text, encoding="utf-8")
    return copy


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


CALENDAR_FAULTS = [
    # what is changed, to what, field, what the message says
    ('"2026-02-15..2026-02-23"', '"2026-02-15..2026-02-32"', "notice.rest", "is no day"),
    ('"2026-02-15..2026-02-23"', '"2026-02-23..2026-02-15"', "notice.rest", "is no day"),
    ('"2026-02-15..2026-02-23"', '"2026-02-15..2026-12-23"', "notice.rest", "is no day"),  # no holiday is that long
    ('"2026-02-15..2026-02-23"', '"2025-02-15..2025-02-23"', "notice.rest", "neither in 2026"),
    ('"2026-02-14",', '"2026-02-13",', "notice.work", "no Saturday"),
    ('"2026-02-14",', '"2026-02-21",', "notice.work", "named twice"),
    ('"2026-02-14",', '"14.2.2026",', "notice.work", "not a day"),
    ("year = 2026", "year = 2025", "notice.year", "further up"),
    ("year = 2026", 'year = "next"', "notice.year", "whole number"),
    ("year = 2026", "year = 2099", "notice.year", "outside"),
    ('"13:00-17:00"', '"1pm-5pm"', "calendar.hours.open", "no interval"),
    ('"13:00-17:00"', '"12:00-17:00"', "calendar.hours.open", "in order"),
    ('"05-01",', '"02-30",', "statutory.fixed", "no month and day"),
    ('id = "aba"', 'id = "cn"', "calendar.id", "further up"),
    ('areas = ["5133"]', 'areas = ["5132"]', "calendar.areas", "further up"),
    ('areas = [""]', 'areas = ["51"]', "calendar", "no calendar of the nation"),
    ('name = "阿坝藏族羌族自治州"', 'nom = "阿坝藏族羌族自治州"', "calendar.nom", "no such entry"),
]


@pytest.mark.parametrize(("old", "new", "field", "words"), CALENDAR_FAULTS)
def test_a_wrong_line_of_the_calendars_is_named(tmp_path: Path, old: str, new: str, field: str, words: str) -> None:
    path = changed(tmp_path, CALENDARS, (old, new))
    with pytest.raises(CatalogError) as caught:
        load_calendars(path)
    message = next(problem for problem in caught.value.problems if words in problem)
    where, named, _ = message.split(": ", 2)
    assert named == field
    assert where.startswith("calendars.toml:")
    if field != "calendar":  # a calendar that is not there has no line of its own
        assert new in path.read_text(encoding="utf-8").splitlines()[int(where.split(":")[1]) - 1]


LIMIT_FAULTS = [
    ("SIGN,E0,,,15m", "SIGN,E0,,,15min", "limit", "no time limit"),
    ("SIGN,E0,,,15m", "SIGN,E0,,,", "limit", "must be filled in"),
    ("SIGN,E0,,,15m", "SIGN,E9,,,15m", "urgency", "not allowed"),
    ("SIGN,E0,,,15m", "SING,E0,,,15m", "clock", "not allowed"),
    ("SIGN,E0,,,15m", "SIGN,E0,HLEP,,15m", "kind", "not allowed"),
    ("SIGN,E0,,,15m", "SIGN,E0,,01x,15m", "category", "no prefix"),
    ("FEEDBACK,C,,,5wd,yes", "FEEDBACK,C,,,5wd,often", "repeats", "neither yes nor no"),
    ("FOLLOW_UP,E0,,,1wd,,[P]", "FOLLOW_UP,E0,,,1wd,,", "source", "must be filled in"),
    ("FOLLOW_UP,E0,,,1wd,,[P]", "FOLLOW_UP,E0,,,1wd", "", "7 cells wanted"),
    ("SIGN,E1,", "SIGN,E0,", "", "asks the same as line"),
]


@pytest.mark.parametrize(("old", "new", "field", "words"), LIMIT_FAULTS)
def test_a_wrong_line_of_the_limits_is_named(tmp_path: Path, old: str, new: str, field: str, words: str) -> None:
    path = changed(tmp_path, LIMITS, (old, new))
    with pytest.raises(CatalogError) as caught:
        load_limits(path)
    (message,) = caught.value.problems
    wrong = line_of(LIMITS, old)
    assert message.startswith(f"limits.csv:{wrong}: {field}")
    assert words in message


def test_all_wrong_lines_are_named_at_once(tmp_path: Path) -> None:
    changes = [("SIGN,E0,,,15m", "SIGN,E0,,,15min"), ("SIGN,N,,,1wd", "SIGN,X,,,soon"), ("# version", "# no version")]
    with pytest.raises(CatalogError) as caught:
        load_limits(changed(tmp_path, LIMITS, *changes))
    assert len(caught.value.problems) == 4
    with pytest.raises(CatalogError) as caught:
        load_calendars(changed(tmp_path, CALENDARS, *((old, new) for old, new, *_ in CALENDAR_FAULTS[4:17:6])))
    assert len(caught.value.problems) >= 3


def test_a_missing_limit_is_a_fault_of_the_table(tmp_path: Path) -> None:
    path = changed(tmp_path, LIMITS, ("FINISH,N,GRID_PART,,7wd,,[P]\n", ""))
    with pytest.raises(CatalogError, match="FINISH has no limit for N, GRID_PART"):
        load_limits(path)


def test_a_missing_or_unknown_column_is_named(tmp_path: Path) -> None:
    path = changed(tmp_path, LIMITS, ("clock,urgency,kind,category,limit", "clock,urgency,sort,category,limit"))
    with pytest.raises(CatalogError) as caught:
        load_limits(path)
    assert ["kind: " in problem or "sort: " in problem for problem in caught.value.problems] == [True, True]


@pytest.mark.parametrize(
    ("old", "new", "field", "words"),
    [
        ("{clock}时限为", "{clok}时限为", "zh-CN.sentences.OWN", "cannot hold {clok}"),
        ('wd = "{n} working', 'ww = "{n} working', "en.limits.ww", "missing or too much"),
        ('FOLLOW_UP = "回访"', 'FOLLOW_UP = ""', "zh-CN.clocks.FOLLOW_UP", "must be filled in"),
        ("[en.notes]", "[en.remarks]", "en.notes", "must be filled in"),
    ],
)
def test_a_wrong_explanation_is_named(tmp_path: Path, old: str, new: str, field: str, words: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load_why(changed(tmp_path, WHY, (old, new)))
    assert any(f": {field}: " in problem and words in problem for problem in caught.value.problems)


@pytest.mark.parametrize("load", [load_calendars, load_limits, load_why])
def test_a_file_that_cannot_be_read_is_one_clear_fault(tmp_path: Path, load) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(CatalogError, match="does not exist"):
        load(tmp_path / "nowhere")
    bad = tmp_path / "bad"
    bad.write_bytes("时限".encode("gb18030"))
    with pytest.raises(CatalogError, match="UTF-8"):
        load(bad)
    bad.write_text("[[[", encoding="utf-8")
    with pytest.raises(CatalogError):
        load(bad)


def test_a_spreadsheets_byte_order_mark_and_line_ends_do_no_harm(tmp_path: Path) -> None:
    copy = tmp_path / "limits.csv"
    copy.write_bytes(b"\xef\xbb\xbf" + LIMITS.read_bytes().replace(b"\n", b"\r\n"))
    assert load_limits(copy).version == load_limits().version


def test_a_version_changes_with_the_facts_and_not_with_the_comments(tmp_path: Path) -> None:
    shipped = load_calendars()
    remarked = load_calendars(changed(tmp_path, CALENDARS, ("# 工作日历", "# 日历")))
    moved = load_calendars(changed(tmp_path, CALENDARS, ('"2026-10-01..2026-10-07"', '"2026-10-01..2026-10-06"')))
    assert remarked.for_area("").version == shipped.for_area("").version
    assert moved.for_area("").version != shipped.for_area("").version
    assert shipped.for_area("").version.startswith("cn/2026.1+")
    longer = load_limits(changed(tmp_path, LIMITS, ("SIGN,E0,,,15m", "SIGN,E0,,,20m")))
    assert longer.version != load_limits().version


LOCAL = """
[[calendar.local]]
year = 2026
source = "test"
rest = ["2026-11-16..2026-11-18"]
work = ["2026-11-21"]
"""


def test_a_local_notice_settles_its_prefecture_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "calendars.toml"
    path.write_text(CALENDARS.read_text(encoding="utf-8") + LOCAL, encoding="utf-8")  # the last calendar is 凉山
    local, nation = (load_calendars(path).for_area(area) for area in ("5134", "5101"))
    assert [local.is_workday(date(2026, 11, day)) for day in (16, 18, 21)] == [False, False, True]
    assert [nation.is_workday(date(2026, 11, day)) for day in (16, 18, 21)] == [True, True, False]
    assert local.announced(date(2026, 3, 2))
    assert not local.announced(date(2025, 3, 3))
    assert nation.version == load_calendars().for_area("").version
    start = datetime(2026, 11, 13, 2, tzinfo=UTC)  # Friday 10:00
    assert local.add_working_days(start, 1) == datetime(2026, 11, 19, 9, tzinfo=UTC)


def test_next_years_notice_alters_this_years_last_days(tmp_path: Path) -> None:
    """A paper of 2027 may bring days of December 2026, and holds against the paper of 2026, wherever it stands."""
    text = CALENDARS.read_text(encoding="utf-8")
    notice = '[[notice]]\nyear = 2027\nsource = "test"\nrest = ["2026-12-26", "2026-12-31..2027-01-02"]\nwork = []\n\n'
    text = text.replace('"2026-10-10"]', '"2026-10-10", "2026-12-26", "2026-12-27"]')
    path = tmp_path / "calendars.toml"
    path.write_text(text.replace("[[notice]]", notice + "[[notice]]", 1), encoding="utf-8")
    later = load_calendars(path).for_area("")
    assert [later.is_workday(date(2026, 12, day)) for day in (26, 27, 30, 31)] == [False, True, True, False]
    assert later.announced(date(2027, 6, 1))


def test_every_shipped_limit_names_its_source() -> None:
    table = load_limits()
    for clock in set(ClockName) - {ClockName.INNER, ClockName.SUPERVISE, ClockName.LEVEL}:
        for urgency in Urgency:
            for kind in Kind:
                row = table.find(clock, urgency, kind, None)
                assert row is None or row.source.endswith("]")
