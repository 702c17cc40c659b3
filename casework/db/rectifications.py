"""Rectifications 差评整改 as they are read: of a case, and what waits for a unit or an area's follow-up officers."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db.models import Assignment, Case, Clock, Survey, Unit
from casework.db.scope import AREA_ROLES, visible
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, AssignmentKind, ClockName

_TASK = aliased(Assignment)  # the scope names the table itself


@dataclass(frozen=True, slots=True)
class Found:
    """The unit's task, the case's number and title, the unit's name, the answer that asked for it, and its limit (UTC)
    with the instant of the breach, if it is late."""

    task: Assignment
    case_no: str
    title: str
    unit: str
    survey: Survey
    due_at: datetime
    breached_at: datetime | None


def _found() -> Select[Assignment, str, str, str, Survey, datetime, datetime | None]:
    # the answer and the task that it opened were written in one move, at one instant
    asked = and_(Survey.case_id == _TASK.case_id, Survey.at == _TASK.opened_at)
    timed = and_(Clock.assignment_id == _TASK.id, Clock.name == ClockName.RECTIFY.value)
    return (
        select(_TASK, Case.case_no, Case.title, Unit.name, Survey, Clock.due_at, Clock.breached_at)
        .join(Case, Case.id == _TASK.case_id)
        .join(Unit, Unit.id == _TASK.unit_id)
        .join(Survey, asked)
        .join(Clock, and_(Clock.case_id == _TASK.case_id, timed))
        .where(_TASK.kind == AssignmentKind.RECTIFY.value)
    )


async def of_case(session: AsyncSession, case_id: int) -> list[Found]:
    """All of a case, oldest first. Ask for the case in scope first: this looks at none."""
    rows = await session.execute(_found().where(_TASK.case_id == case_id).order_by(_TASK.id))
    return [Found(*row) for row in rows]


async def waiting(session: AsyncSession, actor: Actor, *, after: int | None, limit: int) -> list[Found]:
    """What is not yet put right and ruled on, within the actor's scope, the oldest first."""
    query = visible(_found(), actor).where(_TASK.closed_at.is_(None), Case.rectify_due.is_not(None))
    query = query.where(_concerns(actor), *([_TASK.id > after] if after is not None else []))
    return [Found(*row) for row in await session.execute(query.order_by(_TASK.id).limit(limit))]


def _concerns(actor: Actor) -> ColumnElement[bool]:
    """Units are concerned by their own tasks, the others by what lies in their area."""
    ways: list[ColumnElement[bool]] = []
    if actor.roles & AREA_ROLES and actor.area:
        ways.append(Case.area_code.like(f"{actor.area}%"))
    if actor.roles & UNIT_ROLES and actor.units:
        ways.append(_TASK.unit_id.in_(sorted(actor.units)))
    return or_(*ways) if ways else false()
