"""What the screens show of disputes: a page of the list, a dispute's history."""

from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, Case, Dispute, DisputeEvent
from casework.db.scope import visible_disputes
from casework.rules.facts import Actor


@dataclass(frozen=True, slots=True)
class Shown:
    """A dispute with its case's number and its mediator's name."""

    dispute: Dispute
    case_no: str | None
    mediator: str | None


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a dispute's history, with who did it."""

    event: DisputeEvent
    account: str | None


async def page(
    session: AsyncSession, actor: Actor, *, status: str | None, risk: str | None, mine: bool, after: int, limit: int
) -> list[Shown]:
    """The actor's disputes, newest first; `after` is the id of the last one seen, 0 at the start; `mine`: those that
    the actor mediates."""
    query = _with_names().order_by(Dispute.id.desc()).limit(limit)
    if status is not None:
        query = query.where(Dispute.status == status)
    if risk is not None:
        query = query.where(Dispute.risk == risk)
    if mine:
        query = query.where(Dispute.mediator_id == actor.account_id)
    if after:
        query = query.where(Dispute.id < after)
    return [Shown(*row) for row in await session.execute(visible_disputes(query, actor))]


async def shown(session: AsyncSession, dispute_no: str, actor: Actor) -> Shown | None:
    """One dispute; None when it is not there or not in the actor's scope."""
    query = visible_disputes(_with_names().where(Dispute.dispute_no == dispute_no), actor)
    row = (await session.execute(query)).one_or_none()
    return Shown(*row) if row is not None else None


async def history(session: AsyncSession, dispute_id: int) -> list[Happened]:
    """All that happened, oldest first."""
    query = (
        select(DisputeEvent, Account.display_name)
        .outerjoin(Account, Account.id == DisputeEvent.account_id)
        .where(DisputeEvent.dispute_id == dispute_id)
        .order_by(DisputeEvent.id)
    )
    return [Happened(*row) for row in await session.execute(query)]


def _with_names() -> Select[Dispute, str, str]:
    return (
        select(Dispute, Case.case_no, Account.display_name)
        .outerjoin(Case, Case.id == Dispute.case_id)
        .outerjoin(Account, Account.id == Dispute.mediator_id)
    )
