"""Taking what was staged 导入执行: block by block, each in one transaction; a kill costs at most the block at hand.

The worker runs this, as many workers as there are; the command line does the same at once.
"""

import asyncio
from dataclasses import dataclass, field

import asyncpg
from asyncpg.pool import PoolConnectionProxy
from fastapi.exceptions import RequestValidationError

from casework.db import import_jobs
from casework.db.import_jobs import Held, Tally, Wrong
from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.imports import BREATH, Batch, Fate, Line, report_many
from casework.journey.report import BODY
from casework.kit.crypto import digest
from casework.kit.errors import Problem
from casework.kit.logs import get_logger
from casework.kit.outage import is_outage
from casework.rules.decide import Refused
from services.intake.importing.door import DOOR, entry, inbox_source, origin, stored
from services.intake.importing.mapping import plan_of
from services.intake.importing.rows import BadRow, Fault, Names, Origin, Plan, body_of, read
from services.intake.importing.single import Became, take_row
from services.intake.importing.staging import seal, unseal
from services.intake.tables.limited import Row

TOGETHER = 2
"""Blocks at once: while the database writes one, the next is put together."""
IN_A_ROW = 5
"""Blocks one after the other before what hangs on them is looked at: some seconds."""
SLICE = 50
"""Rows that go through the door for one while their block is held."""
TRIES = 3
"""After so many failures a block's rows go one by one, so that one bad row does not hold up the others."""


@dataclass
class _Work:
    """A block in hand."""

    city: City
    sources: Sources
    held: Held
    plan: Plan
    names: Names
    origin: Origin
    tally: Tally = field(default_factory=Tally)
    wrong: list[Wrong] = field(default_factory=list)

    def bad(self, row: Row, *faults: Fault) -> None:
        self.tally.bad += 1
        sealed = seal(self.city.keyring, [row])
        self.wrong += [Wrong(row.number, fault.field, fault.code, dict(fault.params), sealed) for fault in faults]

    def taken(self, flags: tuple[str, ...]) -> None:
        self.tally.taken += 1
        self.tally.flags.update(flags)


class Importer:
    """Takes blocks for one process. Safe beside others; a repeat of what was taken changes nothing."""

    def __init__(self, city: City, sources: Sources) -> None:
        self._city = city
        self._sources = sources
        self._names = Names(city.catalog)

    async def run_once(self) -> int:
        """Some blocks, and what hangs on them: finished imports are marked, old ones forgotten. 0: nothing is left."""
        done = await asyncio.gather(*(self._blocks() for _ in range(TOGETHER)), return_exceptions=True)
        db = await self._city.database.pool()
        finished = await import_jobs.finish(db) + await import_jobs.forget(db)
        for one in done:
            if isinstance(one, BaseException):
                raise one
        return finished + sum(one for one in done if isinstance(one, int))

    async def _blocks(self) -> int:
        """Block after block, without waiting for the neighbour's."""
        done = 0
        while done < IN_A_ROW and await self._block():
            done += 1
        return done

    async def _block(self) -> int:
        db = await self._city.database.pool()
        held: Held | None = None
        try:
            async with db.acquire() as connection, connection.transaction():
                held = await import_jobs.take_block(connection)
                if held is None:
                    return 0
                work = await self._work(held)
                rest = await (_one_by_one if held.again or held.tries >= TRIES else _together)(work, connection)
                if rest:
                    await import_jobs.keep_rest(connection, held, seal(self._city.keyring, rest))
                else:
                    await import_jobs.drop_block(connection, held)
                await import_jobs.settle(connection, held, work.tally, work.wrong)
        except (asyncpg.UniqueViolationError, asyncpg.DeadlockDetectedError):
            get_logger().info("import.met_another")  # the same row came by another door meanwhile: look again
        except Exception as error:
            if held is not None and not is_outage(error):
                await import_jobs.count_try(db, held)
            raise
        return 1

    async def _work(self, held: Held) -> _Work:
        where = await origin(self._city, self._sources, held.source, held.area_code)
        return _Work(self._city, self._sources, held, plan_of(held.mapping, held.kind), self._names, where)


async def _together(work: _Work, connection: PoolConnectionProxy) -> list[Row]:
    """The whole block in one transaction; returned are the rows for the door for one."""
    rows: list[Row] = []
    lines: list[Line] = []
    for turn, row in enumerate(_below_head(work)):
        if turn % BREATH == 0:
            await asyncio.sleep(0)
        try:
            lines.append(_line(work, row))
            rows.append(row)
        except BadRow as bad:
            work.bad(row, *bad.faults)
    batch = Batch(inbox_source(work.held.source), DOOR, work.held.account_id)
    rest: list[Row] = []
    for row, line, fate in zip(rows, lines, await report_many(work.city, connection, batch, lines), strict=True):
        if isinstance(fate, Refused):
            work.bad(row, Fault(None, "import.row.refused"))
        elif fate is Fate.AGAIN:
            rest.append(row)
        elif fate is Fate.KNOWN:
            work.tally.known += 1
        else:
            work.taken(tuple(line.incoming.flags))
    return rest


def _below_head(work: _Work) -> list[Row]:
    return [row for row in unseal(work.city.keyring, work.held.rows_sealed) if row.number > work.held.header_row]


def _line(work: _Work, row: Row) -> Line:
    keyring = work.city.keyring
    kept = stored(keyring, body_of(work.plan, work.names, row.cells))
    incoming, direction = read(work.city.catalog, work.origin, kept.row)
    return Line(
        message_id=kept.message_id,
        digests=keyring.blind_indexes(digest(kept.body).hex(), BODY),
        body_sealed=keyring.seal_bytes(kept.body, BODY),
        incoming=incoming,
        entry=entry(direction, work.held.account_id),
    )


async def _one_by_one(work: _Work, connection: PoolConnectionProxy) -> list[Row]:
    """The next rows through the door for one, each in transactions of its own; returned are those not yet looked at."""
    rows = _below_head(work)
    for row in rows[:SLICE]:
        try:
            await _single(work, row)
        except BadRow as bad:
            work.bad(row, *bad.faults)
        except Problem as problem:
            faults = [Fault(fault.field, fault.code, fault.params) for fault in problem.fields]
            work.bad(row, *(faults or [Fault(None, problem.code)]))
        except (Refused, RequestValidationError):
            work.bad(row, Fault(None, "import.row.refused"))
        except Exception as error:
            if is_outage(error):
                raise
            get_logger().error("import.row_failed", job=work.held.job_id, row=row.number, error=type(error).__name__)
            work.bad(row, Fault(None, "import.row.failed"))
    return rows[SLICE:]


async def _single(work: _Work, row: Row) -> None:
    held, body = work.held, body_of(work.plan, work.names, row.cells)
    became, flags = await take_row(work.city, work.sources, held.source, held.area_code, body, held.account_id)
    if became is Became.TAKEN:
        work.taken(flags)
    elif became is Became.KNOWN:
        work.tally.known += 1
    else:
        work.tally.supplemented += 1
