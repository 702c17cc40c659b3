"""值班: who takes a unit's case now, and the roster that says so."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import AwareDatetime, BaseModel, StringConstraints

from casework.db import duty as rows
from casework.db.cases import find
from casework.db.models import DutyShift
from casework.db.units import code_of
from casework.journey import duty as journey
from casework.kit.errors import NotFound
from casework.rules.facts import Actor
from casework.rules.on_duty import Because
from casework.rules.words import UNIT_ROLES, Role
from services.who import Holding, SignedIn, Transaction

router = APIRouter(tags=["值班 duty"])
Keeper = Annotated[
    Actor, Depends(Holding(Role.UNIT_LEAD, Role.STREET, Role.COMMUNITY, Role.DISPATCHER, Role.SUPERVISION, Role.LEADER))
]
Reader = Annotated[Actor, Depends(Holding(*UNIT_ROLES, *rows.KEEPERS))]
Code = Annotated[str, Path(max_length=40)]
ShiftId = Annotated[int, Path(ge=1, lt=2**63)]
Login = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class DutyView(BaseModel):
    """值班人: `unit` is whose roster it is, the case's own or the one above it; `load` open cases signed for."""

    unit: str
    name: str
    because: Because
    ends_at: datetime
    load: int


class Duty(BaseModel):
    """Who is on duty now; null: nobody is."""

    unit: str | None
    on_duty: DutyView | None


class ShiftForm(BaseModel):
    """排班, with the zone of its times."""

    login: Login
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class SubstituteForm(BaseModel):
    """替班: who stands in; null: nobody any more."""

    login: Login | None


class ShiftView(BaseModel):
    """班次."""

    id: int
    name: str
    substitute: str | None
    starts_at: datetime
    ends_at: datetime


class Roster(BaseModel):
    """值班表: the shifts that are not over, soonest first."""

    shifts: list[ShiftView]


def shift_view(shift: DutyShift, name: str, substitute: str | None) -> ShiftView:
    """A shift with the names of its people."""
    return ShiftView(id=shift.id, name=name, substitute=substitute, starts_at=shift.starts_at, ends_at=shift.ends_at)


@router.get("/cases/{case_no}/duty")
async def show_duty(case_no: str, actor: SignedIn, session: Transaction) -> Duty:
    """Who of the unit that has the case, or is suggested for it, is on duty now."""
    case = await find(session, case_no, actor)
    if case is None:
        raise NotFound("case_not_found")
    code = await code_of(session, case.lead_unit_id) if case.lead_unit_id else case.suggested_unit
    found = await rows.duty_of(session, code) if code else None
    return Duty(unit=code, on_duty=DutyView.model_validate(found, from_attributes=True) if found else None)


@router.get("/units/{unit_code}/duty")
async def show_roster(unit_code: Code, actor: Reader, session: Transaction) -> Roster:
    """值班表 of a unit whose roster the reader keeps or works by."""
    unit = await rows.unit_kept(session, actor, unit_code)
    if unit is None:
        raise NotFound("duty.unit_unknown")
    found = await rows.shifts(session, DutyShift.unit_id == unit.id)
    return Roster(shifts=[shift_view(*one) for one in found])


@router.post("/units/{unit_code}/duty", status_code=201)
async def add_shift(unit_code: Code, form: ShiftForm, actor: Keeper, session: Transaction) -> dict[str, int]:
    """排班; the shift's id."""
    shift = await journey.add(session, actor, unit_code, form.login, form.starts_at, form.ends_at)
    return {"id": shift.id}


@router.put("/duty/{shift_id}/substitute", status_code=204)
async def set_substitute(shift_id: ShiftId, form: SubstituteForm, actor: Keeper, session: Transaction) -> None:
    """替班."""
    await journey.stand_in(session, actor, shift_id, form.login)


@router.delete("/duty/{shift_id}", status_code=204)
async def remove_shift(shift_id: ShiftId, actor: Keeper, session: Transaction) -> None:
    """取消班次."""
    await journey.remove(session, actor, shift_id)
