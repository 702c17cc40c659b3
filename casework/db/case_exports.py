"""Exports of case lists as they are kept 工单导出: a block is written with the progress it makes, in one go."""

from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import CaseExport, CaseExportBlock
from casework.rules.facts import Actor

KEPT = timedelta(days=7)
LEASE = timedelta(minutes=2)
"""Who puts a file together tells so at least this often; another worker tries then."""
AT_ONCE = 3
"""Exports that an account may have under way."""
_UNDER_WAY = ("RUNNING", "PACKING")


async def add(session: AsyncSession, actor: Actor, kind: str, lang: str, asked: dict[str, object]) -> CaseExport | None:
    """A new one; None where the account has AT_ONCE under way."""
    assert actor.account_id is not None
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"export:{actor.account_id}", 0))))
    mine = select(func.count()).where(CaseExport.account_id == actor.account_id, CaseExport.state.in_(_UNDER_WAY))
    if (await session.scalar(mine) or 0) >= AT_ONCE:
        return None
    expires = await session.scalar(select(func.now() + KEPT))
    made = CaseExport(account_id=actor.account_id, format=kind, lang=lang, asked=asked, expires_at=expires)
    session.add(made)
    await session.flush()
    await session.refresh(made)
    return made


async def own(session: AsyncSession, actor: Actor, limit: int) -> list[CaseExport]:
    """The account's exports, newest first."""
    query = select(CaseExport).where(CaseExport.account_id == actor.account_id).order_by(CaseExport.id.desc())
    return list(await session.scalars(query.limit(limit)))


async def one(session: AsyncSession, actor: Actor, export_id: int) -> CaseExport | None:
    """The export, if it is the account's own."""
    query = select(CaseExport).where(CaseExport.id == export_id, CaseExport.account_id == actor.account_id)
    found: CaseExport | None = await session.scalar(query)
    return found


async def hold(session: AsyncSession) -> CaseExport | None:
    """The one that has come least far, held by this transaction; others' are passed over. Counting may take long."""
    await session.execute(text("SET LOCAL statement_timeout = '15min'"))
    query = select(CaseExport).where(CaseExport.state.in_(_UNDER_WAY), CaseExport.lease_until <= func.now())
    query = query.order_by(CaseExport.rows, CaseExport.id).limit(1)
    found: CaseExport | None = await session.scalar(query.with_for_update(skip_locked=True))
    return found


async def lease(session: AsyncSession, export_id: int) -> None:
    """The export is this worker's for a while, beyond the transaction."""
    until = func.now() + LEASE
    await session.execute(update(CaseExport).where(CaseExport.id == export_id).values(lease_until=until))


async def fail(session: AsyncSession, export_id: int, error: str) -> None:
    """It cannot be made: what was written goes."""
    await session.execute(delete(CaseExportBlock).where(CaseExportBlock.export_id == export_id))
    mine = update(CaseExport).where(CaseExport.id == export_id, CaseExport.state.in_(_UNDER_WAY))
    await session.execute(mine.values(state="FAILED", error=error, ended_at=func.now()))


async def finish(session: AsyncSession, export_id: int, size: int, digest: str) -> None:
    """The file is whole."""
    mine = update(CaseExport).where(CaseExport.id == export_id)
    await session.execute(mine.values(state="DONE", bytes=size, sha256=digest, ended_at=func.now()))


async def replace(session: AsyncSession, export_id: int) -> bool:
    """Begin to put the packed file in the place of its rows; False: another worker was quicker."""
    query = select(CaseExport.state).where(CaseExport.id == export_id).with_for_update()
    if await session.scalar(query) != "PACKING":
        return False
    await session.execute(delete(CaseExportBlock).where(CaseExportBlock.export_id == export_id))
    return True


async def block(session: AsyncSession, export_id: int, no: int, body: bytes, *, final: bool) -> None:
    """One block more."""
    await session.execute(insert(CaseExportBlock).values(export_id=export_id, final=final, no=no, body=body))


async def blocks(db: asyncpg.Pool, export_id: int, *, final: bool) -> AsyncIterator[bytes]:
    """The blocks in order, one in memory at a time."""
    query = "SELECT body FROM case_export_block WHERE export_id = $1 AND final = $2 AND no = $3"
    no = 0
    while (body := await db.fetchval(query, export_id, final, no)) is not None:
        yield body
        no += 1


async def forget(session: AsyncSession) -> int:
    """Files whose time is over go; who exported what stays known. How many."""
    old = select(CaseExport.id).where(CaseExport.expires_at < func.now(), CaseExport.state != "EXPIRED")
    gone = list(await session.scalars(old.limit(20).with_for_update(skip_locked=True)))
    if gone:
        await session.execute(delete(CaseExportBlock).where(CaseExportBlock.export_id.in_(gone)))
        await session.execute(update(CaseExport).where(CaseExport.id.in_(gone)).values(state="EXPIRED"))
    return len(gone)
