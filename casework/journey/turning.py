"""What the turns of a case write: returns and who rules, helpers, extensions, suspensions, closures of two persons,
reopening, supervision. One small function per action, as in effects.py."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import cast

from casework.db.models import Assignment, Clock, Motion, Supervision
from casework.journey import clockwork, merging
from casework.journey.backdating import backdating_asked, backdating_confirmed
from casework.journey.effects import note_facets, reworked, suggest_again, take_facets
from casework.journey.follow import follow
from casework.journey.minors import mind
from casework.journey.splitting import split
from casework.journey.standing import open_helpers, running_finish, timing_of
from casework.journey.writing import Writing, close_lead, dismiss_helpers, drop_pending, end, open_new_lead, rule
from casework.rules import asks
from casework.rules.clocks import Due, Limit, PromisedBy
from casework.rules.transitions import Transition
from casework.rules.words import Action, AssignmentKind, ClockName, MotionKind, Policy, Role, Ruling, Trigger


def ask_for(w: Writing, kind: MotionKind, *, until: datetime | None = None, other_unit: int | None = None) -> None:
    """Something is asked for; it waits for its ruling."""
    motion = Motion(
        case_id=w.case.id,
        kind=kind.value,
        unit_id=w.lead.unit_id if w.lead else None,
        account_id=w.actor.account_id,
        asked_at=w.now,
        reason=w.words.get("reason"),
        note=w.words.get("basis") or w.words.get("measures") or w.words.get("note"),
        until=until,
        was_due=w.case.finish_due,
        other_unit_id=other_unit,
    )
    w.pen.add(motion)
    w.motions.append(motion)
    w.case.motions += 1


async def return_asked(w: Writing, row: Transition) -> None:
    """申请退单: the unit's clocks are held while others decide, the citizen's runs on; its helpers are free."""
    ask_for(w, MotionKind.RETURN, other_unit=w.target_unit)
    w.case.returns += 1
    dismiss_helpers(w)


def _sign_verdict(w: Writing) -> None:
    """A return asked for late is a signing that was late: it stays so whoever has the case next."""
    if ClockName.SIGN in w.in_time:
        w.case.signed_in_time = w.in_time[ClockName.SIGN] and w.case.signed_in_time is not False


async def return_granted(w: Writing, row: Transition) -> None:
    """同意退单: another unit has it, under the citizen's deadline as it was, and makes a first contact of its own."""
    assert w.target_unit is not None
    assert w.lead is not None
    rule(w, w.pending(MotionKind.RETURN), Ruling.GRANTED)
    if w.in_time.get(ClockName.SIGN) is False:
        w.case.signed_in_time = False
    w.also_units.append(w.lead.unit_id)
    w.case.contact_made = False
    w.case.misdirected = w.case.first_unit_id is not None
    close_lead(w, "RETURNED")
    open_new_lead(w, w.target_unit)


async def return_rejected(w: Writing, row: Transition) -> None:
    """驳回退单: counts as signed when the return was asked (words.md §3), and from then on its clocks count."""
    motion = w.pending(MotionKind.RETURN)
    rule(w, motion, Ruling.REJECTED)
    assert w.lead is not None
    if w.lead.signed_at is None:
        w.lead.signed_at, w.lead.signed_by = motion.asked_at, motion.account_id
        _sign_verdict(w)
        w.begin = motion.asked_at


async def consulted(w: Writing, row: Transition) -> None:
    """提交会商: nobody has the case until one is designated; the citizen's clock runs on."""
    _sign_verdict(w)
    close_lead(w, "DISPUTED")
    w.case.lead_unit_id = None


async def designated(w: Writing, row: Transition) -> None:
    """指定承办: it may not be returned, so it counts as signed at once."""
    assert w.target_unit is not None
    rule(w, w.pending(MotionKind.RETURN), Ruling.DESIGNATED)
    open_new_lead(w, w.target_unit, signed=True, designated=True)
    w.case.contact_made = False
    w.case.contacted_in_time = None
    w.case.signed_in_time = w.case.signed_in_time is not False


def _call_in(w: Writing, kind: AssignmentKind, until: datetime) -> None:
    assert w.target_unit is not None
    task = Assignment(
        case_id=w.case.id,
        unit_id=w.target_unit,
        kind=kind.value,
        hop=len(w.assignments) + 1,
        opened_at=w.now,
    )
    w.pen.add(task)
    w.assignments.append(task)
    w.also_units.append(w.target_unit)
    finish = running_finish(w.clocks)
    assert finish is not None
    inner = clockwork.until(w.city.catalog, ClockName.INNER, until, finish, w.case.area_code, w.now)
    w.ready[ClockName.INNER] = (inner, PromisedBy.LEAD)


