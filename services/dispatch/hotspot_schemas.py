"""What the lists of hot spots and of repeat callers show 热点、重复来电人."""

from datetime import date, datetime

from pydantic import BaseModel

from casework.rules.words import Status


class HotSpotView(BaseModel):
    """热点: `cases` in the last `days` days where `expected` were to be expected; `history`: the weeks before, newest
    first; `score` in standard deviations."""

    id: int
    day: date
    area_code: str
    area_name: str
    category: str
    category_name: str | None
    days: int
    cases: int
    expected: float
    score: float
    history: list[int]


class HotSpotPage(BaseModel):
    """热点清单 of a day (Asia/Shanghai), strongest first; `day` null: no list has been made yet."""

    day: date | None
    spots: list[HotSpotView]
    next: str | None


class SpotCase(BaseModel):
    """A case behind a hot spot."""

    case_no: str
    title: str
    status: Status
    status_text: str
    area_code: str
    area_name: str
    created_at: datetime


class SpotCases(BaseModel):
    """The cases behind a hot spot, newest first."""

    cases: list[SpotCase]
    next: str | None


class RepeatCallerView(BaseModel):
    """重复来电人: a masked number, how many cases, in how many categories."""

    phone: str
    cases: int
    categories: int
    case_nos: list[str]


class RepeatCallers(BaseModel):
    """Most cases first."""

    callers: list[RepeatCallerView]
    next: str | None
