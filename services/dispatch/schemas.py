"""What the dispatch API shows and takes: the queue, a case's page, sign-in. Phones and names are masked by default."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from casework.db.reads.queue import View
from casework.rules.telltales import Tells
from casework.rules.words import (
    Action,
    Adoption,
    ClockName,
    Direction,
    Level,
    MotionKind,
    Role,
    Ruling,
    Rung,
    Satisfaction,
    Status,
    Trigger,
    Urgency,
)
from services.dispatch.category_schemas import KeptSuggestion, SignView

Filled = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]


class SignIn(BaseModel):
    """登录."""

    login: Annotated[str, StringConstraints(max_length=100)]
    password: Annotated[str, StringConstraints(max_length=1000)]


class ChoosePassword(SignIn):
    """设置新口令: `chosen` in the place of `password`."""

    chosen: Annotated[str, StringConstraints(max_length=1000)]


class Me(BaseModel):
    """当前账号: who is signed in, and what the scope is."""

    login: str
    roles: list[Role]
    area: str
    area_name: str
    unit_id: int | None


class QueueRow(BaseModel):
    """One line of the queue. `next_due`: the nearest running deadline (UTC). `unrouted`: nobody is suggested yet.
    `claimed_by`: who has taken it, for a while. `rectify_due`: until when a bad grade is to be put right (UTC); that
    is no deadline of the case itself."""

    case_no: str
    title: str
    status: Status
    status_text: str
    urgency: Urgency
    kind: str | None
    category: str | None
    category_name: str | None
    direction: Direction
    area_code: str
    area_name: str
    unit_name: str | None
    suggested_unit: str | None
    unrouted: bool
    created_at: datetime
    next_due: datetime | None
    finish_due: datetime | None
    rectify_due: datetime | None
    version: int
    claimed_by: str | None
    claimed_mine: bool


class QueuePage(BaseModel):
    """A page of the queue; `next` is the cursor of the following one, absent on the last."""

    rows: list[QueueRow]
    next: str | None


class QueueCounts(BaseModel):
    """How many cases each view holds."""

    counts: dict[View, int]


class ClockView(BaseModel):
    """时钟: `why` answers in one sentence why it is due then."""

    name: ClockName
    name_text: str
    cycle: int
    state: str
    started_at: datetime
    due_at: datetime
    own_due_at: datetime
    stopped_at: datetime | None
    breached_at: datetime | None
    provisional: bool
    rule_version: str
    calendar_version: str
    why: str


class AssignmentView(BaseModel):
    """办理任务."""

    unit: str
    kind: str
    hop: int
    opened_at: datetime
    signed_at: datetime | None
    closed_at: datetime | None
    outcome: str | None
    designated: bool
    answer: str | None


class MotionView(BaseModel):
    """申请 (退单、延期、挂起、说明理由办结): what was asked for, and the ruling; null: not ruled on yet. UTC."""

    kind: MotionKind
    kind_text: str
    asked_at: datetime
    reason: str | None
    note: str | None
    until: datetime | None
    was_due: datetime | None
    ruling: Ruling | None
    ruling_text: str | None
    ruled_at: datetime | None
    ruling_note: str | None
    ended_at: datetime | None


class SupervisionView(BaseModel):
    """督办: its rung, why it was opened, until when it is answered (UTC), and the answer."""

    no: int
    rung: Rung
    trigger: Trigger
    note: str | None
    opened_at: datetime
    due_at: datetime
    answer: str | None
    answered_at: datetime | None


class HeldView(BaseModel):
    """持有时长: who held the case (`unit` null: the centre) from when until when (UTC), in natural and working time."""

    unit: str | None
    start: datetime
    end: datetime
    seconds: float
    working_seconds: float


class PersonView(BaseModel):
    """诉求人, masked; absent where the reader may not know (保密)."""

    name: str | None
    phone: str | None
    anonymous: bool
    secret: bool
    reply_wanted: bool
    proxy_for: str | None
    dialect: str | None


class SurveyView(BaseModel):
    """回访答复."""

    cycle: int
    role: Role
    solved: bool
    satisfaction: Satisfaction | None
    comment: str | None
    at: datetime


class SupplementView(BaseModel):
    """补充."""

    text: str
    received_at: datetime


class StepView(BaseModel):
    """事件."""

    at: datetime
    action: str
    action_text: str
    role: Role
    account: str | None
    unit: str | None
    from_status: Status | None
    to_status: Status | None
    version: int | None
    acted_at: datetime | None
    data: dict[str, Any]


class RoutingView(BaseModel):
    """派单建议: the unit, the rule (`version` 0: of the base), who helps, the time that the rule proposes, and why,
    sentence by sentence."""

    unit: str | None
    unit_name: str | None
    rule: str | None
    version: int
    co_departments: list[str]
    co_units: list[str]
    limit: str
    because: list[str]


class TelltaleView(BaseModel):
    """自我暴露: words of a report that may tell who wrote it."""

    by: Tells
    by_text: str
    words: str


class UrbanView(BaseModel):
    """数字城管: the part or event that it is about, when it is filed 立案 and closed 结案, and the area's class."""

    code: str
    name: str
    area_class: str
    condition: str
    close: str


