"""上报文件: a list of cities' months is read whole and checked row by row; taken as a whole, or not at all."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path

from casework.catalog.areas import AreaLevel, AreaTree
from casework.kit.errors import FieldFault
from casework.rules.indicators import HEADLINE, fault_of
from casework.rules.rates import DEFINITION_VERSION, FIGURES
from services.intake.tables.limited import Row

NEEDED = ("month", "area", "code", "numerator", "denominator")
MOST_TOLD = 100
"""Faults that are listed; all are counted."""
LOOKED_AT = 10
"""Rows among which the head is looked for."""
_FULL_WIDTH = str.maketrans("０１２３４５６７８９，", "0123456789,")
_MONTH = re.compile(r"\d{4}-\d{2}(-\d{2}.*)?")
_LEVELS = (AreaLevel.CITY, AreaLevel.COUNTY, AreaLevel.ZONE)
_BY_NAME = {figure.zh: figure.code for figure in FIGURES}


@dataclass(slots=True)
class MonthRead:
    """A prefecture's month as the file has it; `row`: where it begins."""

    area: str
    month: date
    row: int
    definition: str
    sums: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)


@dataclass(slots=True)
class FileRead:
    """All months of a file, and all that is wrong with it. Faults name the row as `row.7.area`."""

    months: dict[tuple[str, date], MonthRead] = field(default_factory=dict)
    faults: list[FieldFault] = field(default_factory=list)


@cache
def _heads() -> dict[str, str]:
    told = tomllib.loads(Path(__file__).with_name("month_heads.toml").read_text("utf-8"))
    return {head: column for column, heads in told.items() for head in heads}


def read_months(rows: Sequence[Row], areas: AreaTree, within: str, this_month: date) -> FileRead:
    """Read the rows. `within`: the bringer's area; `this_month`: the first day of the month that is not over yet."""
    read = FileRead()
    for place, row in enumerate(rows[:LOOKED_AT]):
        columns = {_heads()[cell]: n for n, text in enumerate(row.cells) if (cell := text.strip().lower()) in _heads()}
        if all(name in columns for name in NEEDED):
            for line in rows[place + 1 :]:
                _take(read, line, _cells(columns, line), areas, within, this_month)
            _whole(read)
            return read
    read.faults.append(FieldFault("row.1", "statistics.row.no_head"))
    return read


def _cells(columns: dict[str, int], row: Row) -> dict[str, str]:
    return {name: row.cells[n].strip() if n < len(row.cells) else "" for name, n in columns.items()}


def _take(read: FileRead, row: Row, cells: dict[str, str], areas: AreaTree, within: str, this_month: date) -> None:
    faults: list[tuple[str, str]] = [(name, "missing") for name in NEEDED if not cells[name]]
    month, code = _month(cells["month"]), _BY_NAME.get(cells["code"], cells["code"].upper())
    area, known = cells["area"], areas.get(cells["area"])
    above, below = _count(cells["numerator"]), _count(cells["denominator"])
    if not faults:
        if month is None or month >= this_month:
            faults.append(("month", "month" if month is None else "not_over"))
        if known is None or known.level not in _LEVELS:
            faults.append(("area", "area"))
        elif not area.startswith(within):
            faults.append(("area", "outside"))
        fault = fault_of(code, above, below)
        if fault is not None:
            faults.append(("code" if fault == "unknown_code" else "numerator", fault))
    if not faults and month is not None and known is not None:
        definition = cells.get("definition") or DEFINITION_VERSION
        new = MonthRead(known.code[:4], month, row.number, definition)
        faults += _add(read, new, known.code, code, (above, below))
    read.faults += [FieldFault(f"row.{row.number}.{name}", f"statistics.row.{why}") for name, why in faults]


def _add(read: FileRead, new: MonthRead, area: str, code: str, pair: tuple[int, int]) -> list[tuple[str, str]]:
    found = read.months.setdefault((new.area, new.month), new)
    if found.definition != new.definition:
        return [("definition", "definitions")]
    if code in found.sums.get(area, {}):
        return [("code", "repeated")]
    if any((len(other) == len(found.area)) != (len(area) == len(found.area)) for other in found.sums):
        return [("area", "mixed")]
    if pair[1]:
        found.sums.setdefault(area, {})[code] = pair
    return []


def _whole(read: FileRead) -> None:
    """A month without the headline is none."""
    for one in read.months.values():
        if not any(HEADLINE in pairs for pairs in one.sums.values()):
            read.faults.append(FieldFault(f"row.{one.row}.code", "statistics.row.no_headline"))


def _month(said: str) -> date | None:
    """2026-06; a spreadsheet's own date is the month that it lies in."""
    try:
        return date.fromisoformat(f"{said[:7]}-01") if _MONTH.fullmatch(said) else None
    except ValueError:
        return None


def _count(said: str) -> int:
    """The number, thousands apart or not, "12.0" as spreadsheets write it; -1 for what is none."""
    bare = said.translate(_FULL_WIDTH).replace(",", "").removesuffix(".0")
    return int(bare) if bare.isascii() and bare.isdigit() and len(bare) <= 16 else -1
