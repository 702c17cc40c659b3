"""Reading areas.csv and zones.csv: 37,728 lines at every start, so checked by hand and not line by line by pydantic."""

from casework.catalog.areas import LENGTHS, AreaTree, ZoneArea
from casework.catalog.entries import Zone
from casework.catalog.faults import Faults
from casework.catalog.read import read_cells, read_csv
from casework.catalog.sources import Sources

_HEADER = ["code", "name", "level"]
_PARENT_LENGTH = {12: 9, 9: 6, 6: 4, 4: 2}


def read_areas(sources: Sources, faults: Faults) -> AreaTree:
    """The tree of the right lines; each wrong line is a fault."""
    names = _read_names(sources, faults)
    return AreaTree(names, _read_zones(sources, names, faults))


def _read_names(sources: Sources, faults: Faults) -> dict[str, str]:
    file = "areas.csv"
    lines = read_cells(sources.path(file), faults)
    header = next(lines, (1, _HEADER))[1]
    if header != _HEADER:
        faults.add("column_unknown", file, 1, ",".join(header), known=",".join(_HEADER))
        return {}
    names: dict[str, str] = {}
    line_of: dict[str, int] = {}
    for line, cells in lines:
        if len(cells) != 3:
            faults.add("cells", file, line, wanted=3, found=len(cells))
            continue
        code, name, level = cells
        if code in names:
            faults.add("repeated", file, line, "code", value=code, first=line_of[code])
        elif _line_fits(code, name, level, line, faults):
            names[code] = name
            line_of[code] = line
    _check_parents(names, line_of, faults)
    return names


def _line_fits(code: str, name: str, level: str, line: int, faults: Faults) -> bool:
    expected = LENGTHS.get(len(code)) if code.isascii() and code.isdigit() else None
    if expected is None:
        faults.add("area_code", "areas.csv", line, "code", value=code)
    elif not name.strip():
        faults.add("area_name", "areas.csv", line, "name", value=code)
    elif level != expected:
        faults.add("area_level", "areas.csv", line, "level", value=code, expected=expected.value)
    else:
        return True
    return False


def _check_parents(names: dict[str, str], line_of: dict[str, int], faults: Faults) -> None:
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
        faults.add("area_parent", "areas.csv", line_of[code], "code", value=code, parent=parent)


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
