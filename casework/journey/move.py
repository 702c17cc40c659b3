"""Every change of a case's status, and every recorded act that keeps it: the one way in.

Read with rules/transitions.py beside it: the table says what may happen, this writes all that follows.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog import urban
from casework.catalog.areas import significant
from casework.db import cases, classifying, rollups
from casework.db.callers import earlier_cases
from casework.db.door import ClockRow
from casework.db.knowledge import as_item
from casework.db.levels import unit_above
from casework.db.models import Case, Clock, ClockFired, Event, Notice
from casework.db.units import unit_in_area
from casework.journey import checking, clockwork, copying, evidence, merging, screening, verifying
from casework.journey.city import City
from casework.journey.counting import counts_as
from casework.journey.effects import EFFECTS
from casework.journey.identity import seal_all_of
from casework.journey.knowledge import to_answer_from
from casework.journey.ledger import LEDGER
from casework.journey.leveling import raised
from casework.journey.notices import listeners_of, owed
from casework.journey.standing import (
    HELPERS,
    ON_THE_SPOT,
    attempts_needed,
    bounds_of,
    running_finish,
    state_of,
    timing_of,
)
from casework.journey.turning import TURNS
from casework.journey.whistling import WHISTLES, called_by, concerned
from casework.journey.wording import masked_words
from casework.journey.writing import Writing, drop_pending
from casework.kit.errors import NotFound
from casework.rules import asks
from casework.rules.clocks import PromisedBy
from casework.rules.decide import Decision, decide
from casework.rules.facts import Actor, Facts
from casework.rules.guarding import is_guarded
from casework.rules.knowledge import unusable
from casework.rules.queue_rank import queue_rank
from casework.rules.rollups import deltas
from casework.rules.transitions import Transition
from casework.rules.words import Action, ClockName, Kind, MotionKind, Role, Stage, Status, Urgency

_INNER = HELPERS | ON_THE_SPOT
"""Tasks that have an inner limit: a helper's, a verifying and an on-site check."""
FIRST_PROMISES = frozenset({Action.ACCEPT, Action.TAKE_ON, Action.ASK_COMMUNITY, Action.CLASSIFY})
"""Moves whose promise to the citizen is the first one (D0); any later one stands beside it (domain.md §1.5)."""


