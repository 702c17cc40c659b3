"""The days of a calendar as people read them, and where two calendars differ."""

from datetime import date

import pytest

from casework.catalog.own_calendars import OwnNotice, judged, with_notices
from casework.catalog.timing import calendars_of, read_calendar_file
from casework.rules.calendar_days import DayKind, changed_days, kind_of

FILE = read_calendar_file()

KINDS = [
    ("2026-02-14", DayKind.MOVED),  # a Saturday worked for the Spring Festival
    ("2026-02-17", DayKind.HOLIDAY),
    ("2026-03-07", DayKind.REST),  # an ordinary Saturday
    ("2026-03-09", DayKind.WORK),
    ("2050-10-03", DayKind.HOLIDAY),  # a Monday of a year without a notice: fixed by statute
    ("2050-01-01", DayKind.HOLIDAY),  # so is this Saturday
    ("2050-02-01", DayKind.WORK),  # a lunar holiday cannot be known
]


@pytest.mark.parametrize(("day", "kind"), KINDS)
def test_a_day_is_what_the_notices_say(day: str, kind: DayKind) -> None:
    facts = calendars_of(FILE).for_area("5101").facts
    assert kind_of(facts, date.fromisoformat(day)) is kind


def own(area: str, year: int, *rest: str, work: tuple[str, ...] = ()) -> OwnNotice:
    notice, wrong = judged(year, "通知", rest, work)
    assert notice is not None, wrong
    return OwnNotice(area, notice)


FIXED = ("2050-05-01..2050-05-02", "2050-10-01..2050-10-03")
SPRING = ["2050-01-21", "2050-01-24", "2050-01-29"]
# the notice; the days that change in 5101, in 5134 and in the nation
CHANGES = [
    (own("5101", 2026, "2026-08-10"), ["2026-08-10"], [], []),
    (own("5134", 2026, "2026-08-10"), [], ["2026-08-10"], []),
    (own("5101", 2026, "2026-08-08"), [], [], []),  # a Saturday rests anyway
    (own("", 2050, *FIXED, "2050-01-21..2050-01-24", work=("2050-01-29",)), *[SPRING] * 3),
]


@pytest.mark.parametrize(("notice", "city", "liangshan", "nation"), CHANGES)
def test_a_notice_changes_the_days_of_its_own_area(
    notice: OwnNotice, city: list[str], liangshan: list[str], nation: list[str]
) -> None:
    before, after = calendars_of(FILE), calendars_of(with_notices(FILE, [notice]))
    for area, days in (("5101", city), ("5134", liangshan), ("5107", nation)):
        found = changed_days(before.for_area(area), after.for_area(area))
        assert [day.isoformat() for day in found] == days, area


def test_a_year_s_later_notice_takes_the_place_of_the_one_that_ships() -> None:
    after = calendars_of(with_notices(FILE, [own("", 2026, "2026-01-01")]))
    assert after.for_area("5101").is_workday(date(2026, 2, 17))


def test_a_local_notice_leaves_the_nations_holidays_and_hours() -> None:
    after = calendars_of(with_notices(FILE, [own("5101", 2026, "2026-08-10")]))
    before = calendars_of(FILE).for_area("5101")
    assert not after.for_area("510104017001").is_workday(date(2026, 10, 1))
    assert after.for_area("5101").hours == before.hours
    assert after.for_area("5101").announced(date(2026, 8, 10))
    assert after.for_area("5107").version == before.version
