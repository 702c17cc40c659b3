"""What verifying 核实 writes: a grid worker is asked to look before the matter is filed; what was found stays in the
history. To whom it goes is asked here too: the worker on duty for the grid, of an item that is admitted there."""

from dataclasses import dataclass
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import grid_items, grids
from casework.db.checks import Checker
from casework.db.grid_duty import grid_duty
from casework.db.models import Account, Assignment, Case
from casework.journey import clockwork
from casework.journey.standing import open_verify, timing_of
from casework.journey.writing import Writing, close_verify
from casework.rules import asks
from casework.rules.facts import Actor
from casework.rules.grid_items import why_not
from casework.rules.transitions import Transition
from casework.rules.words import AssignmentKind, ClockName, GridKind, Urgency


@dataclass(frozen=True, slots=True)
class Errand:
    """Who would look, or why it cannot be sent."""

    verifier: Checker | None = None
    fault: str | None = None


async def errand_of(session: AsyncSession, case: Case, actor: Actor, ask: asks.Ask) -> Errand:
    """The errand that the ask means: to the grid that it names, else to the one that the case lies in."""
    if not isinstance(ask, asks.AskVerify):
        return Errand()
    grid = await grids.find(session, actor, ask.grid or case.area_code)
    if grid is None or grid.valid_to is not None or not _about(case, grid.code):
        return Errand(fault="VERIFY_GRID_UNKNOWN")
    admitted = await grid_items.admitted_for(session, grid.code, case.category)
    day = await grid_items.today(session)
    fault = why_not(admitted, case.category, grid.code, GridKind(grid.kind), day)
    if fault is not None:
        return Errand(fault=fault)
    duty = await grid_duty(session, grid.id)
    account = await session.get(Account, duty.account) if duty is not None else None
    if account is None or account.unit_id is None:
        return Errand(fault="VERIFY_NOBODY")
    if account.id == case.reporter_id:
        return Errand(fault="VERIFY_OWN_REPORT")
    return Errand(Checker(account.unit_id, account.id))


def _about(case: Case, grid: str) -> bool:
    """The grid lies where the case does, as far as that is known."""
    return grid.startswith(case.area_code) or case.area_code == grid


async def asked(w: Writing, row: Transition) -> None:
    """派核实: a task of its own with its own time, for the worker on duty."""
    assert w.checker is not None
    task = Assignment(
        case_id=w.case.id,
        unit_id=w.checker.unit_id,
        account_id=w.checker.account_id,
        kind=AssignmentKind.VERIFY.value,
        hop=len(w.assignments) + 1,
        opened_at=w.now,
    )
    w.pen.add(task)
    w.assignments.append(task)
    response, urgency = w.city.catalog.response, Urgency(w.case.urgency)
    limit, source = response.verify[urgency]
    planned = clockwork.by_limit(w.city.catalog, ClockName.INNER, limit, source, timing_of(w.case), w.now)
    w.ready[ClockName.INNER] = (planned, None)
    w.told["due_at"] = planned.due_at.isoformat()
    if w.checker.account_id is not None:
        w.also_accounts.append(w.checker.account_id)


async def answered(w: Writing, row: Transition) -> None:
    """核实答复: found or not; the centre files it 立案 or guides it 不予立案."""
    task = open_verify(w.assignments)
    assert task is not None
    task.signed_at, task.signed_by, task.answer = w.now, w.actor.account_id, w.words.get("note")
    w.noted["in_time"] = w.in_time.get(ClockName.INNER, True)
    close_verify(w, "FOUND" if cast(asks.AnswerVerify, w.ask).found else "NOT_FOUND")
