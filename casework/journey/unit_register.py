"""Units are registered, changed and retired here 单位名录维护; never deleted: their cases keep them. None commits.

A change reaches the routing of every process within half a minute (journey/city.py).
"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.seed import LEVEL_OF_DEPARTMENT, LEVEL_OF_LENGTH
from casework.db import units
from casework.db.accounts import note
from casework.db.models import Unit
from casework.db.reads import unit_register as read
from casework.journey.city import City
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.kit.masking import mask_text
from casework.rules.facts import Actor
from casework.rules.said_why import says_why


@dataclass(frozen=True, slots=True)
class Said:
    """What may change of a unit: its name, its department, the unit above it (a code)."""

    name: str
    department: str
    parent: str | None


async def register(session: AsyncSession, city: City, actor: Actor, code: str, area: str, said: Said) -> None:
    """新增: a unit that answers for an area; its level is the area's. Raises Unprocessable naming each field."""
    known = city.catalog.areas.get(area)
    faults = []
    if known is None or not actor.area or not area.startswith(actor.area) or len(area) not in LEVEL_OF_LENGTH:
        faults.append(FieldFault("area", "account.area_unknown", {"area": area}))
    elif known.level != LEVEL_OF_DEPARTMENT.get(said.department, known.level):
        faults.append(FieldFault("area", "unit.level", {"level": LEVEL_OF_DEPARTMENT[said.department].zh}))
    if await session.scalar(select(Unit.id).where(Unit.code == code)) is not None:
        faults.append(FieldFault("code", "unit.code_taken", {"code": code}))
    above, more = await _checked(session, city, actor, said)
    if faults or more:
        raise Unprocessable(fields=[*faults, *more])
    level = LEVEL_OF_LENGTH[len(area)].value
    unit = Unit(code=code, name=said.name, department=said.department, level=level, area_code=area, parent_id=above)
    session.add(unit)
    await session.flush()
    _noted(session, actor, "UNIT_REGISTERED", unit, **_told(unit))


async def change(session: AsyncSession, city: City, actor: Actor, code: str, said: Said) -> None:
    """修改; code and area stay, for its cases have them. A repeat changes nothing. Raises NotFound, Unprocessable."""
    unit = await _held(session, actor, code)
    above, faults = await _checked(session, city, actor, said, unit)
    level = LEVEL_OF_DEPARTMENT.get(said.department)
    known = city.catalog.areas.get(unit.area_code)
    if level is not None and known is not None and known.level != level:
        faults.append(FieldFault("department", "unit.level", {"level": level.zh}))
    if faults:
        raise Unprocessable(fields=faults)
    was = _told(unit)
    unit.name, unit.department, unit.parent_id = said.name, said.department, above
    if _told(unit) != was:
        _noted(session, actor, "UNIT_CHANGED", unit, was=was, now=_told(unit))


async def retire(session: AsyncSession, actor: Actor, code: str, why: str) -> None:
    """撤销: takes no case any more. A repeat changes nothing.

    Raises: NotFound. Unprocessable: no reason. Conflict: open tasks, units or accounts hang on it; move them first.
    """
    unit = await _held(session, actor, code)
    if not unit.active:
        return
    if not says_why(why):
        raise Unprocessable(fields=[FieldFault("why", "account.why_missing")])
    found = await read.hanging(session, unit)
    if found.tasks or found.below or found.accounts:
        raise Conflict("unit.in_use", tasks=found.tasks, below=found.below, accounts=found.accounts)
    unit.active = False
    _noted(session, actor, "UNIT_RETIRED", unit, why=mask_text(why))


async def _held(session: AsyncSession, actor: Actor, code: str) -> Unit:
    found = await read.find(session, actor, code, hold=True)
    if found is None:
        raise NotFound("unit.not_found")
    return found.unit


async def _checked(
    session: AsyncSession, city: City, actor: Actor, said: Said, unit: Unit | None = None
) -> tuple[int | None, list[FieldFault]]:
    """The id of the unit above, and what is wrong."""
    faults = []
    if said.department not in city.catalog.departments:
        faults.append(FieldFault("department", "unit.department_unknown", {"department": said.department}))
    above = await units.unit_in_area(session, said.parent, actor.area) if said.parent else None
    if said.parent and above is None:
        faults.append(FieldFault("parent", "account.unit_unknown", {"unit": said.parent}))
    if above is not None and unit is not None and above.id in await units.with_children(session, unit.id):
        faults.append(FieldFault("parent", "unit.circle"))
    return (above.id if above is not None else None), faults


def _told(unit: Unit) -> dict[str, object]:
    return {"name": unit.name, "department": unit.department, "area": unit.area_code, "parent_id": unit.parent_id}


def _noted(session: AsyncSession, actor: Actor, act: str, unit: Unit, **data: object) -> None:
    note(session, act, account_id=actor.account_id, subject=f"unit:{unit.code}", data=data)
