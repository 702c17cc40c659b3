"""Cases: found within a scope, locked first (the lock order is case, then what hangs on it)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Assignment, Case, Clock, Event, Motion, Request, Supervision, Whistle, WhistleCall
from casework.db.scope import opens, visible
from casework.rules.facts import Actor
from casework.rules.numbers import case_number


@dataclass(frozen=True, slots=True)
class Locked:
    """A case that this transaction holds, its request, and the database's time (UTC)."""

    case: Case
    request: Request
    now: datetime


@dataclass(slots=True)
class Hanging:
    """What hangs on a case: its clocks, assignments, motions, whistles with those called and, while one is open,
    supervisions, oldest first."""

    clocks: list[Clock] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    motions: list[Motion] = field(default_factory=list)
    supervisions: list[Supervision] = field(default_factory=list)
    whistles: list[Whistle] = field(default_factory=list)
    calls: list[WhistleCall] = field(default_factory=list)


async def hanging(session: AsyncSession, case: Case) -> Hanging:
    """All that hangs on a case. What few cases have is asked for only where there is any."""
    return Hanging(
        await clocks_of(session, case.id),
        await assignments_of(session, case.id),
        await motions_of(session, case.id) if case.motions else [],
        await supervisions_of(session, case.id) if case.supervised else [],
        await whistles_of(session, case.id) if case.whistles else [],
        await calls_of(session, case.id) if case.whistles else [],
    )


async def lock(session: AsyncSession, case_no: str, actor: Actor) -> Locked | None:
    """Take the case for this transaction, as it stands now even if the session has read it before; None when it is
    not there or not in the actor's scope."""
    query = (
        select(Case, Request, func.now()).join(Request, Request.id == Case.request_id).where(Case.case_no == case_no)
    )
    held = visible(query, actor).with_for_update(of=Case).execution_options(populate_existing=True)
    row = (await session.execute(held)).one_or_none()
    return Locked(*row) if row is not None else None


async def hold_in_order(session: AsyncSession, case_nos: Sequence[str]) -> None:
    """Lock several cases, the older first, so that two who merge crosswise wait for one another and do not deadlock."""
    held = select(Case.id).where(Case.case_no.in_(case_nos)).order_by(Case.id).with_for_update()
    await session.execute(held)


async def following(session: AsyncSession, main_id: int) -> list[tuple[Case, Request]]:
    """The cases that follow a main case, locked, with their requests; the oldest first."""
    query = select(Case, Request).join(Request, Request.id == Case.request_id).where(Case.main_case_id == main_id)
    return [(row[0], row[1]) for row in await session.execute(query.order_by(Case.id).with_for_update(of=Case))]


async def find(session: AsyncSession, case_no: str, actor: Actor) -> Case | None:
    """The case, unlocked; None when it is not there or not in the actor's scope."""
    found: Case | None = await session.scalar(opens(select(Case).where(Case.case_no == case_no), actor))
    return found


async def clocks_of(session: AsyncSession, case_id: int) -> list[Clock]:
    """All clocks of a case, oldest first."""
    return list(await session.scalars(select(Clock).where(Clock.case_id == case_id).order_by(Clock.id)))


async def assignments_of(session: AsyncSession, case_id: int) -> list[Assignment]:
    """All assignments of a case, oldest first."""
    query = select(Assignment).where(Assignment.case_id == case_id).order_by(Assignment.id)
    return list(await session.scalars(query))


async def motions_of(session: AsyncSession, case_id: int) -> list[Motion]:
    """All motions of a case, oldest first."""
    return list(await session.scalars(select(Motion).where(Motion.case_id == case_id).order_by(Motion.id)))


async def supervisions_of(session: AsyncSession, case_id: int) -> list[Supervision]:
    """All supervisions of a case, oldest first."""
    query = select(Supervision).where(Supervision.case_id == case_id).order_by(Supervision.no)
    return list(await session.scalars(query))


async def whistles_of(session: AsyncSession, case_id: int) -> list[Whistle]:
    """All whistles of a case, oldest first."""
    return list(await session.scalars(select(Whistle).where(Whistle.case_id == case_id).order_by(Whistle.no)))


async def calls_of(session: AsyncSession, case_id: int) -> list[WhistleCall]:
    """All departments that a case's whistles called, oldest first."""
    return list(
        await session.scalars(select(WhistleCall).where(WhistleCall.case_id == case_id).order_by(WhistleCall.id))
    )


async def next_number(session: AsyncSession, request: Request) -> str:
    """The number of one more case of the request (words.md §1); the request is held, so that no two get the same."""
    await session.execute(select(Request.id).where(Request.id == request.id).with_for_update())
    there = await session.scalar(select(func.count()).select_from(Case).where(Case.request_id == request.id))
    return case_number(request.request_no, (there or 0) + 1)


async def was_done(session: AsyncSession, case_id: int, request_key: str) -> bool:
    """Whether this request key made an event of the case before."""
    query = select(Event.id).where(Event.case_id == case_id, Event.request_key == request_key)
    return await session.scalar(query) is not None
