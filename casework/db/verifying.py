"""核实: the verifying tasks that wait for a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Assignment, Case, Clock, Request
from casework.rules.facts import Actor
from casework.rules.words import AssignmentKind, ClockName, Role


@dataclass(frozen=True, slots=True)
class OpenVerify:
    """A task that waits: its case, what was reported, whose it is, and until when (UTC)."""

    case: Case
    request: Request
    given_to: int | None
    given_at: datetime
    due_at: datetime


def _waits_for(actor: Actor) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if Role.GRID_WORKER in actor.roles and actor.account_id is not None:
        ways.append(Assignment.account_id == actor.account_id)
    if actor.roles & {Role.COMMUNITY, Role.STREET} and actor.units:
        ways.append(and_(Assignment.account_id.is_(None), Assignment.unit_id.in_(sorted(actor.units))))
    return or_(*ways) if ways else false()


async def open_verifies(session: AsyncSession, actor: Actor, *, limit: int) -> list[OpenVerify]:
    """What waits for the actor, the nearest limit first."""
    query = (
        select(Case, Request, Assignment.account_id, Assignment.opened_at, Clock.due_at)
        .join(Request, Request.id == Case.request_id)
        .join(Assignment, Assignment.case_id == Case.id)
        .join(Clock, Clock.assignment_id == Assignment.id)
        .where(Assignment.kind == AssignmentKind.VERIFY.value, Assignment.closed_at.is_(None), _waits_for(actor))
        .where(Clock.case_id == Case.id, Clock.name == ClockName.INNER.value, Clock.state == "RUNNING")
        .order_by(Clock.due_at, Case.id)
        .limit(limit)
    )
    return [OpenVerify(*row) for row in await session.execute(query)]
