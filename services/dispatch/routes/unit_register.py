"""单位名录: registered, changed and retired by the system administrator, read by the security administrator too."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.reads import unit_register as read
from casework.journey import unit_register as journey
from casework.journey.city import City
from casework.kit.errors import NotFound
from casework.rules.facts import Actor
from casework.rules.words import Level, Role
from services.dispatch import unit_schemas as s
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/unit-register", tags=["单位名录 units"])
Reader = Annotated[Actor, Depends(Holding(Role.SYS_ADMIN, Role.SEC_ADMIN))]
Keeper = Annotated[Actor, Depends(Holding(Role.SYS_ADMIN))]
Code = Annotated[str, Path(max_length=40)]
Words = Annotated[str, Query(max_length=100)]


@router.get("")
async def list_units(
    actor: Reader,
    session: Transaction,
    city: TheCity,
    words: Words = "",
    closed: bool = False,
    cursor: Words = "",
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> s.UnitPage:
    """The units of the reader's area by code; `closed`: the retired ones too."""
    found = await read.page(session, actor, words=words, closed=closed, after=cursor, limit=limit + 1)
    shown = [_unit(city, one) for one in found[:limit]]
    return s.UnitPage(units=shown, next=shown[-1].code if len(found) > limit else None)


@router.get("/departments")
async def list_departments(_actor: Reader, city: TheCity) -> list[s.DepartmentView]:
    """部门 of the catalogue, to choose from."""
    return [s.DepartmentView(code=one.code, name=one.name) for one in city.catalog.departments.values()]


@router.post("", status_code=201)
async def register_unit(form: s.UnitForm, actor: Keeper, session: Transaction, city: TheCity) -> s.UnitDetail:
    """新增."""
    said = journey.Said(form.name, form.department, form.parent)
    await journey.register(session, city, actor, form.code, form.area, said)
    return await _shown(session, city, actor, form.code)


@router.get("/{unit_code}")
async def show_unit(unit_code: Code, actor: Reader, session: Transaction, city: TheCity) -> s.UnitDetail:
    """One unit, retired or not, and what hangs on it."""
    return await _shown(session, city, actor, unit_code)


@router.put("/{unit_code}")
async def change_unit(
    unit_code: Code, form: s.UnitChange, actor: Keeper, session: Transaction, city: TheCity
) -> s.UnitDetail:
    """修改名称、部门、上级单位."""
    await journey.change(session, city, actor, unit_code, journey.Said(form.name, form.department, form.parent))
    return await _shown(session, city, actor, unit_code)


@router.post("/{unit_code}/retire")
async def retire_unit(
    unit_code: Code, form: s.RetireForm, actor: Keeper, session: Transaction, city: TheCity
) -> s.UnitDetail:
    """撤销: 409 `unit.in_use` while open tasks, units or accounts hang on it."""
    await journey.retire(session, actor, unit_code, form.why)
    return await _shown(session, city, actor, unit_code)


async def _shown(session: AsyncSession, city: City, actor: Actor, code: str) -> s.UnitDetail:
    await session.flush()
    found = await read.find(session, actor, code)
    if found is None:
        raise NotFound("unit.not_found")
    hanging = await read.hanging(session, found.unit)
    view = s.HangingView.model_validate(hanging, from_attributes=True)
    return s.UnitDetail(unit=_unit(city, found), hanging=view)


def _unit(city: City, one: read.Registered) -> s.RegisteredUnit:
    unit, department = one.unit, city.catalog.departments.get(one.unit.department)
    return s.RegisteredUnit(
        code=unit.code,
        name=unit.name,
        department=unit.department,
        department_name=department.name if department else unit.department,
        level=Level(unit.level),
        area=unit.area_code,
        area_name=city.catalog.areas.name_path(unit.area_code),
        parent=one.parent.code if one.parent else None,
        parent_name=one.parent.name if one.parent else None,
        active=unit.active,
    )
