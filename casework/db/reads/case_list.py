"""The list of cases for an export 工单清单: those an actor may read, oldest first, some thousand at a time.

Read by the id onward, not by one cursor for all: a cursor ends with its worker, and holds a transaction for minutes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Unit
from casework.db.reads.judged import judged
from casework.db.reads.questions import Question
from casework.db.reads.supervisor import filtered
from casework.db.scope import visible
from casework.rules.facts import Actor

Chosen = Select[*tuple[Any, ...]]


async def extent(session: AsyncSession, actor: Actor, question: Question, observed: datetime) -> tuple[int, int]:
    """How many there are now, and the id of the newest."""
    query: Chosen = select(func.count(), func.coalesce(func.max(Case.id), 0)).select_from(Case)
    row = (await session.execute(_chosen(query, actor, question, observed))).one()
    return int(row[0]), int(row[1])


async def page(
    session: AsyncSession, actor: Actor, question: Question, observed: datetime, after: int, last: int, limit: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Those with an id above `after`, up to `last`; at most `limit`."""
    how = judged(question.view, question.period, observed)
    names = (Case.id, Case.case_no, Case.status, Case.kind, Case.category, Case.urgency, Case.channel, Case.area_code)
    times = (Case.created_at, Case.accepted_at, how.due.label("due"), Case.completed_at)
    stands = (how.responded.label("responded"), how.on_time.label("on_time"), how.exclusion.label("exclusion"))
    more = (Case.title, Case.guarded, Case.solved, Case.satisfaction, Case.rework_count, Unit.name.label("unit"))
    query: Chosen = select(*names, *times, *stands, *more).select_from(Case)
    query = _chosen(query.outerjoin(Unit, Unit.id == Case.lead_unit_id), actor, question, observed)
    query = query.where(Case.id > after, Case.id <= last).order_by(Case.id).limit(limit)
    return (await session.execute(query)).all()


def _chosen(query: Chosen, actor: Actor, question: Question, observed: datetime) -> Chosen:
    fell_in = judged(question.view, question.period, observed).fell_in
    return filtered(visible(query, actor), question).where(fell_in)
