"""What whistles 街道吹哨、部门报到 write: who is called, who has come and from where, what they did, and both scores.

One small function per action, as in effects.py.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Assignment, Clock, Whistle, WhistleCall
from casework.db.units import unit_in_area
from casework.journey import clockwork
from casework.journey.evidence import place_of, spot_of
from casework.journey.standing import timing_of
from casework.journey.writing import Writing, close_call, end_whistle
from casework.rules import asks
from casework.rules.facts import Actor
from casework.rules.transitions import Transition
from casework.rules.whistles import stood
from casework.rules.words import Action, AssignmentKind, ClockName


async def called_by(session: AsyncSession, actor: Actor, ask: asks.Ask) -> tuple[int | None, ...]:
    """The units that a whistle names, each once; None for one that is not there, or not in the actor's area."""
    if not isinstance(ask, asks.Whistle):
        return ()
    found = [await unit_in_area(session, code, actor.area) for code in dict.fromkeys(ask.units)]
    return tuple(unit.id if unit else None for unit in found)


def concerned(w: Writing, clock: Clock) -> bool:
    """Of the clocks that hang on a helper's or a called department's task, which ones a move stops or ends.

    A helper's answer stops its own; so does a department's reporting in; the end of a whistle, those of its calls.
    """
    if clock.name == ClockName.INNER and w.ask.action is Action.ANSWER_LEAD:
        return clock.assignment_id in w.own_tasks
    if clock.name == ClockName.REPORT_IN and w.ask.action is Action.REPORT_IN:
        return clock.assignment_id == own_call(w).assignment_id
    if clock.name == ClockName.REPORT_IN and w.ask.action is Action.END_WHISTLE:
        ending = _named(w).id
        return clock.assignment_id in {call.assignment_id for call in w.calls if call.whistle_id == ending}
    return True


def own_call(w: Writing) -> WhistleCall:
    """The open call that the actor acts for, as rules/whistles.own_call has it; the guards have seen it."""
    called = [call for call in w.calls if call.closed_at is None and call.unit_id in w.actor.units]
    return next((call for call in called if call.unit_id == w.actor.unit_id), called[0])


def _whistle_of(w: Writing, call: WhistleCall) -> Whistle:
    return next(whistle for whistle in w.whistles if whistle.id == call.whistle_id)


def _named(w: Writing) -> Whistle:
    """The whistle that is to end: the one named, else the oldest that is open."""
    number = cast(asks.EndWhistle, w.ask).no
    return next(one for one in w.whistles if one.ended_at is None and number in (None, one.no))


async def whistled(w: Writing, row: Transition) -> None:
    """吹哨: each department has a task of its own, and its own time to report in."""
    ask = cast(asks.Whistle, w.ask)
    assert w.lead is not None
    w.case.whistles += 1
    timing = replace(timing_of(w.case), urgency=ask.level)
    planned = clockwork.plan(w.city.catalog, ClockName.REPORT_IN, timing, w.now)
    assert planned is not None
    w.ready[ClockName.REPORT_IN] = (planned, None)
    whistle = Whistle(
        case_id=w.case.id,
        no=w.case.whistles,
        caller_unit_id=w.lead.unit_id,
        account_id=w.actor.account_id,
        matter=w.words["note"],
        level=ask.level.value,
        called_at=w.now,
    )
    w.pen.add(whistle)
    await w.pen.flush()
    for unit in w.called:
        w.on.append(_task(w, unit, whistle.id))
    await w.pen.flush()
    for task in w.on:
        values = {"case_id": w.case.id, "unit_id": task.unit_id, "assignment_id": task.id, "due_at": planned.due_at}
        w.pen.add(WhistleCall(whistle_id=whistle.id, **values))
    w.also_units += w.called
    w.noted["whistle"] = whistle.no
    w.told["due_at"] = planned.due_at.isoformat()


