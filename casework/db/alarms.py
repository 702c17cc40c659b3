"""Calls for help 一键求助: one's own, and those of one's area."""

from sqlalchemy import ColumnElement, Select, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, Alarm
from casework.rules.facts import Actor
from casework.rules.words import Role

CALLERS = frozenset({Role.GRID_WORKER, Role.COMMUNITY, Role.STREET, Role.UNIT, Role.UNIT_LEAD, Role.MEDIATOR})
"""Who works outside."""
ANSWERERS = frozenset({Role.DISPATCHER, Role.SUPERVISION, Role.LEADER, Role.COMMUNITY, Role.STREET})
"""Who sends help: the centre, and the community and street of the area."""


def _in_scope(actor: Actor) -> ColumnElement[bool]:
    ways = [Alarm.account_id == actor.account_id]
    if actor.roles & ANSWERERS and actor.area:
        ways.append(Alarm.area_code.startswith(actor.area, autoescape=True))
    return or_(*ways) if actor.account_id is not None else false()


def _seen(actor: Actor) -> Select[Alarm, Account]:
    return select(Alarm, Account).join(Account, Account.id == Alarm.account_id).where(_in_scope(actor))


async def known(session: AsyncSession, account_id: int, request_key: str) -> Alarm | None:
    """The call that was made under this key before."""
    query = select(Alarm).where(Alarm.account_id == account_id, Alarm.request_key == request_key)
    return await session.scalar(query)


async def of_scope(session: AsyncSession, actor: Actor, *, limit: int) -> list[tuple[Alarm, Account]]:
    """Calls with who made them, unanswered first, then the newest."""
    query = _seen(actor).order_by(Alarm.answered_at.is_not(None), Alarm.id.desc()).limit(limit)
    return [(alarm, caller) for alarm, caller in await session.execute(query)]


async def lock(session: AsyncSession, actor: Actor, alarm_id: int) -> tuple[Alarm, Account] | None:
    """A call of the scope, held for this transaction."""
    query = _seen(actor).where(Alarm.id == alarm_id).with_for_update(of=Alarm)
    row = (await session.execute(query)).one_or_none()
    return (row[0], row[1]) if row is not None else None
