"""What comes in and what is answered 受理: the shapes of the intake's API.

A citizen's words are never refused for their form: only what makes a message unusable is an error, all else is read
as well as it can be, and a flag says what was wrong.
"""

from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator

from casework.rules.asks import Attachments, Moment
from casework.rules.words import Channel, Status


def _plain(given: Any) -> Any:
    """A number is taken as its digits; NUL characters, which no database keeps, are left out."""
    if isinstance(given, (int, float)) and not isinstance(given, bool):
        return str(given)
    return given.replace("\x00", "") if isinstance(given, str) else given


def _words(given: Any) -> Any:
    return "" if given is None else _plain(given)


Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000), BeforeValidator(_words)]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), BeforeValidator(_plain)]
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=64), BeforeValidator(_plain)]


class Loose(BaseModel):
    """A part that may be missing, null, or no object at all: then it is taken as its `main` field."""

    main: ClassVar[str]

    @model_validator(mode="before")
    @classmethod
    def _as_object(cls, given: Any) -> Any:
        if given is None:
            return {}
        return given if isinstance(given, (dict, cls)) else {cls.main: given}


class Person(Loose):
    """诉求人: who speaks. All of it may be missing."""

    main = "name"
    name: Any = None
    phone: Any = None
    anonymous: Any = False
    secret: Any = False
    reply_wanted: Any = True
    proxy_for: Any = None
    dialect: Any = None


class Place(Loose):
    """地点: an administrative code, an address in words, a point in a declared system (`crs`)."""

    main = "address"
    area_code: Any = None
    address: Any = None
    lon: Any = None
    lat: Any = None
    crs: Any = None


class Call(Loose):
    """通话: the call's id and where its recording lies."""

    main = "call_id"
    call_id: Any = None
    recording: Any = None


class Statement(BaseModel):
    """What every door asks for: words, and whatever else is known."""

    model_config = ConfigDict(extra="ignore")

    title: Said = ""
    text: Said = ""
    kind: Any = Field(None, examples=["COMPLAINT", "投诉"])
    category: Any = Field(None, examples=["0203"])
    urgency: Any = Field(None, examples=["N"])
    occurred_at: Any = Field(None, examples=["2026-02-13T16:00:00+08:00"])
    person: Person = Field(default_factory=Person)
    place: Place = Field(default_factory=Place)
    call: Call = Field(default_factory=Call)


class HotlineMessage(Statement):
    """热线来件: one request as the hotline knows it. `upstream_no` is its own number, the key of a redelivery."""

    upstream_no: Code
    channel: Any = Field(None, examples=["HOTLINE"])
    upstream_due: Any = Field(None, examples=["2026-02-25T17:00:00+08:00"])


AgentChannel = Literal[
    Channel.AGENT,
    Channel.LETTER,
    Channel.WEB,
    Channel.WECHAT,
    Channel.APP,
    Channel.MEDIA,
    Channel.PARTY_STUDIO,
    Channel.CONGRESS_STUDIO,
    Channel.CPPCC_STUDIO,
]
"""Channels that an agent writes down for; the studios 工作室 of delegates and members pass on what they hear."""


GroupLeaderId = Annotated[int, Field(ge=1, lt=2**63)]
"""居民小组长 whose report it is, by the register's number; the register says who speaks."""


class Form(Statement):
    """A form of our own pages: a field that there is not is told, not left out in silence (a phone belongs into
    `person`). What comes from outside, and what is urgent, is read as well as it can be."""

    model_config = ConfigDict(extra="forbid")


class AgentForm(Form):
    """坐席登记: an agent writes down what a citizen says on the phone, at the counter or on paper."""

    channel: AgentChannel = Channel.AGENT
    attachments: Attachments = ()
    group_leader: GroupLeaderId | None = None
    urban_code: Code | None = Field(None, examples=["5101040102"])


class EmergencyForm(BaseModel):
    """一键转紧急: nothing is mandatory; what is known may be added."""

    model_config = ConfigDict(extra="ignore")

    line: Short | None = Field(None, examples=["119"])
    title: Said = ""
    text: Said = ""
    person: Person = Field(default_factory=Person)
    place: Place = Field(default_factory=Place)
    call: Call = Field(default_factory=Call)


class GridReport(Form):
    """网格员上报: settled on the spot with evidence, for the community to settle, or a call to the centre."""

    entry: Literal["SETTLED", "COMMUNITY", "CALL"]
    evidence: Said = ""
    community: Code | None = Field(None, examples=["510104017001-SQ"])
    urban_code: Code | None = Field(None, examples=["5101040102048188"])
    acted_at: Moment | None = None
    attachments: Attachments = ()


class MatterForm(Form):
    """街镇立件: a matter of the street's or community's own, for which it may whistle 吹哨."""

    acted_at: Moment | None = None
    attachments: Attachments = ()
    group_leader: GroupLeaderId | None = None


class CaseAnswer(BaseModel):
    """A case as the sender is told of it: its number, where it stands, and the due time of each running clock (UTC)."""

    case_no: str
    status: Status
    status_text: str
    due: dict[str, datetime]
    provisional: bool


class ReceiptAnswer(BaseModel):
    """受理回执. `repeated`: this was known before. `supplemented`: the words were added to a known request."""

    request_no: str
    query_code: str
    cases: list[CaseAnswer]
    flags: list[str]
    repeated: bool
    supplemented: bool
