"""Rows of an XLSX: one sheet, merged cells filled, read by calamine."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from services.intake.tables.bounds import MOST_COLUMNS, UNPACKED
from services.intake.tables.cells import text_of
from services.intake.tables.faults import TableRefused

Merge = tuple[tuple[int, int], tuple[int, int]]
BANNER = 3
"""A row whose only content spans so many columns is a title or a note: it is not written into each of them."""


def open_book(data: bytes) -> CalamineWorkbook:
    """Raises TableRefused: encrypted, cut short, not a spreadsheet, more than it says."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = parts.namelist()
            unpacked = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, ValueError, EOFError, OSError):
        raise TableRefused("broken") from None
    if not any(name.startswith("xl/workbook") for name in names):
        raise TableRefused("kind")
    if unpacked > UNPACKED:
        raise TableRefused("too_complex")
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        raise TableRefused("encrypted") from None
    except CalamineError:
        raise TableRefused("broken") from None


def visible_sheets(book: CalamineWorkbook) -> list[str]:
    """The names of the sheets that people see. Raises TableRefused when there is none."""
    names = [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    ]
    if not names:
        raise TableRefused("no_sheet")
    return names


def sheet_rows(book: CalamineWorkbook, name: str) -> Iterator[list[str]]:
    """Each row's cells, from the sheet's first row and column on; empty rows are empty lists."""
    try:
        sheet = book.get_sheet_by_name(name)
    except CalamineError:
        raise TableRefused("broken") from None
    if sheet.total_width > MOST_COLUMNS:
        raise TableRefused("too_wide", limit=MOST_COLUMNS)
    fill = Filling(sheet.merged_cell_ranges or [])
    before = [""] * (sheet.start[1] if sheet.start else 0)  # calamine leaves out the empty columns at the left
    for place, cells in enumerate(sheet.iter_rows()):
        yield fill.row(place, [*before, *cells])


class Filling:
    """Merged cells 合并单元格: each cell of the range gets what stands in its first one."""

    def __init__(self, ranges: list[Merge]) -> None:
        self._coming = sorted(ranges, reverse=True)
        self._open: list[tuple[Merge, str]] = []

    def row(self, place: int, cells: list[Any]) -> list[str]:
        """The row's texts. A row with nothing of its own stays empty, however far a merged cell reaches down."""
        texts = [text_of(cell) for cell in cells]
        while self._coming and self._coming[-1][0][0] <= place:
            merge = self._coming.pop()
            column = merge[0][1]
            self._open.append((merge, texts[column] if column < len(texts) else ""))
        self._open = [(merge, text) for merge, text in self._open if merge[1][0] >= place]
        own = [column for column, text in enumerate(texts) if text]
        if not own:
            return []
        for ((_, first), (_, last)), text in self._open:
            if own == [first] and last - first + 1 >= BANNER:
                continue
            for column in range(first, min(last + 1, len(texts))):
                texts[column] = texts[column] or text
        return texts
