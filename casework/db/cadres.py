"""包联干部 of grids: who is packaged with which, and who is still to be told of a serious case."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import asyncpg
from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, Grid, GridCadre
from casework.rules.facts import Actor

TOPIC = "CADRE_SERIOUS"

# what is urgent in a grid (its code is the case's place) and still owed, for each cadre of that grid that was not told
_TO_TELL = """
WITH due AS (
    SELECT c.id AS case_id, p.id AS cadre_id, p.account_id
    FROM cases c
    JOIN grid g ON g.code = c.area_code
    JOIN grid_cadre p ON p.grid_id = g.id AND p.valid_from <= now() AND (p.valid_to IS NULL OR p.valid_to > now())
    JOIN account a ON a.id = p.account_id AND a.active
    WHERE c.urgency IN ('E0', 'E1') AND c.queue_rank IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM cadre_told t WHERE t.case_id = c.id AND t.cadre_id = p.id)
    ORDER BY c.id LIMIT $1
), told AS (
    INSERT INTO cadre_told (case_id, cadre_id) SELECT case_id, cadre_id FROM due
    ON CONFLICT DO NOTHING RETURNING case_id, cadre_id
)
INSERT INTO notice (case_id, audience, channel, topic, account_id)
SELECT due.case_id, 'LEADER', 'staff', $2, due.account_id FROM due JOIN told USING (case_id, cadre_id)
"""


class Packaged(NamedTuple):
    """A packaging with the cadre's account."""

    row: GridCadre
    account: Account


def _now() -> ColumnElement[bool]:
    begun = GridCadre.valid_from <= func.now()
    return and_(begun, or_(GridCadre.valid_to.is_(None), GridCadre.valid_to > func.now()))


async def current(session: AsyncSession, grid_id: int) -> list[int]:
    """The accounts of the cadres that are packaged with the grid now, the first packaged first."""
    query = select(GridCadre.account_id).where(GridCadre.grid_id == grid_id, _now()).order_by(GridCadre.id)
    return list(await session.scalars(query))


async def grids_of(session: AsyncSession, account_id: int) -> frozenset[str]:
    """The codes of the grids that the account is packaged with now."""
    query = select(Grid.code).join(GridCadre, GridCadre.grid_id == Grid.id)
    return frozenset(await session.scalars(query.where(GridCadre.account_id == account_id, _now())))


async def of_grid(session: AsyncSession, grid_id: int) -> Sequence[Packaged]:
    """All packagings of the grid, over or not, newest first."""
    query = select(GridCadre, Account).join(Account, Account.id == GridCadre.account_id)
    rows = await session.execute(query.where(GridCadre.grid_id == grid_id).order_by(GridCadre.id.desc()))
    return [Packaged(*row) for row in rows]


async def find(session: AsyncSession, actor: Actor, cadre_id: int) -> GridCadre | None:
    """A packaging of a grid of the scope that is not over; held for this transaction."""
    query = select(GridCadre).join(Grid, Grid.id == GridCadre.grid_id)
    query = query.where(GridCadre.id == cadre_id, or_(GridCadre.valid_to.is_(None), GridCadre.valid_to > func.now()))
    query = query.where(Grid.code.startswith(actor.area or "-", autoescape=True))
    found: GridCadre | None = await session.scalar(query.with_for_update(of=GridCadre))
    return found


async def overlaps(session: AsyncSession, grid_id: int, account_id: int, start: datetime, end: datetime | None) -> bool:
    """Whether this cadre is packaged with this grid at some time of that stretch already."""
    query = select(GridCadre.id).where(GridCadre.grid_id == grid_id, GridCadre.account_id == account_id)
    query = query.where(or_(GridCadre.valid_to.is_(None), GridCadre.valid_to > start))
    if end is not None:
        query = query.where(GridCadre.valid_from < end)
    return await session.scalar(query.limit(1)) is not None


async def set_current(session: AsyncSession, grid_id: int, account_id: int | None, by: int | None) -> None:
    """This cadre and no other from now on; who is packaged already stays so."""
    now_there = await current(session, grid_id)
    if account_id not in now_there or len(now_there) > 1:
        others = and_(GridCadre.grid_id == grid_id, _now(), GridCadre.account_id != (account_id or 0))
        await _end(session, others)
    if account_id is not None and account_id not in now_there:
        session.add(GridCadre(grid_id=grid_id, account_id=account_id, assigned_by=by))
        await session.flush()


async def _end(session: AsyncSession, which: ColumnElement[bool]) -> None:
    """Over from now on; what began in this very transaction never was."""
    await session.execute(delete(GridCadre).where(which, GridCadre.valid_from >= func.now()))
    await session.execute(update(GridCadre).where(which).values(valid_to=func.now()))


async def move_over(session: AsyncSession, old: int, new: int) -> None:
    """改划边界: whoever is packaged with the grid that ends is packaged with the one that takes its place."""
    query = select(GridCadre).where(GridCadre.grid_id == old, _now()).order_by(GridCadre.id)
    for row in await session.scalars(query):
        kept = {"account_id": row.account_id, "valid_to": row.valid_to, "note": row.note}
        session.add(GridCadre(grid_id=new, assigned_by=row.assigned_by, **kept))
    await _end(session, and_(GridCadre.grid_id == old, _now()))


async def tell(db: asyncpg.Pool, *, limit: int) -> int:
    """包联告知: a notice to each cadre about each serious case of its grid, once; how many."""
    said: str = await db.execute(_TO_TELL, limit, TOPIC)
    return int(said.rsplit(" ", 1)[-1])
