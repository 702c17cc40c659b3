"""网格值班: who is on duty for a grid, its roster, leaves, and the holes that are left."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from casework.db import grid_duty as rows
from casework.db.duty import GRID_KEEPERS, shifts
from casework.db.grids import find
from casework.db.knowledge import now_of
from casework.db.models import DutyShift
from casework.journey import duty as journey
from casework.journey.duty_gaps import holes_ahead
from casework.kit.errors import NotFound
from casework.rules.facts import Actor
from casework.rules.on_duty import Because
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role
from services.dispatch.routes.duty import Login, ShiftForm, ShiftView, shift_view
from services.who import Holding, TheCity, Transaction

router = APIRouter(tags=["值班 duty"])
Reader = Annotated[Actor, Depends(Holding(*(frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES)))]
Keeper = Annotated[Actor, Depends(Holding(*GRID_KEEPERS))]
LeaveKeeper = Annotated[Actor, Depends(Holding(*rows.LEAVE_KEEPERS))]
Code = Annotated[str, Path(pattern=r"^[0-9A-Z]{13,20}$")]
Area = Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Z]*$")]
LeaveId = Annotated[int, Path(ge=1, lt=2**63)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200, pattern=r"^[^\x00]+$")]


class OnDutyView(BaseModel):
    """值班网格员: `ends_at` null where the roster names nobody and one of the grid's own answers."""

    login: str
    name: str
    because: Because
    ends_at: datetime | None


class GridRoster(BaseModel):
    """网格值班表: who is on duty now (null: nobody), and the shifts that are not over, soonest first."""

    on_duty: OnDutyView | None
    shifts: list[ShiftView]


class LeaveForm(BaseModel):
    """请假, with the zone of its times. `substitute`: a colleague's login, or null."""

    model_config = ConfigDict(extra="forbid")

    login: Login
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: Reason
    substitute: Login | None = None


class LeaveView(BaseModel):
    """请假记录. `substitute` null: nobody stands in."""

    id: int
    login: str
    name: str
    substitute: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str


class Leaves(BaseModel):
    """Leaves that are not over, soonest first."""

    items: list[LeaveView]


class Hole(BaseModel):
    """空档: from, to before."""

    starts_at: datetime
    ends_at: datetime


class GridHoles(BaseModel):
    """A grid with its holes. `now`: who of the grid answers at this moment all the same, null: nobody."""

    grid: str
    name: str
    now: OnDutyView | None
    holes: list[Hole]


class HolesPage(BaseModel):
    """Grids by code that have holes; `next` is the cursor of the following page, null on the last."""

    items: list[GridHoles]
    next: str | None


@router.get("/grids/{grid_code}/duty")
async def show_grid_duty(grid_code: Code, actor: Reader, session: Transaction) -> GridRoster:
    """谁在岗: of a grid of the scope."""
    grid = await find(session, actor, grid_code)
    if grid is None:
        raise NotFound("grid.not_found")
    found = await shifts(session, DutyShift.grid_id == grid.id)
    return GridRoster(on_duty=_view(await rows.grid_duty(session, grid.id)), shifts=[shift_view(*one) for one in found])


@router.post("/grids/{grid_code}/duty", status_code=201)
async def add_grid_shift(grid_code: Code, form: ShiftForm, actor: Keeper, session: Transaction) -> dict[str, int]:
    """网格排班; the shift's id."""
    shift = await journey.add_to_grid(session, actor, grid_code, form.login, form.starts_at, form.ends_at)
    return {"id": shift.id}


@router.get("/duty/gaps")
async def list_gaps(
    actor: Keeper,
    session: Transaction,
    city: TheCity,
    area: Area = "",
    days: Annotated[int, Query(ge=1, le=14)] = 7,
    cursor: Annotated[str, Query(max_length=20, pattern=r"^[0-9A-Z]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 200,
) -> HolesPage:
    """值班空档 of the days ahead. `limit` grids are looked at; those without holes are left out."""
    now = await now_of(session)
    grids = await rows.grids_kept(session, actor, area, now, cursor, limit + 1)
    found = await holes_ahead(session, city.catalog, grids[:limit], now, days)
    items = [
        GridHoles(
            grid=grid.code,
            name=grid.name,
            now=_view(await rows.grid_duty(session, grid.id)),
            holes=[Hole(starts_at=hole.start, ends_at=hole.end) for hole in holes],
        )
        for grid, holes in found
    ]
    return HolesPage(items=items, next=grids[limit - 1].code if len(grids) > limit else None)


@router.get("/leaves")
async def list_leaves(actor: LeaveKeeper, session: Transaction) -> Leaves:
    """请假 of those whose leave one enters."""
    found = await rows.leaves(session, actor)
    return Leaves(
        items=[
            LeaveView(
                id=leave.id,
                login=who.login,
                name=who.display_name,
                substitute=other.login if other else None,
                starts_at=leave.starts_at,
                ends_at=leave.ends_at,
                reason=leave.reason,
            )
            for leave, who, other in found
        ]
    )


@router.post("/leaves", status_code=201)
async def enter_leave(form: LeaveForm, actor: LeaveKeeper, session: Transaction) -> dict[str, int]:
    """请假; the leave's id. The substitute stands in from its first moment."""
    new = journey.NewLeave(form.login, form.starts_at, form.ends_at, form.reason, form.substitute)
    return {"id": (await journey.take_leave(session, actor, new)).id}


@router.delete("/leaves/{leave_id}", status_code=204)
async def end_leave(leave_id: LeaveId, actor: LeaveKeeper, session: Transaction) -> None:
    """销假."""
    await journey.end_leave(session, actor, leave_id)


def _view(found: rows.GridDuty | None) -> OnDutyView | None:
    return OnDutyView.model_validate(found, from_attributes=True) if found is not None else None
