"""What a bad grade 差评 sets going 整改: the unit that held the case puts right what was wrong and says so, a follow-up
officer rules on it, and the citizen reads it once (docs/decisions/0029).

It hangs on the case as a task with a clock of its own: the case goes its way, and what was promised of it stands.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import cast

from casework.db.models import Assignment, Notice
from casework.journey import clockwork
from casework.journey.standing import open_rectification, timing_of
from casework.journey.writing import Writing
from casework.rules.rectify_guards import BAD_GRADES
from casework.rules.transitions import Transition
from casework.rules.words import Action, AssignmentKind, ClockName, Rectified, RectifyStep, Role, Satisfaction

TOPIC = ClockName.RECTIFY.value
"""The topic of the notice that tells the unit."""


def graded(w: Writing, grade: Satisfaction | None) -> None:
    """A bad grade opens one rectification for each asking (the first handling and each rework are asked once); a better
    one takes back what nobody has answered yet. An answer without a grade changes nothing."""
    task = open_rectification(w.assignments)
    if grade in BAD_GRADES and task is None and not _asked_before(w):
        _open(w)
    elif grade not in (None, *BAD_GRADES) and task is not None and task.answer is None:
        drop(w)


def _asked_before(w: Writing) -> bool:
    """Whether this asking has led to a rectification that stands: repeated answers do not lead to another."""
    begun = max(clock.started_at for clock in w.clocks if clock.name == ClockName.FOLLOW_UP)
    return any(task.opened_at >= begun for task in _of(w.assignments) if task.outcome != RectifyStep.DROPPED)


def _of(assignments: Sequence[Assignment]) -> list[Assignment]:
    return [task for task in assignments if task.kind == AssignmentKind.RECTIFY]


def _open(w: Writing) -> None:
    planned = clockwork.plan(w.city.catalog, ClockName.RECTIFY, timing_of(w.case), w.now)
    unit = w.case.lead_unit_id
    if planned is None or unit is None:
        return
    task = Assignment(
        case_id=w.case.id,
        unit_id=unit,
        kind=AssignmentKind.RECTIFY.value,
        hop=len(w.assignments) + 1,
        opened_at=w.now,
    )
    w.pen.add(task)
    w.assignments.append(task)
    w.ready[ClockName.RECTIFY] = (planned, None)
    w.case.rectified, w.case.rectify_due = Rectified.OPEN.value, planned.due_at
    w.noted["rectify_due"] = planned.due_at.isoformat()
    w.pen.add(
        Notice(
            case_id=w.case.id,
            audience=Role.UNIT.value,
            channel="staff",
            topic=TOPIC,
            unit_id=unit,
            params={"due_at": planned.due_at.isoformat()},
            created_at=w.now,
            next_at=w.now,
        )
    )


def drop(w: Writing) -> None:
    """It is not asked for any more; the verdict on an earlier one stands again."""
    task = open_rectification(w.assignments)
    if task is None:
        return
    for clock in clockwork.running(w.clocks, [ClockName.RECTIFY]):
        clockwork.cancel(clock, w.now)
    _close(w, task, RectifyStep.DROPPED.value)
    ruled = [one.outcome for one in _of(w.assignments) if one.outcome != RectifyStep.DROPPED]
    w.case.rectified = ruled[-1] if ruled else None


def _close(w: Writing, task: Assignment, outcome: str) -> None:
    task.closed_at, task.outcome = w.now, outcome
    w.case.rectify_due = None


async def answered(w: Writing, row: Transition) -> None:
    """整改答复: its time counts if it is accepted."""
    task = cast(Assignment, open_rectification(w.assignments))
    task.answer, task.signed_at, task.signed_by = w.words.get("text"), w.now, w.actor.account_id


async def accepted(w: Writing, row: Transition) -> None:
    """整改通过: kept in time or not; the citizen is told what was put right."""
    task = cast(Assignment, open_rectification(w.assignments))
    verdict = Rectified.IN_TIME if w.in_time[ClockName.RECTIFY] else Rectified.LATE
    w.noted |= {"rectified": task.answer, "in_time": verdict is Rectified.IN_TIME}
    w.case.rectified = verdict.value
    _close(w, task, verdict.value)


async def sent_back(w: Writing, row: Transition) -> None:
    """整改退回: as if never answered."""
    task = cast(Assignment, open_rectification(w.assignments))
    w.noted["sent_back"] = task.answer
    task.answer = task.signed_at = task.signed_by = None


RECTIFYING: dict[Action, Callable[[Writing, Transition], Awaitable[None]]] = {
    Action.ANSWER_RECTIFICATION: answered,
    Action.ACCEPT_RECTIFICATION: accepted,
    Action.SEND_BACK_RECTIFICATION: sent_back,
}
