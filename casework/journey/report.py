"""A request comes in and becomes a case: the one door behind every channel.

The message was stored before (db/inbox.py); here it is read, and one statement writes request, case, assignment,
event, clocks and notices (db/door.py). A killed process leaves either nothing or all of it, and the intake worker
finishes what was only stored.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import NamedTuple

import asyncpg
from pydantic_core import to_json

from casework.db import door
from casework.db.requests import CaseReceipt, Receipt, query_code, receipt_of
from casework.journey import clockwork, evidence, leveling
from casework.journey.city import City
from casework.journey.counting import first_deltas
from casework.journey.minors import guardian_of
from casework.journey.notices import Listeners, owed
from casework.journey.placing import Told, place
from casework.journey.suggest import Suggestion, suggest
from casework.journey.supplement import CONTENT, supplement
from casework.kit.masking import mask_text, normal_phone
from casework.kit.now import shanghai_day
from casework.rules import asks
from casework.rules.decide import Decision, Refused, decide
from casework.rules.facts import Actor, CaseState, Facts
from casework.rules.guarding import is_guarded
from casework.rules.minors import is_minors, urgent
from casework.rules.numbers import case_number, request_number
from casework.rules.queue_rank import queue_rank
from casework.rules.signs import raised
from casework.rules.transitions import ENDED
from casework.rules.words import Action, Channel, ClockName, Direction, Kind, Level, Record, Role, Status, Urgency

TITLE_LENGTH = 60
BODY = "inbox.body"


class Incoming(NamedTuple):
    """What was said, as it was said. `region`: where it came in, when the place is not known. Times UTC.

    `flags` name what was wrong with its form (a bad phone, an unknown place): such a request is accepted all the same.
    """

    source: str
    channel: Channel
    region: str
    title: str = ""
    text: str = ""
    upstream_no: str | None = None
    upstream_due: datetime | None = None
    occurred_at: datetime | None = None
    kind: Kind | None = None
    category: str | None = None
    urgency: Urgency | None = None
    area_code: str | None = None
    address: str | None = None
    lon: float | None = None
    lat: float | None = None
    crs: str | None = None
    name: str | None = None
    phone: str | None = None
    anonymous: bool = False
    secret: bool = False
    reply_wanted: bool = True
    proxy_for: str | None = None
    dialect: str | None = None
    call_id: str | None = None
    recording: str | None = None
    flags: Sequence[str] = ()

    def fingerprint(self) -> str:
        """The same words again have the same one, however they were spelled in JSON. Never stored: who holds all else
        of a request could try phones on it until it fits; what is kept is its blind index."""
        return hashlib.sha256(to_json(self._replace(flags=()))).hexdigest()


@dataclass(frozen=True, slots=True)
class Entry:
    """How a message enters the table: the first move, who makes it, and, from the grid, for which community unit."""

    ask: asks.Ask
    actor: Actor
    direction: Direction = Direction.CENTRE
    level: Level = Level.COUNTY
    community_unit: int | None = None
    reporter_id: int | None = None
    urban_code: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """The stored message: its inbox row, when it was received (the official time, UTC), and its bytes, which are
    sealed anew where the request is guarded; None: whoever stores the row sees to that."""

    inbox_id: int
    received_at: datetime
    body: bytes | None = None


@dataclass(slots=True)
class Draft:
    """A case while it is put together."""

    incoming: Incoming
    entry: Entry
    held: Held
    decision: Decision
    suggestion: Suggestion
    urgency: Urgency
    area: str
    working_title: str
    working_text: str
    guarded: bool
    minor: bool
    guardian: int | None = None
    clocks: list[door.ClockRow] = field(default_factory=list)


async def report(city: City, held: Held, incoming: Incoming, entry: Entry) -> Receipt:
    """Make the case. A repeat (same message, or same upstream number and words) returns the first one's receipt;
    other words under a known upstream number become a supplement.

    Raises: Refused: the table does not let this actor begin a case so. Database errors: nothing was written.
    """
    draft = await prepare(city, held, incoming, entry)
    request_no = await next_number(city, held, incoming)
    try:
        made = await city.door_lanes.do(new_case(city, draft, request_no))
    except asyncpg.UniqueViolationError as known:
        if known.constraint_name == "pk_attachment_use":
            raise Refused("ATTACHMENT_UNUSABLE") from None
        if known.constraint_name != "uq_request_upstream":
            raise
        return await supplement(city, held.inbox_id, incoming.source, incoming.upstream_no or "", _words(incoming))
    if made is None:
        return replace(await receipt_of(await city.database.pool(), city.keyring, held.inbox_id), repeated=True)
    return _receipt(city, draft, request_no)


async def next_number(city: City, held: Held, incoming: Incoming) -> str:
    """The number of the request (诉求编号); given once, whatever becomes of it."""
    day = shanghai_day(held.received_at)
    sequence = await city.numbers.next(await city.database.pool(), incoming.region[:6], day)
    return request_number(incoming.region, day, incoming.channel, sequence)


def _words(incoming: Incoming) -> tuple[str, str, str]:
    return incoming.title, incoming.text, incoming.fingerprint()


async def prepare(city: City, held: Held, incoming: Incoming, entry: Entry) -> Draft:
    """Ask the rules and put the case together; nothing is written. Raises: Refused."""
    names = (incoming.name,) if incoming.name else ()
    category = city.catalog.categories.get(incoming.category) if incoming.category else None
    seen = city.catalog.classifying.signs.seen(f"{incoming.title}\n{incoming.text}")
    urgency = raised(incoming.urgency, entry.actor.roles, category.urgency if category else Urgency.N, seen)
    minor = is_minors(category is not None and category.minor, seen)
    urgency = urgent(urgency) if minor else urgency
    state = CaseState(
        Status.DRAFT, entry.direction, entry.level, kind=incoming.kind, category=incoming.category, urgency=urgency
    )
    spot = evidence.place_of(incoming.lon, incoming.lat, incoming.crs)
    bag = await evidence.brought_in(city, entry.actor, entry.ask, state, spot)
    facts = Facts(
        case=state,
        actor=entry.actor,
        ask=entry.ask,
        now=held.received_at,
        target_unit=entry.community_unit,
        demand=bag.demand,
        shown=bag.shown,
        spot=bag.spot,
    )
    decision = decide(facts)
    incoming, entry = _with_what_has_come(incoming, entry, bag)
    spoken = incoming.address, f"{incoming.title} {incoming.text}"
    moment = incoming.occurred_at or held.received_at
    found = await place(city, Told(incoming.area_code, incoming.region, spot, *spoken, moment, held.received_at))
    signs = dict.fromkeys(f"SIGN_{one.rule.sign.value}" for one in seen)
    incoming = incoming._replace(flags=(*incoming.flags, *found.flags, *signs))
    area = found.area or incoming.area_code
    working_text = mask_text(incoming.text, names)
    suggestion = suggest(
        city.catalog,
        await city.units(),
        await city.rule_book(),
        category=incoming.category,
        area=area or (incoming.region if incoming.category else None),
        kind=incoming.kind,
        urgency=urgency,
        text=working_text,
        at=held.received_at,
    )
    draft = Draft(
        incoming,
        entry,
        held,
        decision,
        suggestion,
        urgency,
        area or incoming.region,
        mask_text(incoming.title, names) or working_text[:TITLE_LENGTH],
        working_text,
        is_guarded(incoming.kind, category is not None and category.confidential),
        minor,
        await guardian_of(city, incoming.category, area or incoming.region) if minor else None,
    )
    timing = clockwork.Timing(
        urgency, incoming.kind, incoming.category, draft.area, incoming.upstream_due, suggestion.limit, entry.urban_code
    )
    planned = (
        leveling.plan(city.catalog, name, entry.level, timing, held.received_at)
        if entry.direction is Direction.GRID
        else clockwork.plan(city.catalog, name, timing, held.received_at)
        for name in decision.row.starts
    )
    draft.clocks = [clock for clock in planned if clock is not None]
    return draft


def _with_what_has_come(incoming: Incoming, entry: Entry, bag: evidence.Brought) -> tuple[Incoming, Entry]:
    """Files that have not come yet do not hold a record up: it is flagged, and they join it when they have."""
    if not isinstance(entry.ask, asks.WithAttachments) or set(entry.ask.attachments) == set(bag.ids):
        return incoming, entry
    ask = entry.ask.model_copy(update={"attachments": bag.ids})
    return incoming._replace(flags=(*incoming.flags, evidence.LATE)), replace(entry, ask=ask)


def new_case(city: City, draft: Draft, request_no: str) -> door.NewCase:
    """All rows that the draft becomes."""
    row, ask = draft.decision.row, draft.entry.ask
    listeners = Listeners(
        citizen=bool(draft.incoming.phone) and draft.incoming.reply_wanted and not draft.incoming.anonymous,
        upstream=draft.incoming.upstream_no is not None,
        lead_unit_id=draft.entry.community_unit,
        reporter_id=draft.entry.reporter_id,
    )
    case = _case_row(draft, request_no)
    return door.NewCase(
        inbox_id=draft.held.inbox_id,
        request=_request_row(city, draft, request_no),
        case=case,
        event=_event_row(draft),
        clocks=draft.clocks,
        notices=[*owed(row.tells, row.action.value, listeners), *_to_guardian(draft)],
        clocks_on_lead=clockwork.ON_LEAD,
        deltas=first_deltas(case),
        body_sealed=_body_again(city, draft),
        attachments=ask.attachments if isinstance(ask, asks.WithAttachments) else (),
        signed=row.target is Status.HANDLING,
    )


def _to_guardian(draft: Draft) -> list[door.NoticeRow]:
    """涉未成年人: who guards them is told at once."""
    if draft.guardian is None:
        return []
    return [door.NoticeRow(Role.UNIT.value, "staff", Record.MINOR.value, draft.guardian, None)]


def _body_again(city: City, draft: Draft) -> bytes | None:
    body = draft.held.body if draft.guarded else None
    return city.keyring.identity.seal_bytes(body, BODY) if body is not None else None


def _request_row(city: City, draft: Draft, request_no: str) -> door.RequestRow:
    said, keys = draft.incoming, city.keyring.of(draft.guarded)
    seal = keys.seal
    names = (said.name,) if said.name else ()
    phone = normal_phone(said.phone) if said.phone else None
    return door.RequestRow(
        request_no=request_no,
        source=said.source,
        upstream_no=said.upstream_no,
        channel=said.channel.value,
        received_at=draft.held.received_at,
        occurred_at=said.occurred_at,
        content_digest=keys.blind_index(said.fingerprint(), CONTENT),
        title_sealed=seal(said.title, "request.title"),
        text_sealed=seal(said.text, "request.text"),
        working_title=draft.working_title,
        working_text=draft.working_text,
        name_sealed=seal(said.name, "request.name") if said.name else None,
        phone_sealed=seal(said.phone, "request.phone") if said.phone else None,
        phone_index=keys.blind_index(phone, "request.phone") if phone and not draft.guarded else None,
        address=mask_text(said.address, names) if said.address else None,
        lon=said.lon,
        lat=said.lat,
        crs=said.crs,
        anonymous=said.anonymous,
        secret=said.secret or draft.guarded,
        guarded=draft.guarded,
        reply_wanted=said.reply_wanted,
        proxy_for=mask_text(said.proxy_for, names) if said.proxy_for else None,
        dialect=mask_text(said.dialect, names) if said.dialect else None,
        call_id=said.call_id,
        recording=said.recording,
        notice_version=city.catalog.privacy.version,
        flags=list(said.flags),
    )


def _case_row(draft: Draft, request_no: str) -> door.CaseRow:
    said, row, now = draft.incoming, draft.decision.row, draft.held.received_at
    finish = next((clock for clock in draft.clocks if clock.name == ClockName.FINISH.value), None)
    ended = row.target in ENDED
    settled = now if row.action is Action.SETTLE else None
    return door.CaseRow(
        case_no=case_number(request_no, 1),
        status=row.target.value,
        direction=draft.entry.direction.value,
        level=draft.entry.level.value,
        channel=said.channel.value,
        kind=said.kind.value if said.kind else None,
        category=said.category,
        urgency=draft.urgency.value,
        area_code=draft.area,
        title=draft.working_title,
        routing=to_json(draft.suggestion.trace).decode(),
        suggested_unit=draft.suggestion.unit,
        reporter_id=draft.entry.reporter_id,
        lead_unit_id=draft.entry.community_unit,
        contact_exempt=said.anonymous or not said.reply_wanted,
        guarded=draft.guarded,
        minor=draft.minor,
        guardian_unit_id=draft.guardian,
        upstream_due=said.upstream_due,
        created_at=now,
        accepted_at=now if row.action is Action.ACCEPT else None,
        finish_due_original=finish.due_at if finish else None,
        finish_due=finish.due_at if finish else None,
        provisional=finish.provisional if finish else False,
        ended_at=now if ended else None,
        ended_as=row.target.value if ended else None,
        completed_at=settled,
        first_completed_at=settled,
        next_due=min((clock.due_at for clock in draft.clocks), default=None),
        queue_rank=queue_rank(row.target, draft.urgency, draft.suggestion.unit),
        urban_code=draft.entry.urban_code,
    )


def _event_row(draft: Draft) -> door.EventRow:
    ask, row = draft.entry.ask, draft.decision.row
    names = (draft.incoming.name,) if draft.incoming.name else ()
    said = ask.model_dump(mode="json", exclude={"action", "version", "acted_at"}, exclude_defaults=True)
    words = {key: mask_text(value, names) if isinstance(value, str) else value for key, value in said.items()}
    return door.EventRow(
        action=row.action.value,
        role=draft.decision.role.value,
        account_id=draft.entry.actor.account_id,
        unit_id=draft.entry.actor.unit_id,
        from_status=row.source.value,
        to_status=row.target.value,
        acted_at=ask.acted_at,
        data=to_json(words).decode(),
    )


def _receipt(city: City, draft: Draft, request_no: str) -> Receipt:
    due = {clock.name: clock.due_at for clock in draft.clocks}
    case = CaseReceipt(
        case_no=case_number(request_no, 1),
        status=draft.decision.row.target,
        due=due,
        provisional=any(clock.provisional for clock in draft.clocks),
    )
    return Receipt(request_no, query_code(city.keyring, request_no), (case,), tuple(draft.incoming.flags))
