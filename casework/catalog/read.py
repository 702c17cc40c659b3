"""Reading one file of the catalogue: every wrong line becomes a fault, and the reading goes on."""

import csv
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from casework.catalog.faults import Faults
from casework.catalog.toml_lines import line_of

Entry = TypeVar("Entry", bound=BaseModel)

_SENTENCE_OF = {
    "missing": "missing",
    "string_too_short": "missing",
    "too_short": "missing",
    "extra_forbidden": "extra",
    "enum": "choice",
    "literal_error": "choice",
    "int_parsing": "integer",
    "int_type": "integer",
    "date_from_datetime_parsing": "day",
    "date_parsing": "day",
    "date_type": "day",
    "bool_parsing": "yes_no",
    "string_pattern_mismatch": "pattern",
}


def read_text(path: Path, faults: Faults) -> str | None:
    """The file's text, a byte order mark left out; None after a fault."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        faults.add("not_utf8", path.name)
    except OSError:
        faults.add("not_found", path.name)
    return None


@dataclass(frozen=True, slots=True)
class Toml:
    """A TOML file's tables, and its text to tell the line of a fault; both empty after a fault."""

    name: str
    text: str
    tables: dict[str, Any]

    def entries(self, group: str, model: type[Entry], faults: Faults) -> dict[str, Entry]:
        """The right entries of [group.*] by their key; each wrong field is a fault."""
        found = {}
        given = self.tables.get(group, {})
        for key, value in given.items() if isinstance(given, dict) else ():
            entry = self.entry((group, key), value, model, faults)
            if entry is not None:
                found[key] = entry
        return found

    def line(self, *where: str) -> int:
        return line_of(self.text, where)

    def entry(self, where: tuple[str, ...], given: object, model: type[Entry], faults: Faults) -> Entry | None:
        """The entry given at that place of the file, or None after a fault for each wrong field."""
        try:
            return model.model_validate(given)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                line = line_of(self.text, (*where, *detail["loc"]), detail["input"])
                _add(detail, self.name, line, ".".join(where), faults)
            return None


def read_toml(path: Path, faults: Faults) -> Toml:
    text = read_text(path, faults) or ""
    try:
        return Toml(path.name, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        faults.add("toml", path.name, reason=error)
        return Toml(path.name, text, {})


def read_cells(path: Path, faults: Faults) -> Iterator[tuple[int, list[str]]]:
    """(line number, cells) of each line, the header included; blank lines and lines that begin with # are left out."""
    text = read_text(path, faults)
    if text is None:
        return
    reader = csv.reader("\n" if line.startswith("#") else line for line in text.splitlines(keepends=True))
    try:
        for cells in reader:
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        faults.add("csv", path.name, reader.line_num, reason=error)


def read_csv(path: Path, model: type[Entry], faults: Faults) -> list[tuple[int, Entry]]:
    """(line number, entry) of each right line. An empty cell counts as not given."""
    lines = read_cells(path, faults)
    header = next(lines, (1, []))[1]
    if not _header_fits(header, path, model, faults):
        return []
    entries = []
    for number, cells in lines:
        if len(cells) != len(header):
            faults.add("cells", path.name, number, wanted=len(header), found=len(cells))
            continue
        given = {column: cell for column, cell in zip(header, cells, strict=True) if cell.strip()}
        entry = _validated(model, given, path.name, number, faults)
        if entry is not None:
            entries.append((number, entry))
    return entries


def _validated(model: type[Entry], given: object, file: str, line: int, faults: Faults) -> Entry | None:
    try:
        return model.model_validate(given)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            _add(detail, file, line, "", faults)
        return None


def _header_fits(header: list[str], path: Path, model: type[BaseModel], faults: Faults) -> bool:
    if not header:
        if path.is_file():
            faults.add("empty", path.name)
        return False
    known = list(model.model_fields)
    before = len(faults.lines)
    for column in header:
        if column not in known:
            faults.add("column_unknown", path.name, 1, column, known=", ".join(known))
    for column, info in model.model_fields.items():
        if info.is_required() and column not in header:
            faults.add("column_missing", path.name, 1, column)
    return len(faults.lines) == before


def _add(detail: ErrorDetails, file: str, line: int, within: str, faults: Faults) -> None:
    context = detail.get("ctx", {})
    expected = context.get("expected", context.get("pattern", ""))
    field = ".".join(part for part in (within, *map(str, detail["loc"][:1])) if part)
    key = _SENTENCE_OF.get(detail["type"], "other")
    faults.add(key, file, line, field, value=detail["input"], expected=expected, reason=detail["msg"])