async def move(
    session: AsyncSession,
    city: City,
    case_no: str,
    actor: Actor,
    ask: asks.Ask,
    *,
    request_key: str | None = None,
) -> Case:
    """Lock the case, ask the rules, write all that follows: status, event, clocks, notices. Does not commit.

    Repeating a `request_key` changes nothing and returns the case as it stands.
    Raises: NotFound: no such case in the actor's scope. Refused: the rules said no; nothing was written.
    """
    if isinstance(ask, asks.Merge) and ask.main:
        await cases.hold_in_order(session, [case_no, ask.main])
    held = await cases.lock(session, case_no, actor)
    if held is None:
        raise NotFound("case_not_found")
    case = held.case
    if request_key is not None and await cases.was_done(session, case.id, request_key):
        return case
    hangs = await cases.hanging(session, case)
    target = await _target_unit(session, case, actor, ask, hangs)
    main = await merging.main_of(session, actor, ask, case)
    called = await called_by(session, actor, ask)
    reported = await screening.reported_by(session, ask)
    was_guarded = held.request.guarded
    item = await to_answer_from(session, actor, ask.knowledge_item) if isinstance(ask, asks.Answer) else None
    state, spot = state_of(case, hangs), evidence.spot_of(held.request)
    errand = await verifying.errand_of(session, case, actor, ask, spot)
    bag = await evidence.brought(session, city, actor, ask, state, spot, case.id)
    facts = Facts(
        case=state,
        actor=actor,
        ask=ask,
        now=held.now,
        target_unit=target,
        called=called,
        category_known=_category_known(city, ask),
        category_retired=_category_retired(city, case, ask),
        area_allowed=_area_allowed(city, actor, ask),
        item_fault=unusable(as_item(item) if item else None, case.area_code, held.now),
        guidance_codes=city.catalog.reasons.guidance_codes,
        closure_codes=city.catalog.reasons.closure_codes,
        closures_of_two=city.catalog.reasons.closures_of_two,
        turns=city.catalog.turns.rules,
        attempts_needed=attempts_needed(city.catalog, case),
        bounds=bounds_of(city.catalog, case, hangs, actor, held.now, ask),
        main_fault=merging.main_fault(case, main),
        interim_owed=clockwork.interim(city.catalog, timing_of(case)) is not None,
        reported=reported.named,
        would_bar=frozenset(reported.near),
        telltales=await screening.told_in(session, city.keyring, held.request, ask),
        names_report=_names_report(city, case, ask),
        verify_fault=errand.fault,
        urban_fault=_urban_fault(city, case, ask),
        repeat_known=await _repeat_known(session, case, actor, ask),
        demand=bag.demand,
        shown=bag.shown,
        spot=bag.spot,
    )
    decision = decide(facts)
    words = masked_words(city.keyring, held.request, ask)
    writing = Writing(session, city, case, held.request, actor, ask, words, held.now, target, item)
    writing.clocks, writing.assignments, writing.motions = hangs.clocks, hangs.assignments, hangs.motions
    writing.supervisions, writing.main = hangs.supervisions, main
    writing.main_phone = await merging.phone_of(session, main)
    writing.whistles, writing.calls = hangs.whistles, hangs.calls
    writing.reported = reported.near
    writing.called = tuple(unit for unit in called if unit is not None)
    if isinstance(ask, asks.Split):
        writing.next_no = await cases.next_number(session, held.request)
    writing.district = await copying.district(session, city, case, ask.action, target)
    writing.checker = errand.verifier or await checking.checker_for(session, city, case, hangs, actor, ask)
    await write(writing, decision, request_key)
    if case.merged and ask.action in merging.ANSWERS:
        await merging.answer_followers(session, writing)
    if isinstance(ask, asks.Screen):
        await screening.hush(session, case)
    if held.request.guarded and not was_guarded:
        await seal_all_of(session, city, held.request)
    await evidence.use(session, case, ask.action, bag.rows)
    if isinstance(ask, asks.Classify) and ask.category:
        given = writing.noted["before"]["category"]
        await classifying.settle(session, case, actor, given=given, at=held.now)
    return case


async def _repeat_known(session: AsyncSession, case: Case, actor: Actor, ask: asks.Ask) -> bool:
    if not isinstance(ask, asks.Guide) or not ask.repeat_of:
        return False
    earlier = await earlier_cases(session, actor, case.case_no)
    return any(found.case.case_no == ask.repeat_of for found in earlier)


async def _target_unit(
    session: AsyncSession, case: Case, actor: Actor, ask: asks.Ask, hangs: cases.Hanging
) -> int | None:
    """The unit that the ask names; left out, the one suggested: by the catalogue, or by the return that is granted."""
    if isinstance(ask, asks.Raise):
        return await unit_above(session, case)
    if not isinstance(ask, asks.NamesUnit):
        return None
    if isinstance(ask, asks.GrantReturn) and not ask.unit:
        asked = (m.other_unit_id for m in hangs.motions if m.kind == MotionKind.RETURN and m.ruling is None)
        return next(asked, None)
    code = ask.unit or (case.suggested_unit if isinstance(ask, asks.Dispatch) else None)
    unit = await unit_in_area(session, code, actor.area) if code else None
    return unit.id if unit else None


def _urban_fault(city: City, case: Case, ask: asks.Ask) -> str | None:
    if not isinstance(ask, asks.Facets) or not ask.urban_code:
        return None
    kind = ask.kind or (Kind(case.kind) if case.kind else None)
    return urban.fault_of(city.catalog.urban, ask.urban_code, kind, ask.area_code or case.area_code)


def _category_known(city: City, ask: asks.Ask) -> bool:
    return not isinstance(ask, asks.Facets) or not ask.category or ask.category in city.catalog.categories


