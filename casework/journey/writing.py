"""One move while it is written 一次流转: what the effects read and add to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from casework.db.checks import Checker
from casework.db.door import ClockRow
from casework.db.models import (
    Assignment,
    Base,
    Case,
    Clock,
    KnowledgeVersion,
    Motion,
    Request,
    Supervision,
    Whistle,
    WhistleCall,
)
from casework.db.rollups import Inserts
from casework.journey.city import City
from casework.journey.standing import open_check, open_helpers, open_lead, open_verify
from casework.rules import asks
from casework.rules.clocks import PromisedBy
from casework.rules.facts import Actor
from casework.rules.transitions import ENDED, Transition
from casework.rules.words import AssignmentKind, ClockName, MotionKind, Ruling


class Pen(Inserts, Protocol):
    """What writes rows: the transaction's session, or the demo's own. `flush` gives the rows added so far their ids."""

    def add(self, instance: Base) -> None: ...

    async def flush(self) -> None: ...


@dataclass
class Writing:
    """One move while it is written. `words`: the ask, masked. `in_time`: clocks stopped now, and whether in time.

    `main`: the case that a merge names, or that a merged case follows; `main_phone` its caller's blind index.
    `assignments`, `motions` and `clocks` are all that the case has, oldest first; `supervisions` while one is open.
    `noted` goes into the event beside the words; `told` into the notices' parameters (never a contact); `also_units`
    are told beside the lead, `also_accounts` in person.
    `begin`: from when the clocks that start now count, if not from now; `ready`: clocks that
    start otherwise than by the table of limits, and whose word their end is.
    `checker`: who will look at a result that is filed; `next_no`: the number of a case that is split off;
    `district`: the unit that a direct dispatch is copied to.
    `reported`: the units that a screening bars, their codes by id. `called`: the units that a whistle names; `on`: the
    tasks on which clocks start, one each.
    """

    pen: Pen
    city: City
    case: Case
    request: Request
    actor: Actor
    ask: asks.Ask
    words: dict[str, Any]
    now: datetime
    target_unit: int | None
    item: KnowledgeVersion | None = None
    motions: list[Motion] = field(default_factory=list)
    supervisions: list[Supervision] = field(default_factory=list)
    whistles: list[Whistle] = field(default_factory=list)
    calls: list[WhistleCall] = field(default_factory=list)
    clocks: list[Clock] = field(default_factory=list)
    assignments: list[Assignment] = field(default_factory=list)
    in_time: dict[ClockName, bool] = field(default_factory=dict)
    noted: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    also_units: list[int] = field(default_factory=list)
    also_accounts: list[int] = field(default_factory=list)
    checker: Checker | None = None
    next_no: str | None = None
    district: int | None = None
    main: Case | None = None
    main_phone: bytes | None = None
    begin: datetime | None = None
    ready: dict[ClockName, tuple[ClockRow | None, PromisedBy | None]] = field(default_factory=dict)
    called: tuple[int, ...] = ()
    on: list[Assignment] = field(default_factory=list)
    reported: Mapping[int, str] = field(default_factory=dict)

    @property
    def lead(self) -> Assignment | None:
        """The open lead assignment (主办), if the case is with a unit."""
        return open_lead(self.assignments)

    @property
    def own_tasks(self) -> set[int]:
        """The actor's own open tasks beside the lead's, by id."""
        return {a.id for a in open_helpers(self.assignments) if a.unit_id in self.actor.units}

    def pending(self, kind: MotionKind) -> Motion:
        """The motion that waits for its ruling; the guards have seen that there is one."""
        return next(m for m in self.motions if m.kind == kind and m.ruling is None)


def end(w: Writing, row: Transition) -> None:
    """The case ends here, if the row says so; what nobody ruled on is dropped."""
    if row.target in ENDED:
        w.case.ended_at = w.now
        w.case.ended_as = row.target.value
        w.case.supervised = w.case.on_ledger = False
        w.case.ledger_review_due = None
        drop_pending(w, frozenset(MotionKind))
        close_verify(w, "NOT_NEEDED")


def close_lead(w: Writing, outcome: str) -> None:
    """The lead has done its part, and so have all whom it called in."""
    lead = w.lead
    if lead is not None:
        lead.closed_at = w.now
        lead.outcome = outcome
    dismiss_helpers(w)


def dismiss_helpers(w: Writing) -> None:
    """What the lead's helpers have not answered is not needed any more, nor are those that its whistles called."""
    for task in open_helpers(w.assignments):
        task.closed_at, task.outcome = w.now, "NOT_NEEDED"
    for whistle in w.whistles:
        if whistle.ended_at is None:
            end_whistle(w, whistle, "NOT_NEEDED")
    close_check(w, "NOT_NEEDED")


def close_check(w: Writing, outcome: str) -> None:
    """核查: the task is over, if one is open; nobody is awaited on the spot any more."""
    task = open_check(w.assignments)
    if task is not None:
        w.case.checked_in_time = looked_in_time(w, task, w.case.checked_in_time)
        task.closed_at, task.outcome = w.now, outcome
    w.case.check_unit_id = w.case.checker_id = None


def close_verify(w: Writing, outcome: str) -> None:
    """核实: the task is over, if one is open."""
    task = open_verify(w.assignments)
    if task is not None:
        w.case.verified_in_time = looked_in_time(w, task, w.case.verified_in_time)
        task.closed_at, task.outcome = w.now, outcome


def looked_in_time(w: Writing, task: Assignment, before: bool | None) -> bool | None:
    """按时核实、按时核查: answered by its limit or not, each time that it was asked for. What nobody awaits any more
    before its limit is over is not owed; once late, the case stays so."""
    late = any(clock.assignment_id == task.id and clock.due_at < w.now for clock in w.clocks)
    owed = late or task.signed_at is not None
    return before if not owed else not late and before is not False


def end_whistle(w: Writing, whistle: Whistle, outcome: str) -> None:
    """收哨: whoever has not answered is not awaited any more."""
    whistle.ended_at = w.now
    for call in w.calls:
        if call.whistle_id == whistle.id and call.closed_at is None:
            close_call(w, call, outcome)


def close_call(w: Writing, call: WhistleCall, outcome: str) -> None:
    """The department's task is over."""
    call.closed_at = w.now
    for task in w.assignments:
        if task.id == call.assignment_id:
            task.closed_at, task.outcome = w.now, outcome


def drop_pending(w: Writing, kinds: frozenset[MotionKind]) -> None:
    """What was asked for and not ruled on falls away: the case has gone another way."""
    for motion in w.motions:
        if motion.ruling is None and motion.kind in kinds:
            motion.ruling, motion.ruled_at, motion.ruled_by = Ruling.DROPPED.value, w.now, w.actor.account_id


def rule(w: Writing, motion: Motion, ruling: Ruling) -> None:
    """The ruling, once: who, when and why."""
    motion.ruling, motion.ruled_at = ruling.value, w.now
    motion.ruled_by, motion.ruling_note = w.actor.account_id, w.words.get("note")


def open_new_lead(w: Writing, unit_id: int, *, signed: bool = False, designated: bool = False) -> None:
    """The unit has the case from now on."""
    lead = Assignment(
        case_id=w.case.id,
        unit_id=unit_id,
        kind=AssignmentKind.LEAD.value,
        hop=len(w.assignments) + 1,
        opened_at=w.now,
        signed_at=w.now if signed else None,
        designated=designated,
    )
    w.pen.add(lead)
    w.assignments.append(lead)
    w.case.lead_unit_id = unit_id
    if w.case.first_unit_id not in (None, unit_id):
        w.case.misdirected = True
