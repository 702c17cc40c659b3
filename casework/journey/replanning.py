"""Provisional deadlines are re-planned when their calendar is announced 日历公布后重算 (words.md §3, domain.md §1.7).

A State Council notice, or a prefecture's local holiday, is loaded as a new version of a calendar: open clocks that
used days which were not announced then are reckoned anew, case by case, each change an event with old and new.
"""

from datetime import datetime

from casework.db import cases, replanning
from casework.db.cases import Hanging
from casework.db.models import Case, Clock, Event, RateDelta
from casework.journey import clockwork
from casework.journey.city import City
from casework.journey.counting import counts_as
from casework.journey.standing import running_finish
from casework.rules.clocks import Limit, PromisedBy, due
from casework.rules.facts import SYSTEM
from casework.rules.rollups import deltas
from casework.rules.words import ClockName, Record, Role

_AGREED = frozenset({PromisedBy.EXTENSION.value, PromisedBy.LEAD.value})


async def replan_once(city: City, *, limit: int = 200) -> int:
    """Re-plan the clocks of up to `limit` cases, a transaction each; how many cases. A repeat finds nothing to do."""
    current = city.catalog.calendars.versions
    found = await replanning.stale(await city.database.pool(), current, limit=limit)
    for case_no in found:
        await _replan(city, case_no, current)
    return len(found)


async def _replan(city: City, case_no: str, current: frozenset[str]) -> None:
    async with city.database.transaction() as session:
        held = await cases.lock(session, case_no, SYSTEM)
        if held is None:
            return
        case, hangs = held.case, await cases.hanging(session, held.case)
        before = counts_as(case)
        for clock in hangs.clocks:
            waits = clock.calendar_unannounced and clock.state in ("RUNNING", "PAUSED")
            if not waits or clock.calendar_version in current:
                continue
            was = clock.due_at
            _reckon(city, case, hangs, clock, held.now)
            if clock.due_at != was:
                session.add(_changed(case, clock, was, held.now))
                _move_promise(case, clock, was)
        finish = running_finish(hangs.clocks)
        if finish is not None:
            case.provisional = finish.calendar_unannounced or finish.kind_unknown
        case.next_due = clockwork.next_due(hangs.clocks)
        case.rectify_due = next((c.due_at for c in clockwork.running(hangs.clocks, [ClockName.RECTIFY])), None)
        case.updated_at = held.now
        for delta in deltas(before, counts_as(case)):
            session.add(RateDelta(**delta._asdict()))


def _reckon(city: City, case: Case, hangs: Hanging, clock: Clock, now: datetime) -> None:
    """The clock's end by the calendar as it is now, its suspensions kept; an end that people agreed on stands."""
    calendar, limit = city.catalog.calendars.for_area(case.area_code), Limit.parse(clock.limit_text)
    clock.calendar_version = calendar.version
    clock.calendar_unannounced = calendar.provisional(clock.started_at, clock.due_at)
    if clock.promised_by in _AGREED:
        return
    own = due(limit, clock.started_at, calendar)
    own = clockwork.after_suspensions(own, hangs.motions, clock.started_at, calendar)
    clock.calendar_unannounced = own.provisional
    clockwork.move_due(clock, own, case.upstream_due, calendar, now)
    if clock.state == "RUNNING":
        clock.next_at = clock.stage_times[clock.stage_no - 1] if clock.stage_no <= len(clock.stages) else None


def _changed(case: Case, clock: Clock, was: datetime, now: datetime) -> Event:
    data = {
        "clock": clock.name,
        "was_due": was.isoformat(),
        "due": clock.due_at.isoformat(),
        "calendar": clock.calendar_version,
    }
    action = Record.REPLANNED.value
    return Event(case_id=case.id, at=now, action=action, role=Role.SYSTEM.value, data=data)


def _move_promise(case: Case, clock: Clock, was: datetime) -> None:
    """The case's row says what its FINISH clock says; the first promise moves with it while it is the same one."""
    if clock.name != ClockName.FINISH:
        return
    case.finish_due_original = clock.due_at if case.finish_due_original == was else case.finish_due_original
    case.finish_due = clock.due_at
