"""A file is read and kept to be looked at 读入待导: its rows sealed, in blocks; the file itself is never stored."""

import json
import zlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from asyncpg.pool import PoolConnectionProxy
from pydantic_core import from_json

from casework.db import import_jobs
from casework.db.import_jobs import NewJob
from casework.journey.city import City
from casework.kit.crypto import Keyring
from casework.kit.errors import Conflict, Problem, Unprocessable
from casework.kit.masking import mask_text
from casework.rules.facts import Actor
from services.intake.importing.heads import LOOKED_AT, column_names, guess, head_row
from services.intake.tables.faults import TableRefused
from services.intake.tables.limited import About, Reading, Row, reading

ROWS = "import.rows"
BLOCK = 400
SHOWN = 20
"""Rows of the preview below the head."""
KEPT = LOOKED_AT + SHOWN


def seal(keyring: Keyring, rows: Iterable[Row]) -> bytes:
    """Rows as they are kept."""
    told = json.dumps([[row.number, row.cells] for row in rows], ensure_ascii=False).encode()
    return keyring.seal_bytes(zlib.compress(told, 1), ROWS)


def unseal(keyring: Keyring, sealed: bytes) -> list[Row]:
    """The rows again."""
    return [Row(*row) for row in from_json(zlib.decompress(keyring.open_bytes(sealed, ROWS)))]


def refused(error: TableRefused) -> Problem:
    """Why a file cannot be used, as its bringer reads it."""
    return Unprocessable(f"import.file.{error.code}", **error.params)


class File(Protocol):
    """A file on its way in; its name is asked for when all parts have come."""

    @property
    def name(self) -> str: ...

    def parts(self) -> AsyncIterator[bytes]: ...


async def stage(city: City, actor: Actor, source: str, file: File, sheet: str | None = None) -> int:
    """Read a file within a process of its own and keep its rows; the import's id. Nothing is taken yet.

    Raises Conflict: the source is another area's. Unprocessable: the file cannot be used; nothing of it is kept.
    """
    mapping = await _mapping_of(city, actor, source)
    try:
        async with reading(sheet) as table:
            async for part in file.parts():
                await table.write(part)
            about = await table.about()
            db = await city.database.pool()
            async with db.acquire() as connection, connection.transaction():
                await import_jobs.claim_source(connection, source, actor.area)
                return await _keep(city, connection, actor, _Came(source, shown_name(file.name), about, mapping), table)
    except TableRefused as error:
        raise refused(error) from None


def shown_name(name: str) -> str:
    """The file's own name: no folder, nothing personal that can be told from a number, at most 120 characters."""
    own = name.replace("\\", "/").rsplit("/", 1)[-1]
    return mask_text("".join(c for c in own if c.isprintable()))[:120] or "-"


async def _mapping_of(city: City, actor: Actor, source: str) -> dict[str, Any]:
    """How the source was mapped before; nothing for a new one."""
    known = await import_jobs.source_of(await city.database.pool(), source)
    if known is None:
        return {}
    if not (known.area_code.startswith(actor.area) or actor.area.startswith(known.area_code)):
        raise Conflict("import.source_taken", source=source)
    return known.mapping


@dataclass(frozen=True, slots=True)
class _Came:
    """A file before it is kept."""

    source: str
    name: str
    about: About
    mapping: dict[str, Any]


async def _keep(city: City, connection: PoolConnectionProxy, actor: Actor, came: _Came, table: Reading) -> int:
    rows = table.rows()
    first: list[Row] = []
    async for row in rows:
        first.append(row)
        if len(first) == KEPT:
            break
    columns = came.mapping.get("columns", {})
    head = head_row([row.cells for row in first], columns)
    names = names_of(first, first[head].number if head >= 0 else 0)
    mapping = {**came.mapping, "names": names, "columns": guess(names, columns)}
    assert actor.account_id is not None
    new = NewJob(
        source=came.source,
        area_code=actor.area,
        account_id=actor.account_id,
        file_name=came.name,
        kind=came.about.kind,
        encoding=came.about.encoding,
        sheet=came.about.sheet,
        sheets=came.about.sheets,
        header_row=first[head].number if head >= 0 else 0,
        mapping=json.dumps(mapping, ensure_ascii=False),
        preview_sealed=seal(city.keyring, first),
    )
    job_id = await import_jobs.add_job(connection, new)
    count = await _blocks(city, connection, job_id, first, rows)
    if count <= head + 1:
        raise TableRefused("no_rows")
    await import_jobs.all_read(connection, job_id, count - head - 1, table.empty)
    return job_id


async def _blocks(
    city: City, connection: PoolConnectionProxy, job_id: int, first: list[Row], rows: AsyncIterator[Row]
) -> int:
    block, number, count = list(first), 0, len(first)
    async for row in rows:
        block.append(row)
        count += 1
        if len(block) >= BLOCK:
            await import_jobs.add_block(connection, job_id, number, seal(city.keyring, block))
            block, number = [], number + 1
    if block:
        await import_jobs.add_block(connection, job_id, number, seal(city.keyring, block))
    return count


def names_of(rows: list[Row], header_row: int) -> list[str]:
    """The columns' names when this row (its number in the file; 0: none) is the head. Raises TableRefused."""
    if header_row == 0:
        return column_names([""] * max((len(row.cells) for row in rows), default=0))
    for row in rows:
        if row.number == header_row:
            return column_names(row.cells)
    raise TableRefused("no_such_row", row=header_row)
