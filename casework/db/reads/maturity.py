"""成熟: whether a period's figures can still change otherwise than by a revocation (domain.md §6 view B)."""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import WAITING, Case, came_in
from casework.db.reads.questions import Question
from casework.db.reads.supervisor import Chosen, filtered
from casework.db.scope import visible
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.rates import View

_OPEN = and_(WAITING, Case.completed_at.is_(None), Case.accepted_at.is_not(None))


async def maturity(session: AsyncSession, actor: Actor, question: Question, observed: datetime) -> dict[View, bool]:
    """By basis, at `observed`: the period is over, and nothing in it is open and still in time."""
    over = question.period.end <= observed
    period = question.period
    accepted = and_(Case.accepted_at >= period.start, Case.accepted_at < period.end)
    waits = await _any(session, actor, question, accepted, _in_time(observed))
    return {View.A: over, View.B: over and not waits, View.C: over}


async def newest_mature(session: AsyncSession, actor: Actor, question: Question, observed: datetime) -> date | None:
    """The first day of the latest whole month at whose end, and before, nothing accepted is open in time any more; None
    if no case is older than that."""
    oldest = select(func.min(Case.accepted_at)).where(_OPEN, _in_time(observed))
    waiting_from = await session.scalar(filtered(visible(oldest, actor), question))
    before = min(day_of(waiting_from or observed).replace(day=1), day_of(observed).replace(day=1))
    month = (before - timedelta(days=1)).replace(day=1)
    oldest = select(func.min(came_in)).where(Case.accepted_at.is_not(None))
    first: datetime | None = await session.scalar(filtered(visible(oldest, actor), question))
    return month if first is not None and day_of(first).replace(day=1) <= month else None


def _in_time(observed: datetime) -> ColumnElement[bool]:
    return or_(Case.finish_due.is_(None), Case.finish_due >= observed)


async def _any(session: AsyncSession, actor: Actor, question: Question, *only: ColumnElement[bool]) -> bool:
    query: Chosen = filtered(visible(select(Case.id).where(_OPEN, *only), actor), question)
    return bool(await session.scalar(select(exists(query))))
