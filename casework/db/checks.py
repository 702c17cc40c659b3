"""On-site checks 核查: who looks, and whose checks are open."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, false, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Assignment, Case, Clock, Request, Unit
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, AssignmentKind, ClockName, Role


@dataclass(frozen=True, slots=True)
class Checker:
    """Who looks: the unit, and the person there; None: whoever of the unit can."""

    unit_id: int
    account_id: int | None


@dataclass(frozen=True, slots=True)
class OpenCheck:
    """A check that waits: its case, what was reported, and until when (UTC)."""

    case: Case
    request: Request
    unit: str
    given_to: int | None
    given_at: datetime
    due_at: datetime


# the discoverer; who is on duty for the grid; the grid's workers; any of the community; never who handled it
# or is on leave
_WORKER = text("""
WITH here AS (SELECT id FROM grid WHERE code = :area AND valid_to IS NULL),
asked (account_id, rank) AS (
  SELECT CAST(:reporter AS bigint), 1
  UNION ALL
  SELECT coalesce(CASE WHEN s.active THEN s.id END, l.substitute_id, d.account_id), 2
  FROM duty_shift d LEFT JOIN account s ON s.id = d.substitute_id
  LEFT JOIN duty_leave l ON l.account_id = d.account_id AND l.starts_at <= now() AND l.ends_at > now()
  WHERE d.grid_id IN (SELECT id FROM here) AND d.starts_at <= now() AND d.ends_at > now()
  UNION ALL
  SELECT account_id, 3 FROM grid_worker WHERE grid_id IN (SELECT id FROM here)
  UNION ALL
  SELECT id, 4 FROM account WHERE length(:area) >= 12 AND area_code LIKE left(:area, 12) || '%'
)
SELECT a.unit_id, a.id FROM asked JOIN account a ON a.id = asked.account_id
WHERE a.active AND 'GRID_WORKER' = ANY (a.roles) AND a.unit_id IS NOT NULL AND a.id <> ALL (:handlers)
  AND a.unit_id <> ALL (:barred)
  AND NOT EXISTS (
    SELECT FROM duty_leave l WHERE l.account_id = a.id AND l.starts_at <= now() AND l.ends_at > now())
ORDER BY asked.rank, (a.area_code = :area) DESC, a.id LIMIT 1
""")


async def checker_of(session: AsyncSession, case: Case, handlers: Collection[int]) -> Checker | None:
    """Who looks at the case's result: a grid worker that had no hand in it, else the community's or the street's unit,
    if it is not the one that handled it. Nobody of a unit that a report names. None: there is nobody."""
    told = {"area": case.area_code, "reporter": case.reporter_id, "handlers": sorted(handlers)}
    told["barred"] = list(case.barred_units)
    row = (await session.execute(_WORKER, told)).first()
    if row is not None:
        return Checker(row[0], row[1])
    near = [code for code in (case.area_code[:12], case.area_code[:9]) if len(code) in (9, 12)]
    query = select(Unit.id).where(
        Unit.active, Unit.area_code.in_(near), Unit.id.not_in([*case.barred_units, case.lead_unit_id or 0])
    )
    found = await session.scalar(query.order_by(func.length(Unit.area_code).desc(), Unit.id).limit(1))
    return Checker(found, None) if found is not None else None


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Cases whose open check is the actor's own, or its unit's."""
    ways: list[ColumnElement[bool]] = []
    if Role.GRID_WORKER in actor.roles and actor.account_id is not None:
        ways.append(Case.checker_id == actor.account_id)
    if actor.roles & UNIT_ROLES and actor.units:
        ways.append(Case.check_unit_id.in_(sorted(actor.units)))
    return or_(*ways) if ways else false()


async def open_checks(session: AsyncSession, actor: Actor, *, limit: int) -> list[OpenCheck]:
    """The checks that wait for the actor, the nearest limit first."""
    query = (
        select(Case, Request, Unit.name, Assignment.account_id, Assignment.opened_at, Clock.due_at)
        .join(Request, Request.id == Case.request_id)
        .join(Assignment, Assignment.case_id == Case.id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .join(Clock, Clock.assignment_id == Assignment.id)
        .where(Case.check_unit_id.is_not(None), waits_for(actor))
        .where(Assignment.kind == AssignmentKind.CHECK.value, Assignment.closed_at.is_(None))
        .where(Clock.case_id == Case.id, Clock.name == ClockName.INNER.value, Clock.state == "RUNNING")
        .order_by(Clock.due_at, Case.id)
        .limit(limit)
    )
    return [OpenCheck(*row) for row in await session.execute(query)]
