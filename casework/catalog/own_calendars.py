"""A city's own notices of holidays 放假通知 over those that ship: judged before they count, then merged by year."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from casework.catalog.timing_entries import CalendarEntry, CalendarFile, Notice

NATION = ""
"""The area code of the State Council's notices."""


@dataclass(frozen=True, slots=True)
class OwnNotice:
    """A notice of the nation, or of the prefecture whose code it names."""

    area: str
    notice: Notice


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a notice: its field (`rest.2`), the key of the sentence, the text that was written."""

    field: str
    key: str
    value: str


def judged(year: int, source: str, rest: Sequence[str], work: Sequence[str]) -> tuple[Notice | None, list[Wrong]]:
    """The notice, or everything that is wrong with it."""
    given = {"year": year, "source": source, "rest": list(rest), "work": list(work)}
    try:
        notice = Notice.model_validate(given)
    except ValidationError as error:
        return None, [_wrong(detail["loc"], detail["type"], detail["input"]) for detail in error.errors()]
    found = [Wrong(_place(field, value, rest, work), key, value) for field, value, key in notice.faults()]
    return (None, found) if found else (notice, [])


def _wrong(loc: tuple[int | str, ...], kind: str, given: object) -> Wrong:
    key = kind if kind in ("span", "day") else "empty"
    return Wrong(".".join(map(str, loc)), key, given if isinstance(given, str) else "")


def _place(field: str, value: str, rest: Sequence[str], work: Sequence[str]) -> str:
    lines = {"rest": rest, "work": work}.get(field, ())
    return f"{field}.{list(lines).index(value)}" if value in lines else field


def with_notices(file: CalendarFile, own: Iterable[OwnNotice]) -> CalendarFile:
    """The file with the own notices in the place of those of the same year. A prefecture that had no calendar of its
    own gets one, with the nation's hours and holidays beneath its own."""
    nation, calendars = {one.year: one for one in file.notice}, list(file.calendar)
    for given in own:
        if given.area == NATION:
            nation[given.notice.year] = given.notice
        else:
            calendars = _with_local(calendars, given)
    return file.model_copy(update={"notice": [nation[year] for year in sorted(nation)], "calendar": calendars})


def _with_local(calendars: Sequence[CalendarEntry], given: OwnNotice) -> list[CalendarEntry]:
    entries = list(calendars)
    if not any(given.area in entry.areas for entry in entries):
        nation = next(entry for entry in entries if NATION in entry.areas)
        fresh = {"id": f"p{given.area}", "name": given.area, "areas": [given.area], "own_holidays": False, "local": []}
        entries.append(nation.model_copy(update=fresh))
    return [_replaced(entry, given.notice) if given.area in entry.areas else entry for entry in entries]


def _replaced(entry: CalendarEntry, notice: Notice) -> CalendarEntry:
    others = [one for one in entry.local if one.year != notice.year]
    return entry.model_copy(update={"local": [*others, notice]})
