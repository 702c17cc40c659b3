"""What verifying 核实 writes: a grid worker is asked to look before the matter is filed; what was found stays in the
history. To whom it goes is asked here too: the worker on duty for the grid, of an item that is admitted there."""

import json
from dataclasses import dataclass
from typing import cast

import shapely
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import grid_items, grids
from casework.db.checks import Checker
from casework.db.grid_duty import grid_duty
from casework.db.models import Account, Assignment, Case, Grid
from casework.journey import clockwork
from casework.journey.standing import open_verify, timing_of
from casework.journey.writing import Writing, close_verify
from casework.rules import asks
from casework.rules.facts import Actor
from casework.rules.grid_items import why_not
from casework.rules.points import Point
from casework.rules.transitions import Transition
from casework.rules.words import AssignmentKind, ClockName, GridKind, Kind, Urgency

COUNTY_DIGITS, COMMUNITY_DIGITS = 6, 12


@dataclass(frozen=True, slots=True)
class Errand:
    """Who would look, or why it cannot be sent."""

    verifier: Checker | None = None
    fault: str | None = None


async def errand_of(session: AsyncSession, case: Case, actor: Actor, ask: asks.Ask, spot: Point | None) -> Errand:
    """The errand that the ask means: to the grid that it names, else to the one that the case lies in. A part or an
    event goes to the collector's grid 责任网格 that holds its spot, where there is one."""
    if not isinstance(ask, asks.AskVerify):
        return Errand()
    grid = await _grid_of(session, case, actor, ask.grid, spot)
    if grid is None or grid.valid_to is not None or not grid.code.startswith(case.area_code[:COMMUNITY_DIGITS]):
        return Errand(fault="VERIFY_GRID_UNKNOWN")
    admitted = await grid_items.admitted_for(session, grid.code, case.category)
    day = await grid_items.today(session)
    fault = why_not(admitted, case.category, grid.code, GridKind(grid.kind), day)
    if fault is not None:
        return Errand(fault=fault)
    duty = await grid_duty(session, grid.id)
    account = await session.get(Account, duty.account) if duty is not None else None
    if account is None or account.unit_id is None:
        return Errand(fault="VERIFY_NOBODY")
    if account.id == case.reporter_id:
        return Errand(fault="VERIFY_OWN_REPORT")
    return Errand(Checker(account.unit_id, account.id))


async def _grid_of(session: AsyncSession, case: Case, actor: Actor, named: str, spot: Point | None) -> Grid | None:
    if named:
        return await grids.find(session, actor, named)
    if spot is not None and case.kind in (Kind.GRID_PART, Kind.GRID_EVENT):
        here = shapely.Point(spot.lon, spot.lat)
        for grid in await grids.of_kind(session, actor, case.area_code[:COUNTY_DIGITS], GridKind.DUTY):
            if shapely.from_geojson(json.dumps(grid.polygon)).intersects(here):
                return grid
    return await grids.find(session, actor, case.area_code)


async def asked(w: Writing, row: Transition) -> None:
    """派核实: a task of its own with its own time, for the worker on duty."""
    assert w.checker is not None
    task = Assignment(
        case_id=w.case.id,
        unit_id=w.checker.unit_id,
        account_id=w.checker.account_id,
        kind=AssignmentKind.VERIFY.value,
        hop=len(w.assignments) + 1,
        opened_at=w.now,
    )
    w.pen.add(task)
    w.assignments.append(task)
    response, urgency = w.city.catalog.response, Urgency(w.case.urgency)
    limit, source = response.verify[urgency]
    planned = clockwork.by_limit(w.city.catalog, ClockName.INNER, limit, source, timing_of(w.case), w.now)
    w.ready[ClockName.INNER] = (planned, None)
    w.told["due_at"] = planned.due_at.isoformat()
    if w.checker.account_id is not None:
        w.also_accounts.append(w.checker.account_id)


async def answered(w: Writing, row: Transition) -> None:
    """核实答复: found or not; the centre files it 立案 or guides it 不予立案."""
    task = open_verify(w.assignments)
    assert task is not None
    task.signed_at, task.signed_by, task.answer = w.now, w.actor.account_id, w.words.get("note")
    w.noted["in_time"] = w.in_time.get(ClockName.INNER, True)
    w.case.verified = bool(cast(asks.AnswerVerify, w.ask).found)
    close_verify(w, "FOUND" if w.case.verified else "NOT_FOUND")
