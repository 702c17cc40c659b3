"""The working calendars as the API reads and shows them 工作日历."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from casework.catalog.areas import AreaLevel
from casework.catalog.load import Catalog
from casework.catalog.own_calendars import NATION
from casework.catalog.timing_entries import CalendarEntry, Notice
from casework.db.models import CalendarNotice
from casework.journey.calendar_trial import Moved, Trial
from casework.journey.calendars import PREFECTURE, Said, keeps
from casework.rules.calendar_days import kind_of
from casework.rules.facts import Actor
from casework.rules.words import ClockName, Policy
from services.dispatch import calendar_schemas as s

CN = "cn"
"""How an address names the nation, whose area code is empty."""


def code_of(area: str) -> str:
    """The area's code of what an address or a form names."""
    return NATION if area == CN else area


def said(form: s.HolidaysForm) -> Said:
    """The notice of a form."""
    return Said(code_of(form.area), form.year, form.source, form.rest, form.work, form.policy)


def choices(catalog: Catalog, actor: Actor, nation: str) -> list[s.CalendarChoice]:
    """The nation's calendar, then those of the prefectures in the reader's area, or of the one that holds it."""
    mine = [
        one
        for one in catalog.areas.all()
        if one.level is AreaLevel.CITY and actor.area and one.code.startswith(actor.area[:PREFECTURE])
    ]
    own = {area for entry in catalog.calendar_file.calendar if entry.own_holidays for area in entry.areas}
    return [
        s.CalendarChoice(area=code or CN, name=name, own_holidays=code in own, keeps=keeps(actor, code))
        for code, name in ((NATION, nation), *((one.code, one.name) for one in mine))
    ]


def year_view(
    catalog: Catalog,
    area: str,
    year: int,
    own: Sequence[CalendarNotice],
    nation: Sequence[s.NoticeView],
    people: Mapping[int, str],
) -> s.YearView:
    """The year's days by the calendar that holds there; its own notices, and the nation's beneath."""
    calendar, first = catalog.calendars.for_area(area), date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    days = [first + timedelta(number) for number in range(length)]
    return s.YearView(
        area=area or CN,
        year=year,
        version=calendar.version,
        announced=year in calendar.facts.years,
        days=[s.DayView(day=day, kind=kind_of(calendar.facts, day), announced=calendar.announced(day)) for day in days],
        notices=notices(catalog, area, year, own, people),
        nation=list(nation),
        hours=_hours(catalog, area),
    )


def notices(
    catalog: Catalog, area: str, year: int, own: Sequence[CalendarNotice], people: Mapping[int, str]
) -> list[s.NoticeView]:
    """A year's notices of an area, newest first; the one that ships last."""
    shown = [notice_view(row, people) for row in own]
    held = catalog.calendar_file.notice if area == NATION else _locals(catalog.calendar_file.calendar, area)
    return [*shown, *(_shipped(area, notice, not own) for notice in held if notice.year == year)]


def notice_view(row: CalendarNotice, people: Mapping[int, str]) -> s.NoticeView:
    """A version that was loaded."""
    return s.NoticeView(
        area=row.area_code or CN,
        year=row.year,
        version=row.version,
        in_force=row.state == "IN_FORCE",
        source=row.source,
        rest=row.rest,
        work=row.work,
        policy=Policy(row.policy),
        why=row.why,
        made_by=people.get(row.made_by or 0),
        made_at=row.made_at,
        replanned_at=row.replanned_at,
    )


def trial_view(trial: Trial) -> s.HolidaysTrial:
    """What a notice would move."""
    return s.HolidaysTrial(
        days=trial.days,
        asked=trial.asked,
        moved=trial.moved,
        cases=len(trial.cases),
        units=[s.UnitMoves(unit=unit, deadlines=count) for unit, count in trial.units.most_common()],
        deadlines=[_moved(one) for one in trial.listed],
        next=str(trial.next) if trial.next is not None else None,
        beyond=trial.beyond,
        cut=trial.cut,
    )


def _moved(one: Moved) -> s.MovedDeadline:
    return s.MovedDeadline(
        case_no=one.case.case_no,
        title=one.case.title,
        clock=ClockName(one.clock.name),
        unit=one.unit,
        was_due=one.clock.due_at,
        due=one.due,
    )


def _locals(calendars: Sequence[CalendarEntry], area: str) -> list[Notice]:
    return [notice for entry in calendars if area in entry.areas for notice in entry.local]


def _shipped(area: str, notice: Notice, in_force: bool) -> s.NoticeView:
    nothing = dict.fromkeys(("policy", "made_by", "made_at", "replanned_at"))
    return s.NoticeView(
        area=area or CN,
        year=notice.year,
        version=0,
        in_force=in_force,
        source=notice.source,
        rest=[span.text for span in notice.rest],
        work=[span.text for span in notice.work],
        why="",
        **nothing,
    )


def _hours(catalog: Catalog, area: str) -> dict[str, list[str]]:
    """作息时间: the open intervals by the month and day from which they hold."""
    entries = catalog.calendar_file.calendar
    entry = next((one for one in entries if area in one.areas), None) or next(e for e in entries if NATION in e.areas)
    return {
        "{:02d}-{:02d}".format(*season.starts): [f"{_time(opens)}-{_time(closes)}" for opens, closes in season.open]
        for season in entry.hours
    }


def _time(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
