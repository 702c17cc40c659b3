"""The reading process 读表进程: the file on stdin, its rows on stdout as JSON lines, within fixed bounds.

A process of its own, without a database, keys or settings: a file that is made to break its reader breaks only this.
The first line says what the file is, then each row that holds something is `[number, [texts]]`, and the last line
counts. A refusal is one line `{"refused": …}`. `python -m services.intake.tables.child [SHEET]`.
"""

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from services.intake.tables.bounds import CPU_SECONDS, MEMORY, MOST_CELL, MOST_COLUMNS, MOST_LINE, MOST_ROWS
from services.intake.tables.csv_rows import csv_rows, encoding_of
from services.intake.tables.faults import TableRefused
from services.intake.tables.xlsx_rows import open_book, sheet_rows, visible_sheets

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_ZIP = b"PK\x03\x04"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_OTHERS = (
    *(b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"{\\rtf"),
    *(b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"MZ", b"\x7fELF"),
)
_WIDE = (b"\xff\xfe", b"\xfe\xff")


def main() -> None:
    _bound()
    data = sys.stdin.buffer.read()
    try:
        for line in _lines(data, sys.argv[1] if len(sys.argv) > 1 else None):
            told = json.dumps(line, ensure_ascii=False).encode("utf-8", "replace")
            if len(told) > MOST_LINE:
                raise TableRefused("long_row", row=line[0])
            sys.stdout.buffer.write(told + b"\n")
    except TableRefused as refused:
        print(json.dumps({"refused": refused.code, "params": refused.params}, ensure_ascii=False))


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _lines(data: bytes, sheet: str | None) -> Iterator[Any]:
    if not data.strip():
        raise TableRefused("empty")
    if data.startswith(_OLE):
        raise TableRefused("encrypted" if _ENCRYPTED in data else "old_excel")
    if data.startswith(_ZIP):
        book = open_book(data)
        names = visible_sheets(book)
        if sheet is not None and sheet not in names:
            raise TableRefused("no_such_sheet")
        yield from _first_with_rows([sheet] if sheet else names, names, book)
        return
    if data.startswith(_OTHERS) or data.lstrip()[:1] in (b"{", b"<"):
        raise TableRefused("kind")
    if b"\0" in data[:4096] and not data.startswith(_WIDE):
        raise TableRefused("kind")
    encoding = encoding_of(data)
    yield {"kind": "csv", "encoding": encoding, "sheet": None, "sheets": []}
    yield from _numbered(csv_rows(data, encoding))


def _first_with_rows(asked: list[str], names: list[str], book: Any) -> Iterator[Any]:
    """The first sheet that holds something; an empty first sheet is common."""
    for name in asked:
        rows = _numbered(sheet_rows(book, name))
        first = next(rows)
        if isinstance(first, dict) and name != asked[-1]:
            continue
        yield {"kind": "xlsx", "encoding": None, "sheet": name, "sheets": names}
        yield first
        yield from rows
        return


def _numbered(rows: Iterable[list[str]]) -> Iterator[Any]:
    """The rows that hold something, with their number from 1, then the count."""
    held = empty = trailing = 0
    for number, cells in enumerate(rows, 1):
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            trailing += 1
            continue
        held, empty, trailing = held + 1, empty + trailing, 0
        _check(number, cells, held)
        yield [number, cells]
    yield {"rows": held, "empty": empty + trailing}


def _check(number: int, cells: list[str], held: int) -> None:
    if held > MOST_ROWS:
        raise TableRefused("too_many_rows", limit=MOST_ROWS)
    if len(cells) > MOST_COLUMNS:
        raise TableRefused("too_wide", limit=MOST_COLUMNS)
    if max(map(len, cells)) > MOST_CELL:
        raise TableRefused("long_row", row=number)


if __name__ == "__main__":
    main()
