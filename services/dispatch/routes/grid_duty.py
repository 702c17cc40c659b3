"""网格值班: who is on duty for a grid, its roster, leaves, and the holes that are left."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from casework.db import grid_duty as rows
from casework.db.duty import GRID_KEEPERS
from casework.db.grids import find
from casework.db.knowledge import now_of
from casework.db.models import DutyShift
from casework.journey import duty as journey
from casework.journey.duty_gaps import holes_ahead
from casework.journey.duty_rows import NewShifts, add_to_grid
from casework.kit.errors import NotFound
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role
from services.dispatch import duty_schemas as s
from services.dispatch.duty_weeks import week_of
from services.dispatch.routes.duty import new_shifts
from services.who import Holding, TheCity, Transaction

router = APIRouter(tags=["值班 duty"])
Reader = Annotated[Actor, Depends(Holding(*(frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES)))]
Keeper = Annotated[Actor, Depends(Holding(*GRID_KEEPERS))]
LeaveKeeper = Annotated[Actor, Depends(Holding(*rows.LEAVE_KEEPERS))]
Area = Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Z]*$")]
LeaveId = Annotated[int, Path(ge=1, lt=2**63)]


@router.get("/grids/{grid_code}/duty")
async def show_grid_duty(
    grid_code: s.GridCode, actor: Reader, session: Transaction, first: s.First = None, days: s.Days = 7
) -> s.GridRoster:
    """谁在岗 and 值班表 of a grid of the scope; `first` left out: from today on."""
    grid = await find(session, actor, grid_code)
    if grid is None:
        raise NotFound("grid.not_found")
    week = await week_of(session, DutyShift.grid_id == grid.id, first, days, await now_of(session))
    keeps = await rows.grid_kept(session, actor, grid_code) is not None
    return s.GridRoster(**week, on_duty=_view(await rows.grid_duty(session, grid.id)), keeps=keeps)


@router.post("/grids/{grid_code}/duty", status_code=201)
async def add_grid_shift(
    grid_code: s.GridCode, form: s.ShiftForm, actor: Keeper, session: Transaction
) -> dict[str, int]:
    """网格排班; the shift's id. 422: the person is on duty there at that time already."""
    new = NewShifts([form.login], form.starts_at, form.ends_at, field="login")
    [shift] = await add_to_grid(session, actor, grid_code, new)
    return {"id": shift.id}


@router.post("/grids/{grid_code}/duty/rows", status_code=201)
async def add_grid_shifts(
    grid_code: s.GridCode, form: s.ShiftRowForm, actor: Keeper, session: Transaction
) -> s.ShiftsMade:
    """网格连续排班: all of them, or none. A repeat is refused: they have these shifts already."""
    made = await add_to_grid(session, actor, grid_code, new_shifts(form))
    return s.ShiftsMade(ids=[shift.id for shift in made])


@router.get("/duty/gaps")
async def list_gaps(
    actor: Keeper,
    session: Transaction,
    city: TheCity,
    area: Area = "",
    days: Annotated[int, Query(ge=1, le=14)] = 7,
    cursor: Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Z]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> s.HolesPage:
    """值班空档 of the days ahead. `limit` grids are looked at; those without holes are left out."""
    now = await now_of(session)
    grids = await rows.grids_kept(session, actor, area, now, cursor, limit + 1)
    found = await holes_ahead(session, city.catalog, grids[:limit], now, days)
    items = [
        s.GridHoles(
            grid=grid.code,
            name=grid.name,
            now=_view(await rows.grid_duty(session, grid.id)),
            holes=[s.Hole(starts_at=hole.start, ends_at=hole.end) for hole in holes],
        )
        for grid, holes in found
    ]
    return s.HolesPage(items=items, next=grids[limit - 1].code if len(grids) > limit else None)


@router.get("/leaves")
async def list_leaves(asked: Annotated[s.LeavesAsked, Query()], actor: LeaveKeeper, session: Transaction) -> s.Leaves:
    """请假 of those whose leave one enters: those that are not over."""
    found = await rows.leaves(session, actor, asked.words, s.read_place(asked.cursor), asked.limit + 1)
    shown = found[: asked.limit]
    more = s.write_place(shown[-1][0]) if len(found) > asked.limit else None
    return s.Leaves(items=[s.leave_view(*one) for one in shown], next=more)


@router.post("/leaves", status_code=201)
async def enter_leave(form: s.LeaveForm, actor: LeaveKeeper, session: Transaction) -> dict[str, int]:
    """请假; the leave's id. The substitute stands in from its first moment."""
    new = journey.NewLeave(form.login, form.starts_at, form.ends_at, form.reason, form.substitute)
    return {"id": (await journey.take_leave(session, actor, new)).id}


@router.delete("/leaves/{leave_id}", status_code=204)
async def end_leave(leave_id: LeaveId, actor: LeaveKeeper, session: Transaction) -> None:
    """销假."""
    await journey.end_leave(session, actor, leave_id)


def _view(found: rows.GridDuty | None) -> s.OnDutyView | None:
    return s.OnDutyView.model_validate(found, from_attributes=True) if found is not None else None
