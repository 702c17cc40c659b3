"""The roster is kept 排班: shifts, and who stands in for whom. Every change is a line in the audit log."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import duty as rows
from casework.db.accounts import note
from casework.db.knowledge import now_of
from casework.db.models import DutyShift
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.rules.facts import Actor

LONGEST = timedelta(days=7)


async def add(
    session: AsyncSession, actor: Actor, code: str, login: str, starts_at: datetime, ends_at: datetime
) -> DutyShift:
    """排班: a person of the unit is on duty from `starts_at` to before `ends_at` (with their zone).

    Raises: NotFound: no unit whose roster the actor keeps. Unprocessable: not the unit's person, or no such span.
    """
    unit = await rows.unit_kept(session, actor, code)
    if unit is None:
        raise NotFound("duty.unit_unknown")
    account = await rows.colleague(session, login, unit.id)
    faults = [] if account else [FieldFault("login", "duty.not_of_the_unit", {"login": login})]
    if ends_at <= starts_at:
        faults.append(FieldFault("ends_at", "duty.ends_before_it_begins"))
    elif ends_at - starts_at > LONGEST:
        faults.append(FieldFault("ends_at", "duty.too_long", {"days": LONGEST.days}))
    elif ends_at <= await now_of(session):
        faults.append(FieldFault("ends_at", "duty.over"))
    if faults or account is None:
        raise Unprocessable(fields=faults)
    shift = DutyShift(unit_id=unit.id, account_id=account, starts_at=starts_at, ends_at=ends_at)
    session.add(shift)
    await session.flush()
    note(session, "DUTY_ADDED", account_id=actor.account_id, subject=f"duty_shift:{shift.id}")
    return shift


async def stand_in(session: AsyncSession, actor: Actor, shift_id: int, login: str | None) -> None:
    """替班: another of the unit stands in for the rest of the shift; None ends it. A repeat changes nothing.

    Raises: NotFound: no shift whose roster the actor keeps. Unprocessable: not the unit's person.
    """
    shift = await rows.running_shift(session, actor, shift_id)
    if shift is None or shift.unit_id is None:
        raise NotFound("duty.not_found")
    substitute = await rows.colleague(session, login, shift.unit_id) if login else None
    if login and substitute is None:
        raise Unprocessable(fields=[FieldFault("login", "duty.not_of_the_unit", {"login": login})])
    shift.substitute_id = substitute
    note(session, "DUTY_SUBSTITUTE", account_id=actor.account_id, subject=f"duty_shift:{shift.id}")


async def remove(session: AsyncSession, actor: Actor, shift_id: int) -> None:
    """取消班次 that is not over. Raises NotFound."""
    shift = await rows.running_shift(session, actor, shift_id)
    if shift is None:
        raise NotFound("duty.not_found")
    note(session, "DUTY_REMOVED", account_id=actor.account_id, subject=f"duty_shift:{shift.id}")
    await session.delete(shift)
