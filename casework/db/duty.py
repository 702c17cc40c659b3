"""The roster 值班表: who is on duty for a unit now, and who stands in for whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db.models import WAITING, Account, Assignment, Case, DutyShift, Unit
from casework.rules.facts import Actor
from casework.rules.on_duty import Because, OnDuty, Shift, on_duty
from casework.rules.words import UNIT_ROLES, AssignmentKind, Role

KEEPERS = frozenset({Role.DISPATCHER, Role.SUPERVISION, Role.LEADER})


@dataclass(frozen=True, slots=True)
class Duty:
    """Who takes a unit's case now: the person's name and the unit that the roster is of."""

    unit: str
    name: str
    because: Because
    ends_at: datetime
    load: int


async def duty_of(session: AsyncSession, code: str) -> Duty | None:
    """Who is on duty for the unit of that code; where nobody is, for the unit above it. None: for neither."""
    unit = await session.scalar(select(Unit).where(Unit.code == code, Unit.active))
    if unit is None:
        return None
    found = await _on_duty(session, unit.id)
    if found is None and unit.parent_id is not None:
        above, there = await session.get(Unit, unit.parent_id), await _on_duty(session, unit.parent_id)
        if above is not None and there is not None:
            return await _named(session, above, there, Because.UNIT_ABOVE)
    return await _named(session, unit, found, found.because) if found is not None else None


async def unit_kept(session: AsyncSession, actor: Actor, code: str) -> Unit | None:
    """The active unit of that code whose roster the actor keeps; None for any other."""
    found: Unit | None = await session.scalar(select(Unit).where(Unit.code == code, Unit.active, _keeps(actor)))
    return found


async def running_shift(session: AsyncSession, actor: Actor, shift_id: int) -> DutyShift | None:
    """A shift that is not over, of a unit whose roster the actor keeps; held for this transaction."""
    query = select(DutyShift).join(Unit, Unit.id == DutyShift.unit_id).where(DutyShift.id == shift_id)
    query = query.where(DutyShift.ends_at > func.now(), _keeps(actor))
    found: DutyShift | None = await session.scalar(query.with_for_update(of=DutyShift))
    return found


async def shifts(session: AsyncSession, actor: Actor, code: str) -> list[tuple[DutyShift, str, str | None]]:
    """A unit's shifts that are not over, soonest first, with the names of holder and substitute."""
    other = aliased(Account)
    query = (
        select(DutyShift, Account.display_name, other.display_name)
        .join(Unit, Unit.id == DutyShift.unit_id)
        .join(Account, Account.id == DutyShift.account_id)
        .outerjoin(other, other.id == DutyShift.substitute_id)
        .where(Unit.code == code, DutyShift.ends_at > func.now(), _keeps(actor))
        .order_by(DutyShift.starts_at, DutyShift.id)
        .limit(200)
    )
    return [(shift, name, substitute) for shift, name, substitute in await session.execute(query)]


async def colleague(session: AsyncSession, login: str, unit_id: int) -> int | None:
    """The id of an active account of that unit; None for any other."""
    query = select(Account.id).where(Account.login == login, Account.active, Account.unit_id == unit_id)
    found: int | None = await session.scalar(query)
    return found


def _keeps(actor: Actor) -> ColumnElement[bool]:
    """Whose roster an actor may see and keep: a unit its own and those below it, the centre all of its area."""
    ways: list[ColumnElement[bool]] = []
    if actor.roles & UNIT_ROLES and actor.units:
        ways.append(Unit.id.in_(actor.units))
    if actor.roles & KEEPERS and actor.area:
        ways.append(Unit.area_code.startswith(actor.area, autoescape=True))
    return or_(*ways) if ways else false()


async def _named(session: AsyncSession, unit: Unit, found: OnDuty, because: Because) -> Duty:
    name = await session.scalar(select(Account.display_name).where(Account.id == found.account))
    return Duty(unit.code, name or "", because, found.ends_at, found.load)


async def _on_duty(session: AsyncSession, unit_id: int) -> OnDuty | None:
    holder, other = aliased(Account), aliased(Account)
    now = func.now()
    query = (
        select(DutyShift, holder.active, other.active)
        .join(holder, holder.id == DutyShift.account_id)
        .outerjoin(other, other.id == DutyShift.substitute_id)
        .where(DutyShift.unit_id == unit_id, DutyShift.starts_at <= now, DutyShift.ends_at > now)
    )
    rows = (await session.execute(query)).all()
    people = {who for shift, _, _ in rows for who in (shift.account_id, shift.substitute_id) if who}
    loads = await _loads(session, unit_id, people)
    return on_duty(
        Shift(
            account=shift.account_id,
            active=active,
            ends_at=shift.ends_at,
            load=loads.get(shift.account_id, 0),
            substitute=shift.substitute_id,
            substitute_active=bool(substitutes),
            substitute_load=loads.get(shift.substitute_id or 0, 0),
        )
        for shift, active, substitutes in rows
    )


async def _loads(session: AsyncSession, unit_id: int, people: Collection[int]) -> dict[int, int]:
    """How many of the unit's waiting cases each of them has signed for."""
    if not people:
        return {}
    query = (
        select(Assignment.signed_by, func.count())
        .join(Case, Case.id == Assignment.case_id)
        .where(Case.lead_unit_id == unit_id, WAITING, Assignment.closed_at.is_(None))
        .where(Assignment.kind == AssignmentKind.LEAD.value, Assignment.signed_by.in_(people))
        .group_by(Assignment.signed_by)
    )
    return {who: count for who, count in await session.execute(query) if who is not None}
