"""包联: a cadre is packaged with a grid for a time, told of serious cases there, and reads its cases. None commits."""

from datetime import datetime

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import cadres as rows
from casework.db import grids
from casework.db.accounts import note
from casework.db.knowledge import now_of
from casework.db.models import GridCadre
from casework.journey.grids import serves
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.rules.facts import Actor


async def package(
    session: AsyncSession,
    actor: Actor,
    code: str,
    login: str,
    *,
    starts_at: datetime | None,
    ends_at: datetime | None,
    why: str,
) -> GridCadre:
    """结对包联 from `starts_at` (now, if left out) to before `ends_at`; a cadre may have several grids.

    Raises: NotFound, Unprocessable naming the field, Conflict: packaged with this grid at that time already.
    """
    grid = await grids.find(session, actor, code, hold=True)
    if grid is None or grid.valid_to is not None:
        raise NotFound("grid.not_found")
    account = (await grids.people(session, [login])).get(login)
    now = await now_of(session)
    begin, faults = starts_at or now, []
    if not serves(account, actor, grid, worker=False):
        faults.append(FieldFault("login", "grid.no_cadre", {"login": login}))
    if ends_at is not None and ends_at <= max(begin, now):
        faults.append(FieldFault("ends_at", "duty.ends_before_it_begins"))
    if faults or account is None:
        raise Unprocessable(fields=faults)
    if await rows.overlaps(session, grid.id, account.id, begin, ends_at):
        raise Conflict("cadre.there_already")
    row = GridCadre(grid_id=grid.id, account_id=account.id, assigned_by=actor.account_id, note=why)
    row.valid_from, row.valid_to = begin, ends_at
    session.add(row)
    await session.flush()
    note(session, "CADRE_PACKAGED", account_id=actor.account_id, subject=f"grid:{code}", data={"cadre": login})
    return row


async def release(session: AsyncSession, actor: Actor, cadre_id: int, why: str) -> None:
    """解除包联 from now on; one that has not begun falls away. Raises NotFound."""
    row = await rows.find(session, actor, cadre_id)
    if row is None:
        raise NotFound("cadre.not_found")
    subject = f"grid_cadre:{row.id}"
    if row.valid_from < await now_of(session):
        row.valid_to = func.now()
    else:
        await session.delete(row)
    note(session, "CADRE_RELEASED", account_id=actor.account_id, subject=subject, data={"note": why})
