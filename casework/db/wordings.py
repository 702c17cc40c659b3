"""A city's own wording of notices 通知文案: written version by version, read by every process.

Lock order: the book's one row first. So versions follow each other.
"""

from collections.abc import Sequence

import asyncpg
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.knowledge import near
from casework.db.models import NoticeWording, WordingBook
from casework.rules.facts import Actor

W = NoticeWording
_VERSION = "SELECT version FROM wording_book"
_ALL = "SELECT template, lang, area_code, body, made_at FROM notice_wording ORDER BY made_at DESC, id DESC"


async def book_version(db: asyncpg.Pool) -> int:
    """Which version of any text was the last one."""
    return int(await db.fetchval(_VERSION))


async def all_versions(db: asyncpg.Pool) -> tuple[int, Sequence[asyncpg.Record]]:
    """The book's version and every version of every text, newest first, of one snapshot."""
    async with db.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        return int(await connection.fetchval(_VERSION)), await connection.fetch(_ALL)


async def take_turn(session: AsyncSession) -> None:
    """Hold the book for this transaction."""
    await session.execute(select(WordingBook.version).with_for_update())


async def newest(session: AsyncSession, template: str, lang: str, area: str) -> NoticeWording | None:
    """The last version of a text in just this area."""
    query = select(W).where(W.template == template, W.lang == lang, W.area_code == area)
    found: NoticeWording | None = await session.scalar(query.order_by(W.version.desc()).limit(1))
    return found


async def add(session: AsyncSession, row: NoticeWording) -> None:
    """One more version; `made_at` is the moment from which it holds, known to every process within one poll."""
    row.made_at = func.clock_timestamp()
    session.add(row)
    await session.execute(update(WordingBook).values(version=WordingBook.version + 1))
    await session.flush()
    await session.refresh(row)


async def versions(session: AsyncSession, actor: Actor, template: str) -> list[NoticeWording]:
    """All versions of a text in areas that hold the actor's or lie in it, both languages, newest first."""
    query = select(W).where(W.template == template, near(actor.area, W.area_code)).order_by(W.id.desc())
    return list(await session.scalars(query))


async def around(session: AsyncSession, area: str) -> list[NoticeWording]:
    """All versions in the area and in those that hold it, newest first."""
    query = select(W).where(func.starts_with(area, W.area_code)).order_by(W.id.desc())
    return list(await session.scalars(query))
