"""What was wrong, as a file 错误清单: row, column, sentence in both languages, then the row's own values.

As CSV (UTF-8 with its mark, so that a Chinese Excel reads it) or XLSX. No cell is ever a formula [ASVS 1.2.10].
"""

import io
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from casework.db import import_jobs
from casework.db.models import ImportJob
from casework.journey.city import City
from casework.kit.crypto import Keyring
from casework.kit.errors import Conflict
from casework.kit.safe_cells import MARK, csv_line
from casework.kit.texts import Lang, t
from services.intake.importing.heads import fields
from services.intake.importing.masks import masked_row
from services.intake.importing.staging import unseal

SHEET_ROWS = 20_000
"""An XLSX is put together in memory; a longer list of errors is for the CSV."""
_LANGS: tuple[Lang, Lang] = ("zh-CN", "en")


async def as_csv(city: City, job: ImportJob, *, masked: bool) -> AsyncIterator[bytes]:
    """The file, some hundred rows at a time."""
    yield MARK + csv_line(_head(job))
    async for line in _lines(city, job, masked):
        yield csv_line(line)


async def as_xlsx(city: City, job: ImportJob, *, masked: bool) -> bytes:
    """The file. Raises Conflict: more rows than an XLSX is made for."""
    if job.bad > SHEET_ROWS:
        raise Conflict("import.errors_too_many", limit=SHEET_ROWS)
    file = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(t("import.errors.sheet", "zh-CN"))
        sheet.freeze_panes(1, 0)
        _write(sheet, 0, _head(job))
        place = 0
        async for line in _lines(city, job, masked):
            place += 1
            _write(sheet, place, line)
    return file.getvalue()


def _write(sheet: Any, row: int, cells: list[str]) -> None:
    for column, cell in enumerate(cells):
        sheet.write_string(row, column, cell)


def _head(job: ImportJob) -> list[str]:
    both = [" ".join(t(f"import.errors.{head}", lang) for lang in _LANGS) for head in ("row", "column")]
    own = [*both, *(t("import.errors.sentence", lang) for lang in _LANGS)]
    return [*own, *job.mapping["names"]]


async def _lines(city: City, job: ImportJob, masked: bool) -> AsyncIterator[list[str]]:
    columns = {field: name for name, field in job.mapping["columns"].items()}
    async for problem in import_jobs.problems(await city.database.pool(), job.id):
        cells = next(_cells(city.keyring, problem))
        params = json.loads(problem["params"])
        sentences = [t(problem["code"], lang, **params) for lang in _LANGS]
        where = columns.get(problem["field"]) or _called(problem["field"])
        yield [str(problem["row_no"]), where, *sentences, *(masked_row(job.mapping, cells) if masked else cells)]


def _cells(keyring: Keyring, problem: Any) -> Iterator[list[str]]:
    for row in unseal(keyring, problem["row_sealed"]):
        yield row.cells


def _called(field: str | None) -> str:
    known = fields().get(field or "")
    return f"{known.zh} {known.en}" if known else ""
