"""What the dispatch API shows and takes of disputes 矛盾纠纷. Parties are masked; times UTC, days Asia/Shanghai."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from casework.journey.dispute_reveal import What
from casework.rules.asks import Line, Text
from casework.rules.mediation_words import (
    Confirmation,
    DisputeAction,
    DisputeClock,
    DisputeStatus,
    Form,
    LinkKind,
    LinkWay,
    Origin,
    Risk,
    Side,
    Track,
)
from casework.rules.words import Level, Role
from services.dispatch.schemas import Filled


class FoundForm(BaseModel):
    """发现线索: `case_no` when it came up in a case, else `area_code` (left out: the own area)."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[Text, Field(min_length=4)]
    origin: Origin
    area_code: Line = ""
    case_no: Line = ""


class RevealForm(BaseModel):
    """查看明文: `party` says whose; the claim is the dispute's own."""

    model_config = ConfigDict(extra="forbid")

    what: What
    party: Annotated[int, Field(ge=1, le=99)] | None = None
    purpose: Filled


class DocumentForm(BaseModel):
    """打印文书: which, and what for; it shows people in the clear."""

    model_config = ConfigDict(extra="forbid")

    document: Annotated[str, Field(max_length=40)]
    purpose: Filled


class DisputeRow(BaseModel):
    """One line of the list."""

    dispute_no: str
    case_no: str | None
    title: str
    status: DisputeStatus
    status_text: str
    level: Level
    level_text: str
    kind: str | None
    kind_text: str | None
    risk: Risk | None
    risk_text: str | None
    area_code: str
    area_name: str
    mediator: str | None
    created_at: datetime
    version: int


class DisputePage(BaseModel):
    """A page of the list; `next` is the cursor of the following one, absent on the last."""

    rows: list[DisputeRow]
    next: str | None


class PartyView(BaseModel):
    """当事人, masked."""

    no: int
    side: Side
    side_text: str
    name: str
    phone: str | None
    willing: bool | None
    asked_at: datetime | None
    signed_at: datetime | None


class TimerView(BaseModel):
    """纠纷时钟, with the source of its limit."""

    name: DisputeClock
    name_text: str
    cycle: int
    state: str
    started_at: datetime
    due_at: datetime
    limit: str
    source: str
    stopped_at: datetime | None
    breached_at: datetime | None


class SessionView(BaseModel):
    """调解会."""

    no: int
    held_at: datetime
    place: str | None
    present: list[int]
    record: str


class LinkView(BaseModel):
    """对接. `overdue`: the limit passed without an answer."""

    kind: LinkKind
    kind_text: str
    way: LinkWay
    organ: str
    number: str | None
    objects: list[str]
    handed_at: datetime
    due_at: datetime
    source: str
    overdue: bool
    answered_at: datetime | None
    answer: str | None


class DisputeView(DisputeRow):
    """A dispute's page, with the buttons for this reader."""

    origin: Origin
    track: Track
    track_text: str
    people: int
    claim: str
    recurs: bool
    form: Form | None
    terms: str | None
    perform_by: date | None
    confirmation: Confirmation | None
    court_no: str | None
    reason: str | None
    settled: bool | None
    warned: int
    criminal: bool
    registered_at: datetime | None
    accepted_at: datetime | None
    agreed_at: datetime | None
    in_force_at: datetime | None
    concluded_at: datetime | None
    performed_at: datetime | None
    ended_at: datetime | None
    parties: list[PartyView]
    clocks: list[TimerView]
    sessions: list[SessionView]
    links: list[LinkView]
    actions: list[DisputeAction]


class DisputeMoved(BaseModel):
    """A dispute after a move."""

    dispute_no: str
    status: DisputeStatus
    status_text: str
    version: int
    actions: list[DisputeAction]


class DisputeStep(BaseModel):
    """One line of the history."""

    at: datetime
    action: str
    action_text: str
    role: Role
    account: str | None
    from_status: DisputeStatus | None
    to_status: DisputeStatus | None
    version: int | None
    data: dict[str, Any]


class ChoiceView(BaseModel):
    """One thing to choose, as the reader reads it."""

    code: str
    text: str


class LinkChoice(ChoiceView):
    """A link, and what is handed over with it."""

    objects: list[ChoiceView]


class DisputeChoices(BaseModel):
    """What the catalogue offers: kinds, tracks, reasons, ways and links."""

    kinds: list[ChoiceView]
    tracks: list[ChoiceView]
    unsuitable: list[ChoiceView]
    endings: list[ChoiceView]
    ways: list[ChoiceView]
    links: list[LinkChoice]


class IndicatorView(BaseModel):
    """One rate: n of N; `value` from 0 to 1, null for 0 of 0; `small`: fewer than 30, to be read with care."""

    name: str
    text: str
    numerator: int
    denominator: int
    value: float | None
    small: bool


class Indicators(BaseModel):
    """调解指标 of a month, Asia/Shanghai. `mean_days`: natural days from acceptance to conclusion."""

    month: str
    rates: list[IndicatorView]
    concluded: int
    mean_days: float | None
    warned: int
    criminal: int
