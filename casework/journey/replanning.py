"""Deadlines are re-planned when a notice of holidays is loaded 日历公布后重算 (words.md §3, domain.md §1.7).

A State Council notice, or a prefecture's local holiday, makes a new version of a calendar. Open clocks that used days
which were not announced then are reckoned anew; those that were settled already follow the notice's policy: they stand
(KEEP), are only lengthened (EXTEND_ONLY), or are reckoned anew too (RECOMPUTE). Case by case, each change an event.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from casework.db import calendars, cases, replanning, rollups
from casework.db.cases import Hanging
from casework.db.models import Case, Clock, Event, Motion
from casework.journey import clockwork
from casework.journey.city import City
from casework.journey.counting import counts_as
from casework.journey.standing import running_finish
from casework.rules.calendars import WorkCalendar
from casework.rules.clocks import Due, Limit, PromisedBy, due, promise
from casework.rules.facts import SYSTEM
from casework.rules.rollups import deltas
from casework.rules.words import ClockName, Policy, Record, Role

AGREED = frozenset({PromisedBy.EXTENSION.value, PromisedBy.LEAD.value})
"""Whose word a calendar does not move: what people agreed on stands."""


async def replan_once(city: City, *, limit: int = 200) -> int:
    """Re-plan the clocks of up to `limit` cases, a transaction each; how many cases. A repeat finds nothing to do."""
    await city.read_calendars()
    pool = await city.database.pool()
    found = await replanning.stale(pool, city.catalog.calendars.versions, limit=limit)
    for case_no in found:
        await _replan(city, case_no, {})
    done = len(found)
    for notice in await replanning.unfinished(pool):
        held = {found.version for found in city.catalog.calendars.within(notice.area).values()}
        behind = await replanning.behind(pool, notice, held, limit=limit)
        for case_no, clocks in behind.items():
            await _replan(city, case_no, dict.fromkeys(clocks, Policy(notice.policy)))
        if not behind:
            await replanning.finish(pool, notice)
        done += len(behind)
    return done


async def _replan(city: City, case_no: str, policies: Mapping[int, Policy]) -> None:
    """`policies`: what becomes of settled clocks, by their ids; the others stand."""
    async with city.database.transaction() as session:
        if not await calendars.stands_at(session, city.calendars_version):
            return
        held = await cases.lock(session, case_no, SYSTEM)
        if held is None:
            return
        case, hangs = held.case, await cases.hanging(session, held.case)
        calendar, before = city.catalog.calendars.for_area(case.area_code), counts_as(case)
        for clock in hangs.clocks:
            policy = policy_for(clock, policies.get(clock.id, Policy.KEEP), held.now)
            if policy is Policy.KEEP or clock.calendar_version == calendar.version:
                continue
            was = clock.due_at
            _reckon(case, hangs, clock, calendar, policy, held.now)
            if clock.due_at != was:
                session.add(_changed(case, clock, was, held.now))
                _move_promise(case, clock, was)
        _tell_the_case(case, hangs)
        case.updated_at = held.now
        await rollups.write(session, deltas(before, counts_as(case)))


def policy_for(clock: Clock, settled: Policy, now: datetime) -> Policy:
    """What a new calendar does to a clock: what waits for a notice is reckoned anew; what is broken stays broken; what
    was `settled` follows the notice."""
    if clock.state not in ("RUNNING", "PAUSED"):
        return Policy.KEEP
    if clock.calendar_unannounced:
        return Policy.RECOMPUTE
    return Policy.KEEP if clock.breached_at is not None or clock.due_at < now else settled


def anew(clock: Clock, motions: Iterable[Motion], calendar: WorkCalendar) -> Due | None:
    """The clock's own end by a calendar, its suspensions kept; None where people agreed on the end."""
    if clock.promised_by in AGREED:
        return None
    own = due(Limit.parse(clock.limit_text), clock.started_at, calendar)
    return clockwork.after_suspensions(own, motions, clock.started_at, calendar)


def promised(clock: Clock, own: Due, case: Case, policy: Policy) -> datetime | None:
    """When the clock would end; None where the policy lets it stand."""
    kept = promise(own, case.upstream_due if clock.name == ClockName.FINISH else None).at
    stands = kept == clock.due_at or (policy is Policy.EXTEND_ONLY and kept < clock.due_at)
    return None if stands else kept


def _reckon(case: Case, hangs: Hanging, clock: Clock, calendar: WorkCalendar, policy: Policy, now: datetime) -> None:
    """The clock's end by the calendar as it is now; an end that people agreed on stands."""
    own = anew(clock, hangs.motions, calendar)
    clock.calendar_version = calendar.version
    clock.calendar_unannounced = calendar.provisional(clock.started_at, clock.due_at)
    if own is None or (policy is Policy.EXTEND_ONLY and promised(clock, own, case, policy) is None):
        return
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


def _tell_the_case(case: Case, hangs: Hanging) -> None:
    """The row says what its clocks say."""
    finish = running_finish(hangs.clocks)
    if finish is not None:
        case.provisional = finish.calendar_unannounced or finish.kind_unknown
    case.next_due = clockwork.next_due(hangs.clocks)
    case.rectify_due = next((c.due_at for c in clockwork.running(hangs.clocks, [ClockName.RECTIFY])), None)
