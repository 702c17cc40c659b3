"""Grids 网格: the registry's rows, their people, and what the in-process index is built from."""

from collections.abc import AsyncIterator, Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg
from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, Grid, GridWorker
from casework.rules.facts import Actor
from casework.rules.words import GridKind

_VERSION = "SELECT version FROM place_version WHERE part = 'grids'"
_SHAPES = """
SELECT code, area_code, kind, polygon::text AS polygon, valid_from, valid_to FROM grid
WHERE valid_to IS NULL OR valid_to > now() - interval '1 year'
"""
_AT_ONCE = 5000


class Shape(NamedTuple):
    """A grid as the index reads it; `polygon` as GeoJSON text. Times UTC."""

    code: str
    area: str
    kind: str
    polygon: str
    valid_from: datetime
    valid_to: datetime | None


async def version(db: asyncpg.Pool) -> int:
    """Raised with every change of any grid."""
    found: int = await db.fetchval(_VERSION)
    return found


async def shapes(db: asyncpg.Pool) -> AsyncIterator[list[Shape]]:
    """All grids that stand or stood within the last year, some thousands at a time."""
    async with db.acquire() as connection, connection.transaction(readonly=True):
        cursor = await connection.cursor(_SHAPES)
        while rows := await cursor.fetch(_AT_ONCE):
            yield [Shape(*row) for row in rows]


def standing(at: datetime) -> ColumnElement[bool]:
    """A grid that was valid at that moment (UTC)."""
    return and_(Grid.valid_from <= at, or_(Grid.valid_to.is_(None), Grid.valid_to > at))


def in_scope(actor: Actor) -> ColumnElement[bool]:
    """The grids of an actor's area; one whose area is a grid sees that grid."""
    return Grid.code.startswith(actor.area or "-", autoescape=True)


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    at: datetime | None,
    area: str | None,
    kind: GridKind | None,
    words: str = "",
    after: str,
    limit: int,
) -> list[Grid]:
    """The grids of the scope by code, those of a moment or, without one, all that ever were; `words`: a part of code or
    name."""
    query = select(Grid).where(in_scope(actor), Grid.code > after)
    if at is not None:
        query = query.where(standing(at))
    if area:
        query = query.where(Grid.code.startswith(area, autoescape=True))
    if kind is not None:
        query = query.where(Grid.kind == kind.value)
    if words:
        query = query.where(or_(*(part.icontains(words, autoescape=True) for part in (Grid.code, Grid.name))))
    return list(await session.scalars(query.order_by(Grid.code).limit(limit)))


async def counts(session: AsyncSession, areas: Collection[str]) -> dict[str, int]:
    """How many grids stand in each of these areas (prefixes, all of one length)."""
    if not areas:
        return {}
    area = func.left(Grid.area_code, len(next(iter(areas)))).label("area")
    below = or_(*(Grid.area_code.startswith(one, autoescape=True) for one in areas))
    query = select(area, func.count()).where(below, Grid.valid_to.is_(None)).group_by(area)
    return {code: number for code, number in await session.execute(query)}


async def find(session: AsyncSession, actor: Actor, code: str, *, hold: bool = False) -> Grid | None:
    """A grid of the scope by its code, standing or not; `hold`: locked for this transaction."""
    query = select(Grid).where(Grid.code == code, in_scope(actor))
    found: Grid | None = await session.scalar(query.with_for_update() if hold else query)
    return found


async def of_kind(session: AsyncSession, actor: Actor, area: str, kind: GridKind) -> list[Grid]:
    """The standing grids of a kind in an area (a prefix) of the scope, by code."""
    here = and_(in_scope(actor), Grid.code.startswith(area, autoescape=True), Grid.valid_to.is_(None))
    return list(await session.scalars(select(Grid).where(here, Grid.kind == kind.value).order_by(Grid.code)))


async def suffixes(session: AsyncSession, area: str) -> set[str]:
    """What stands behind the community's code in every grid's code that it ever had. No code is given twice."""
    codes = await session.scalars(select(Grid.code).where(Grid.area_code == area))
    return {code[len(area) :] for code in codes}


async def lock_county(session: AsyncSession, area: str) -> None:
    """Nobody else numbers or draws grids in this county before the transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"grids:{area[:6]}", 0))))


async def standing_below(session: AsyncSession, areas: Collection[str], at: datetime) -> list[Grid]:
    """The grids that stand in these areas (prefixes)."""
    within = or_(*(Grid.code.startswith(area, autoescape=True) for area in areas))
    return list(await session.scalars(select(Grid).where(within, standing(at)).order_by(Grid.code)))


async def any_from_elsewhere(session: AsyncSession, area: str, source: str) -> bool:
    """Whether a grid stands in the area (a prefix) that comes from another source than this."""
    other = Grid.source.is_distinct_from(source)
    query = select(Grid.id).where(Grid.code.startswith(area, autoescape=True), Grid.valid_to.is_(None), other)
    return await session.scalar(query.limit(1)) is not None


async def workers_of(session: AsyncSession, grid_ids: Iterable[int]) -> dict[int, list[int]]:
    """The workers' accounts of each grid, by id."""
    query = select(GridWorker).where(GridWorker.grid_id.in_(list(grid_ids))).order_by(GridWorker.account_id)
    found: dict[int, list[int]] = {}
    for row in await session.scalars(query):
        found.setdefault(row.grid_id, []).append(row.account_id)
    return found


async def set_workers(session: AsyncSession, grid_id: int, accounts: Sequence[int]) -> None:
    """These are the grid's workers now, in place of those before."""
    await session.execute(delete(GridWorker).where(GridWorker.grid_id == grid_id))
    session.add_all([GridWorker(grid_id=grid_id, account_id=account) for account in sorted(set(accounts))])
    await session.flush()


async def people(session: AsyncSession, logins: Collection[str]) -> dict[str, Account]:
    """The active accounts of these logins."""
    query = select(Account).where(Account.login.in_(logins), Account.active)
    return {account.login: account for account in await session.scalars(query)}


async def names_of(session: AsyncSession, ids: Iterable[int | None]) -> dict[int, Account]:
    """The accounts by id, also those that are no longer active."""
    wanted = {one for one in ids if one is not None}
    return {account.id: account for account in await session.scalars(select(Account).where(Account.id.in_(wanted)))}
