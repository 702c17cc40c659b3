"""Copies 抄送: to whom a direct dispatch is copied, and what was copied to an actor's units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db.models import Case, CaseCopy, Unit
from casework.db.scope import visible
from casework.rules.facts import Actor
from casework.rules.words import Level

COUNTY_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Copied:
    """A case that was copied: to which unit it went, to which it was copied, when (UTC)."""

    case: Case
    to_unit: str
    unit: str
    at: datetime


async def district_of(
    session: AsyncSession, case: Case, target_id: int, departments: Mapping[Level, str]
) -> int | None:
    """The district's unit that learns of a dispatch to that unit; None: none does, or it knows already."""
    target = await session.get_one(Unit, target_id)
    department = departments.get(Level(target.level))
    if department is None:
        return None
    known = select(CaseCopy.unit_id).where(CaseCopy.case_id == case.id)
    query = select(Unit.id).where(
        Unit.active,
        Unit.department == department,
        Unit.area_code == target.area_code[:COUNTY_DIGITS],
        Unit.id != target_id,
        Unit.id.not_in(known),
    )
    found: int | None = await session.scalar(query.order_by(Unit.id).limit(1))
    return found


async def copied_to(session: AsyncSession, actor: Actor, *, limit: int) -> Sequence[Copied]:
    """What was copied to the actor's units, newest first."""
    to, unit = aliased(Unit), aliased(Unit)
    query = (
        select(Case, to.name, unit.name, CaseCopy.at)
        .join(CaseCopy, CaseCopy.case_id == Case.id)
        .join(to, to.id == CaseCopy.to_unit_id)
        .join(unit, unit.id == CaseCopy.unit_id)
        .where(CaseCopy.unit_id.in_(sorted(actor.units)))
        .order_by(CaseCopy.at.desc(), Case.id.desc())
    )
    return [Copied(*row) for row in await session.execute(visible(query, actor).limit(limit))]
