"""How a message of the past enters 收件: read as its door reads it (services/intake/doors.py), sealed as stored."""

from collections.abc import Mapping

from casework.db.models import Inbox
from casework.journey.city import City
from casework.journey.report import BODY, Entry, Incoming
from casework.kit.crypto import digest
from casework.rules import asks
from casework.rules.facts import UPSTREAM, Actor
from casework.rules.words import Channel, Direction, Level
from manage.seed.arrivals import Message
from manage.seed.staff import Office
from services.intake.reading import read_statement
from services.intake.schemas import AgentForm, EmergencyForm, GridReport, HotlineMessage, Statement

HOTLINE = "hotline"
REGION = "510104"


def source_of(message: Message) -> str:
    """The inbox's source: the hotline, or the account that wrote it down."""
    return HOTLINE if message.actor is None else f"account:{message.actor.account_id}"


def inbox_row(city: City, message: Message, inbox_id: int) -> Inbox:
    """The stored message, dealt with."""
    return Inbox(
        id=inbox_id,
        source=source_of(message),
        message_id=message.message_id,
        door=message.door,
        digest=city.keyring.blind_index(digest(message.body).hex(), BODY),
        body_sealed=city.keyring.seal_bytes(message.body, BODY),
        account_id=message.actor.account_id if message.actor else None,
        received_at=message.at,
        state="DONE",
        outcome="ACCEPTED",
    )


def read(city: City, message: Message, communities: Mapping[str, Office]) -> tuple[Incoming, Entry]:
    """What was said and how it enters the table. `communities`: the units of communities by area."""
    if message.door == "hotline":
        said = HotlineMessage.model_validate_json(message.body)
        incoming = read_statement(
            city.catalog,
            said,
            source=HOTLINE,
            channel=Channel(str(said.channel)),
            region=REGION,
            upstream_no=said.upstream_no,
            upstream_due=said.upstream_due,
        )
        return incoming, Entry(asks.Accept(), UPSTREAM)
    if message.door == "agent":
        form = AgentForm.model_validate_json(message.body)
        return _local(city, message, form, form.channel), Entry(asks.Accept(), _writer(message))
    if message.door == "emergency":
        call = EmergencyForm.model_validate_json(message.body)
        statement = Statement(title=call.title, text=call.text, person=call.person, place=call.place, call=call.call)
        return _local(city, message, statement, Channel.AGENT), Entry(asks.Transfer(line=call.line), _writer(message))
    report = GridReport.model_validate_json(message.body)
    return _local(city, message, report, Channel.GRID), _from_grid(message, report, communities)


def _writer(message: Message) -> Actor:
    assert message.actor is not None
    return message.actor


def _local(city: City, message: Message, said: Statement, channel: Channel) -> Incoming:
    region = _writer(message).area[:12]
    return read_statement(city.catalog, said, source=source_of(message), channel=channel, region=region)


def _from_grid(message: Message, said: GridReport, communities: Mapping[str, Office]) -> Entry:
    walker = _writer(message)
    if said.entry == "SETTLED":
        settle = asks.Settle(evidence=said.evidence, acted_at=said.acted_at)
        return Entry(settle, walker, Direction.GRID, Level.GRID, reporter_id=walker.account_id)
    if said.entry == "COMMUNITY":
        unit = communities[walker.area[:12]].id
        ask = asks.AskCommunity(acted_at=said.acted_at)
        return Entry(ask, walker, Direction.GRID, Level.COMMUNITY, unit, walker.account_id)
    call = asks.Call(acted_at=said.acted_at)
    return Entry(call, walker, Direction.GRID, Level.GRID, reporter_id=walker.account_id)
