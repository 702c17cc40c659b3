"""What the register of units takes and shows 单位名录."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from casework.rules.words import Level
from services.dispatch.administration_schemas import Area, Name, UnitCode, Why

Department = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=r"^[0-9A-Z]+$")]


class UnitChange(BaseModel):
    """修改: all that may change of a unit."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    department: Department
    parent: UnitCode = None


class UnitForm(UnitChange):
    """新增: `code` is never used again; the level is that of the area."""

    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9A-Z-]{3,24}$")]
    area: Area


class RetireForm(BaseModel):
    """撤销, with its reason."""

    model_config = ConfigDict(extra="forbid")

    why: Why


class RegisteredUnit(BaseModel):
    """承办单位 with the unit above it."""

    code: str
    name: str
    department: str
    department_name: str
    level: Level
    area: str
    area_name: str
    parent: str | None
    parent_name: str | None
    active: bool


class UnitPage(BaseModel):
    """`next`: the `cursor` of the following page; null on the last."""

    units: list[RegisteredUnit]
    next: str | None


class HangingView(BaseModel):
    """What hangs on it now. Open tasks, units below and accounts must go elsewhere before it is retired."""

    tasks: int
    below: int
    accounts: int
    shifts: int
    rules: int
    knowledge: int


class UnitDetail(BaseModel):
    """One unit, and what hangs on it."""

    unit: RegisteredUnit
    hanging: HangingView


class DepartmentView(BaseModel):
    """部门 of the catalogue."""

    code: str
    name: str
