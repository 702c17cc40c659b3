"""The doors 入口: how a stored message of each kind is read and reported. The API uses them at once, the worker for
what a killed process left in the inbox."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError

from casework.catalog.urban import fault_of
from casework.db.accounts import active_account
from casework.db.requests import Receipt
from casework.db.sources import Sources
from casework.db.units import unit_in_area
from casework.journey.city import City
from casework.journey.group_leaders import speaks
from casework.journey.report import Entry, Held, Incoming, report
from casework.journey.sign_in import actor_of
from casework.kit.errors import BadRequest, FieldFault, Forbidden, Unprocessable
from casework.rules import asks
from casework.rules.facts import UPSTREAM, Actor
from casework.rules.urban_codes import UrbanCode
from casework.rules.words import Channel, Direction, Level, Role
from services.intake.importing.door import imported
from services.intake.reading import Reader, read_statement
from services.intake.schemas import AgentForm, EmergencyForm, GridReport, HotlineMessage, MatterForm, Statement

S = TypeVar("S", bound=BaseModel)
GROUP_LEADER = "GROUP_LEADER"


@dataclass(frozen=True, slots=True)
class Message:
    """A stored message on its way in. `account_id`: who wrote it, where somebody was signed in."""

    held: Held
    source: str
    body: bytes
    account_id: int | None = None


async def hotline(city: City, sources: Sources, message: Message) -> Receipt:
    """中心接件: the hotline's webhook."""
    source = await sources.find(await city.database.pool(), message.source)
    if source is None:
        raise Unprocessable("intake.source_gone")
    said = _read(HotlineMessage, message.body)
    _need_words(said)
    channel = Reader(city.catalog).term(Channel, said.channel, "") or Channel(source.channel)
    incoming = read_statement(
        city.catalog,
        said,
        source=source.name,
        channel=channel,
        region=source.area_code,
        upstream_no=said.upstream_no,
        upstream_due=said.upstream_due,
        crs=source.crs,
    )
    return await report(city, message.held, incoming, Entry(asks.Accept(), UPSTREAM))


async def agent(city: City, sources: Sources, message: Message) -> Receipt:
    """坐席登记: what an agent writes down."""
    actor = await _actor(city, message)
    said = _read(AgentForm, message.body)
    _need_words(said)
    incoming = await _spoken(city, actor, said, _local(city, actor, said, said.channel, message.source))
    incoming, code = _urban(city, said.urban_code, incoming)
    entry = Entry(asks.Accept(attachments=said.attachments), actor, urban_code=code)
    return await report(city, message.held, incoming, entry)


async def emergency(city: City, sources: Sources, message: Message) -> Receipt:
    """一键转紧急: at once, with whatever is known."""
    actor = await _actor(city, message)
    said = _read(EmergencyForm, message.body)
    statement = Statement(title=said.title, text=said.text, person=said.person, place=said.place, call=said.call)
    incoming = _local(city, actor, statement, Channel.AGENT, message.source)
    return await report(city, message.held, incoming, Entry(asks.Transfer(line=said.line), actor))


async def grid(city: City, sources: Sources, message: Message) -> Receipt:
    """网格呼叫+中心响应: a grid worker settles, reports to the community, or calls the centre."""
    actor = await _actor(city, message)
    said = _read(GridReport, message.body)
    _need_words(said)
    incoming = _local(city, actor, said, Channel.GRID, message.source)
    incoming, code = _urban(city, said.urban_code, incoming)
    return await report(city, message.held, incoming, replace(await _grid_entry(city, said, actor), urban_code=code))


def _urban(city: City, said: str | None, incoming: Incoming) -> tuple[Incoming, str | None]:
    """数字城管: the code says whether it is a part or an event, and of which class. Raises Unprocessable."""
    if said is None:
        return incoming, None
    fault = fault_of(city.catalog.urban, said, incoming.kind, incoming.area_code or incoming.region)
    if fault is not None:
        raise Unprocessable(fields=[FieldFault("urban_code", f"refused.{fault}")])
    code = UrbanCode.parse(said)
    found = city.catalog.urban.class_of(code, incoming.kind)
    return incoming._replace(kind=found.type.kind, category=incoming.category or found.category), str(code)


