"""Where a case stands, as the rules see it: from its row and what hangs on it."""

from collections.abc import Sequence
from datetime import datetime

from casework.catalog.load import Catalog
from casework.db.cases import Hanging
from casework.db.models import Assignment, Case, Clock, Motion
from casework.journey import clockwork
from casework.journey.suggest import ruled_limit
from casework.rules import asks, checks, turns, whistles
from casework.rules.clocks import Limit, due
from casework.rules.facts import Actor, CaseState
from casework.rules.words import (
    AssignmentKind,
    ClockName,
    Direction,
    Kind,
    Level,
    MotionKind,
    RectifyStep,
    Ruling,
    Status,
    Urgency,
)

HELPERS = frozenset({AssignmentKind.CO.value, AssignmentKind.DELEGATED.value})
ON_THE_SPOT = frozenset({AssignmentKind.VERIFY.value, AssignmentKind.CHECK.value})
"""Looking is not handling."""
NOTHING = Hanging()


def attempts_needed(catalog: Catalog, case: Case) -> int:
    """How often a person is to be called before the case may be closed as unreached: never one who wished no reply, or
    is not known."""
    return 0 if case.contact_exempt else catalog.follow_up.plans[Urgency(case.urgency)].attempts


def silent_until(case: Case) -> datetime | None:
    """未抽中: until when the case waits for an answer of the person's own accord; None: it is asked like others. Once
    it is handled again, everybody is asked."""
    return case.call_from if case.follow_weight == 0 and not case.rework_count else None


def open_lead(assignments: Sequence[Assignment]) -> Assignment | None:
    """The open lead assignment (主办), if the case is with a unit."""
    return next((a for a in assignments if a.kind == AssignmentKind.LEAD and a.closed_at is None), None)