def _names_report(city: City, case: Case, ask: asks.Ask) -> bool:
    if not isinstance(ask, asks.Split):
        return False
    category, kind = (
        city.catalog.categories.get(ask.category or ""),
        ask.kind or (Kind(case.kind) if case.kind else None),
    )
    return is_guarded(kind, category is not None and category.confidential)


def _category_retired(city: City, case: Case, ask: asks.Ask) -> bool:
    """A case that has a retired category keeps it; no other is given it."""
    if not isinstance(ask, asks.Classify | asks.Split) or not ask.category or ask.category == case.category:
        return False
    found = city.catalog.categories.get(ask.category)
    return found is not None and found.retired


def _area_allowed(city: City, actor: Actor, ask: asks.Ask) -> bool:
    if not isinstance(ask, asks.Facets) or not ask.area_code:
        return True
    return city.catalog.areas.valid(ask.area_code) and significant(ask.area_code).startswith(actor.area)


async def write(writing: Writing, decision: Decision, request_key: str | None = None) -> None:
    """Write all that a decided move means, in the order: clocks stop, effects, clocks start, status, event, notices,
    and what the move adds to the rates' sums."""
    row, case = decision.row, writing.case
    before = counts_as(case)
    _turn_clocks(writing, row)
    if (
        effect := (EFFECTS | TURNS | LEDGER | WHISTLES | {Action.RAISE: raised, Action.SCREEN: screening.screened}).get(
            row.action
        )
    ) is not None:
        await effect(writing, row)
    copying.copy(writing)
    if row.source is not row.target:
        drop_pending(writing, frozenset(MotionKind) - {MotionKind.RETURN})
    await _start_clocks(writing, row)
    _keep_promise(writing)
    _keep_times(writing)
    case.status = row.target.value
    case.call_from = case.call_from if row.target is Status.FOLLOW_UP else None
    case.version += 1
    case.updated_at = writing.now
    case.next_due = clockwork.next_due(writing.clocks)
    case.queue_rank = queue_rank(row.target, Urgency(case.urgency), case.suggested_unit)
    writing.pen.add(_event(writing, decision, request_key))
    listeners = listeners_of(case, writing.request)
    for line in owed(row.tells, row.action.value, listeners, writing.also_units, writing.also_accounts):
        if line.unit_id in case.barred_units:
            continue
        writing.pen.add(
            Notice(
                case_id=case.id,
                audience=line.audience,
                channel=line.channel,
                topic=line.topic,
                unit_id=line.unit_id,
                account_id=line.account_id,
                params=writing.told,
                created_at=writing.now,
                next_at=writing.now,
            )
        )
    await writing.pen.flush()
    await rollups.write(writing.pen, deltas(before, counts_as(case)))


def _turn_clocks(writing: Writing, row: Transition) -> None:
    clocks, now = writing.clocks, writing.now
    for clock in clockwork.running(clocks, row.cancels):
        if concerned(writing, clock):
            clockwork.cancel(clock, now)
    for clock in clockwork.running(clocks, row.stops):
        if not concerned(writing, clock):
            continue
        writing.in_time[ClockName(clock.name)] = clockwork.stop(clock, now)
        if clockwork.breached_unseen(clock):
            _note_breach(writing, clock)
    for clock in clockwork.running(clocks, row.files):
        clockwork.file(clock, now)
    for clock in clockwork.running(clocks, row.pauses):
        clockwork.pause(clock, now)
    for clock in clockwork.running(clocks, row.resumes):
        clockwork.resume(clock, now, writing.city.catalog, timing_of(writing.case))


def _note_breach(writing: Writing, clock: Clock) -> None:
    """The clock was stopped late before the sweeper came: its breach is known all the same, once."""
    clock.breached_at = writing.now
    stage = ClockFired(clock_id=clock.id, stage=Stage.BREACH.value, stage_at=clock.due_at, fired_at=writing.now)
    writing.pen.add(stage)
    data = {"clock": clock.name, "stage": Stage.BREACH.value, "due_at": clock.due_at.isoformat()}
    event = Event(case_id=writing.case.id, at=writing.now, action="CLOCK", role=Role.SYSTEM.value, data=data)
    writing.pen.add(event)


