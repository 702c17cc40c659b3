"""Evidence 证据 in a case's life: what an ask brings along and what the catalogue wants of it, and files that join a
case by themselves because the record they belong to is there already."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import accounts, attachment_sweep, cases, evidence
from casework.db.models import Attachment, AttachmentUse, Case, Event, Notice, Request
from casework.journey.city import City
from casework.journey.sign_in import actor_of
from casework.rules import asks
from casework.rules.evidence import NOTHING_DEMANDED, Demand, Shown, demanded
from casework.rules.facts import Actor, CaseState
from casework.rules.points import Point, wgs84
from casework.rules.transitions import OPEN
from casework.rules.words import Action, KnownFrom, Media, Moment, Purpose, Record, Role, Status

FROM_CITIZEN = frozenset({Purpose.REQUEST, Purpose.PAPER})
JOIN_BY_THEMSELVES = FROM_CITIZEN | {Purpose.GRID}
"""Files that belong to the case as such; the others belong to an act, which names them."""
PURPOSES: dict[Action, frozenset[Purpose]] = {
    Action.ACCEPT: FROM_CITIZEN,
    Action.SUPPLY_INFO: FROM_CITIZEN,
    Action.CALL: frozenset({Purpose.GRID}),
    Action.ASK_COMMUNITY: frozenset({Purpose.GRID}),
    Action.OPEN_MATTER: frozenset({Purpose.GRID}),
    Action.SETTLE: frozenset({Purpose.GRID, Purpose.RESULT}),
    Action.CONTACT: frozenset({Purpose.CONTACT}),
    Action.FILE_RESULT: frozenset({Purpose.RESULT}),
    Action.ANSWER_VERIFY: frozenset({Purpose.GRID, Purpose.RESULT}),
    Action.PASS_CHECK: frozenset({Purpose.GRID, Purpose.RESULT}),
    Action.FAIL_CHECK: frozenset({Purpose.GRID, Purpose.RESULT}),
}
"""What may be named by which act."""
LATE = "ATTACHMENT_LATE"
"""Flag: the record named files that had not come yet; they join it when they have."""
_TRUE_PLACES = frozenset({KnownFrom.EXIF.value, KnownFrom.DEVICE.value})


@dataclass(frozen=True, slots=True)
class Brought:
    """Facts for the guards, and the rows that the act will use."""

    demand: Demand = NOTHING_DEMANDED
    shown: tuple[Shown, ...] = ()
    spot: Point | None = None
    rows: Sequence[Attachment] = field(default=())

    @property
    def ids(self) -> tuple[str, ...]:
        """The rows' ids."""
        return tuple(row.id for row in self.rows)


def demand_of(city: City, action: Action, case: CaseState, way: str | None = None) -> Demand:
    """What the catalogue demands of an action on a case; `way` is that of a first contact."""
    about = {"category": case.category, "urgency": case.urgency, "kind": case.kind}
    return demanded(city.catalog.evidence, action, **about, way=way)  # type: ignore[arg-type]


def spot_of(request: Request) -> Point | None:
    """Where the matter lies in WGS-84; None where no point was told, or in a system that is not known."""
    return place_of(request.lon, request.lat, request.crs)


def place_of(lon: float | None, lat: float | None, system: str | None) -> Point | None:
    """The point in WGS-84, if there is one and its system is known."""
    return wgs84(Point(lon, lat), system) if lon is not None and lat is not None else None


async def brought(
    session: AsyncSession,
    city: City,
    actor: Actor,
    ask: asks.Ask,
    state: CaseState,
    spot: Point | None,
    case_id: int | None = None,
) -> Brought:
    """What the ask brings to the case (None: to one that is made now). Its rows are held till the commit."""
    named = ask.attachments if isinstance(ask, asks.WithAttachments) else ()
    purposes = PURPOSES.get(ask.action, frozenset())
    rows = await evidence.usable(session, named, actor.account_id, case_id, purposes)
    way = ask.way if isinstance(ask, asks.Contact) else None
    return Brought(demand_of(city, ask.action, state, way), tuple(map(_shown, rows)), spot, rows)


async def brought_in(city: City, actor: Actor, ask: asks.Ask, state: CaseState, spot: Point | None) -> Brought:
    """As `brought`, for a record that comes in at the door; the database is asked only when files are named."""
    if not isinstance(ask, asks.WithAttachments) or not ask.attachments:
        return Brought(demand_of(city, ask.action, state), spot=spot)
    async with city.database.transaction() as session:
        return await brought(session, city, actor, ask, state, spot)


def _shown(row: Attachment) -> Shown:
    """The row as evidence; a place that somebody typed proves nothing."""
    placed = row.place_from in _TRUE_PLACES and row.lon is not None and row.lat is not None
    point = Point(row.lon or 0.0, row.lat or 0.0) if placed else None
    return Shown(Media(row.media or ""), Moment(row.moment) if row.moment else None, point)


async def use(session: AsyncSession, case: Case, action: Action, rows: Sequence[Attachment]) -> None:
    """The files belong to the act that made the case's present version. Those that the case has already stay as they
    are. Does not commit."""
    used = await evidence.used_ids(session, [row.id for row in rows])
    for row in rows:
        if row.id not in used:
            session.add(AttachmentUse(attachment_id=row.id, case_id=case.id, action=action.value, version=case.version))


async def joining(session: AsyncSession, actor: Actor, row: Attachment) -> Case | None:
    """The case that a file joins by itself, locked: the one it was declared for, or the one its record has become."""
    if Purpose(row.purpose) not in JOIN_BY_THEMSELVES:
        return None
    if row.case_id is not None:
        case_no = await evidence.number_of(session, row.case_id)
    else:
        case_no = await evidence.case_of_record(session, row.account_id, row.record_key or "")
    held = await cases.lock(session, case_no, actor) if case_no else None
    return held.case if held else None


async def join(session: AsyncSession, case: Case, row: Attachment, actor: Actor) -> None:
    """补充附件: the file belongs to the case, its history says so, whoever has it is told. Does not commit.

    A repeat changes nothing.
    """
    if await evidence.used_ids(session, [row.id]):
        return
    session.add(AttachmentUse(attachment_id=row.id, case_id=case.id, action=Record.EVIDENCE.value, version=None))
    session.add(
        Event(
            case_id=case.id,
            action=Record.EVIDENCE.value,
            role=min(actor.roles).value,
            account_id=actor.account_id,
            unit_id=actor.unit_id,
            data={"attachments": [row.id], "purpose": row.purpose},
        )
    )
    if Status(case.status) in OPEN:
        audience = Role.UNIT if case.lead_unit_id is not None else Role.DISPATCHER
        topic, unit = Record.SUPPLEMENT.value, case.lead_unit_id
        session.add(Notice(case_id=case.id, audience=audience.value, channel="staff", topic=topic, unit_id=unit))


async def join_late(city: City, *, limit: int = 100) -> int:
    """Files whose record came in while they were being finished join it now; how many. Each is its own transaction."""
    done = 0
    for attachment_id, account_id in await attachment_sweep.late(await city.database.pool(), limit=limit):
        async with city.database.transaction() as session:
            account = await accounts.active_account(session, account_id)
            arrived = await evidence.own(session, attachment_id, account_id)
            if account is None or arrived is None:
                continue
            actor = await actor_of(session, account)
            case = await joining(session, actor, arrived.row)
            if case is not None:
                await join(session, case, arrived.row, actor)
                done += 1
    return done
