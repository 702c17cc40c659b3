"""What an on-site check 核查 writes: who looks is named when a result is filed; the answer lets it pass or sends it
back."""

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.cases import Hanging
from casework.db.checks import Checker, checker_of
from casework.db.models import Assignment, Case
from casework.journey import clockwork
from casework.journey.city import City
from casework.journey.standing import handlers_of, open_check, timing_of
from casework.journey.writing import Writing, close_check
from casework.rules import asks
from casework.rules.checks import wanted
from casework.rules.facts import Actor
from casework.rules.transitions import Transition
from casework.rules.words import AssignmentKind, Channel, ClockName, Direction, Urgency

NOBODY = "NOBODY"
"""Noted with a result that should be looked at where nobody can: the reviewer sees it."""


def is_wanted(city: City, case: Case) -> bool:
    """Whether the case's result is looked at on the spot. Of a report nobody beside its unit is told."""
    if case.guarded:
        return False
    direction, channel = Direction(case.direction), Channel(case.channel)
    return wanted(city.catalog.response.checks, direction, channel, case.category)


async def checker_for(
    session: AsyncSession, city: City, case: Case, hangs: Hanging, actor: Actor, ask: asks.Ask
) -> Checker | None:
    """Who will look at the result that is filed now; None: nobody is needed, or nobody is there."""
    if not isinstance(ask, asks.FileResult) or not is_wanted(city, case):
        return None
    handlers = handlers_of(case, hangs.assignments)
    return await checker_of(session, case, handlers | {actor.account_id} if actor.account_id else handlers)


def open_task(w: Writing) -> None:
    """A result was filed: whoever looks has a task with a time of its own, and is told."""
    if not is_wanted(w.city, w.case):
        return
    if w.checker is None:
        w.noted["check"] = NOBODY
        return
    task = Assignment(
        case_id=w.case.id,
        unit_id=w.checker.unit_id,
        account_id=w.checker.account_id,
        kind=AssignmentKind.CHECK.value,
        hop=len(w.assignments) + 1,
        opened_at=w.now,
    )
    w.pen.add(task)
    w.assignments.append(task)
    w.case.check_unit_id, w.case.checker_id = w.checker.unit_id, w.checker.account_id
    catalog = w.city.catalog
    urgency = Urgency(w.case.urgency)
    limit, source = catalog.response.checks.within[urgency], catalog.response.check_sources[urgency]
    planned = clockwork.by_limit(catalog, ClockName.INNER, limit, source, timing_of(w.case), w.now)
    w.ready[ClockName.INNER] = (planned, None)
    w.told["due_at"] = planned.due_at.isoformat()
    if w.checker.account_id is None:
        w.also_units.append(w.checker.unit_id)
    else:
        w.also_accounts.append(w.checker.account_id)


async def passed(w: Writing, row: Transition) -> None:
    """核查通过: the result may be accepted now."""
    _answered(w, "PASSED")


async def failed(w: Writing, row: Transition) -> None:
    """核查未解决: as if the result had never been filed; whoever handled it goes on."""
    _answered(w, "FAILED")
    w.case.filed_at = None


def _answered(w: Writing, outcome: str) -> None:
    task = open_check(w.assignments)
    assert task is not None
    task.signed_at, task.signed_by, task.answer = w.now, w.actor.account_id, w.words.get("note")
    w.noted["in_time"] = w.in_time.get(ClockName.INNER, True)
    close_check(w, outcome)
