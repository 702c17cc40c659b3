"""Disputes 矛盾纠纷: found, and every change of one. Read with rules/mediation.py beside it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.areas import significant
from casework.db import cases
from casework.db import disputes as rows
from casework.db.models import Dispute, DisputeEvent, Event, Notice
from casework.journey.city import City
from casework.journey.dispute_effects import EFFECTS, ENDED
from casework.journey.dispute_wording import masked_words, names_of, sealed_words
from casework.journey.dispute_writing import DisputeWriting, running, second_session_by
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.kit.masking import mask_text
from casework.kit.now import shanghai_day
from casework.rules import mediation_asks as asks
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.mediation import Turn, decide
from casework.rules.mediation_facts import DisputeFacts, DisputeState, Party
from casework.rules.mediation_words import (
    LEVEL_DIGITS,
    DisputeClock,
    DisputeRecord,
    DisputeStatus,
    Form,
    LinkKind,
    Origin,
    Risk,
    Track,
)
from casework.rules.numbers import dispute_number
from casework.rules.words import Level, Record, Role

FINDERS = (Role.GRID_WORKER, Role.COMMUNITY, Role.STREET, Role.MEDIATOR, Role.AGENT, Role.DISPATCHER)
"""Who may report a dispute."""
TITLE_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Found:
    """线索: what is told of a dispute, how it became known, and where: an area, or the case that it came up in."""

    text: str
    origin: Origin
    area_code: str = ""
    case_no: str = ""


async def report_dispute(
    session: AsyncSession, city: City, actor: Actor, found: Found, *, request_key: str | None = None
) -> Dispute:
    """发现线索: a dispute at M00, with the community's, street's, county's or city's centre by its area.

    Repeating a `request_key` changes nothing and returns the dispute. Raises: NotFound: no such case in the actor's
    scope. Unprocessable: the area is unknown, or outside the actor's own.
    """
    if request_key is not None and (before := await rows.reported_before(session, actor.account_id, request_key)):
        return before
    case_id, area = await _where(session, city, actor, found)
    now = await session.scalar(select(func.now()))
    assert now is not None
    day = shanghai_day(now)
    number = await city.numbers.next(await city.database.pool(), f"M{area[:6]}", day)
    told = mask_text(found.text)
    dispute = Dispute(
        dispute_no=dispute_number(area, day, number),
        case_id=case_id,
        status=DisputeStatus.CLUE.value,
        version=1,
        origin=found.origin.value,
        level=_level_of(area).value,
        area_code=area,
        title=told[:TITLE_LENGTH],
        claim_sealed=city.keyring.seal(found.text, "dispute.claim"),
        working_claim=told,
        reported_by=actor.account_id,
        request_key=request_key,
        recused=[],
        warned=0,
        created_at=now,
        updated_at=now,
    )
    session.add(dispute)
    await session.flush()
    _write_event(session, dispute, actor, DisputeRecord.FOUND.value, _role(actor), None, now, {})
    _tell_case(session, dispute, actor, now)
    await session.flush()
    return dispute


async def _where(session: AsyncSession, city: City, actor: Actor, found: Found) -> tuple[int | None, str]:
    if found.case_no:
        held = await cases.lock(session, found.case_no, actor)
        if held is None:
            raise NotFound("case_not_found")
        return held.case.id, held.case.area_code
    area = significant(found.area_code or actor.area[:12])
    own = actor.area[:12]
    if not own or not area.startswith(own) or len(area) < 4 or not city.catalog.areas.valid(area):
        raise Unprocessable(fields=[FieldFault("area_code", "refused.AREA_UNKNOWN")])
    return None, area


def _level_of(area: str) -> Level:
    return next(level for level, digits in LEVEL_DIGITS.items() if len(area) >= digits)


def _role(actor: Actor) -> Role:
    return next((role for role in FINDERS if role in actor.roles), Role.SYSTEM)


async def move_dispute(
    session: AsyncSession,
    city: City,
    dispute_no: str,
    actor: Actor,
    ask: asks.Ask,
    *,
    request_key: str | None = None,
) -> Dispute:
    """Lock the case and the dispute, ask the rules, write all that follows: status, event, clocks. Does not commit.

    Repeating a `request_key` changes nothing and returns the dispute as it stands.
    Raises: NotFound: no such dispute in the actor's scope. Refused: the rules said no; nothing was written.
    """
    held = await rows.lock(session, dispute_no, actor)
    if held is None:
        raise NotFound("dispute.not_found")
    dispute = held.dispute
    if request_key is not None and await rows.was_done(session, dispute.id, request_key):
        return dispute
    hangs = await rows.hanging(session, dispute.id)
    mediator = None
    if isinstance(ask, asks.Assign):
        mediator = await rows.mediator_of(session, ask.mediator, dispute.area_code)
    row, role = decide(facts_of(city, dispute, hangs, actor, ask, held.now, mediator))
    words = masked_words(ask, names_of(city.keyring, hangs.parties))
    writing = DisputeWriting(session, city, dispute, hangs, actor, ask, held.now, words, mediator)
    await _write(writing, row, role, request_key)
    return dispute


def facts_of(
    city: City,
    dispute: Dispute,
    hangs: rows.HangsOn,
    actor: Actor,
    ask: asks.Ask,
    now: datetime,
    mediator: int | None = None,
) -> DisputeFacts:
    """What the guards are told of a dispute as it stands."""
    mediating, window = running(hangs.timers, DisputeClock.MEDIATE), running(hangs.timers, DisputeClock.CONFIRM)
    first = hangs.sessions[0].held_at if hangs.sessions else None
    return DisputeFacts(
        dispute=state_of(dispute, hangs),
        actor=actor,
        ask=ask,
        now=now,
        today=day_of(now),
        mediator=mediator,
        confirm_until=window.due_at if window else None,
        next_session_by=second_session_by(city, dispute, first),
        expired=mediating is not None and now > mediating.due_at,
        rules=city.catalog.mediation.rules,
    )


def state_of(dispute: Dispute, hangs: rows.HangsOn) -> DisputeState:
    """A dispute as far as the rules ask."""
    return DisputeState(
        status=DisputeStatus(dispute.status),
        version=dispute.version,
        level=Level(dispute.level),
        track=Track(dispute.track),
        risk=Risk(dispute.risk) if dispute.risk else None,
        parties=tuple(Party(p.no, p.willing, p.signed_at is not None) for p in hangs.parties),
        mediator=dispute.mediator_id,
        recused=frozenset(dispute.recused),
        sessions=tuple(held.held_at for held in hangs.sessions),
        running=frozenset(DisputeClock(timer.name) for timer in hangs.timers if timer.state == "RUNNING"),
        form=Form(dispute.form) if dispute.form else None,
        in_force=dispute.in_force_at is not None,
        accepted_at=dispute.accepted_at,
        open_links=frozenset(LinkKind(link.kind) for link in hangs.links if link.answered_at is None),
    )


async def _write(w: DisputeWriting, row: Turn, role: Role, request_key: str | None) -> None:
    """In the order: clocks stop, effects, clocks start, status, event; of a linked case the event too."""
    dispute = w.dispute
    w.end(row.stops, "STOPPED")
    w.end(row.cancels, "CANCELLED")
    if (effect := EFFECTS.get(row.action)) is not None:
        await effect(w, row)
    await w.session.flush()
    for name in row.starts:
        w.start(name)
    if row.target is DisputeStatus.FAILED and dispute.accepted_at is not None:
        dispute.concluded_at = w.now
    if row.target in ENDED and dispute.ended_at is None:
        dispute.ended_at = w.now
    dispute.status, dispute.version, dispute.updated_at = row.target.value, dispute.version + 1, w.now
    data = {**w.words, **w.noted}
    event = _write_event(w.session, dispute, w.actor, row.action.value, role, row.source.value, w.now, data)
    event.words_sealed, event.request_key = sealed_words(w.city.keyring, w.ask), request_key
    if row.source is not row.target:
        _tell_case(w.session, dispute, w.actor, w.now, role)
    _tell(w, row)
    await w.session.flush()


def _tell(w: DisputeWriting, row: Turn) -> None:
    """Lines of the outbox for the mediator and for who reported it, but not for who did it."""
    there = {Role.MEDIATOR: w.dispute.mediator_id, Role.GRID_WORKER: w.dispute.reported_by}
    for role in row.tells:
        account = there[role]
        if account is not None and account != w.actor.account_id:
            w.session.add(
                Notice(
                    case_id=None,
                    audience=role.value,
                    channel="staff",
                    topic=f"DISPUTE_{row.action.value}",
                    account_id=account,
                    params={"item": w.dispute.dispute_no},
                    created_at=w.now,
                    next_at=w.now,
                )
            )


def _write_event(
    session: AsyncSession,
    dispute: Dispute,
    actor: Actor,
    action: str,
    role: Role,
    source: str | None,
    now: datetime,
    data: dict[str, object],
) -> DisputeEvent:
    event = DisputeEvent(
        dispute_id=dispute.id,
        at=now,
        action=action,
        role=role.value,
        account_id=actor.account_id,
        from_status=source,
        to_status=dispute.status,
        version=dispute.version,
        data=data,
    )
    session.add(event)
    return event


def _tell_case(session: AsyncSession, dispute: Dispute, actor: Actor, now: datetime, role: Role | None = None) -> None:
    """The case's history says where its dispute stands; what was said stays with the dispute."""
    if dispute.case_id is None:
        return
    data = {"dispute_no": dispute.dispute_no, "status": dispute.status}
    told = Event(
        case_id=dispute.case_id,
        at=now,
        action=Record.DISPUTE.value,
        role=(role or _role(actor)).value,
        account_id=actor.account_id,
        unit_id=actor.unit_id,
        data=data,
    )
    session.add(told)
