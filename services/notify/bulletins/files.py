"""A bulletin as a file 通报文件: XLSX, PDF or CSV, each marked with who took it and when."""

import asyncio
import io
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from casework.kit.now import show_minute
from casework.kit.safe_cells import MARK, Book, Cell, csv_line
from casework.kit.sheets import set_pdf
from casework.kit.texts import Lang, t
from services.notify.bulletins.content import Bulletin, Line, Section, Share, percent

TEMPLATE = Path(__file__).with_name("bulletin.typ")


class FileKind(StrEnum):
    """The kinds of file."""

    XLSX = "xlsx"
    PDF = "pdf"
    CSV = "csv"


MEDIA = {
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PDF: "application/pdf",
    FileKind.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True, slots=True)
class Taker:
    """Who takes a file: a login, or the schedule that made it."""

    name: str
    at: datetime

    def mark(self, lang: Lang) -> str:
        """水印: the words that stand on the file."""
        return t("bulletin.mark", lang, who=self.name, at=show_minute(self.at, lang))


async def file_of(found: Bulletin, kind: FileKind, mark: str) -> bytes:
    """The file; made in a thread of its own, for setting a PDF takes a second."""
    made = {FileKind.XLSX: as_xlsx, FileKind.PDF: as_pdf, FileKind.CSV: as_csv}[kind]
    return await asyncio.to_thread(made, found, mark)


def as_xlsx(found: Bulletin, mark: str) -> bytes:
    """A sheet for each section, the mark in the first row and at each page's foot."""
    file = io.BytesIO()
    with Book(file) as book:
        for number, section in enumerate(found.sections, start=1):
            sheet = book.sheet(f"{number} {section.title}"[:31], mark)
            sheet.set_column(0, 1, 24)
            sheet.set_column(2, 12, 14)
            row = 0
            for text in (mark, found.title, found.standing, found.target_words, section.note):
                book.write(sheet, row, 0, text)
                row += 1
            for column, head in enumerate(section.head):
                book.write(sheet, row, column, head, book.strong)
            for place, line in enumerate(section.lines, start=row + 1):
                for column, cell in enumerate(line):
                    share = isinstance(cell, Share)
                    book.write(sheet, place, column, _value(cell), book.percent if share else None)
    return file.getvalue()


def as_csv(found: Bulletin, mark: str) -> bytes:
    """All sections one below the other, in UTF-8 with its mark."""
    lines: list[Sequence[Cell]] = [[mark], [found.title], [found.standing], [found.target_words], [found.definition]]
    for section in found.sections:
        lines += [[], [section.title], *([[section.note]] if section.note else []), section.head]
        lines += [[percent(cell.value) if isinstance(cell, Share) else cell for cell in line] for line in section.lines]
    return MARK + b"".join(csv_line(line) for line in lines)


def as_pdf(found: Bulletin, mark: str) -> bytes:
    """On paper, with bars; the mark across every page and at its foot."""
    told = {
        **{name: getattr(found, name) for name in ("title", "standing", "definition", "target", "target_words")},
        "mark": mark,
        "sections": [_printed(section) for section in found.sections],
    }
    return set_pdf(TEMPLATE, told)


def _printed(section: Section) -> dict[str, object]:
    return {
        "title": section.title,
        "note": section.note,
        "head": list(section.head),
        "rows": [_texts(line) for line in section.lines],
        "bars": [asdict(bar) for bar in section.bars],
    }


def _texts(line: Line) -> list[str]:
    told = [percent(cell.value) if isinstance(cell, Share) else cell for cell in line]
    return ["" if cell is None else str(cell) for cell in told]


def _value(cell: Cell | Share) -> Cell:
    return cell.value if isinstance(cell, Share) else cell
