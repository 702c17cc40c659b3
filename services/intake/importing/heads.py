"""Reading the head of a list 表头识别: which row names the columns, and which of our fields each one holds."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LOOKED_AT = 30
"""Rows at the top of a file among which the head is looked for: titles and notes stand above it."""
_DRESSING = re.compile(r"[\s_\-*＊:：/\\.。（）()\[\]【】“”\"'?？、,，#]+")


@dataclass(frozen=True, slots=True)
class Field:
    """One of our fields: as people call it, and the heads by which lists name it."""

    name: str
    zh: str
    en: str
    heads: list[str]


@cache
def fields() -> dict[str, Field]:
    """Every field that a column may hold, in the order of fields.toml."""
    told = tomllib.loads(Path(__file__).with_name("fields.toml").read_text("utf-8"))
    return {name: Field(name, **words) for name, words in told.items()}


@cache
def _by_head() -> dict[str, str]:
    found: dict[str, str] = {}
    for field in fields().values():
        for head in (field.name, *field.heads):
            found.setdefault(_bare(head), field.name)
    return found


def column_names(cells: Sequence[str]) -> list[str]:
    """A name for each column: its head, or its letter (A, B, …) where it has none; a repeated head gets a number."""
    names: list[str] = []
    for place, cell in enumerate(cells):
        name = " ".join(cell.split())[:100] or _letter(place)
        count, unique = 2, name
        while unique in names:
            unique, count = f"{name} ({count})", count + 1
        names.append(unique)
    return names


def guess(names: Sequence[str], kept: Mapping[str, str | None]) -> dict[str, str]:
    """Column to field: as this source's columns were mapped before (None: left out), else by their head.

    No field is given twice.
    """
    found = {name: field for name in names if (field := kept.get(name)) in fields() and field is not None}
    for name in names:
        field = _by_head().get(_bare(name))
        if name not in kept and field is not None and field not in found.values():
            found[name] = field
    return found


def head_row(rows: Sequence[Sequence[str]], kept: Mapping[str, str | None]) -> int:
    """The place of the row that names the columns, from 0: where most heads are known, the lower one of equals.

    -1 where no row has a known head: the list begins with its first row.
    """
    best, most = -1, 0
    for place, cells in enumerate(rows[:LOOKED_AT]):
        score = len(guess(column_names(cells), kept)) if len(set(cells)) > 1 or len(cells) == 1 else 0
        if score and score >= most:
            best, most = place, score
    return best


def _bare(head: str) -> str:
    return _DRESSING.sub("", head).casefold()


def _letter(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