class CaseView(BaseModel):
    """工单详情. `guarded`: 举报保密, `screened_at` when it was last screened; `telltales` for those who screen.
    `allowed_actions`: the buttons to draw for this reader now. `main_case_no`: the case that it follows (已合并);
    `followers`: those that follow it; `beside`: the other cases of its request (拆分); all as far as the reader may see
    them."""

    case_no: str
    request_no: str
    status: Status
    status_text: str
    version: int
    title: str
    text: str
    kind: str | None
    category: str | None
    category_name: str | None
    urban: UrbanView | None
    urgency: Urgency
    direction: Direction
    level: Level
    channel: str
    area_code: str
    area_name: str
    address: str | None
    lon: float | None
    lat: float | None
    crs: str | None
    flags: list[str]
    call_id: str | None
    recording: str | None
    upstream_no: str | None
    person: PersonView | None
    created_at: datetime
    finish_due: datetime | None
    finish_due_original: datetime | None
    upstream_due: datetime | None
    reply_text: str | None
    adoption: Adoption | None
    reason_code: str | None
    rework_count: int
    main_case_no: str | None
    followers: list[str]
    beside: list[str]
    routing: RoutingView
    suggestion: KeptSuggestion | None
    signs: list[SignView]
    clocks: list[ClockView]
    assignments: list[AssignmentView]
    guarded: bool
    minor: bool
    screened_at: datetime | None
    telltales: list[TelltaleView]
    supplements: list[SupplementView]
    surveys: list[SurveyView]
    motions: list[MotionView]
    supervisions: list[SupervisionView]
    allowed_actions: list[Action]


class Moved(BaseModel):
    """What a move answers: where the case stands now, and what may follow."""

    case_no: str
    status: Status
    status_text: str
    version: int
    finish_due: datetime | None
    next_due: datetime | None
    allowed_actions: list[Action]


class SupplementForm(BaseModel):
    """来电补充: what the caller adds to a matter that is known."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000, pattern=r"^[^\x00]*$")]


class RevealAsk(BaseModel):
    """查看明文: which field, and for what purpose; every reveal is logged."""

    what: Literal["phone", "name", "text"]
    purpose: Filled


class Revealed(BaseModel):
    """明文."""

    value: str | None


class PhoneAsk(BaseModel):
    """按号码查: the exact number."""

    phone: Filled


class FoundCase(BaseModel):
    """A case of that number."""

    case_no: str
    title: str
    status: Status
    status_text: str
    created_at: datetime


class Found(BaseModel):
    """来电历史."""

    cases: list[FoundCase]


class EarlierCase(BaseModel):
    """同一诉求人的在前工单: `same_matter` is a hint, a person decides; `progress` may be told to the caller."""

    case_no: str
    title: str
    status: Status
    status_text: str
    created_at: datetime
    likeness: float
    same_category: bool
    same_matter: bool
    progress: str


class UnitView(BaseModel):
    """承办单位."""

    code: str
    name: str
    department: str
    area_code: str
