"""Reading grids.toml: how this city numbers its grids."""

from pydantic import Field

from casework.catalog.entries import Entry
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.rules.grid_codes import CodeTemplate
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