async def co_unit_added(w: Writing, row: Transition) -> None:
    """加派协办: the lead stays accountable (首接负责)."""
    _call_in(w, AssignmentKind.CO, cast(datetime, cast(asks.AddCoUnit, w.ask).until))


async def delegated(w: Writing, row: Transition) -> None:
    """下派."""
    _call_in(w, AssignmentKind.DELEGATED, cast(datetime, cast(asks.Delegate, w.ask).until))


async def lead_answered(w: Writing, row: Transition) -> None:
    """协办反馈: the task is done; a late one keeps its reason and how things stood."""
    for task in open_helpers(w.assignments):
        if task.unit_id in w.actor.units:
            task.closed_at, task.outcome, task.answer = w.now, "ANSWERED", w.words.get("text")
            task.signed_at, task.signed_by = task.signed_at or w.now, w.actor.account_id


async def extension_asked(w: Writing, row: Transition) -> None:
    """申请延期: until somebody approves, the deadline stands."""
    ask_for(w, MotionKind.EXTENSION, until=cast(asks.AskExtension, w.ask).until)


async def extension_granted(w: Writing, row: Transition) -> None:
    """批准延期: a new cycle of the promise; the first deadline is kept beside it (words.md §1)."""
    motion = w.pending(MotionKind.EXTENSION)
    rule(w, motion, Ruling.GRANTED)
    w.case.extensions += 1
    last = _last_finish(w)
    assert motion.until is not None
    promised = clockwork.until(w.city.catalog, ClockName.FINISH, motion.until, last, w.case.area_code, w.now)
    w.ready[ClockName.FINISH] = (promised, PromisedBy.EXTENSION)
    w.noted |= {"was_due": last.due_at.isoformat(), "due": motion.until.isoformat()}
    w.told["due_at"] = motion.until.isoformat()


async def suspension_asked(w: Writing, row: Transition) -> None:
    """申请挂起."""
    ask_for(w, MotionKind.SUSPENSION, until=cast(asks.AskSuspension, w.ask).until)


async def suspension_granted(w: Writing, row: Transition) -> None:
    """批准挂起: the interval is kept with its reason and its end."""
    motion = w.pending(MotionKind.SUSPENSION)
    rule(w, motion, Ruling.GRANTED)
    w.case.suspensions += 1
    w.told["due_at"] = motion.until.isoformat() if motion.until else None


async def resumed(w: Writing, row: Transition) -> None:
    """恢复办理: the interval ends, what remained of the limits runs on."""
    motion = next(m for m in reversed(w.motions) if m.kind == MotionKind.SUSPENSION and m.ended_at is None)
    motion.ended_at = w.now
    finish = running_finish(w.clocks)
    if finish is not None:
        was = w.case.finish_due
        w.noted |= {"was_due": was.isoformat() if was else None, "due": finish.due_at.isoformat()}
        w.told["due_at"] = finish.due_at.isoformat()


_REJECTS = {
    Action.REJECT_EXTENSION: MotionKind.EXTENSION,
    Action.REJECT_SUSPENSION: MotionKind.SUSPENSION,
    Action.REJECT_CLOSURE: MotionKind.CLOSURE,
    Action.REJECT_BACKDATED: MotionKind.BACKDATED,
}


async def rejected(w: Writing, row: Transition) -> None:
    """不同意: all stays as it was."""
    rule(w, w.pending(_REJECTS[row.action]), Ruling.REJECTED)


async def closure_proposed(w: Writing, row: Transition) -> None:
    """申请说明理由办结: somebody else decides. A newer proposal takes the older one's place."""
    drop_pending(w, frozenset({MotionKind.CLOSURE}))
    await w.pen.flush()
    ask_for(w, MotionKind.CLOSURE)


async def reopened(w: Writing, row: Transition) -> None:
    """重启: a new fact within the window; the completion is revoked as by a rework."""
    w.case.ended_at = w.case.ended_as = w.case.reason_code = None
    await reworked(w, row)


async def supervised(w: Writing, row: Transition) -> None:
    """督办: a row of its own, with its reply duty; a higher rung follows the lower one."""
    ask, catalog = cast(asks.Supervise, w.ask), w.city.catalog
    by_itself = Role.SYSTEM in w.actor.roles
    limit, source = catalog.turns.rules.supervision[ask.rung], catalog.turns.sources[ask.rung]
    answer_by = clockwork.by_limit(catalog, ClockName.SUPERVISE, limit, source, timing_of(w.case), w.now)
    before = [c.cycle for c in w.clocks if c.name == ClockName.SUPERVISE]
    w.pen.add(
        Supervision(
            case_id=w.case.id,
            no=max(before, default=0) + 1,
            rung=ask.rung.value,
            trigger=(ask.trigger if by_itself else Trigger.HAND).value,
            note=w.words.get("note"),
            unit_id=w.case.lead_unit_id,
            opened_by=w.actor.account_id,
            opened_at=w.now,
            due_at=answer_by.due_at,
        )
    )
    w.ready[ClockName.SUPERVISE] = (answer_by, None)
    w.case.supervised = True
    w.case.supervisions += 1


