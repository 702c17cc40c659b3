"""Sheets 打印件: a title, rows, tables, paragraphs and lines to sign, set as a PDF without any library of the system.

The face is Noto Sans CJK: Chinese and Latin. Signs that it lacks (Yi, Tibetan) come out as empty boxes.
"""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("sheet.typ")
FONT_PACKAGE = "cvttf_NotoSansCJK_Regular"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed, in order. A block is `rows` (label, value), a `table` (head, rows) or a paragraph."""

    title: str
    blocks: Sequence[dict[str, Any]]
    signs: Sequence[str] = ()


def rows(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A block of labels and values."""
    return {"kind": "rows", "rows": [list(pair) for pair in pairs]}


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> dict[str, Any]:
    """A block with a line of headings."""
    return {"kind": "table", "head": list(head), "rows": [list(line) for line in lines]}


def paragraph(text: str) -> dict[str, Any]:
    """A block of running text."""
    return {"kind": "paragraph", "text": text}


async def as_pdf(sheet: Sheet) -> bytes:
    """The sheet as PDF; set in a thread of its own, for it takes a quarter of a second."""
    return await asyncio.to_thread(_set, sheet)


def _set(sheet: Sheet) -> bytes:
    return set_pdf(TEMPLATE, {"title": sheet.title, "blocks": list(sheet.blocks), "signs": list(sheet.signs)})


def set_pdf(template: Path, told: Mapping[str, Any]) -> bytes:
    """A template's PDF; it reads `told` as JSON in sys.inputs.sheet. Blocks: call it in a thread."""
    made = typst.compile(template.read_bytes(), sys_inputs={"sheet": json.dumps(told)}, **_fonts())
    assert isinstance(made, bytes)
    return made


@cache
def _fonts() -> dict[str, Any]:
    found = find_spec(FONT_PACKAGE)
    assert found is not None
    assert found.origin is not None
    return {"font_paths": [str(Path(found.origin).parent)], "ignore_system_fonts": True}
