"""居民小组长: the register of the residents' groups' leaders."""

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import GroupLeader
from casework.rules.facts import Actor


def _in_scope(actor: Actor) -> ColumnElement[bool]:
    return GroupLeader.area_code.startswith(actor.area or "-", autoescape=True)


def _standing() -> ColumnElement[bool]:
    return or_(GroupLeader.valid_to.is_(None), GroupLeader.valid_to > func.now())


async def page(session: AsyncSession, actor: Actor, *, area: str, after: int, limit: int) -> list[GroupLeader]:
    """Those who stand now, in the scope, by id."""
    query = select(GroupLeader).where(_in_scope(actor), _standing(), GroupLeader.id > after)
    if area:
        query = query.where(GroupLeader.area_code.startswith(area, autoescape=True))
    return list(await session.scalars(query.order_by(GroupLeader.id).limit(limit)))


async def find(session: AsyncSession, actor: Actor, leader_id: int) -> GroupLeader | None:
    """One who stands now, in the scope; held for this transaction."""
    query = select(GroupLeader).where(GroupLeader.id == leader_id, _in_scope(actor), _standing())
    found: GroupLeader | None = await session.scalar(query.with_for_update())
    return found
