"""Imports 导入任务 as they are kept: sources, files on their way in, their blocks, what was wrong with which row.

A block is held by the transaction that takes it, so that a killed process lets go of it at once and another goes on.
"""

import json
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import ImportJob, ImportSource
from casework.rules.facts import Actor

KEPT_DAYS = 7
"""Days that a file's rows wait for their start, and that what was wrong with them can be fetched."""
PAGE = 500


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source of lists: whose it is, and how its columns were mapped last."""

    area_code: str
    mapping: dict[str, Any]


@dataclass(frozen=True, slots=True)
class NewJob:
    """A file that was read. Sealed: the first rows, for the preview."""

    source: str
    area_code: str
    account_id: int
    file_name: str
    kind: str
    encoding: str | None
    sheet: str | None
    sheets: list[str]
    header_row: int
    mapping: str
    preview_sealed: bytes


@dataclass(frozen=True, slots=True)
class Held:
    """A block in the hands of this transaction, and what is needed to take it."""

    job_id: int
    no: int
    rows_sealed: bytes
    again: bool
    tries: int
    source: str
    account_id: int
    area_code: str
    kind: str
    header_row: int
    mapping: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing wrong with one row."""

    row_no: int
    field: str | None
    code: str
    params: dict[str, Any]
    row_sealed: bytes


@dataclass(slots=True)
class Tally:
    """How many rows of a block became what."""

    taken: int = 0
    known: int = 0
    supplemented: int = 0
    bad: int = 0
    flags: Counter[str] = field(default_factory=Counter)


_CLAIM = """
INSERT INTO import_source (name, area_code) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING
"""
_SOURCE = "SELECT area_code, mapping FROM import_source WHERE name = $1"
_JOB = """
INSERT INTO import_job (source, area_code, account_id, file_name, kind, encoding, sheet, sheets, header_row, mapping,
                        preview_sealed, rows, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, now() + make_interval(days => $12))
RETURNING id
"""
_BLOCK = "INSERT INTO import_block (job_id, no, rows_sealed) VALUES ($1, $2, $3)"
_READ = "UPDATE import_job SET rows = $2, empty_rows = $3 WHERE id = $1"
# blocks that failed often wait behind all others; SKIP LOCKED: several workers share one file
_TAKE = """
SELECT b.job_id, b.no, b.rows_sealed, b.again, b.tries, j.source, j.account_id, j.area_code, j.kind, j.header_row,
       j.mapping
FROM import_block b JOIN import_job j ON j.id = b.job_id
WHERE j.state = 'RUNNING'
ORDER BY b.tries, b.job_id, b.no LIMIT 1
FOR UPDATE OF b SKIP LOCKED
"""
_TRIED = "UPDATE import_block SET tries = tries + 1 WHERE job_id = $1 AND no = $2"
_DROP = "DELETE FROM import_block WHERE job_id = $1 AND no = $2"
_KEEP = "UPDATE import_block SET rows_sealed = $3, again = true WHERE job_id = $1 AND no = $2"
_COUNT = """
UPDATE import_job SET taken = taken + $2, known = known + $3, supplemented = supplemented + $4, bad = bad + $5,
  flags = flags || (SELECT coalesce(jsonb_object_agg(key, coalesce((flags ->> key)::bigint, 0) + value::bigint), '{}')
                    FROM jsonb_each_text($6))
WHERE id = $1
"""
# the preview goes with the last row: nothing of the file stays but what was wrong with it
_FINISH = """
UPDATE import_job j SET state = 'DONE', ended_at = now(), preview_sealed = NULL,
  expires_at = now() + make_interval(days => $1)
WHERE state = 'RUNNING' AND NOT EXISTS (SELECT FROM import_block b WHERE b.job_id = j.id)
"""
_FORGET = """
WITH gone AS (SELECT id FROM import_job WHERE expires_at < now() AND state <> 'RUNNING'
              LIMIT 100 FOR UPDATE SKIP LOCKED),
     blocks AS (DELETE FROM import_block WHERE job_id IN (SELECT id FROM gone)),
     problems AS (DELETE FROM import_problem WHERE job_id IN (SELECT id FROM gone))
UPDATE import_job SET preview_sealed = NULL, expires_at = 'infinity',
  state = CASE WHEN state = 'READY' THEN 'EXPIRED' ELSE state END
WHERE id IN (SELECT id FROM gone)
"""
# blocks before the job, as those who take a block do
_STOP_BLOCKS = "DELETE FROM import_block WHERE job_id = $1"
_STOP = """
UPDATE import_job SET state = 'STOPPED', ended_at = now(), preview_sealed = NULL
WHERE id = $1 AND state IN ('READY', 'RUNNING')
"""
_PROBLEMS = """
SELECT id, row_no, field, code, params, row_sealed FROM import_problem
WHERE job_id = $1 AND (row_no, id) > ($2, $3) ORDER BY row_no, id LIMIT $4
"""


