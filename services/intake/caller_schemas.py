"""来电核查 and the block list: shapes. A number goes in and never comes out in clear."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from casework.journey.nuisance import MOST_DAYS
from casework.rules.words import Status

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=500)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=40)]
State = Literal["PROPOSED", "BLOCKED", "REFUSED", "LIFTED"]


class CallerAsk(BaseModel):
    """The number that calls."""

    phone: Phone


class KnownCase(BaseModel):
    """An earlier case of the number, newest first."""

    case_no: str
    title: str
    status: Status
    status_text: str
    created_at: datetime
    reply_text: str | None


class CallerView(BaseModel):
    """来电核查: whether the number is blocked now, until when and why, and its newest cases."""

    blocked: bool
    until: datetime | None
    reason: str | None
    cases: list[KnownCase]


class BlockAsk(BaseModel):
    """申请列入: the number, why, and the case that shows it."""

    phone: Phone
    reason: Words
    case_no: Annotated[str, StringConstraints(max_length=40)] | None = None


class BlockDecision(BaseModel):
    """第二人决定: for how many days (at most 30), and why."""

    approve: bool
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 7
    note: Words


class BlockLift(BaseModel):
    """解除."""

    note: Words


class BlockView(BaseModel):
    """A line of the list; the number masked."""

    id: int
    phone: str
    area_code: str
    reason: str
    case_no: str | None
    state: State
    proposed_at: datetime
    decided_at: datetime | None
    decision_note: str | None
    until: datetime | None


class BlockPage(BaseModel):
    """A page of the list; `next` is the cursor of the following one."""

    rows: list[BlockView]
    next: int | None


class PurposeView(BaseModel):
    """Why a field is asked for, and how many days it is kept."""

    field: str
    purpose: str
    kept_days: int


class PrivacyView(BaseModel):
    """个人信息处理告知, to be read out or shown before anything is asked; `version` is kept with the request."""

    version: str
    text: str
    purposes: list[PurposeView]
