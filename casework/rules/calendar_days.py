"""The days of a calendar as people read them 日历上的一天, and the days on which two calendars differ."""

from datetime import date, timedelta
from enum import StrEnum

from casework.rules.calendars import FIRST_DAY, DayFacts, WorkCalendar


class DayKind(StrEnum):
    """WORK 工作日, REST 周末, HOLIDAY 放假, MOVED 调休上班."""

    WORK = "WORK"
    REST = "REST"
    HOLIDAY = "HOLIDAY"
    MOVED = "MOVED"


def kind_of(facts: DayFacts, day: date) -> DayKind:
    """What a day is, by the notices; in a year that is not announced by weekday and the fixed statutory days."""
    named = facts.named.get(day)
    if named is not None:
        return DayKind.MOVED if named else DayKind.HOLIDAY
    if day.year not in facts.years and (day.month, day.day) in facts.statutory:
        return DayKind.HOLIDAY
    return DayKind.WORK if facts.is_workday(day) else DayKind.REST


def changed_days(before: WorkCalendar, after: WorkCalendar) -> list[date]:
    """The days that work in one of two calendars and rest in the other, in order."""
    return [FIRST_DAY + timedelta(index) for index in sorted(set(before.workdays) ^ set(after.workdays))]
