"""值班人选: the units whose rosters one keeps or works by, and the people to choose from."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import duty_people as rows
from casework.db.duty import unit_kept
from casework.db.grid_duty import LEAVE_KEEPERS, account_kept, grid_kept
from casework.db.models import Unit
from casework.kit.errors import NotFound
from casework.rules.facts import Actor
from services.dispatch import duty_schemas as s
from services.dispatch.grid_map_schemas import People
from services.dispatch.grid_schemas import PersonView
from services.dispatch.routes.duty import Reader
from services.who import Holding, Transaction

router = APIRouter(prefix="/duty", tags=["值班 duty"])
Keeper = Annotated[Actor, Depends(Holding(*LEAVE_KEEPERS))]


@router.get("/units")
async def list_roster_units(
    asked: Annotated[s.UnitsAsked, Query()], actor: Reader, session: Transaction
) -> s.RosterUnits:
    """Active units by code."""
    found = await rows.units_kept(session, actor, asked.words, asked.cursor, asked.limit + 1)
    shown = [_unit(unit) for unit in found[: asked.limit]]
    own = await rows.own_unit(session, actor)
    more = shown[-1].code if len(found) > asked.limit else None
    return s.RosterUnits(own=_unit(own) if own else None, items=shown, next=more)


@router.get("/people")
async def list_duty_people(asked: Annotated[s.PeopleAsked, Query()], actor: Keeper, session: Transaction) -> People:
    """Who may be on that roster, or stand in for that person."""
    who = await _who(session, actor, asked)
    found = await rows.page(session, who, asked.words, asked.cursor, asked.limit + 1)
    shown = [PersonView(login=one.login, name=one.display_name) for one in found[: asked.limit]]
    return People(items=shown, next=shown[-1].login if len(found) > asked.limit else None)


def _unit(unit: Unit) -> s.RosterUnit:
    return s.RosterUnit(code=unit.code, name=unit.name)


async def _who(session: AsyncSession, actor: Actor, asked: s.PeopleAsked) -> ColumnElement[bool]:
    if asked.unit:
        unit = await unit_kept(session, actor, asked.unit)
        if unit is None:
            raise NotFound("duty.unit_unknown")
        return rows.of_unit(unit.id)
    if asked.grid:
        grid = await grid_kept(session, actor, asked.grid)
        if grid is None:
            raise NotFound("grid.not_found")
        return rows.of_community(grid.area_code)
    if asked.beside:
        account = await account_kept(session, actor, asked.beside)
        if account is None:
            raise NotFound("duty.person_unknown")
        return rows.beside(account)
    return rows.may_leave(actor)
