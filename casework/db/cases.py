"""Cases: found within a scope, locked first (the lock order is case, then what hangs on it)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Assignment, Case, Clock, Event, Request
from casework.db.scope import visible
from casework.rules.facts import Actor


@dataclass(frozen=True, slots=True)
class Locked:
    """A case that this transaction holds, its request, and the database's time (UTC)."""

    case: Case
    request: Request
    now: datetime


async def lock(session: AsyncSession, case_no: str, actor: Actor) -> Locked | None:
    """Take the case for this transaction, as it stands now even if the session has read it before; None when it is
    not there or not in the actor's scope."""
    query = (
        select(Case, Request, func.now()).join(Request, Request.id == Case.request_id).where(Case.case_no == case_no)
    )
    held = visible(query, actor).with_for_update(of=Case).execution_options(populate_existing=True)
    row = (await session.execute(held)).one_or_none()
    return Locked(*row) if row is not None else None


async def find(session: AsyncSession, case_no: str, actor: Actor) -> Case | None:
    """The case, unlocked; None when it is not there or not in the actor's scope."""
    found: Case | None = await session.scalar(visible(select(Case).where(Case.case_no == case_no), actor))
    return found


async def clocks_of(session: AsyncSession, case_id: int) -> list[Clock]:
    """All clocks of a case, oldest first."""
    return list(await session.scalars(select(Clock).where(Clock.case_id == case_id).order_by(Clock.id)))


async def assignments_of(session: AsyncSession, case_id: int) -> list[Assignment]:
    """All assignments of a case, oldest first."""
    query = select(Assignment).where(Assignment.case_id == case_id).order_by(Assignment.id)
    return list(await session.scalars(query))


async def was_done(session: AsyncSession, case_id: int, request_key: str) -> bool:
    """Whether this request key made an event of the case before."""
    query = select(Event.id).where(Event.case_id == case_id, Event.request_key == request_key)
    return await session.scalar(query) is not None