async def _grid_entry(city: City, said: GridReport, actor: Actor) -> Entry:
    if said.entry == "SETTLED":
        ask: asks.Ask = asks.Settle(evidence=said.evidence, acted_at=said.acted_at, attachments=said.attachments)
        return Entry(ask, actor, Direction.GRID, Level.GRID, reporter_id=actor.account_id)
    if said.entry == "COMMUNITY":
        unit = await _community(city, said, actor)
        ask = asks.AskCommunity(acted_at=said.acted_at, attachments=said.attachments)
        return Entry(ask, actor, Direction.GRID, Level.COMMUNITY, unit, actor.account_id)
    ask = asks.Call(acted_at=said.acted_at, attachments=said.attachments)
    return Entry(ask, actor, Direction.GRID, Level.GRID, reporter_id=actor.account_id)


async def matter(city: City, sources: Sources, message: Message) -> Receipt:
    """街镇立件: a street or community begins a matter of its own, with its own unit. Nobody awaits a reply."""
    actor = await _actor(city, message)
    said = _read(MatterForm, message.body)
    _need_words(said)
    incoming = _local(city, actor, said, Channel.COMMUNITY, message.source)._replace(reply_wanted=False)
    incoming = await _spoken(city, actor, said, incoming)
    ask = asks.OpenMatter(acted_at=said.acted_at, attachments=said.attachments)
    level = Level.STREET if Role.STREET in actor.roles else Level.COMMUNITY
    return await report(city, message.held, incoming, Entry(ask, actor, Direction.GRID, level, actor.unit_id))


async def _spoken(city: City, actor: Actor, said: AgentForm | MatterForm, incoming: Incoming) -> Incoming:
    """居民小组长上报: the register says who speaks, and a flag that a group leader does."""
    if said.group_leader is None:
        return incoming
    async with city.database.transaction() as session:
        speaker = await speaks(session, city, actor, said.group_leader)
    return incoming._replace(name=speaker.name, phone=speaker.phone, flags=(*incoming.flags, GROUP_LEADER))


async def _community(city: City, said: GridReport, actor: Actor) -> int | None:
    """The community's unit: as named within the grid worker's street, or that of the worker's own community."""
    async with city.database.transaction() as session:
        unit = await unit_in_area(session, said.community or f"{actor.area[:12]}-SQ", actor.area[:9])
    return unit.id if unit and unit.level == Level.COMMUNITY else None


async def _actor(city: City, message: Message) -> Actor:
    async with city.database.transaction() as session:
        account = await active_account(session, message.account_id or 0)
        if account is None:
            raise Forbidden("intake.account_gone")
        return await actor_of(session, account)


def _local(city: City, actor: Actor, said: Statement, channel: Channel, source: str) -> Incoming:
    """A message from inside belongs where its writer works (a grid worker's community), unless it says otherwise."""
    return read_statement(city.catalog, said, source=source, channel=channel, region=actor.area[:12])


def _need_words(said: Statement) -> None:
    """A request without any words is no request."""
    if not said.title and not said.text:
        raise Unprocessable(fields=[FieldFault("text", "field.missing")])


def _read(shape: type[S], body: bytes) -> S:
    """The message in its shape. Raises BadRequest for what is no JSON, RequestValidationError naming each field."""
    try:
        return shape.model_validate_json(body)
    except ValidationError as error:
        faults = error.errors(include_url=False, include_input=False)
        if faults[0]["type"] == "json_invalid":
            raise BadRequest("body.not_json", position=_broken_at(body)) from None
        raise RequestValidationError([{**fault, "loc": ("body", *fault["loc"])} for fault in faults]) from None


def _broken_at(body: bytes) -> int:
    """Where it breaks, as far as that can be told: not where the nesting or a number is beyond all measure."""
    try:
        json.loads(body)
    except json.JSONDecodeError as error:
        return error.pos
    except UnicodeDecodeError as error:
        return error.start
    except (ValueError, RecursionError):
        return 0
    return 0


DOORS: dict[str, Callable[[City, Sources, Message], Awaitable[Receipt]]] = {
    "hotline": hotline,
    "agent": agent,
    "emergency": emergency,
    "grid": grid,
    "import": imported,
    "matter": matter,
}
