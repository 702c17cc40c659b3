"""One case as its page shows it 工单详情: the case, its request, clocks, assignments, supplements, surveys, events."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.cases import Hanging, hanging, supervisions_of
from casework.db.classifying import of_case
from casework.db.models import (
    Account,
    Assignment,
    Case,
    CategorySuggestion,
    Event,
    Request,
    Supervision,
    Supplement,
    Survey,
    Unit,
)
from casework.db.scope import opens, visible
from casework.rules.facts import Actor


@dataclass(frozen=True, slots=True)
class CasePage:
    """All that hangs on a case. Assignments come with their unit's name; main case, followers and the request's
    other cases by number, where the reader may see them."""

    case: Case
    request: Request
    hanging: Hanging
    assignments: Sequence[tuple[Assignment, str]]
    supplements: Sequence[Supplement]
    surveys: Sequence[Survey]
    supervisions: Sequence[Supervision]
    main_case_no: str | None
    followers: Sequence[str]
    beside: Sequence[str]
    suggestion: CategorySuggestion | None


@dataclass(frozen=True, slots=True)
class Step:
    """An event with the names of who made it."""

    event: Event
    account: str | None
    unit: str | None


async def case_page(session: AsyncSession, case_no: str, actor: Actor) -> CasePage | None:
    """The case's page; None when it is not there or not in the actor's scope."""
    query = select(Case, Request).join(Request, Request.id == Case.request_id).where(Case.case_no == case_no)
    row = (await session.execute(opens(query, actor))).one_or_none()
    if row is None:
        return None
    case, request = row
    hangs = await hanging(session, case)
    names = {unit.id: unit.name for unit in await session.scalars(_units_of(hangs))}
    return CasePage(
        case,
        request,
        hangs,
        [(row, names[row.unit_id]) for row in hangs.assignments],
        (
            await session.scalars(select(Supplement).where(Supplement.request_id == request.id).order_by(Supplement.id))
        ).all(),
        (await session.scalars(select(Survey).where(Survey.case_id == case.id).order_by(Survey.id))).all(),
        await supervisions_of(session, case.id),
        await session.scalar(visible(select(Case.case_no).where(Case.id == case.main_case_id), actor)),
        (await session.scalars(visible(select(Case.case_no).where(Case.main_case_id == case.id), actor))).all(),
        (await session.scalars(visible(_beside(case), actor))).all(),
        await of_case(session, case.id),
    )


def _beside(case: Case) -> Select[str]:
    return select(Case.case_no).where(Case.request_id == case.request_id, Case.id != case.id).order_by(Case.id)


def _units_of(hangs: Hanging) -> Select[Unit]:
    return select(Unit).where(Unit.id.in_({row.unit_id for row in hangs.assignments}))


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
