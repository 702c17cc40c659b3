"""What the register of grid workers and group leaders takes and shows 网格员管理. Times UTC."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.rules.words import Status
from casework.rules.worker_words import ExitReason, WorkerStage, WorkerStep

Login = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]
GridCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{13,20}$")]


class AdmitForm(BaseModel):
    """录用: a login to be, the name, the grid's code, and why."""

    model_config = ConfigDict(extra="forbid")

    login: Login
    name: Line
    grid: GridCode
    note: Text


class StepForm(BaseModel):
    """一步: `reason` of an exit, `grid` of a reassignment or a return, `note` says why.

    `topic`, `hours` and `passed` tell of a training or an assessment.
    """

    model_config = ConfigDict(extra="forbid")

    step: WorkerStep
    note: Text
    reason: ExitReason | None = None
    grid: GridCode | None = None
    topic: Text = ""
    hours: Annotated[int | None, Field(ge=1, le=500)] = None
    passed: bool | None = None


class WorkerRow(BaseModel):
    """网格员, one line. `grid` is the area that it works in."""

    login: str
    name: str
    stage: WorkerStage
    stage_text: str
    grid: str


class WorkerPage(BaseModel):
    """A page by login; `next` is the cursor of the following one, null on the last."""

    items: list[WorkerRow]
    next: str | None


class WorkerStepView(BaseModel):
    """What was done, by whom, and why."""

    at: datetime
    step: WorkerStep
    step_text: str
    to: WorkerStage
    by: str | None
    note: str
    data: dict[str, Any]


class WorkerView(WorkerRow):
    """网格员 with the history and the steps that the reader may take now."""

    allowed: list[WorkerStep]
    history: list[WorkerStepView]


class HandedOverView(BaseModel):
    """移交: an on-site task's case, and the login that has it now; null: the community's people see to it."""

    case_no: str
    to: str | None


class StepDone(BaseModel):
    """办理结果: `password` is shown this once; `left_open`: the worker's open reports, for the community."""

    login: str
    stage: WorkerStage
    stage_text: str
    password: str | None
    left_open: list[str]
    handed_over: list[HandedOverView]


class LeftCase(BaseModel):
    """离岗遗留: an open case, and who had reported it."""

    case_no: str
    title: str
    status: Status
    area_code: str
    reporter: str


class LeftCases(BaseModel):
    """Oldest first."""

    items: list[LeftCase]


class GroupLeaderForm(BaseModel):
    """居民小组长登记."""

    model_config = ConfigDict(extra="forbid")

    community: Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
    group: Line
    name: Line
    phone: Line


class GroupLeaderView(BaseModel):
    """居民小组长, masked."""

    id: int
    community: str
    group: str
    name: str
    phone: str
    valid_from: datetime


class GroupLeaderPage(BaseModel):
    """A page by id; `next` is the cursor of the following one, null on the last."""

    items: list[GroupLeaderView]
    next: int | None


class WhyForm(BaseModel):
    """Why."""

    model_config = ConfigDict(extra="forbid")

    note: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=500, pattern=r"^[^\x00]+$")]


class LeaderReveal(BaseModel):
    """查看明文: which, and for what purpose."""

    model_config = ConfigDict(extra="forbid")

    what: Literal["name", "phone"]
    purpose: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
