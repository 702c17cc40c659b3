"""The ledger 挂账 as it is read: what is listed, with the plan as it stands and when it was last looked at."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, LedgerReview, Motion, Unit
from casework.db.scope import visible
from casework.rules.facts import Actor
from casework.rules.words import MotionKind, Ruling


@dataclass(frozen=True, slots=True)
class Listed:
    """A case on the ledger. `motion`: what was asked for and approved. `planned_for`: by the latest review that named a
    date, else as approved. `overdue`: its review is (the database's time)."""

    case: Case
    motion: Motion
    unit: str | None
    planned_for: datetime | None
    reviews: int
    reviewed_at: datetime | None
    overdue: bool


async def listed(session: AsyncSession, actor: Actor, *, limit: int) -> list[Listed]:
    """The ledger within the actor's scope, the review that is due soonest first."""
    review = LedgerReview
    mine = (review.case_id == Case.id, review.reviewed_at >= Motion.ruled_at)
    newest = select(review.planned_for).where(*mine, review.planned_for.is_not(None))
    query = (
        select(
            Case,
            Motion,
            Unit.name,
            func.coalesce(newest.order_by(review.id.desc()).limit(1).scalar_subquery(), Motion.until),
            select(func.count()).select_from(review).where(*mine).scalar_subquery(),
            select(func.max(review.reviewed_at)).where(*mine).scalar_subquery(),
            Case.ledger_review_due < func.now(),
        )
        .join(Motion, Motion.case_id == Case.id)
        .outerjoin(Unit, Unit.id == Case.lead_unit_id)
        .where(Case.on_ledger, Motion.kind == MotionKind.LEDGER.value)
        .where(Motion.ruling == Ruling.GRANTED.value, Motion.ended_at.is_(None))
        .order_by(Case.ledger_review_due, Case.id)
    )
    return [Listed(*row) for row in await session.execute(visible(query, actor).limit(limit))]
