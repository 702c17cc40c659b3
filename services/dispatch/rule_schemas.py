"""What the API of the dispatch catalogue takes and shows 派单目录: rules, their versions, trials, tallies."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.catalog.entries import HoursOfDay, LimitText, Season
from casework.db.reads.first_dispatch import Of
from casework.rules.dispatch_rule import Days
from casework.rules.words import Kind, Level, Urgency
from services.dispatch.schemas import Filled

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9-]{2,40}$")]
Part = Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9A-Za-z_-]*$")]
Word = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40, pattern=r"^[^|]+$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]


class RuleForm(BaseModel):
    """派单规则: conditions (empty: any) and outcome. Area and category are prefixes; smaller priority is asked first.

    A rule names a `unit` or a `department`; the unit's department is taken from the unit. `hours` 22:00-06:00 and
    `season` 05-01/09-30 are in Asia/Shanghai; days of validity both inclusive. `limit` sets FINISH of N and C where
    no statute does: 5wd, 24h.
    """

    model_config = ConfigDict(extra="forbid")
    id: Code
    priority: Annotated[int, Field(ge=0, le=9999)]
    area: Annotated[str, StringConstraints(min_length=2, max_length=12, pattern=r"^[0-9A-Z]+$")]
    category: Part = ""
    kind: Kind | None = None
    urgency: Urgency | None = None
    keywords: Annotated[list[Word], Field(max_length=50)] = []
    place_type: Part | None = None
    owner: Part | None = None
    hours: HoursOfDay | None = None
    season: Season | None = None
    days: Days | None = None
    unit: Part | None = None
    department: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,6}$")] | None = None
    level: Level = Level.COUNTY
    co_departments: Annotated[list[Part], Field(max_length=20)] = []
    co_units: Annotated[list[Part], Field(max_length=20)] = []
    limit: LimitText = ""
    legal_basis: Words = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: Words = ""


class RuleShown(RuleForm):
    """A rule as it stands; one of the base may hold for every area."""

    area: str = ""


class Named(BaseModel):
    """What a field of a rule may say: its code, and its name as people read it."""

    code: str
    name: str


class RuleChoices(BaseModel):
    """可选项 of a rule's form. `areas`: those whose rules the reader keeps; where these are a prefecture's or wider,
    without the communities, whose codes may be written all the same."""

    areas: list[Named]
    categories: list[Named]
    place_types: list[Named]
    owners: list[Named]
    departments: list[Named]


class RulesForm(BaseModel):
    """起草: rules that are written together, all or none, and why."""

    rules: Annotated[list[RuleForm], Field(min_length=1, max_length=200)]
    why: Filled


class VersionForm(BaseModel):
    """启用: which version the person has seen."""

    version: Annotated[int, Field(ge=1, lt=2**31)]


class EndForm(VersionForm):
    """停用: and why."""

    why: Filled


class WrongView(BaseModel):
    """What is wrong with a rule today."""

    field: str
    code: str
    message: str


class RuleView(BaseModel):
    """A version. `state`: DRAFT 草稿, IN_FORCE 启用, REPLACED 已被替换, ENDED 停用; BASE is the catalogue that ships.
    `wrong` is empty while the rule can do what it says."""

    rule: RuleShown
    version: int
    state: str
    why: str
    made_by: str | None
    made_at: datetime | None
    put_by: str | None
    put_at: datetime | None
    ended_by: str | None
    ended_at: datetime | None
    ended_why: str | None
    wrong: list[WrongView]


class RulePage(BaseModel):
    """派单目录; `next` is the cursor of the following page."""

    rules: list[RuleView]
    next: str | None


class TrialForm(BaseModel):
    """试算: rules as they would be, codes of rules that would end, and which month (the last one when not said).
    `after` is the `next` of the page before."""

    rules: Annotated[list[RuleForm], Field(max_length=200)] = []
    without: Annotated[list[Code], Field(max_length=200)] = []
    month: Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] | None = None
    after: Annotated[int, Field(ge=0, lt=2**63)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class Shift(BaseModel):
    """From one unit to another: how many cases. No unit: nobody would be suggested."""

    from_unit: str | None
    to_unit: str | None
    cases: int


class MovedCase(BaseModel):
    """A case that would go elsewhere."""

    case_no: str
    title: str
    category: str | None
    area_name: str
    from_rule: str | None
    from_unit: str | None
    to_rule: str | None
    to_unit: str | None


class TrialView(BaseModel):
    """`asked` cases were asked about; `changed` of them go elsewhere. On a further page the figures are of the rest.
    `cut`: the month has more cases than one trial asks about."""

    month: str
    asked: int
    changed: int
    shifts: list[Shift]
    cases: list[MovedCase]
    next: str | None
    cut: bool


class TallyView(BaseModel):
    """One line. `accuracy` 首派准确率 from 0 to 1; `small`: fewer than 30 dispatches, to be read with care."""

    key: str | None
    name: str | None
    dispatched: int
    suggested: int
    other_unit: int
    right: int
    accuracy: float | None
    small: bool


class Tallies(BaseModel):
    """首派准确率 of a month."""

    month: str
    by: Of
    total: TallyView
    rows: list[TallyView]
