"""网格事项准入: the register's rows."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, false, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db.models import Account, GridItem
from casework.rules.facts import Actor
from casework.rules.grid_items import AdmittedItem
from casework.rules.words import GridKind


class Registered(NamedTuple):
    """An entry with who asked and who decided."""

    row: GridItem
    asker: Account
    decider: Account | None


def _in_scope(actor: Actor) -> ColumnElement[bool]:
    """The entries of the actor's area, and those that hold for a wider one."""
    if not actor.area:
        return false()
    wider = literal(actor.area).startswith(GridItem.area_code)
    return or_(GridItem.area_code.startswith(actor.area, autoescape=True), wider)


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    area: str,
    state: str | None,
    category: str,
    after: int | None,
    limit: int,
) -> Sequence[Registered]:
    """The entries of the scope, newest first."""
    other = aliased(Account)
    query = select(GridItem, Account, other).join(Account, Account.id == GridItem.asked_by)
    query = query.outerjoin(other, other.id == GridItem.decided_by).where(_in_scope(actor))
    if area:
        query = query.where(GridItem.area_code.startswith(area, autoescape=True))
    if state:
        query = query.where(GridItem.state == state)
    if category:
        query = query.where(GridItem.category.startswith(category, autoescape=True))
    if after is not None:
        query = query.where(GridItem.id < after)
    rows = await session.execute(query.order_by(GridItem.id.desc()).limit(limit))
    return [Registered(*row) for row in rows]


async def find(session: AsyncSession, actor: Actor, item_id: int) -> GridItem | None:
    """An entry of the actor's own area; held for this transaction."""
    query = select(GridItem).where(GridItem.id == item_id)
    query = query.where(GridItem.area_code.startswith(actor.area or "-", autoescape=True))
    found: GridItem | None = await session.scalar(query.with_for_update())
    return found


async def waiting_or_standing(session: AsyncSession, category: str, area: str, day: date) -> bool:
    """Whether the same item for the same area waits for its admission, or holds on that day or later."""
    same = select(GridItem.id).where(GridItem.category == category, GridItem.area_code == area)
    live = or_(GridItem.state == "ASKED", (GridItem.state == "ADMITTED") & (GridItem.valid_to > day))
    return await session.scalar(same.where(live).limit(1)) is not None


async def admitted_for(session: AsyncSession, area: str, category: str | None) -> list[AdmittedItem]:
    """All that was ever admitted and not taken back, for that place and that category."""
    covers = literal(area).startswith(GridItem.area_code) & literal(category or "").startswith(GridItem.category)
    query = select(GridItem).where(GridItem.state == "ADMITTED", covers).order_by(GridItem.id)
    return [as_item(row) for row in await session.scalars(query)]


def as_item(row: GridItem) -> AdmittedItem:
    """The row as the rules see it."""
    kinds = frozenset(GridKind(kind) for kind in row.kinds)
    return AdmittedItem(row.category, row.area_code, row.valid_from, row.valid_to, kinds)


async def today(session: AsyncSession) -> date:
    """The day it is in Asia/Shanghai, by the database's clock."""
    found: date = await session.scalar(select(func.date(func.timezone("Asia/Shanghai", func.now())))) or date.min
    return found
