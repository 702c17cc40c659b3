"""The city's time: working calendars, time limits and their explanations, read and checked once at the start.

Every loader reads its whole file, then raises CatalogError with one line per fault. A version is the one that the file
declares and a short digest of what it says, so that a changed figure never passes under an old name.
"""

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product
from pathlib import Path
from string import Formatter

from casework.catalog.timing_entries import CalendarEntry, CalendarFile, LimitLine, Notice, WhyEntry
from casework.catalog.timing_faults import TimingFaults, read_timing_file, read_timing_toml
from casework.rules.calendars import Calendars, DayFacts, WorkCalendar, build_calendar
from casework.rules.clocks import LimitKey, LimitRow, LimitTable, NoLimit, PromisedBy, Unit, WhyTexts
from casework.rules.words import ClockName, Kind, Urgency

_DATA = Path(__file__).with_name("data")
CALENDARS = _DATA / "calendars.toml"
LIMITS = _DATA / "limits.csv"
WHY = _DATA / "why.toml"

SET_ELSEWHERE = frozenset({ClockName.INNER, ClockName.SUPERVISE, ClockName.LEVEL})
"""Clocks whose time is not in limits.csv: the lead sets it, or the rung or level does (words.md §3)."""

_COLUMNS = tuple(LimitLine.model_fields)
_VERSION = re.compile(r"#\s*version\s+(\S+)")
_WHY_KEYS: Mapping[str, frozenset[str]] = {
    "sentences": frozenset(PromisedBy),
    "limits": frozenset(Unit),
    "counting": frozenset({"natural", "working_minutes", "working_days"}),
    "clocks": frozenset(ClockName),
    "notes": frozenset({"calendar", "kind"}),
}
_WHY_FIELDS: Mapping[str, set[str]] = {
    "sentences": {"clock", "limit", "counting", "start", "due", "own_due", "basis", "rules", "calendar", "note"},
    "limits": {"n"},
}


def load_calendars(path: Path = CALENDARS) -> Calendars:
    """The working calendars 工作日历. Raises CatalogError."""
    return calendars_of(read_calendar_file(path))


def calendars_of(entry: CalendarFile) -> Calendars:
    """The calendars of a file that was checked."""
    calendars = {calendar.id: _calendar(calendar, entry) for calendar in entry.calendar}
    return Calendars({area: calendars[calendar.id] for calendar in entry.calendar for area in calendar.areas})


def read_calendar_file(path: Path = CALENDARS) -> CalendarFile:
    """What calendars.toml says, checked: notices, statutory days, business hours. Raises CatalogError."""
    given, faults = read_timing_toml(path)
    entry = faults.validated(CalendarFile, given)
    if entry is not None:
        _check_calendars(entry, faults)
    faults.settle()
    assert entry is not None
    return entry


def _check_calendars(entry: CalendarFile, faults: TimingFaults) -> None:
    _check_notices(entry.notice, (), faults, "notice")
    ids: set[str] = set()
    areas: set[str] = set()
    for place, calendar in enumerate(entry.calendar):
        _check_notices(calendar.local, ("calendar", place), faults, "local")
        for field, value, seen in (("id", calendar.id, ids), *(("areas", area, areas) for area in calendar.areas)):
            if value in seen:
                faults.at(("calendar", place, field), "twice", value)
            seen.add(value)
    if "" not in areas:
        faults.at(("calendar", 0), "nation_missing")


def _check_notices(notices: list[Notice], parent: tuple[int | str, ...], faults: TimingFaults, name: str) -> None:
    years: set[int] = set()
    for place, notice in enumerate(notices):
        for field, value, key in notice.faults():
            faults.at((*parent, name, place, field), key, value, year=notice.year)
        if notice.year in years:
            faults.at((*parent, name, place, "year"), "twice", notice.year)
        years.add(notice.year)


