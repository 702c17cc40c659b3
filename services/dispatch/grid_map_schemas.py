"""What the map of the grids takes and shows 网格地图. Polygons are GeoJSON in CGCS2000 unless `crs` says otherwise."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints

from casework.rules.words import GridKind
from services.dispatch.grid_schemas import Community, PersonView, Polygon, RemarkView, System


class GridShapeView(BaseModel):
    """A grid on the map."""

    code: str
    name: str
    kind: GridKind
    polygon: dict[str, Any]


class GridShapes(BaseModel):
    """Standing grids by code; `next` is the cursor of the following page, null on the last."""

    items: list[GridShapeView]
    next: str | None


class BordersToCheck(BaseModel):
    """边界校验: `grid` the one that would be redrawn, null for a new one."""

    model_config = ConfigDict(extra="forbid")

    community: Community
    kind: GridKind = GridKind.GENERAL
    polygon: Polygon
    crs: System
    grid: Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{13,20}$")] | None = None


class BordersChecked(BaseModel):
    """`faults` would keep it out, `remarks` are worth a look. `size` in square metres; `polygon` null: it is none."""

    faults: list[RemarkView]
    remarks: list[RemarkView]
    polygon: dict[str, Any] | None
    size: float


class People(BaseModel):
    """Accounts to choose from, by login; `next` is the cursor of the following page, null on the last."""

    items: list[PersonView]
    next: str | None
