"""The city's own dispatch rules 自有派单规则: found within a scope, written version by version.

Lock order: the book's one row first, then rules. So two people never put rules in force that hide each other.
"""

from collections.abc import Collection, Sequence

import asyncpg
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.knowledge import near
from casework.db.models import DispatchBook, DispatchRuleVersion
from casework.rules.facts import Actor

R = DispatchRuleVersion
_VERSION = "SELECT version FROM dispatch_book"
_IN_FORCE = "SELECT code, version, said FROM dispatch_rule WHERE state = 'IN_FORCE' ORDER BY id"


async def book_version(db: asyncpg.Pool) -> int:
    """Which change of the book is the last one."""
    return int(await db.fetchval(_VERSION))


async def in_force(db: asyncpg.Pool) -> tuple[int, Sequence[asyncpg.Record]]:
    """The book's version and all its own rules (code, version, said as JSON), of one snapshot."""
    async with db.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        return int(await connection.fetchval(_VERSION)), await connection.fetch(_IN_FORCE)


async def take_turn(session: AsyncSession) -> None:
    """Hold the book for this transaction."""
    await session.execute(select(DispatchBook.version).with_for_update())


async def changed(session: AsyncSession) -> None:
    """What is in force is another from here on; every process sees it within one poll."""
    await session.execute(update(DispatchBook).values(version=DispatchBook.version + 1))


async def all_in_force(session: AsyncSession) -> list[DispatchRuleVersion]:
    """All own rules in force, of every area, as this transaction sees them."""
    return list(await session.scalars(select(R).where(R.state == "IN_FORCE").order_by(R.id)))


async def newest(session: AsyncSession, codes: Collection[str]) -> dict[str, DispatchRuleVersion]:
    """The newest version of each of these rules, of every area."""
    query = select(R).ext(distinct_on(R.code)).where(R.code.in_(codes)).order_by(R.code, R.version.desc())
    return {row.code: row for row in await session.scalars(query)}


async def versions(session: AsyncSession, actor: Actor, code: str) -> list[DispatchRuleVersion]:
    """All versions of a rule that applies in the actor's area or in a part of it, newest first."""
    query = select(R).where(R.code == code, near(actor.area, R.area_code)).order_by(R.version.desc())
    return list(await session.scalars(query))


async def own(session: AsyncSession, actor: Actor, code: str, version: int) -> DispatchRuleVersion | None:
    """A version of a rule that the actor's area keeps, held for this transaction; None for any other's."""
    query = select(R).where(R.code == code, R.version == version, R.area_code.startswith(actor.area, autoescape=True))
    found: DispatchRuleVersion | None = await session.scalar(query.with_for_update())
    return found


async def page(
    session: AsyncSession, actor: Actor, *, state: str | None, after: int, limit: int
) -> list[DispatchRuleVersion]:
    """Versions of rules that apply in the actor's area or in a part of it, newest first."""
    query = select(R).where(near(actor.area, R.area_code))
    if state is not None:
        query = query.where(R.state == state)
    if after:
        query = query.where(R.id < after)
    return list(await session.scalars(query.order_by(R.id.desc()).limit(limit)))


async def leave_draft(session: AsyncSession, codes: Collection[str]) -> None:
    """Drafts of these rules are replaced by what is written now."""
    leaving = update(R).where(R.code.in_(codes), R.state == "DRAFT")
    await session.execute(leaving.values(state="REPLACED", ended_at=func.now()))


async def leave_force(session: AsyncSession, code: str, state: str) -> None:
    """The version in force, if there is one, is not any more."""
    leaving = update(R).where(R.code == code, R.state == "IN_FORCE")
    await session.execute(leaving.values(state=state, ended_at=func.now()))