def open_helpers(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The open tasks beside the lead's (协办, 下派), without those that a whistle called."""
    return [a for a in assignments if a.kind in HELPERS and a.closed_at is None and a.whistle_id is None]


def open_check(assignments: Sequence[Assignment]) -> Assignment | None:
    """The open on-site check (核查), if there is one."""
    return next((a for a in assignments if a.kind == AssignmentKind.CHECK and a.closed_at is None), None)


def open_verify(assignments: Sequence[Assignment]) -> Assignment | None:
    """The open verifying (核实), if there is one."""
    return next((a for a in assignments if a.kind == AssignmentKind.VERIFY and a.closed_at is None), None)


def open_rectification(assignments: Sequence[Assignment]) -> Assignment | None:
    """The open rectification (整改), if there is one."""
    return next((a for a in assignments if a.kind == AssignmentKind.RECTIFY and a.closed_at is None), None)


def handlers_of(case: Case, assignments: Sequence[Assignment]) -> frozenset[int]:
    """The accounts that had a hand in the case's handling: who signed a task, who filed the result."""
    signed = {a.signed_by for a in assignments if a.kind not in ON_THE_SPOT}
    return frozenset(who for who in signed | {case.filed_by} if who is not None)


def state_of(case: Case, hanging: Hanging) -> CaseState:
    """The case as the rules see it."""
    lead = open_lead(hanging.assignments)
    return CaseState(
        status=Status(case.status),
        direction=Direction(case.direction),
        level=Level(case.level),
        kind=Kind(case.kind) if case.kind else None,
        category=case.category,
        urgency=Urgency(case.urgency),
        area_code=case.area_code,
        version=case.version,
        created_at=case.created_at,
        in_rework=case.in_rework,
        contact_exempt=case.contact_exempt,
        contact_made=case.contact_made,
        lead_unit=case.lead_unit_id,
        void_proposed_by=case.void_proposed_by,
        attempts=case.attempts,
        ended_at=case.ended_at,
        finish_due=case.finish_due,
        upstream_due=case.upstream_due,
        rework_count=case.rework_count,
        lead=turns.Lead(lead.unit_id, lead.opened_at, lead.signed_at is not None, lead.designated) if lead else None,
        helpers=frozenset(a.unit_id for a in open_helpers(hanging.assignments)),
        motions=tuple(_motion(motion) for motion in hanging.motions),
        supervised=case.supervised,
        followers=case.merged,
        calls=_calls(hanging),
        level_due=_level_due(hanging),
        on_ledger=case.on_ledger,
        taken_on=case.accepted_at is not None,
        check=_task(hanging, open_check(hanging.assignments)),
        verify=_task(hanging, open_verify(hanging.assignments)),
        handlers=handlers_of(case, hanging.assignments),
        guarded=case.guarded,
        screened=case.screened_at is not None,
        barred=frozenset(case.barred_units),
        rectifying=_rectifying(hanging),
        silent_until=silent_until(case),
    )


def _task(hanging: Hanging, task: Assignment | None) -> checks.Check | None:
    if task is None:
        return None
    own = [c for c in clockwork.running(hanging.clocks, [ClockName.INNER]) if c.assignment_id == task.id]
    return checks.Check(task.unit_id, task.account_id, own[0].due_at)


def _rectifying(hanging: Hanging) -> RectifyStep | None:
    task = open_rectification(hanging.assignments)
    if task is None:
        return None
    return RectifyStep.OPEN if task.answer is None else RectifyStep.ANSWERED


def _level_due(hanging: Hanging) -> datetime | None:
    """When the level must have signed, or settled: whichever is nearer of those that run."""
    level = clockwork.running(hanging.clocks, [ClockName.LEVEL])
    dues = [clock.due_at for clock in (*level, *clockwork.running(hanging.clocks, [ClockName.SIGN]))]
    return min(dues) if level else None


def _calls(hanging: Hanging) -> tuple[whistles.Call, ...]:
    by_id = {whistle.id: whistle for whistle in hanging.whistles}
    return tuple(
        whistles.Call(
            whistle=by_id[call.whistle_id].no,
            caller=by_id[call.whistle_id].caller_unit_id,
            unit=call.unit_id,
            open=call.closed_at is None,
            reported=call.reported_at is not None,
            rated=call.scored_at is not None,
            rated_back=call.whistle_scored_at is not None,
        )
        for call in hanging.calls
    )


def _motion(row: Motion) -> turns.Motion:
    return turns.Motion(
        kind=MotionKind(row.kind),
        unit=row.unit_id,
        account=row.account_id,
        asked_at=row.asked_at,
        reason=row.reason or "",
        until=row.until,
        ruling=Ruling(row.ruling) if row.ruling else None,
    )


def timing_of(case: Case) -> clockwork.Timing:
    """What the lengths of a case's clocks depend on."""
    return clockwork.Timing(
        Urgency(case.urgency),
        Kind(case.kind) if case.kind else None,
        case.category,
        case.area_code,
        case.upstream_due,
        ruled_limit(case.routing),
        case.urban_code,
        case.accepted_at,
    )


def bounds_of(
    catalog: Catalog, case: Case, hanging: Hanging, actor: Actor, now: datetime, ask: asks.Ask | None = None
) -> turns.Bounds:
    """How far a return, an extension, a suspension or an answer may go now, in the calendar of the case's area."""
    rules, calendar = catalog.turns.rules, catalog.calendars.for_area(case.area_code)
    urgency, lead = Urgency(case.urgency), open_lead(hanging.assignments)
    within = rules.return_within.get(urgency)
    reason = rules.suspension_reasons.get(ask.reason) if isinstance(ask, asks.AskSuspension) else None
    listing = rules.ledger_reasons.get(ask.reason) if isinstance(ask, asks.AskLedger) else None
    return turns.Bounds(
        return_until=due(within, lead.opened_at, calendar).at if lead and within else None,
        extension_most=_extension_most(catalog, case, hanging) if isinstance(ask, asks.AskExtension) else None,
        suspension_most=due(reason, now, calendar).at if reason else None,
        inner_before=_own_inner(hanging, actor),
        ledger_most=due(listing, now, calendar).at if listing else None,
    )


def _extension_most(catalog: Catalog, case: Case, hanging: Hanging) -> datetime | None:
    """At most the rule's length, and at most the original limit where both count alike; the upstream's end stands."""
    rule = catalog.turns.rules.extension(Urgency(case.urgency))
    finish = running_finish(hanging.clocks)
    if rule is None or case.finish_due is None or finish is None:
        return None
    original = Limit.parse(finish.limit_text)
    most = min(rule.most, original, key=lambda limit: limit.amount) if rule.most.unit is original.unit else rule.most
    latest = due(most, case.finish_due, catalog.calendars.for_area(case.area_code)).at
    return min(latest, case.upstream_due) if case.upstream_due else latest


def running_finish(clocks: Sequence[Clock]) -> Clock | None:
    """The promise to the citizen that stands now."""
    return next(iter(clockwork.running(clocks, [ClockName.FINISH])), None)


def _own_inner(hanging: Hanging, actor: Actor) -> datetime | None:
    """When the actor's own task beside the lead's is due."""
    own = {a.id for a in open_helpers(hanging.assignments) if a.unit_id in actor.units}
    dues = [c.due_at for c in clockwork.running(hanging.clocks, [ClockName.INNER]) if c.assignment_id in own]
    return min(dues, default=None)