async def _start_clocks(writing: Writing, row: Transition) -> None:
    if not row.starts:
        return
    await writing.pen.flush()
    case = writing.case
    for name in row.starts:
        if name is ClockName.CONTACT and case.contact_exempt:
            continue
        if name is ClockName.FEEDBACK and _interim_given(writing):
            continue
        for hangs_on in _hangs_on(writing, name):
            before = [c.cycle for c in writing.clocks if c.name == name.value and c.assignment_id == hangs_on]
            planned, by = _planned(writing, row, name)
            if planned is None:
                continue
            clock = clockwork.start(case.id, hangs_on, planned._replace(cycle=max(before, default=0) + 1))
            clock.promised_by = by.value if by else None
            writing.pen.add(clock)
            writing.clocks.append(clock)
            if name is ClockName.FINISH and row.action in FIRST_PROMISES:
                case.finish_due_original = clock.due_at


def _interim_given(writing: Writing) -> bool:
    """The interim reply is owed once: whoever has the case next does not owe it again."""
    if clockwork.interim(writing.city.catalog, timing_of(writing.case)) is None:
        return False
    return any(clock.name == ClockName.FEEDBACK and clock.state == "STOPPED" for clock in writing.clocks)


def _hangs_on(writing: Writing, name: ClockName) -> list[int | None]:
    """The assignments that a clock hangs on: the helper's, the check or the rectification that was opened now, each
    called department's, the lead's, or none (words.md §3)."""
    if name is ClockName.INNER:
        return [task.id for task in writing.assignments[-1:] if task.kind in _INNER and task.closed_at is None]
    if name is ClockName.RECTIFY:
        return [task.id for task in writing.assignments[-1:] if name in writing.ready]
    if name is ClockName.REPORT_IN:
        return [task.id for task in writing.on]
    return [writing.lead.id if name in clockwork.ON_LEAD and writing.lead else None]


def _planned(writing: Writing, row: Transition, name: ClockName) -> tuple[ClockRow | None, PromisedBy | None]:
    """The clock that the move made ready, else the one by the table of limits, from now or from when it counts."""
    if name in writing.ready:
        return writing.ready[name]
    case = writing.case
    begin = case.accepted_at if row.action is Action.CLASSIFY and case.accepted_at else writing.begin or writing.now
    return clockwork.plan(writing.city.catalog, name, timing_of(case), begin), None


def _keep_promise(writing: Writing) -> None:
    """The case's row says what its FINISH clock says, whatever moved it."""
    finish = running_finish(writing.clocks)
    if finish is not None:
        writing.case.finish_due = finish.due_at
        writing.case.provisional = finish.calendar_unannounced or finish.kind_unknown


_IN_TIME = {ClockName.RESPOND: "called_in_time", ClockName.DISPATCH: "dispatched_in_time"}


def _keep_times(writing: Writing) -> None:
    """The case's row says whether the centre's own first promises were kept, and how long the work took."""
    case = writing.case
    for name, kept in _IN_TIME.items():
        if name in writing.in_time and getattr(case, kept) is None:
            setattr(case, kept, writing.in_time[name])
    if case.completed_at is None or case.accepted_at is None:
        case.worked_minutes = None
    elif case.worked_minutes is None:
        calendar = writing.city.catalog.calendars.for_area(case.area_code)
        case.worked_minutes = calendar.working_minutes_between(case.accepted_at, case.completed_at)


def _event(writing: Writing, decision: Decision, request_key: str | None) -> Event:
    case, row, ask = writing.case, decision.row, writing.ask
    return Event(
        case_id=case.id,
        at=writing.now,
        action=row.action.value,
        role=decision.role.value,
        account_id=writing.actor.account_id,
        unit_id=writing.actor.unit_id,
        from_status=row.source.value,
        to_status=row.target.value,
        version=case.version,
        acted_at=ask.acted_at,
        data={**writing.words, **writing.noted},
        request_key=request_key,
    )
