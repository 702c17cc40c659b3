"""Reading areas.csv and zones.csv: 37,728 lines at every start, so checked by hand and not line by line by pydantic.

areas.csv has three columns, or seven: then a line may be an area of the past (valid_to), and say what became of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from casework.catalog.areas import LENGTHS, AreaTree, PastArea, ZoneArea
from casework.catalog.entries import Zone
from casework.catalog.faults import Faults
from casework.catalog.read import read_cells, read_csv
from casework.catalog.sources import Sources

HEADER = ["code", "name", "level"]
DATED = [*HEADER, "valid_from", "valid_to", "merged_into", "source"]
_PARENT_LENGTH = {12: 9, 9: 6, 6: 4, 4: 2}


@dataclass(slots=True)
class AreaLines:
    """The lines of one areas.csv: today's names by code, from when they hold, where they come from, and the past."""

    names: dict[str, str] = field(default_factory=dict)
    since: dict[str, date] = field(default_factory=dict)
    source: dict[str, str] = field(default_factory=dict)
    past: list[PastArea] = field(default_factory=list)
    line_of: dict[str, int] = field(default_factory=dict)


def read_areas(sources: Sources, faults: Faults) -> AreaTree:
    """The tree of the right lines; each wrong line is a fault."""
    lines = read_area_lines(sources, faults)
    return AreaTree(lines.names, _read_zones(sources, lines.names, faults), lines.past)


def read_area_lines(sources: Sources, faults: Faults, file: str = "areas.csv") -> AreaLines:
    """Every right line; each wrong one is a fault."""
    found = AreaLines()
    lines = read_cells(sources.path(file), faults)
    header = next(lines, (1, HEADER))[1]
    if header not in (HEADER, DATED):
        faults.add("column_unknown", file, 1, ",".join(header), known=",".join(HEADER))
        return found
    for line, cells in lines:
        if len(cells) != len(header):
            faults.add("cells", file, line, wanted=len(header), found=len(cells))
        elif _line_fits(file, cells, line, faults):
            _take(found, file, cells, line, faults)
    _check_parents(file, found.names, found.line_of, faults)
    _check_merged(file, found, faults)
    return found


def _take(found: AreaLines, file: str, cells: Sequence[str], line: int, faults: Faults) -> None:
    code, name = cells[0], cells[1]
    days = [_day(file, line, column, cell, faults) for column, cell in zip(DATED[3:5], cells[3:5], strict=False)]
    if len(days) == 2 and days[1] is not None:
        found.past.append(PastArea(code, name, days[0], days[1], cells[5], cells[6]))
        found.line_of.setdefault(f"{code} {days[1]}", line)
    elif code in found.names:
        faults.add("repeated", file, line, "code", value=code, first=found.line_of[code])
    else:
        found.names[code] = name
        found.line_of[code] = line
        if days and days[0] is not None:
            found.since[code] = days[0]
        if len(cells) == len(DATED) and cells[6]:
            found.source[code] = cells[6]


def _day(file: str, line: int, column: str, cell: str, faults: Faults) -> date | None:
    if not cell:
        return None
    try:
        return date.fromisoformat(cell)
    except ValueError:
        faults.add("day", file, line, column, value=cell)
        return None


def _line_fits(file: str, cells: Sequence[str], line: int, faults: Faults) -> bool:
    code, name, level = cells[:3]
    expected = LENGTHS.get(len(code)) if code.isascii() and code.isdigit() else None
    if expected is None:
        faults.add("area_code", file, line, "code", value=code)
    elif not name.strip():
        faults.add("area_name", file, line, "name", value=code)
    elif level != expected:
        faults.add("area_level", file, line, "level", value=code, expected=expected.value)
    else:
        return True
    return False


def _check_parents(file: str, names: dict[str, str], line_of: dict[str, int], faults: Faults) -> None:
    """Every area has its parent, but a catalogue may begin below the province, and some cities have no counties
    (their streets' codes have 00 in the county's place)."""
    top = min(map(len, names), default=0)
    for code in names:
        length = len(code)
        if length == top or code[: _PARENT_LENGTH[length]] in names:
            continue
        if length == 9 and code[4:6] == "00" and code[:4] in names:
            continue
        parent = code[: _PARENT_LENGTH[length]]
        faults.add("area_parent", file, line_of[code], "code", value=code, parent=parent)


def _check_merged(file: str, found: AreaLines, faults: Faults) -> None:
    """What an area of the past was merged into is an area, of today or of the past."""
    known = found.names.keys() | {one.code for one in found.past}
    for one in found.past:
        if one.merged_into and one.merged_into not in known:
            line = found.line_of[f"{one.code} {one.valid_to}"]
            faults.add("area_merged", file, line, "merged_into", value=one.merged_into)


def _read_zones(sources: Sources, names: dict[str, str], faults: Faults) -> dict[str, ZoneArea]:
    file = "zones.csv"
    zones: dict[str, ZoneArea] = {}
    owner: dict[str, str] = {}
    for line, entry in read_csv(sources.path(file), Zone, faults):
        member = entry.member
        zone = zones.setdefault(entry.code, ZoneArea(entry.code, entry.name, ()))
        taken = owner.get(member) or owner.get(member[:9])
        if zone.name != entry.name:
            faults.add("zone_name", file, line, "name", value=entry.code)
        if (names and member not in names) or member[:4] != entry.code[:4]:
            faults.add("zone_member", file, line, "member", value=member)
        elif taken or any(other.startswith(member) for other in owner):
            faults.add("zone_overlap", file, line, "member", value=member, zone=taken or entry.code)
        else:
            owner[member] = entry.code
            zones[entry.code] = ZoneArea(zone.code, zone.name, (*zone.members, member))
    return zones
