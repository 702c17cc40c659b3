"""What the figure of the community services is asked, and what it shows. Times UTC, months Asia/Shanghai."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.db.reads.service_ratings import ServicesBy, Which
from casework.rules.words import Satisfaction
from services.notify.report_schemas import Code, Month, Ratio

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00]*$")]
_MONTH = {"type": "string"}


class ServicesSpan(BaseModel):
    """Whole months (`to` is `from` where left out) and an area, with everything below its code."""

    model_config = ConfigDict(extra="forbid")

    first: Annotated[Month | None, Field(alias="from", examples=["2026-11"], json_schema_extra=_MONTH)] = None
    last: Annotated[Month | None, Field(alias="to", examples=["2026-11"], json_schema_extra=_MONTH)] = None
    area: Code | None = None


class ServicesAsked(ServicesSpan):
    """One row for each of what, this month where none is named; `monthly` sets months apart. `definition`: the version
    that the asker means."""

    by: ServicesBy = ServicesBy.STREET
    monthly: bool = False
    definition: Annotated[str | None, Field(max_length=20)] = None


class AnswersAsked(ServicesSpan):
    """Which answers, of all time where no month is named; those of one point where it is."""

    which: Which = Which.ALL
    point: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    cursor: Annotated[str | None, Field(pattern=r"^\d{1,18}$")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ServiceDefinition(BaseModel):
    """满意率 of the services in words: which grades are satisfied, which are bad; where it comes from."""

    version: str
    words: str
    source: str
    satisfied: list[Satisfaction]
    bad: list[Satisfaction]


class ServiceRow(BaseModel):
    """One group, and its month where months were asked for apart. `grades`: how many of each. `looked`: of the bad
    ones, how many somebody looked at 回看率; both rates are null for 0 of 0."""

    key: str | None
    name: str
    month: str | None
    grades: dict[Satisfaction, int]
    satisfied: Ratio
    looked: Ratio


class ServiceReport(BaseModel):
    """社区服务满意率: group by group, and Σ of all. No part of the headline."""

    model_config = ConfigDict(populate_by_name=True)

    by: ServicesBy
    first: Annotated[str, Field(alias="from")]
    last: Annotated[str, Field(alias="to")]
    observed_at: datetime
    definition: ServiceDefinition
    rows: list[ServiceRow]
    total: ServiceRow


class LookView(BaseModel):
    """回看记录: what was done, by whom."""

    at: datetime
    by: str
    note: str


class AnswerView(BaseModel):
    """评价. `words` have personal data masked; `bad`: 差评; `waiting`: it is bad, and nobody looked at it yet."""

    id: int
    at: datetime
    point_id: int
    point: str
    area_name: str
    grade: Satisfaction
    service: str | None
    words: str
    bad: bool
    waiting: bool
    looks: list[LookView]


class AnswerPage(BaseModel):
    """Answers, the newest first; `next` is the cursor of the following page, null on the last. `waiting`: how many bad
    ones of the same months, area and point wait 待回看, on this page or not."""

    items: list[AnswerView]
    waiting: int
    next: str | None


class LookForm(BaseModel):
    """回看: what was found and done."""

    model_config = ConfigDict(extra="forbid")

    note: Note
