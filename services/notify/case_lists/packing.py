"""An XLSX put together of kept lines 打包: row by row through a file, split in sheets where one is full."""

import json
import shutil
from pathlib import Path

from casework.kit.safe_cells import Book, Cell

SCRATCH = "gridcall-export-"
LEFT_AFTER = 86_400.0
"""Seconds after which nobody works in such a folder any more."""
SHEET_ROWS = 1_048_576
"""Rows that a sheet of an XLSX holds."""


def packed_lines(lines: list[list[Cell]]) -> bytes:
    """Lines as they wait for the XLSX."""
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode("utf-8", "replace")


def sweep(folder: Path, now: float) -> None:
    """Remove what a killed worker left in the folder of temporary files; `now` in seconds since the epoch."""
    for left in folder.glob(f"{SCRATCH}*"):
        if now - left.stat().st_mtime > LEFT_AFTER:
            shutil.rmtree(left, ignore_errors=True)


class Packer:
    """Writes sheets named `name`, `name 2` …, each with the mark and the head. Call it in a thread."""

    def __init__(self, path: Path, name: str, mark: str, head: list[str], sheet_rows: int = SHEET_ROWS) -> None:
        self._book = Book(str(path), str(path.parent))
        self._name, self._mark, self._head, self._most = name, mark, head, sheet_rows
        self._sheets = 0
        self._open()

    def add(self, body: bytes) -> None:
        """The lines of one block."""
        for line in body.split(b"\n")[:-1]:
            if self._row == self._most:
                self._open()
            self._write(json.loads(line))

    def close(self) -> None:
        """The whole file is written."""
        self._book.close()

    def _open(self) -> None:
        self._sheets += 1
        name = self._name if self._sheets == 1 else f"{self._name} {self._sheets}"
        self._sheet, self._row = self._book.sheet(name, self._mark), 0
        self._write([self._mark])
        self._write(self._head)

    def _write(self, cells: list[Cell] | list[str]) -> None:
        for column, cell in enumerate(cells):
            self._book.write(self._sheet, self._row, column, cell)
        self._row += 1
