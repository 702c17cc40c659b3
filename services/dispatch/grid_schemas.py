"""What the grid registry and the place finder take and show 网格登记与定位. Polygons are GeoJSON; times UTC."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.journey.grids import Became
from casework.rules.words import GridKind

System = Literal["WGS84", "CGCS2000", "GCJ02", "BD09"]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Login = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00]+$")]
Community = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
Polygon = Annotated[dict[str, Any], Field(examples=[{"type": "Polygon", "coordinates": []}])]


class Manned(BaseModel):
    """Who answers for it, by login: 网格长, 包联干部, 网格员."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    kind: GridKind = GridKind.GENERAL
    leader: Login | None = None
    cadre: Login | None = None
    workers: Annotated[list[Login], Field(max_length=50)] = []


class GridForm(Manned):
    """新建网格: in a community, drawn in the coordinate system `crs`."""

    community: Community
    polygon: Polygon
    crs: System


class GridChange(Manned):
    """修改: `version` is the one that the person saw."""

    version: Annotated[int, Field(ge=1)]


class Borders(BaseModel):
    """改划边界: the grid ends, a new one with a code of its own begins."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1)]
    polygon: Polygon
    crs: System


class Seen(BaseModel):
    """撤销: the version that the person saw."""

    model_config = ConfigDict(extra="forbid")

    version: Annotated[int, Field(ge=1)]


class PersonView(BaseModel):
    """An account that answers for a grid."""

    login: str
    name: str


class GridRow(BaseModel):
    """网格, one line. `valid_to` null while it stands."""

    code: str
    name: str
    kind: GridKind
    kind_text: str
    area_code: str
    area_name: str
    leader: PersonView | None
    version: int
    valid_from: datetime
    valid_to: datetime | None


class GridView(GridRow):
    """网格: with its people, and its polygon in CGCS2000."""

    cadre: PersonView | None
    workers: list[PersonView]
    source: str | None
    polygon: dict[str, Any]


class GridPage(BaseModel):
    """A page by code; `next` is the cursor of the following one, null on the last."""

    items: list[GridRow]
    next: str | None


class SpotView(BaseModel):
    """点位所属: the grid that holds the point at the moment; without one the nearest community, or the county.

    `outside`: no grid holds it, people should look.
    """

    grid: str | None
    area_code: str | None
    area_name: str
    outside: bool


class RemarkView(BaseModel):
    """What is wrong, or worth a look: which features (from 1), where (lon, lat in CGCS2000)."""

    code: str
    message: str
    features: list[int]
    at: tuple[float, float] | None


class ImportedGrid(BaseModel):
    """A grid of the file: `number` of its feature, its code (planned where it was only examined), whose place it takes.
    `polygon` in CGCS2000, null for one that stands already."""

    number: int
    became: Became
    code: str
    instead_of: str | None
    name: str
    kind: GridKind
    area_name: str
    polygon: dict[str, Any] | None


class GoneGrid(BaseModel):
    """A grid that ends with no other of its name in its place."""

    code: str
    name: str
    kind: GridKind


class ImportView(BaseModel):
    """导入结果: what was done, or with `applied` false what would be; any fault keeps the whole file out. `grids`: the
    file's, `gone`: beside them; both empty with a fault."""

    applied: bool
    read: int
    made: list[str]
    kept: list[str]
    ended: list[str]
    faults: list[RemarkView]
    remarks: list[RemarkView]
    grids: list[ImportedGrid]
    gone: list[GoneGrid]


class CandidateView(BaseModel):
    """候选区划: how sure (0 to 1), and the words that speak for it."""

    area_code: str
    area_name: str
    confidence: float
    words: list[str]


class MatchView(BaseModel):
    """地址定位: `certain` is what may be taken, null where nothing is sure; `unsure`: something narrower is named."""

    certain: str | None
    certain_name: str
    confidence: float
    unsure: bool
    candidates: list[CandidateView]
