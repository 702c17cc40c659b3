"""What the field page 现场 says and is shown: lists to choose from, arrivals, calls for help. Times UTC."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.rules.asks import Line, Moment
from casework.rules.words import CheckIn, KnownFrom

Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]
Metres = Annotated[float, Field(ge=0, le=1_000_000)]
Said = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200, pattern=r"^[^\x00]+$")]


class CategoryChoice(BaseModel):
    """分类: `parent` is empty for a first-level line."""

    code: str
    parent: str
    name: str


class ReasonChoice(BaseModel):
    """理由."""

    code: str
    text: str


class FieldLists(BaseModel):
    """What is chosen from without a network: categories in use, reasons of a return."""

    categories: list[CategoryChoice]
    return_reasons: list[ReasonChoice]


class ArrivalForm(BaseModel):
    """到场签到: WGS-84, accuracy in metres. What was set by hand says why in `reason`."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    lon: Lon | None = None
    lat: Lat | None = None
    accuracy: Metres | None = None
    placed_by: Literal[KnownFrom.DEVICE, KnownFrom.MANUAL] = KnownFrom.DEVICE
    reason: Line = ""
    acted_at: Moment | None = None


class ArrivalView(BaseModel):
    """到场: `distance_m` from the spot, where both are known; `at` is the server's receipt."""

    at: datetime
    check_in: CheckIn
    distance_m: int | None


class AlarmForm(BaseModel):
    """一键求助: nothing is mandatory. WGS-84, accuracy in metres."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    lon: Lon | None = None
    lat: Lat | None = None
    accuracy: Metres | None = None
    note: Line = ""
    acted_at: Moment | None = None


class AlarmView(BaseModel):
    """求助: who called, where from, who answered; `answered_at` null: nobody yet."""

    id: int
    login: str
    name: str
    area_code: str
    area_name: str
    at: datetime
    acted_at: datetime | None
    lon: float | None
    lat: float | None
    accuracy: float | None
    note: str
    answered_at: datetime | None
    answer: str | None


class AlarmAnswer(BaseModel):
    """处理: what was done."""

    model_config = ConfigDict(extra="forbid")

    note: Said
