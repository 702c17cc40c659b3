"""值班: who takes a unit's case now, and the roster that says so."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from casework.db import duty as rows
from casework.db.cases import find
from casework.db.knowledge import now_of
from casework.db.models import DutyShift
from casework.db.units import code_of
from casework.journey import duty as journey
from casework.journey.duty_rows import NewShifts, add
from casework.kit.errors import NotFound
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES
from services.dispatch import duty_schemas as s
from services.dispatch.duty_weeks import week_of
from services.who import Holding, SignedIn, Transaction

router = APIRouter(tags=["值班 duty"])
Keeper = Annotated[Actor, Depends(Holding(*rows.UNIT_KEEPERS))]
Reader = Annotated[Actor, Depends(Holding(*UNIT_ROLES, *rows.KEEPERS))]
ShiftId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/cases/{case_no}/duty")
async def show_duty(case_no: str, actor: SignedIn, session: Transaction) -> s.Duty:
    """Who of the unit that has the case, or is suggested for it, is on duty now."""
    case = await find(session, case_no, actor)
    if case is None:
        raise NotFound("case_not_found")
    code = await code_of(session, case.lead_unit_id) if case.lead_unit_id else case.suggested_unit
    found = await rows.duty_of(session, code) if code else None
    return s.Duty(unit=code, on_duty=s.DutyView.model_validate(found, from_attributes=True) if found else None)


@router.get("/units/{unit_code}/duty")
async def show_roster(
    unit_code: s.UnitCode, actor: Reader, session: Transaction, first: s.First = None, days: s.Days = 7
) -> s.Roster:
    """值班表 of a unit whose roster the reader keeps or works by; `first` left out: from today on."""
    unit = await rows.unit_kept(session, actor, unit_code)
    if unit is None:
        raise NotFound("duty.unit_unknown")
    now = await now_of(session)
    week = await week_of(session, DutyShift.unit_id == unit.id, first, days, now)
    found = await rows.duty_of(session, unit.code)
    on_duty = s.DutyView.model_validate(found, from_attributes=True) if found else None
    return s.Roster(**week, on_duty=on_duty, keeps=bool(actor.roles & rows.UNIT_KEEPERS))


@router.post("/units/{unit_code}/duty", status_code=201)
async def add_shift(unit_code: s.UnitCode, form: s.ShiftForm, actor: Keeper, session: Transaction) -> dict[str, int]:
    """排班; the shift's id. 422: the person is on duty there at that time already."""
    new = NewShifts([form.login], form.starts_at, form.ends_at, field="login")
    [shift] = await add(session, actor, unit_code, new)
    return {"id": shift.id}


@router.post("/units/{unit_code}/duty/rows", status_code=201)
async def add_shifts(unit_code: s.UnitCode, form: s.ShiftRowForm, actor: Keeper, session: Transaction) -> s.ShiftsMade:
    """连续排班: all of them, or none. A repeat is refused: they have these shifts already."""
    made = await add(session, actor, unit_code, new_shifts(form))
    return s.ShiftsMade(ids=[shift.id for shift in made])


@router.put("/duty/{shift_id}/substitute", status_code=204)
async def set_substitute(shift_id: ShiftId, form: s.SubstituteForm, actor: Keeper, session: Transaction) -> None:
    """替班."""
    await journey.stand_in(session, actor, shift_id, form.login)


@router.delete("/duty/{shift_id}", status_code=204)
async def remove_shift(shift_id: ShiftId, actor: Keeper, session: Transaction) -> None:
    """取消班次."""
    await journey.remove(session, actor, shift_id)


def new_shifts(form: s.ShiftRowForm) -> NewShifts:
    """A form as the journey takes it."""
    weekdays = frozenset(form.weekdays)
    return NewShifts(sorted(set(form.logins)), form.starts_at, form.ends_at, weekdays, form.weeks)
