"""Both directions measured 双向时效: of the clocks that fell due in a period, how many were kept, clock by clock.

中心接件 is measured by DISPATCH and what follows, 网格呼叫 by RESPOND, the centre's answer to the grid. A clock whose
promise was cancelled counts nowhere, nor does praise (words.md §4); one that is due later, and still runs, does not
count yet.
"""

from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Clock
from casework.db.reads.questions import Question
from casework.db.reads.supervisor import Chosen, filtered
from casework.db.scope import in_figures
from casework.rules.facts import Actor
from casework.rules.rates import Rate
from casework.rules.words import ClockName, Direction, Kind


@dataclass(frozen=True, slots=True)
class Punctuality:
    """时钟及时率 of one clock in one direction: kept in time ÷ fallen due."""

    direction: Direction
    clock: ClockName
    rate: Rate


async def punctuality(session: AsyncSession, actor: Actor, question: Question) -> list[Punctuality]:
    """One line for each direction and clock that occurred in the period, within the actor's scope and the filters."""
    period = question.period
    settled_at = func.coalesce(Clock.stopped_at, Clock.filed_at)
    fell_due = and_(Clock.due_at >= period.start, Clock.due_at < period.end)
    query: Chosen = (
        select(
            Case.direction,
            Clock.name,
            func.count().label("due"),
            func.count().filter(settled_at <= Clock.due_at).label("kept"),
        )
        .join(Case, Case.id == Clock.case_id)
        .where(fell_due, Clock.state != "CANCELLED", or_(settled_at.is_not(None), Clock.due_at <= func.now()))
        .group_by(Case.direction, Clock.name)
        .order_by(Case.direction, Clock.name)
    )
    query = query.where(Case.kind.is_distinct_from(Kind.PRAISE.value))
    rows = await session.execute(filtered(in_figures(query, actor), question))
    return [Punctuality(Direction(row.direction), ClockName(row.name), Rate(row.kept, row.due)) for row in rows]
