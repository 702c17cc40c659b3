"""What the register of service points takes and shows 社区服务点. Times UTC."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.dispatch.administration_schemas import Why
from services.dispatch.grid_schemas import Community

PointName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60, pattern=r"^[^\x00-\x1f]+$")
]
Service = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=2, max_length=40, pattern=r"^[^\x00-\x1f]+$")
]
Services = Annotated[list[Service], Field(max_length=30)]


class PointForm(BaseModel):
    """新增: in a community, which it keeps; `services`: what may be chosen there, if anything."""

    model_config = ConfigDict(extra="forbid")

    community: Community
    name: PointName
    services: Services = []


class PointChange(BaseModel):
    """修改: `version` is the one that the person saw."""

    model_config = ConfigDict(extra="forbid")

    name: PointName
    services: Services = []
    version: Annotated[int, Field(ge=1)]


class PointEnd(BaseModel):
    """换码 or 停用, with its reason: `version` is the one that the person saw."""

    model_config = ConfigDict(extra="forbid")

    why: Why
    version: Annotated[int, Field(ge=1)]


class PointView(BaseModel):
    """社区服务点. `address`: what its QR code says, null once closed; `answers`: all it ever had, `waiting`: bad ones
    among them that nobody looked at yet 待回看."""

    id: int
    name: str
    area_code: str
    area_name: str
    services: list[str]
    address: str | None
    version: int
    created_at: datetime
    code_since: datetime
    closed_at: datetime | None
    answers: int
    waiting: int


class PointPage(BaseModel):
    """Points as they were made; `next` is the cursor of the following page, null on the last."""

    items: list[PointView]
    next: str | None
