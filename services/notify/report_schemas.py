"""What the report of the response and completion rate is asked, and what it shows. Times UTC, months Asia/Shanghai."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from casework.db.reads.questions import By, Part
from casework.rules.rates import View
from casework.rules.words import Channel, Exclusion, Kind, Status, Urgency
from services.notify.page_place import PATTERN

_MONTH = re.compile(r"20[0-5]\d-(0[1-9]|1[0-2])")


def _month(given: object) -> object:
    if not isinstance(given, str) or not _MONTH.fullmatch(given):
        raise PydanticCustomError("report.problem.not_month", "not a month")
    return date.fromisoformat(f"{given}-01")


def _not_blank(given: str) -> str | None:
    return given or None


Month = Annotated[date, BeforeValidator(_month)]
Code = Annotated[str, Field(max_length=40), AfterValidator(_not_blank)]


class Asked(BaseModel):
    """A period of whole months (this month where none is given; `to` is `from` where left out) and filters.

    `area` and `category` take everything below the code, `unit` the unit that leads and those below it.
    """

    model_config = ConfigDict(extra="forbid")

    first: Annotated[Month | None, Field(alias="from", examples=["2026-06"], json_schema_extra={"type": "string"})] = (
        None
    )
    last: Annotated[Month | None, Field(alias="to", examples=["2026-06"])] = None
    area: Code | None = None
    unit: Code | None = None
    category: Code | None = None
    channel: Channel | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None


class CompletionAsked(Asked):
    """Which view, and one row for each of what. `category` groups by the first level, `subcategory` by the second."""

    view: View = View.A
    by: By = By.COUNTY


class CasesAsked(CompletionAsked):
    """Which cases of a row: `key` as the row has it, empty for the row without one, left out for all rows."""

    part: Part = Part.DENOMINATOR
    reason: Exclusion | None = None
    key: Annotated[str | None, Field(max_length=40)] = None
    cursor: Annotated[str | None, Field(pattern=PATTERN)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


# no model: a report has thousands, and nothing is left to be checked in them
@dataclass(slots=True, kw_only=True)
class Ratio:
    """`rate` from 0 to 1, null for 0 of 0; `small`: fewer than 30 cases.

    Where only a sample was asked (抽样回访), `rate` is the weighted estimate for all cases, `numerator` and
    `denominator` are what was counted, and `raw` is their quotient; `raw` is null everywhere else."""

    numerator: int
    denominator: int
    rate: float | None
    small: bool
    raw: float | None = None


class Figures(BaseModel):
    """What a group of cases adds up to in a view.

    Of the denominator: `on_time` and `late` are completed, `unfinished` not, of which `not_yet_due` still have time;
    `first_on_time` were completed in time at first, whatever was revoked later. `mature`: the period is over and
    nothing in it is still open in time. `excluded` stand beside the rate by reason. `self_settled` is the grid's own
    rate 网格自办结率. `ages`, in view D, are the overdue by working days; there the numerator and the rate are null.
    """

    numerator: int | None
    denominator: int
    rate: float | None
    small: bool
    on_time: int
    late: int
    unfinished: int
    not_yet_due: int
    first_on_time: int
    mature: bool
    excluded: dict[str, int]
    self_settled: Ratio
    ages: dict[str, int] | None


class GroupRow(Figures):
    """One group. `key` is null for the cases that have none (no unit yet, no category yet)."""

    key: str | None
    name: str


class Definition(BaseModel):
    """The definition in words, in the reader's language; `reasons` are the names of the exclusions."""

    version: str
    headline: str
    view: str
    reasons: dict[str, str]


class CompletionReport(BaseModel):
    """A view, group by group. `from` and `to` are null in view D, which knows no period. `observed_at` is T_obs."""

    model_config = ConfigDict(populate_by_name=True)

    view: View
    name: str
    by: By
    first: Annotated[str | None, Field(alias="from")]
    last: Annotated[str | None, Field(alias="to")]
    observed_at: datetime
    definition: Definition
    rows: list[GroupRow]
    total: Figures


class ViewTotal(Figures):
    """One view's total, with what the view means."""

    view: View
    name: str
    words: str


class CompletionViews(BaseModel):
    """All views of one selection, side by side."""

    model_config = ConfigDict(populate_by_name=True)

    first: Annotated[str, Field(alias="from")]
    last: Annotated[str, Field(alias="to")]
    observed_at: datetime
    definition: Definition
    views: list[ViewTotal]


class CaseLine(BaseModel):
    """A case that a figure counted: its deadline in this view, its effective completion, and how it stands."""

    case_no: str
    status: Status
    due: datetime | None
    completed_at: datetime | None
    responded: bool
    on_time: bool
    exclusion: Exclusion | None


class CasesBehind(BaseModel):
    """A page of them; `next` is the cursor of the following page, null on the last."""

    observed_at: datetime
    cases: list[CaseLine]
    next: str | None
