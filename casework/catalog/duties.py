"""Grid workers' duty list 职责清单: one line of data/duties.csv, read and checked."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

from casework.catalog.areas import AreaTree
from casework.catalog.entries import Entry, Name, split_cell
from casework.catalog.faults import Faults
from casework.rules.grid_items import DutyLine
from casework.rules.words import GridKind

FILE = "duties.csv"


class DutyCells(Entry):
    """A line. `valid_to`: the first day on which it no longer holds."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,40}$")]
    name: Name
    source: Name
    valid_from: date
    valid_to: date | None = None
    kinds: Annotated[tuple[GridKind, ...], BeforeValidator(split_cell)] = ()
    area: str = ""
    detail: str = ""
    frequency: str = ""
    negative: bool = False

    def line(self) -> DutyLine:
        """As the rules take it."""
        return DutyLine(
            id=self.id,
            name=self.name,
            detail=self.detail,
            frequency=self.frequency,
            source=self.source,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            kinds=frozenset(self.kinds),
            area=self.area,
            negative=self.negative,
        )


def duty_lines(cells: Sequence[tuple[int, DutyCells]], areas: AreaTree, faults: Faults) -> tuple[DutyLine, ...]:
    """The lines: an id stands once for each day that it begins on, an area is one of the tree."""
    seen: dict[tuple[str, date], int] = {}
    for number, one in cells:
        key = (one.id, one.valid_from)
        if key in seen:
            faults.add("repeated", FILE, number, "id", value=one.id, first=seen[key])
        seen.setdefault(key, number)
        if one.area and not areas.valid(one.area):
            faults.add("unknown_area", FILE, number, "area", value=one.area)
        if one.valid_to is not None and one.valid_to <= one.valid_from:
            faults.add("ends_first", FILE, number, "valid_to", value=one.valid_to)
    return tuple(one.line() for _, one in cells)
