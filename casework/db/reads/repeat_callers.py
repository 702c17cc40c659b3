"""重复来电人: numbers from which many requests came, with their cases; who it is, stays masked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Request
from casework.db.models.cohorts import came_in
from casework.db.scope import visible
from casework.rules.facts import Actor

SHOWN = 20
"""Numbers of cases that a line names; they are counted all."""


@dataclass(frozen=True, slots=True)
class RepeatCaller:
    """`phone_sealed` of the newest request; `case_nos` newest first, `categories` in how many of the tree's."""

    phone_sealed: bytes
    cases: int
    categories: int
    case_nos: Sequence[str]


async def repeat_callers(
    session: AsyncSession, actor: Actor, *, days: int, least: int, after: int, limit: int
) -> list[RepeatCaller]:
    """Numbers with at least so many accepted cases in the last `days` days, most first; the page after so many lines.

    Secret (保密) and anonymous requests are left out: they are not to be put together.
    """
    newest = aggregate_order_by(Case.case_no, Case.id.desc())
    sealed = aggregate_order_by(Request.phone_sealed, Case.id.desc())
    count = func.count()
    query = (
        select(
            func.array_agg(sealed),
            count,
            func.count(Case.category.distinct()),
            func.array_agg(newest),
        )
        .join(Request, Request.id == Case.request_id)
        .where(
            Case.accepted_at.is_not(None),
            came_in >= func.now() - timedelta(days=days),
            Request.phone_index.is_not(None),
            Request.phone_sealed.is_not(None),
            ~Request.secret,
            ~Request.anonymous,
        )
        .group_by(Request.phone_index)
        .having(count >= least)
        .order_by(count.desc(), func.max(Case.id).desc())
        .offset(after)
        .limit(limit)
    )
    found = await session.execute(visible(query, actor))
    return [
        RepeatCaller(phones[0], cases, categories, numbers[:SHOWN])
        for phones, cases, categories, numbers in found
        if phones[0] is not None
    ]
