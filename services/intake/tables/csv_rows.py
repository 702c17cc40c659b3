"""Rows of a CSV: UTF-8 (with or without mark), GB18030 as a Chinese Excel saves it, or UTF-16 with its mark."""

import codecs
import csv
import io
from collections.abc import Iterator

from services.intake.tables.bounds import MOST_CELL
from services.intake.tables.cells import text_of
from services.intake.tables.faults import TableRefused

_STEP = 1 << 20
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ",\t;，|"


def encoding_of(data: bytes) -> str:
    """The encoding in which all of it reads. Raises TableRefused."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            if _reads(data, name):
                return name
            raise TableRefused("encoding")
    for name in ("utf-8", "gb18030"):
        if _reads(data, name):
            return name
    raise TableRefused("encoding")


def csv_rows(data: bytes, encoding: str) -> Iterator[list[str]]:
    """Each line's cells. Raises TableRefused for quotes that do not close."""
    lines = io.TextIOWrapper(io.BytesIO(data), encoding, newline="")
    csv.field_size_limit(MOST_CELL)
    reader = csv.reader(lines, delimiter=_delimiter(data[:_STEP].decode(encoding, "ignore")), strict=True)
    while True:
        begun = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise TableRefused("quotes", row=begun) from None
        yield [text_of(cell) for cell in row]


def _reads(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(data), _STEP):
            decoder.decode(data[start : start + _STEP])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(start: str) -> str:
    """The one that most of the first lines hold most often; a comma where none does."""
    lines = [line for line in start.splitlines()[:20] if line.strip()]
    return max(_DELIMITERS, key=lambda mark: (sum(mark in line for line in lines), start.count(mark)))
