"""What the set of figures is asked, and what it shows. Times UTC, months Asia/Shanghai, lengths in minutes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from casework.db.reads.questions import By, Part
from casework.rules.rates import Time, View
from casework.rules.words import Exclusion
from services.notify.page_place import PATTERN
from services.notify.report_schemas import Asked, Ratio

Codes = Annotated[list[str], Field(max_length=60)]


class FiguresAsked(Asked):
    """Which figures (all where none is named) of which groups; `monthly` sets months apart.

    `definition`: the version that the asker means. `mature`: only what nothing can change any more but a revocation.
    """

    by: By = By.COUNTY
    figure: Annotated[Codes, Field(default_factory=list)]
    times: bool = True
    monthly: bool = False
    mature: bool = False
    definition: Annotated[str | None, Field(max_length=20)] = None


class FigureCasesAsked(Asked):
    """Which cases of a figure: `figure` is its code, or NATURAL or WORKING; `key` as the row has it, empty for the row
    without one, left out for all rows. EXCLUDED are those of the cohort that the figure is not over."""

    by: By = By.COUNTY
    figure: Annotated[str, Field(max_length=40)]
    part: Part = Part.DENOMINATOR
    reason: Exclusion | None = None
    key: Annotated[str | None, Field(max_length=40)] = None
    cursor: Annotated[str | None, Field(pattern=PATTERN)] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class FigureDefinition(BaseModel):
    """One figure in words: what it is over and what counts; `basis`: which date puts a case into the period. `good`:
    whether more is better, worse (false), or neither (null). `urban`: of 数字城管."""

    code: str
    name: str
    words: str
    basis: View
    basis_text: str
    good: bool | None
    urban: bool


class TimeDefinition(BaseModel):
    """A time in words."""

    code: Time
    name: str


class FigureDefinitions(BaseModel):
    """The definitions in force, and which versions there are."""

    version: str
    versions: list[str]
    headline: str
    counting: str
    unit_counting: str
    times_words: str
    figures: list[FigureDefinition]
    times: list[TimeDefinition]


class TimeFigures(BaseModel):
    """办理时长 in minutes, null for no case."""

    cases: int
    mean: float | None
    median: float | None
    p90: float | None
    small: bool


@dataclass(slots=True, kw_only=True)
class FigureRow:
    """One group, and its month where months were asked for apart. `rates` by code."""

    key: str | None
    name: str
    month: str | None
    rates: dict[str, Ratio]
    times: dict[Time, TimeFigures]


class FigureReport(BaseModel):
    """指标集: group by group, and Σ of all. `mature` by basis: nothing of the period is still open in time."""

    model_config = ConfigDict(populate_by_name=True)

    by: By
    first: Annotated[str, Field(alias="from")]
    last: Annotated[str, Field(alias="to")]
    observed_at: datetime
    definition: str
    mature: dict[View, bool]
    rows: list[FigureRow]
    total: FigureRow