def _calendar(calendar: CalendarEntry, entry: CalendarFile) -> WorkCalendar:
    years = {notice.year for notice in entry.notice}
    if calendar.own_holidays:
        years &= {notice.year for notice in calendar.local}
    facts = DayFacts(
        named=_named(entry.notice) | _named(calendar.local),
        years=frozenset(years),
        statutory=frozenset(entry.statutory.fixed),
    )
    seasons = [season.season() for season in calendar.hours]
    hours = sorted((season.starts, season.hours.intervals) for season in seasons)
    days = sorted((day.isoformat(), works) for day, works in facts.named.items())
    digest = _digest((days, sorted(years), sorted(facts.statutory), hours))
    version = f"{calendar.id}/{entry.version}+{digest}"
    return build_calendar(calendar.id, version, facts, seasons)


def _named(notices: list[Notice]) -> dict[date, bool]:
    """The days that the notices name; where two name the same day, the later year's paper holds."""
    named: dict[date, bool] = {}
    for notice in sorted(notices, key=lambda notice: notice.year):
        named |= notice.days()
    return named


def load_limits(path: Path = LIMITS) -> LimitTable:
    """The time limits 时限表, complete for every urgency and kind. Raises CatalogError."""
    text, faults = read_timing_file(path)
    version = _VERSION.match(text)
    if version is None:
        faults.say("version_missing", 1)
    lines: dict[LimitKey, int] = {}
    rows: dict[LimitKey, LimitRow | None] = {}
    for number, line in _limit_lines(faults):
        if line.key in lines:
            faults.say("limit_repeated", number, first=lines[line.key])
        lines.setdefault(line.key, number)
        rows[line.key] = line.row()
    faults.settle()
    assert version is not None
    said = sorted(
        ",".join(map(str, (*key, row and (str(row.limit), row.source, row.repeats)))) for key, row in rows.items()
    )
    table = LimitTable(f"{version[1]}+{_digest(said)}", rows)
    _check_complete(table, faults)
    return table


def _limit_lines(faults: TimingFaults) -> Iterator[tuple[int, LimitLine]]:
    """(line number, line) of each right line; the others become faults."""
    header: list[str] | None = None
    for number, text in enumerate(faults.text.splitlines(), start=1):
        if not text.strip() or text.startswith("#"):
            continue
        cells = next(csv.reader([text]))
        if header is None:
            header = cells
            for column in sorted(set(_COLUMNS) ^ set(header)):
                key = "column_missing" if column in _COLUMNS else "column_unknown"
                faults.say(key, number, column, known=", ".join(_COLUMNS))
            if set(_COLUMNS) != set(header):
                return
        elif len(cells) != len(header):
            faults.say("cells", number, wanted=len(header), found=len(cells))
        else:
            filled = {column: cell.strip() for column, cell in zip(header, cells, strict=True) if cell.strip()}
            line = faults.validated(LimitLine, filled, number)
            if line is not None:
                yield number, line


def _check_complete(table: LimitTable, faults: TimingFaults) -> None:
    for clock, urgency, kind in product(ClockName, Urgency, Kind):
        if clock in SET_ELSEWHERE:
            continue
        try:
            table.find(clock, urgency, kind, None)
        except NoLimit:
            faults.say("limit_gap", len(faults.text.splitlines()), clock=clock, urgency=urgency, kind=kind)
    faults.settle()


def load_why(path: Path = WHY) -> Mapping[str, WhyTexts]:
    """The texts of "why this time?" by language (zh-CN, en). Raises CatalogError."""
    given, faults = read_timing_toml(path)
    texts: dict[str, WhyTexts] = {}
    for language in dict.fromkeys(("zh-CN", "en", *given)):
        entry = faults.validated(WhyEntry, given.get(language, {}), parent=(language,))
        if entry is not None:
            _check_why(language, entry, faults)
            texts[language] = WhyTexts(**dict(entry))
    faults.settle()
    return texts


def _check_why(language: str, entry: WhyEntry, faults: TimingFaults) -> None:
    for section, wanted in _WHY_KEYS.items():
        found: dict[str, str] = getattr(entry, section)
        for key in sorted(wanted ^ set(found)):
            faults.at((language, section, key), "why_key", key)
        for key, text in found.items():
            fields = {field for _, field, _, _ in Formatter().parse(text) if field is not None}
            for field in sorted(fields - _WHY_FIELDS.get(section, set())):
                faults.at((language, section, key), "why_field", f"{{{field}}}")


def _digest(said: object) -> str:
    return hashlib.sha256(repr(said).encode()).hexdigest()[:8]