def _task(w: Writing, unit: int, whistle_id: int) -> Assignment:
    task = Assignment(
        case_id=w.case.id,
        unit_id=unit,
        kind=AssignmentKind.CO.value,
        hop=len(w.assignments) + 1,
        opened_at=w.now,
        whistle_id=whistle_id,
    )
    w.pen.add(task)
    w.assignments.append(task)
    return task


async def reported_in(w: Writing, row: Transition) -> None:
    """报到: the place is judged and kept; outside the radius it is flagged, not refused."""
    ask, call = cast(asks.ReportIn, w.ask), own_call(w)
    place = place_of(ask.lon, ask.lat, ask.crs)
    found = stood(place, spot_of(w.request), w.city.catalog.response.check_in_within_m)
    call.reported_at, call.reported_by = w.now, w.actor.account_id
    call.in_time = w.in_time[ClockName.REPORT_IN]
    call.lon, call.lat = (place.lon, place.lat) if place else (None, None)
    call.check_in, call.distance_m = found.verdict.value, found.distance_m
    for task in w.assignments:
        if task.id == call.assignment_id:
            task.signed_at, task.signed_by = w.now, w.actor.account_id
    for told in ("lon", "lat", "crs"):
        w.words.pop(told, None)
    w.noted |= {"unit": call.unit_id, "check_in": found.verdict.value, "distance_m": found.distance_m}


async def planned(w: Writing, row: Transition) -> None:
    """处置方案: a newer one takes the older one's place; both stay in the case's history."""
    call = own_call(w)
    call.plan, call.planned_at = w.words.get("text"), w.now


async def answered(w: Writing, row: Transition) -> None:
    """报到处置结果: with the last one the whistle is over."""
    call = own_call(w)
    call.result, call.answered_at = w.words.get("text"), w.now
    close_call(w, call, "ANSWERED")
    if all(one.closed_at is not None for one in w.calls if one.whistle_id == call.whistle_id):
        _whistle_of(w, call).ended_at = w.now


async def ended(w: Writing, row: Transition) -> None:
    """收哨: whoever has not answered is told that it need not come any more."""
    whistle = _named(w)
    w.also_units += [c.unit_id for c in w.calls if c.whistle_id == whistle.id and c.closed_at is None]
    whistle.outcome, whistle.ended_by = w.words.get("note"), w.actor.account_id
    w.noted["whistle"] = whistle.no
    end_whistle(w, whistle, "NOT_NEEDED")


def _to_score(w: Writing, wanted: Callable[[WhistleCall], bool]) -> WhistleCall:
    """The latest that may be scored; the guards have seen that there is one."""
    return next(call for call in reversed(w.calls) if call.closed_at is not None and wanted(call))


async def unit_rated(w: Writing, row: Transition) -> None:
    """评价报到部门: the caller's score of the department, which is told of it."""
    callers = {one.id for one in w.whistles if one.caller_unit_id in w.actor.units}
    call = _to_score(w, lambda c: c.unit_id == w.target_unit and c.scored_at is None and c.whistle_id in callers)
    call.score, call.score_note = cast(asks.RateUnit, w.ask).score, w.words.get("note")
    call.scored_at = w.now
    w.also_units.append(call.unit_id)


async def whistle_rated(w: Writing, row: Transition) -> None:
    """评价吹哨: the department's score of the whistle, and whether it was needed; the caller is told."""
    ask = cast(asks.RateWhistle, w.ask)
    call = _to_score(w, lambda c: c.unit_id in w.actor.units and c.whistle_scored_at is None)
    call.whistle_score, call.justified, call.whistle_note = ask.score, ask.justified, w.words.get("note")
    call.whistle_scored_at = w.now
    w.also_units.append(_whistle_of(w, call).caller_unit_id)


WHISTLES: dict[Action, Callable[[Writing, Transition], Awaitable[None]]] = {
    Action.WHISTLE: whistled,
    Action.REPORT_IN: reported_in,
    Action.GIVE_PLAN: planned,
    Action.ANSWER_WHISTLE: answered,
    Action.END_WHISTLE: ended,
    Action.RATE_UNIT: unit_rated,
    Action.RATE_WHISTLE: whistle_rated,
}
