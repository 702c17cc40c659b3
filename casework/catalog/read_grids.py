"""Reading grids.toml: how this city numbers its grids, and when each must have somebody on duty."""

from typing import Literal

from pydantic import Field

from casework.catalog.entries import Entry, HoursOfDay, Name
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.rules.duty_gaps import DutyHours
from casework.rules.grid_codes import CodeTemplate
from casework.rules.spans import Span
from casework.rules.words import GridKind


class CodeEntry(Entry):
    """编码模板 [code]."""

    template: str
    digits: int = Field(ge=2, le=8)
    kinds: dict[GridKind, str] = Field(default_factory=dict)


def read_grid_codes(file: Toml, faults: Faults) -> CodeTemplate | None:
    """The template, or None after a fault."""
    entry = file.entry(("code",), file.tables.get("code", {}), CodeEntry, faults)
    if entry is None:
        return None
    template = CodeTemplate(entry.template, entry.digits, entry.kinds)
    if not template.usable():
        faults.add("grid_template", file.name, file.line("code", "template"), "code.template", value=entry.template)
        return None
    return template


class DutyEntry(Entry):
    """值守时段 [duty], with the source."""

    hours: HoursOfDay
    days: Literal["workdays", "every"]
    source: Name


def read_grid_duty(file: Toml, faults: Faults) -> DutyHours | None:
    """When each grid must have somebody on duty, or None after a fault."""
    entry = file.entry(("duty",), file.tables.get("duty", {}), DutyEntry, faults)
    return DutyHours(Span.hours(entry.hours), entry.days == "workdays") if entry else None
