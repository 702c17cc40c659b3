"""The roster 值班表: who is on duty for a unit or a grid now, and who stands in for whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db.models import WAITING, Account, Assignment, Case, DutyLeave, DutyShift, Grid, Unit
from casework.rules.facts import Actor
from casework.rules.on_duty import Because, OnDuty, Shift, on_duty
from casework.rules.words import UNIT_ROLES, AssignmentKind, Role

KEEPERS = frozenset({Role.DISPATCHER, Role.SUPERVISION, Role.LEADER})
GRID_KEEPERS = KEEPERS | {Role.STREET, Role.COMMUNITY}
"""Who keeps the rosters of the grids of their area."""
UNIT_KEEPERS = GRID_KEEPERS | {Role.UNIT_LEAD}
"""Who keeps a unit's roster: its own lead or cadres, and the centre."""


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
    found = await _unit_duty(session, unit.id)
    if found is None and unit.parent_id is not None:
        above, there = await session.get(Unit, unit.parent_id), await _unit_duty(session, unit.parent_id)
        if above is not None and there is not None:
            return await _named(session, above, there, Because.UNIT_ABOVE)
    return await _named(session, unit, found, found.because) if found is not None else None


async def unit_kept(session: AsyncSession, actor: Actor, code: str) -> Unit | None:
    """The active unit of that code whose roster the actor keeps; None for any other."""
    found: Unit | None = await session.scalar(select(Unit).where(Unit.code == code, Unit.active, keeps(actor)))
    return found


async def running_shift(session: AsyncSession, actor: Actor, shift_id: int) -> DutyShift | None:
    """A shift that is not over, of a unit or a grid whose roster the actor keeps; held for this transaction."""
    query = (
        select(DutyShift).outerjoin(Unit, Unit.id == DutyShift.unit_id).outerjoin(Grid, Grid.id == DutyShift.grid_id)
    )
    query = query.where(DutyShift.id == shift_id, DutyShift.ends_at > func.now(), or_(keeps(actor), keeps_grid(actor)))
    found: DutyShift | None = await session.scalar(query.with_for_update(of=DutyShift))
    return found


@dataclass(frozen=True, slots=True)
class Listed:
    """A shift as a roster shows it: with its holder and who stands in."""

    shift: DutyShift
    holder: Account
    substitute: Account | None


async def shifts(session: AsyncSession, place: ColumnElement[bool], start: datetime, end: datetime) -> list[Listed]:
    """All of a unit's or a grid's shifts at some time of the stretch, soonest first."""
    other = aliased(Account)
    query = (
        select(DutyShift, Account, other)
        .join(Account, Account.id == DutyShift.account_id)
        .outerjoin(other, other.id == DutyShift.substitute_id)
        .where(place, DutyShift.starts_at < end, DutyShift.ends_at > start)
        .order_by(DutyShift.starts_at, DutyShift.id)
    )
    return [Listed(shift, holder, substitute) for shift, holder, substitute in await session.execute(query)]


def keeps(actor: Actor) -> ColumnElement[bool]:
    """Which units' roster an actor may see and keep: a unit its own and those below it, the centre all of its area."""
    ways: list[ColumnElement[bool]] = []
    if actor.roles & UNIT_ROLES and actor.units:
        ways.append(Unit.id.in_(actor.units))
    if actor.roles & KEEPERS and actor.area:
        ways.append(Unit.area_code.startswith(actor.area, autoescape=True))
    return or_(*ways) if ways else false()


def keeps_grid(actor: Actor) -> ColumnElement[bool]:
    """Which grids' roster an actor keeps: those of the area."""
    if not actor.roles & GRID_KEEPERS or not actor.area:
        return false()
    return Grid.code.startswith(actor.area, autoescape=True)


async def _named(session: AsyncSession, unit: Unit, found: OnDuty, because: Because) -> Duty:
    name = await session.scalar(select(Account.display_name).where(Account.id == found.account))
    return Duty(unit.code, name or "", because, found.ends_at, found.load)


async def _unit_duty(session: AsyncSession, unit_id: int) -> OnDuty | None:
    running = await running_shifts(session, DutyShift.unit_id == unit_id)
    loads = await _loads(session, unit_id, people_of(running))
    return on_duty(loaded(running, loads))


async def running_shifts(session: AsyncSession, place: ColumnElement[bool]) -> list[Shift]:
    """The shifts of a place that run now, without loads. Whoever is on leave is off, and whom the leave names stands in
    for the time; a substitute who is on leave is off as well."""
    holder, other, away, other_away = aliased(Account), aliased(Account), aliased(DutyLeave), aliased(DutyLeave)
    substitute = func.coalesce(DutyShift.substitute_id, away.substitute_id)
    now = func.now()
    query = (
        select(
            DutyShift.account_id,
            and_(holder.active, away.id.is_(None)),
            DutyShift.ends_at,
            substitute,
            func.coalesce(and_(other.active, other_away.id.is_(None)), False),
        )
        .join(holder, holder.id == DutyShift.account_id)
        .outerjoin(away, and_(away.account_id == holder.id, away.starts_at <= now, away.ends_at > now))
        .outerjoin(other, other.id == substitute)
        .outerjoin(
            other_away, and_(other_away.account_id == other.id, other_away.starts_at <= now, other_away.ends_at > now)
        )
        .where(place, DutyShift.starts_at <= now, DutyShift.ends_at > now)
    )
    return [
        Shift(account=account, active=active, ends_at=ends_at, substitute=stands_in, substitute_active=there)
        for account, active, ends_at, stands_in, there in await session.execute(query)
    ]


def people_of(running: Iterable[Shift]) -> set[int]:
    """All whom the shifts name."""
    return {who for shift in running for who in (shift.account, shift.substitute) if who is not None}


def loaded(running: Iterable[Shift], loads: dict[int, int]) -> list[Shift]:
    """The shifts with what each person has to do already."""
    return [
        replace(shift, load=loads.get(shift.account, 0), substitute_load=loads.get(shift.substitute or 0, 0))
        for shift in running
    ]


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
