"""Cells of files for spreadsheets 表格文件: no text is ever taken for a formula, in CSV or XLSX [ASVS 1.2.10]."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

LIVE = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
MARK = b"\xef\xbb\xbf"
"""Before a CSV in UTF-8, so that office programs read the Chinese."""
BOOK = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
"""How an XLSX is written: row by row, texts as texts."""
LONGEST = 32_767
"""Characters that a cell of an XLSX holds."""
Cell = str | int | float | None


def safe(text: str) -> str:
    """The text with a quote before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text.startswith(LIVE) else text


def csv_line(cells: Sequence[Cell]) -> bytes:
    """One line of a CSV; numbers as they are, nothing for None."""
    line = io.StringIO()
    csv.writer(line).writerow([safe(one.replace("\x00", "")) if isinstance(one, str) else one for one in cells])
    return line.getvalue().encode("utf-8", "replace")


class Book:
    """An XLSX that is written row by row, to a path or a file-like; closed by `with`. `folder`: where rows wait."""

    def __init__(self, file: Any, folder: str | None = None) -> None:
        self._book = xlsxwriter.Workbook(file, {**BOOK, "tmpdir": folder})
        self._kept = self._book.add_format({"quote_prefix": True})
        self.strong = self._book.add_format({"bold": True})
        self.percent = self._book.add_format({"num_format": "0.00%"})

    def __enter__(self) -> "Book":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            self.close()

    def close(self) -> None:
        """Write the whole file."""
        self._book.close()

    def sheet(self, name: str, foot: str) -> Any:
        """A new sheet; `foot` is printed below each of its pages."""
        made = self._book.add_worksheet(name)
        made.set_footer("&C" + foot.replace("&", "&&")[:200])
        return made

    def write(self, sheet: Any, row: int, column: int, cell: Cell, how: Any = None) -> None:
        """One cell: a number as a number, all else as text. What looks live stays text even when it is edited."""
        if isinstance(cell, str):
            sheet.write_string(row, column, cell[:LONGEST], self._kept if cell.startswith(LIVE) else how)
        elif cell is not None:
            sheet.write_number(row, column, cell, how)
