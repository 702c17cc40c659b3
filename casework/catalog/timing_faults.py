"""Faults of the timing files, each with its line and its sentence in Chinese and English."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from casework.catalog.faults import Faults
from casework.catalog.problems import CatalogError
from casework.catalog.toml_lines import Loc, line_of

Entry = TypeVar("Entry", bound=BaseModel)

_OWN = tomllib.loads(Path(__file__).with_name("data").joinpath("timing_problems.toml").read_text(encoding="utf-8"))
_SENTENCE_OF = {
    "missing": "missing",
    "string_too_short": "missing",
    "too_short": "missing",
    "extra_forbidden": "extra",
    "enum": "choice",
    "int_type": "integer",
    "int_parsing": "integer",
    "bool_type": "yes_no",
    "bool_parsing": "yes_no",
    "string_pattern_mismatch": "pattern",
}


class TimingFaults(Faults):
    """The faults of one file. `text` is the file as read; for TOML it tells the lines."""

    def __init__(self, path: Path, text: str) -> None:
        super().__init__()
        self.file = path.name
        self.text = text

    def say(self, key: str, line: int, field: str = "", **facts: object) -> None:
        """One more fault. Raises KeyError: there is no such sentence."""
        if key not in _OWN:
            self.add(key, self.file, line, field, **facts)
            return
        said = " · ".join(_OWN[key][language].format(**facts) for language in ("zh", "en"))
        self.lines.append(": ".join(part for part in (f"{self.file}:{line}", field, said) if part))

    def at(self, loc: Loc, key: str, value: object = None, **facts: object) -> None:
        """A fault at a place of a TOML file."""
        field = ".".join(part for part in loc if isinstance(part, str))
        self.say(key, line_of(self.text, loc, value), field, value=value, **facts)

    def validated(self, model: type[Entry], given: object, line: int | None = None, parent: Loc = ()) -> Entry | None:
        """The entry, or None after one fault for each wrong value; in TOML its line is looked up below `parent`."""
        try:
            return model.model_validate(given)
        except ValidationError as error:
            for detail in error.errors(include_url=False):
                self._add_detail(detail, line, (*parent, *detail["loc"]))
            return None

    def _add_detail(self, detail: ErrorDetails, line: int | None, loc: Loc) -> None:
        facts: Mapping[str, object] = detail.get("ctx", {})
        expected = facts.get("expected", facts.get("pattern", ""))
        key = detail["type"] if detail["type"] in _OWN else _SENTENCE_OF.get(detail["type"], "other")
        value = detail["input"] if isinstance(detail["input"], (str, int, float)) else "…"
        field = ".".join(part for part in loc if isinstance(part, str))
        where = line or line_of(self.text, loc, value)
        self.say(key, where, field, value=value, expected=expected, reason=detail["msg"])

    def settle(self) -> None:
        """Raises CatalogError when there was any fault."""
        if self.lines:
            raise CatalogError(self.lines)


def read_timing_file(path: Path) -> tuple[str, TimingFaults]:
    """The file's text and its empty list of faults. Raises CatalogError when it cannot be read as UTF-8."""
    faults = TimingFaults(path, "")
    try:
        faults.text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        faults.add("not_utf8", path.name)
    except OSError:
        faults.add("not_found", path.name)
    faults.settle()
    return faults.text, faults


def read_timing_toml(path: Path) -> tuple[dict[str, object], TimingFaults]:
    """The file's tables and its empty list of faults. Raises CatalogError when it is no TOML."""
    text, faults = read_timing_file(path)
    try:
        return tomllib.loads(text), faults
    except tomllib.TOMLDecodeError as error:
        faults.add("toml", path.name, reason=error)
        raise CatalogError(faults.lines) from None