async def source_of(db: asyncpg.Pool, name: str) -> KnownSource | None:
    """The source of that name, whoever's it is."""
    row = await db.fetchrow(_SOURCE, name)
    return KnownSource(row["area_code"], json.loads(row["mapping"])) if row is not None else None


async def claim_source(connection: PoolConnectionProxy, name: str, area_code: str) -> None:
    """A new name becomes the area's; a known one stays as it is."""
    await connection.execute(_CLAIM, name, area_code)


async def source_named(session: AsyncSession, name: str) -> ImportSource | None:
    """The source of that name, whoever's it is; held for this transaction."""
    found: ImportSource | None = await session.scalar(
        select(ImportSource).where(ImportSource.name == name).with_for_update()
    )
    return found


async def job(session: AsyncSession, job_id: int, actor: Actor, *, hold: bool = False) -> ImportJob | None:
    """The import, if it lies in the actor's area; None otherwise."""
    query = select(ImportJob).where(ImportJob.id == job_id, ImportJob.area_code.like(f"{actor.area}%"))
    found: ImportJob | None = await session.scalar(query.with_for_update() if hold else query)
    return found if actor.area else None


async def jobs(session: AsyncSession, actor: Actor, *, before: int | None, limit: int) -> list[ImportJob]:
    """The imports of the actor's area, newest first, below the id `before`."""
    query = select(ImportJob).where(ImportJob.area_code.like(f"{actor.area}%")).order_by(ImportJob.id.desc())
    if before is not None:
        query = query.where(ImportJob.id < before)
    return list(await session.scalars(query.limit(limit))) if actor.area else []


async def add_job(connection: PoolConnectionProxy, new: NewJob) -> int:
    """A file begins to be kept; its id."""
    values = (
        *(new.source, new.area_code, new.account_id, new.file_name, new.kind, new.encoding, new.sheet, new.sheets),
        *(new.header_row, new.mapping, new.preview_sealed, KEPT_DAYS),
    )
    found: int = await connection.fetchval(_JOB, *values)
    return found


async def add_block(connection: PoolConnectionProxy, job_id: int, no: int, rows_sealed: bytes) -> None:
    """Some of its rows."""
    await connection.execute(_BLOCK, job_id, no, rows_sealed)


async def all_read(connection: PoolConnectionProxy, job_id: int, rows: int, empty: int) -> None:
    """The file is read to its end: `rows` that hold something, `empty` that do not."""
    await connection.execute(_READ, job_id, rows, empty)


async def take_block(connection: PoolConnectionProxy) -> Held | None:
    """The next block of a running import, held by this transaction; None: nothing is left, or others have it."""
    row = await connection.fetchrow(_TAKE)
    if row is None:
        return None
    return Held(**{**dict(row), "mapping": json.loads(row["mapping"])})


async def count_try(db: asyncpg.Pool, held: Held) -> None:
    """The block could not be taken this time."""
    await db.execute(_TRIED, held.job_id, held.no)


async def drop_block(connection: PoolConnectionProxy, held: Held) -> None:
    """The block is dealt with: its rows go."""
    await connection.execute(_DROP, held.job_id, held.no)


async def keep_rest(connection: PoolConnectionProxy, held: Held, rows_sealed: bytes) -> None:
    """Only these rows of the block are left, for the door for one."""
    await connection.execute(_KEEP, held.job_id, held.no, rows_sealed)


async def settle(connection: PoolConnectionProxy, held: Held, tally: Tally, wrong: Sequence[Wrong]) -> None:
    """Count the rows and keep what was wrong."""
    columns = ["job_id", "row_no", "field", "code", "params", "row_sealed"]
    records = [
        (held.job_id, one.row_no, one.field, one.code, json.dumps(one.params, ensure_ascii=False), one.row_sealed)
        for one in wrong
    ]
    if records:
        await connection.copy_records_to_table("import_problem", records=records, columns=columns)
    flags = json.dumps(tally.flags)
    await connection.execute(_COUNT, held.job_id, tally.taken, tally.known, tally.supplemented, tally.bad, flags)


async def finish(db: asyncpg.Pool) -> int:
    """Imports whose last block is gone are done; how many."""
    return int((await db.execute(_FINISH, KEPT_DAYS)).split()[-1])


async def stop(db: asyncpg.Pool, job_id: int) -> bool:
    """No further row is taken, the rest goes; False when it was over already."""
    async with db.acquire() as connection, connection.transaction():
        await connection.execute(_STOP_BLOCKS, job_id)
        return bool(await connection.execute(_STOP, job_id) == "UPDATE 1")


async def forget(db: asyncpg.Pool) -> int:
    """Rows never taken, and what was wrong with rows, go after their days; the counts stay. How many files."""
    return int((await db.execute(_FORGET)).split()[-1])


async def problems(db: asyncpg.Pool, job_id: int) -> AsyncIterator[asyncpg.Record]:
    """What was wrong, by row."""
    last = (0, 0)
    while True:
        rows = await db.fetch(_PROBLEMS, job_id, *last, PAGE)
        for row in rows:
            yield row
        if len(rows) < PAGE:
            return
        last = (rows[-1]["row_no"], rows[-1]["id"])
