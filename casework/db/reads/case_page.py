"""One case as its page shows it 工单详情: the case, its request, clocks, assignments, supplements, surveys, events."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, Assignment, Case, Clock, Event, Request, Supplement, Survey, Unit
from casework.db.scope import visible
from casework.rules.facts import Actor


@dataclass(frozen=True, slots=True)
class CasePage:
    """All that hangs on a case. Assignments come with their unit's name."""

    case: Case
    request: Request
    clocks: Sequence[Clock]
    assignments: Sequence[tuple[Assignment, str]]
    supplements: Sequence[Supplement]
    surveys: Sequence[Survey]


@dataclass(frozen=True, slots=True)
class Step:
    """An event with the names of who made it."""

    event: Event
    account: str | None
    unit: str | None


async def case_page(session: AsyncSession, case_no: str, actor: Actor) -> CasePage | None:
    """The case's page; None when it is not there or not in the actor's scope."""
    query = select(Case, Request).join(Request, Request.id == Case.request_id).where(Case.case_no == case_no)
    row = (await session.execute(visible(query, actor))).one_or_none()
    if row is None:
        return None
    case, request = row
    units = select(Assignment, Unit.name).join(Unit, Unit.id == Assignment.unit_id)
    return CasePage(
        case,
        request,
        (await session.scalars(select(Clock).where(Clock.case_id == case.id).order_by(Clock.id))).all(),
        [
            (row, unit)
            for row, unit in await session.execute(units.where(Assignment.case_id == case.id).order_by(Assignment.id))
        ],
        (
            await session.scalars(select(Supplement).where(Supplement.request_id == request.id).order_by(Supplement.id))
        ).all(),
        (await session.scalars(select(Survey).where(Survey.case_id == case.id).order_by(Survey.id))).all(),
    )


async def timeline(session: AsyncSession, case_id: int) -> list[Step]:
    """All events of a case, oldest first. Ask `case_page` or `find` first: this looks at no scope."""
    query = (
        select(Event, Account.display_name, Unit.name)
        .outerjoin(Account, Account.id == Event.account_id)
        .outerjoin(Unit, Unit.id == Event.unit_id)
        .where(Event.case_id == case_id)
        .order_by(Event.id)
    )
    return [Step(*row) for row in await session.execute(query)]