async def supervision_answered(w: Writing, row: Transition) -> None:
    """督办回复: the latest one is answered, and with it those below."""
    for supervision in w.supervisions:
        if supervision.answered_at is None:
            supervision.answered_at, supervision.answered_by = w.now, w.actor.account_id
            supervision.answer = w.words.get("text")
    w.case.supervised = False


async def merged(w: Writing, row: Transition) -> None:
    """合并: it follows the main case; whoever had it is free of it."""
    merging.join(w)
    close_lead(w, "MERGED")
    end(w, row)


async def unmerged(w: Writing, row: Transition) -> None:
    """撤销合并: it is dispatched anew, under the promise that its citizen was given."""
    merging.part(w)
    w.case.ended_at = w.case.ended_as = None
    w.case.lead_unit_id, w.case.contact_made = None, False
    last = _last_finish(w)
    assert w.case.finish_due is not None
    promised = clockwork.until(w.city.catalog, ClockName.FINISH, w.case.finish_due, last, w.case.area_code, w.now)
    w.ready[ClockName.FINISH] = (promised, PromisedBy(last.promised_by) if last.promised_by else None)


def _last_finish(w: Writing) -> Clock:
    return max((clock for clock in w.clocks if clock.name == ClockName.FINISH), key=lambda clock: clock.cycle)


async def reclassified(w: Writing, row: Transition) -> None:
    """变更分类: the promise stands, or is lengthened, or is made anew from the acceptance, as the policy says; the
    suspensions so far are kept in it. Old and new are in the event."""
    ask, case, last = cast(asks.Reclassify, w.ask), w.case, _last_finish(w)
    note_facets(w)
    take_facets(w, ask)
    await mind(w, ask)
    await suggest_again(w)
    was, begin = last.due_at, case.accepted_at or last.started_at
    made = clockwork.plan(w.city.catalog, ClockName.FINISH, timing_of(case), begin)
    assert made is not None
    calendar = w.city.catalog.calendars.for_area(case.area_code)
    reckoned = Due(made.own_due_at, made.calendar_unannounced, Limit.parse(made.limit_text))
    own = clockwork.after_suspensions(reckoned, w.motions, begin, calendar).at
    anew = min(own, case.upstream_due) if case.upstream_due else own
    stands = ask.policy is Policy.KEEP or (ask.policy is Policy.EXTEND_ONLY and anew <= was)
    due, like = (was, last) if stands else (anew, made)
    by = last.promised_by if stands else PromisedBy.SUSPENSION.value if own != reckoned.at else None
    promised = clockwork.until(w.city.catalog, ClockName.FINISH, due, like, case.area_code, begin)
    promised = promised._replace(own_due_at=last.own_due_at if stands else own)
    w.ready[ClockName.FINISH] = (clockwork.ahead(promised, w.now), PromisedBy(by) if by else None)
    w.noted |= {"was_due": was.isoformat(), "due": due.isoformat()}
    w.told["due_at"] = due.isoformat()
    follow(w, ask.policy)


TURNS: dict[Action, Callable[[Writing, Transition], Awaitable[None]]] = {
    Action.ASK_RETURN: return_asked,
    Action.GRANT_RETURN: return_granted,
    Action.REJECT_RETURN: return_rejected,
    Action.CONSULT: consulted,
    Action.DESIGNATE: designated,
    Action.ADD_CO_UNIT: co_unit_added,
    Action.DELEGATE: delegated,
    Action.ANSWER_LEAD: lead_answered,
    Action.ASK_EXTENSION: extension_asked,
    Action.GRANT_EXTENSION: extension_granted,
    Action.REJECT_EXTENSION: rejected,
    Action.ASK_SUSPENSION: suspension_asked,
    Action.GRANT_SUSPENSION: suspension_granted,
    Action.REJECT_SUSPENSION: rejected,
    Action.RESUME: resumed,
    Action.PROPOSE_CLOSURE: closure_proposed,
    Action.REJECT_CLOSURE: rejected,
    Action.ASK_BACKDATED: backdating_asked,
    Action.CONFIRM_BACKDATED: backdating_confirmed,
    Action.REJECT_BACKDATED: rejected,
    Action.REOPEN: reopened,
    Action.SUPERVISE: supervised,
    Action.MERGE: merged,
    Action.UNMERGE: unmerged,
    Action.SPLIT: split,
    Action.RECLASSIFY: reclassified,
    Action.ANSWER_SUPERVISION: supervision_answered,
}
