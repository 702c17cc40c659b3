"""What the search for likely duplicates takes and shows 疑似重复. No candidate tells who its caller is."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.rules.likeness import Reason
from casework.rules.words import Status, Urgency


class DraftForm(BaseModel):
    """未保存的诉求: what has been written so far. A point needs its coordinate system."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=10_000)]
    area_code: Annotated[str, StringConstraints(max_length=20, pattern=r"^[0-9A-Z]*$")] = ""
    category: Annotated[str, StringConstraints(max_length=8, pattern=r"^[0-9]+$")] | None = None
    phone: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    crs: Literal["WGS84", "CGCS2000", "GCJ02", "BD09"] | None = None


class ReasonView(BaseModel):
    """Why it is shown, in the reader's language."""

    reason: Reason
    text: str


class SimilarCase(BaseModel):
    """疑似重复的工单: `words` 0 to 1, `metres` where both points are known; `score` only gives the order."""

    case_no: str
    title: str
    status: Status
    status_text: str
    category: str | None
    category_name: str | None
    area_code: str
    area_name: str
    created_at: datetime
    days: int
    words: float
    metres: int | None
    score: float
    because: list[ReasonView]


class SimilarCases(BaseModel):
    """Candidates, most alike first; a person decides."""

    cases: list[SimilarCase]


class MapPoint(BaseModel):
    """A point in WGS-84."""

    lon: float
    lat: float


class NearCase(BaseModel):
    """附近的工单: what waits near; `metres` from the case that was asked about. `next_due` in UTC."""

    case_no: str
    title: str
    status: Status
    urgency: Urgency
    created_at: datetime
    next_due: datetime | None
    metres: int
    point: MapPoint


class CaseAround(BaseModel):
    """附近: the case's own point (none: it has none), its grid's code if it lies in one, and what waits within `within`
    metres: the nearest in `cases`, all of them counted in `total`."""

    point: MapPoint | None
    grid: str | None
    within: int
    cases: list[NearCase]
    total: int
