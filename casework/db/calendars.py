"""The city's own notices of holidays 放假通知: written version by version, read by every process.

Lock order: the book's one row first, then cases. So a deadline is re-planned only by the calendars that hold.
"""

from collections.abc import Sequence

import asyncpg
from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import CalendarBook, CalendarNotice, CatalogVersion

N = CalendarNotice
_VERSION = "SELECT version FROM calendar_book"
_IN_FORCE = "SELECT area_code, year, source, rest, work FROM calendar_notice WHERE state = 'IN_FORCE' ORDER BY id"


async def book_version(db: asyncpg.Pool) -> int:
    """Which notice was the last one."""
    return int(await db.fetchval(_VERSION))


async def in_force(db: asyncpg.Pool) -> tuple[int, Sequence[asyncpg.Record]]:
    """The book's version and the notices that hold, of one snapshot."""
    async with db.acquire() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        return int(await connection.fetchval(_VERSION)), await connection.fetch(_IN_FORCE)


async def take_turn(session: AsyncSession) -> None:
    """Hold the book for this transaction."""
    await session.execute(select(CalendarBook.version).with_for_update())


async def stands_at(session: AsyncSession, version: int) -> bool:
    """Whether the book is of this version; nobody changes it until this transaction ends."""
    return await session.scalar(select(CalendarBook.version).with_for_update(read=True)) == version


async def all_in_force(session: AsyncSession) -> list[CalendarNotice]:
    """The notices that hold, of every area, as this transaction sees them."""
    return list(await session.scalars(select(N).where(N.state == "IN_FORCE").order_by(N.id)))


async def versions(session: AsyncSession, area: str, year: int) -> list[CalendarNotice]:
    """All versions of a year's notice in an area, newest first."""
    query = select(N).where(N.area_code == area, N.year == year).order_by(N.version.desc())
    return list(await session.scalars(query))


async def replace(session: AsyncSession, row: CalendarNotice) -> None:
    """The notice takes the place of the one before it, and is known to every process within one poll."""
    before = update(N).where(N.area_code == row.area_code, N.year == row.year, N.state == "IN_FORCE")
    await session.execute(before.values(state="REPLACED", replaced_at=func.now()))
    session.add(row)
    await session.execute(update(CalendarBook).values(version=CalendarBook.version + 1))
    await session.flush()
    await session.refresh(row)


async def record(session: AsyncSession, versions: Sequence[str], content: str) -> None:
    """What these calendars say, so that a deadline made by them stays explained."""
    for version in versions:
        row = insert(CatalogVersion).values(part="calendars.toml", version=version, content=content)
        await session.execute(row.on_conflict_do_nothing())
