"""现场任务移交: what was given to a grid worker who is away or has left goes to who is on duty for the grid.

Where nobody is, the community's people see to it.
"""

from dataclasses import dataclass

from sqlalchemy import func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.grid_duty import away_now, grid_duty, grids_served
from casework.db.models import Account, Assignment, Case, Event, Notice
from casework.db.workers import community_unit
from casework.journey.city import City
from casework.journey.standing import ON_THE_SPOT
from casework.rules.words import AssignmentKind, Record, Role

BATCH = 200


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A task's case, and the login that has it now; None: the community's people see to it."""

    case_no: str
    to: str | None


async def hand_over(session: AsyncSession, *, account_id: int | None = None, limit: int = BATCH) -> list[HandedOver]:
    """All open on-site tasks (核实, 核查) whose worker is not there, or those of one account. A repeat finds none."""
    no_worker = literal(Role.GRID_WORKER.value) != func.all(Account.roles)
    gone = or_(~Account.active, no_worker, away_now(Account.id))
    query = (
        select(Case, Assignment)
        .join(Assignment, Assignment.case_id == Case.id)
        .join(Account, Account.id == Assignment.account_id)
        .where(Assignment.kind.in_(ON_THE_SPOT), Assignment.closed_at.is_(None), gone)
    )
    if account_id is not None:
        query = query.where(Account.id == account_id)
    held = query.order_by(Case.id).limit(limit).with_for_update(of=Case, skip_locked=account_id is None)
    return [await _pass_on(session, case, task) for case, task in (await session.execute(held)).all()]


async def hand_over_once(city: City) -> int:
    """The worker's sweep: for leaves that begin, and whatever else made a worker leave; how many."""
    async with city.database.transaction() as session:
        return len(await hand_over(session))


async def _pass_on(session: AsyncSession, case: Case, task: Assignment) -> HandedOver:
    before = task.account_id
    heir = await _heir(session, case, before)
    if heir is not None and heir.unit_id is not None:
        task.account_id, task.unit_id = heir.id, heir.unit_id
    else:
        task.account_id, task.unit_id = None, await community_unit(session, case.area_code) or task.unit_id
    if task.kind == AssignmentKind.CHECK:
        case.check_unit_id, case.checker_id = task.unit_id, task.account_id
    data = {"task": task.kind, "from": before, "to": task.account_id, "unit": task.unit_id}
    event = {"action": Record.HANDED_OVER.value, "role": Role.SYSTEM.value, "data": data}
    session.add(Event(case_id=case.id, at=func.now(), **event))
    session.add(
        Notice(
            case_id=case.id,
            audience=(Role.GRID_WORKER if task.account_id else Role.COMMUNITY).value,
            channel="staff",
            topic=Record.HANDED_OVER.value,
            unit_id=None if task.account_id else task.unit_id,
            account_id=task.account_id,
        )
    )
    await session.flush()
    return HandedOver(case.case_no, heir.login if heir is not None else None)


async def _heir(session: AsyncSession, case: Case, before: int | None) -> Account | None:
    """Who is on duty for a grid of the one who left, or else for the case's, if it had no part in what is looked at."""
    for grid in await grids_served(session, before or 0, case.area_code):
        found = await grid_duty(session, grid)
        if found is not None and found.account not in (before, case.filed_by, case.reporter_id):
            return await session.get(Account, found.account)
    return None
