"""The roster is kept 值班表: who stands in for whom, what is taken off it, who is on leave.

Every change is a line in the audit log.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import duty as rows
from casework.db import duty_people as people
from casework.db import grid_duty
from casework.db.accounts import note
from casework.db.knowledge import now_of
from casework.db.models import DutyLeave, DutyShift, Grid
from casework.journey.duty_rows import span_faults
from casework.journey.handing_over import hand_over
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.rules.facts import Actor

LONGEST_LEAVE = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class NewLeave:
    """A leave to be: whose, from when to before when (with their zone), why, and who stands in (a login, or nobody)."""

    login: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    substitute: str | None = None


async def stand_in(session: AsyncSession, actor: Actor, shift_id: int, login: str | None) -> None:
    """替班: another of the unit, or of the grid's community, stands in for the rest of the shift; None ends it.

    A repeat changes nothing.
    Raises: NotFound: no shift whose roster the actor keeps. Unprocessable: not the unit's or the community's person.
    """
    shift = await rows.running_shift(session, actor, shift_id)
    if shift is None:
        raise NotFound("duty.not_found")
    shift.substitute_id = await _substitute(session, shift, login) if login else None
    note(session, "DUTY_SUBSTITUTE", account_id=actor.account_id, subject=f"duty_shift:{shift.id}")


async def _substitute(session: AsyncSession, shift: DutyShift, login: str) -> int:
    if shift.unit_id is not None:
        who, code = people.of_unit(shift.unit_id), "duty.not_of_the_unit"
    else:
        grid = await session.get_one(Grid, shift.grid_id)
        who, code = people.of_community(grid.area_code), "duty.not_of_the_grid"
    found = await people.one_of(session, who, login)
    if found is None:
        raise Unprocessable(fields=[FieldFault("login", code, {"login": login})])
    return found


async def remove(session: AsyncSession, actor: Actor, shift_id: int) -> None:
    """取消班次 that is not over. Raises NotFound."""
    shift = await rows.running_shift(session, actor, shift_id)
    if shift is None:
        raise NotFound("duty.not_found")
    note(session, "DUTY_REMOVED", account_id=actor.account_id, subject=f"duty_shift:{shift.id}")
    await session.delete(shift)


async def take_leave(session: AsyncSession, actor: Actor, new: NewLeave) -> DutyLeave:
    """请假: from the first moment on the substitute has every shift and open task; without one, the holes are listed.

    Raises: NotFound: nobody whose leave the actor enters. Unprocessable: no such span, no such substitute or one who is
    on leave then. Conflict: on leave at that time already.
    """
    account = await grid_duty.account_kept(session, actor, new.login, hold=True)
    if account is None:
        raise NotFound("duty.person_unknown")
    faults = await span_faults(session, new.starts_at, new.ends_at, LONGEST_LEAVE)
    substitute = await people.one_of(session, people.beside(account), new.substitute) if new.substitute else None
    if new.substitute and substitute is None:
        faults.append(FieldFault("substitute", "duty.no_substitute", {"login": new.substitute}))
    elif substitute and await grid_duty.overlapping(session, substitute, new.starts_at, new.ends_at):
        faults.append(FieldFault("substitute", "duty.substitute_away", {"login": new.substitute}))
    if faults:
        raise Unprocessable(fields=faults)
    if await grid_duty.overlapping(session, account.id, new.starts_at, new.ends_at):
        raise Conflict("duty.on_leave_already")
    leave = DutyLeave(
        account_id=account.id,
        substitute_id=substitute,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        reason=new.reason,
        entered_by=actor.account_id,
    )
    session.add(leave)
    await session.flush()
    await hand_over(session, account_id=account.id)
    note(session, "LEAVE_ENTERED", account_id=actor.account_id, subject=f"duty_leave:{leave.id}")
    return leave


async def end_leave(session: AsyncSession, actor: Actor, leave_id: int) -> None:
    """销假: back from now on; a leave that has not begun falls away. Raises NotFound."""
    leave = await grid_duty.leave_kept(session, actor, leave_id)
    if leave is None:
        raise NotFound("duty.leave_not_found")
    if leave.starts_at < await now_of(session):
        leave.ends_at = func.now()
    else:
        await session.delete(leave)
    note(session, "LEAVE_ENDED", account_id=actor.account_id, subject=f"duty_leave:{leave_id}")
