"""What the statistics API is asked, and what it tells. Times UTC, months and years Asia/Shanghai."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from services.notify.report_schemas import Month, Ratio

Prefecture = Annotated[str, Field(pattern=r"^[0-9A-Z]{4}$")]


class Words(BaseModel):
    """In both languages, whoever asks."""

    model_config = ConfigDict(populate_by_name=True)

    zh: Annotated[str, Field(alias="zh-CN")]
    en: str


class Indicator(BaseModel):
    """An indicator: what it is over and what counts; `kind`: view, figure or exclusion."""

    code: str
    kind: str
    name: Words
    words: Words


class Definitions(BaseModel):
    """指标定义. `version` is in force; `versions` are those that are told of here."""

    version: str
    versions: list[str]
    headline: Words
    counting: Words
    indicators: list[Indicator]


class MonthsAsked(BaseModel):
    """Months, and an area within the reader's scope (left out: all of it); `code`: only these indicators."""

    model_config = ConfigDict(extra="forbid")

    first: Annotated[Month, Field(alias="from", json_schema_extra={"type": "string"})]
    last: Annotated[Month | None, Field(alias="to")] = None
    area: Annotated[str | None, Field(pattern=r"^[0-9A-Z]{2,6}$")] = None
    code: Annotated[list[str], Field(default_factory=list, max_length=60)]


class AreaTold(BaseModel):
    """A county or city and its indicators by code."""

    area: str
    name: str
    rates: dict[str, Ratio]


class MonthTold(BaseModel):
    """One version of a prefecture's month: 1 is the frozen one 冻结, later ones restate it 重述.

    `origin`: OWN frozen here, PULL asked from the city, FILE brought as a file; `source_hash`: the SHA-256 of what came
    (of the data, where it was frozen here). `rows` where the reader may see counties; `total` is Σ over Σ of them.
    """

    id: int
    month: str
    area: str
    version: int
    restated: bool
    definition: str
    cut_off: datetime | None
    cases: int | None
    origin: str
    source: str
    source_hash: str
    sums_hash: str
    collected_at: datetime
    rows: list[AreaTold]
    total: AreaTold


class MonthSeries(BaseModel):
    """All versions, by month, prefecture and version."""

    series: list[MonthTold]


class MissingMonths(BaseModel):
    """The months that a prefecture has not told."""

    area: str
    name: str
    months: list[str]


class YearPart(BaseModel):
    """Which version of a month went into a year."""

    area: str
    month: str
    version: int
    origin: str
    source_hash: str
    sums_hash: str


class YearTold(BaseModel):
    """年度指标: Σ over Σ by prefecture and, as `total`, of all that the reader sees. `missing` is never left out.

    `definitions`: the versions under which its months were counted.
    """

    year: int
    area: str
    complete: bool
    definitions: list[str]
    rows: list[AreaTold]
    total: AreaTold
    missing: list[MissingMonths]
    parts: list[YearPart]


class YearFrozen(YearTold):
    """A version of a year: 1 is the frozen one 冻结, later ones restate it 重述."""

    id: int
    version: int
    restated: bool
    made_at: datetime
    data_hash: str
    figures_hash: str


class YearVersions(BaseModel):
    """All versions, the frozen one first."""

    versions: list[YearFrozen]


class YearForm(BaseModel):
    """Which year is frozen. `incomplete`: also where months are missing, which are then named with it."""

    model_config = ConfigDict(extra="forbid")

    year: Annotated[int, Field(ge=2000, le=2100)]
    incomplete: bool = False


class YearProofTold(BaseModel):
    """复算: whether the months hash to the same, and add up to the same figures."""

    id: int
    data_same: bool
    figures_same: bool


class CityForm(BaseModel):
    """取数登记: the city's feed, as whom it knows us, and the secret that it gave for it (`whsec_…`)."""

    model_config = ConfigDict(extra="forbid")

    url: Annotated[str, Field(max_length=500, examples=["https://12345.example.cn/api/notify/statistics/feed"])]
    source: Annotated[str, Field(min_length=1, max_length=100)]
    secret: Annotated[str, Field(max_length=200)]


class CityTold(BaseModel):
    """A city that is asked: up to which of its numbers all is here, when it was asked last (UTC), and the code of what
    went wrong then, null for nothing."""

    area: str
    name: str
    url: str
    source: str
    watermark: int
    asked_at: datetime | None
    problem: str | None


class CitiesTold(BaseModel):
    """All of them."""

    cities: list[CityTold]
