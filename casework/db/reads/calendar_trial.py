"""Open deadlines as a new notice of holidays would meet them 试算: only those that it can move."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, cast, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Assignment, Case, Clock, Motion, Unit
from casework.db.scope import visible
from casework.rules.facts import Actor


@dataclass(frozen=True, slots=True)
class Owed:
    """A clock that runs or stands still, its case, and the unit that has the case; None: no unit has it."""

    clock: Clock
    case: Case
    unit: str | None


@dataclass(frozen=True, slots=True)
class Touch:
    """What a notice can touch: clocks in working time of cases in an area that run on a day from `first` to `last`
    (Asia/Shanghai)."""

    area: str
    first: date
    last: date

    def holds(self) -> ColumnElement[bool]:
        return and_(
            Clock.state.in_(("RUNNING", "PAUSED")),
            Clock.limit_text.like("%w%"),
            Clock.due_at >= cast(self.first, Date) - 1,
            Clock.started_at < cast(self.last, Date) + 2,
            Case.area_code.like(f"{self.area}%"),
        )


async def owed(
    session: AsyncSession, actor: Actor, touch: Touch, *, settled_too: bool, after: int, limit: int
) -> Sequence[Owed]:
    """The actor's such clocks by id from `after`; `settled_too`: not only the provisional."""
    lead = and_(Assignment.case_id == Case.id, Assignment.kind == "LEAD", Assignment.closed_at.is_(None))
    query = (
        select(Clock, Case, Unit.name)
        .join(Case, Case.id == Clock.case_id)
        .outerjoin(Assignment, lead)
        .outerjoin(Unit, Unit.id == Assignment.unit_id)
        .where(touch.holds(), Clock.id > after, or_(Clock.calendar_unannounced, literal(settled_too)))
        .order_by(Clock.id)
        .limit(limit)
    )
    return [Owed(*row) for row in await session.execute(visible(query, actor))]


async def motions_of(session: AsyncSession, cases: Collection[int]) -> dict[int, list[Motion]]:
    """The motions of cases, oldest first."""
    found: dict[int, list[Motion]] = {}
    for motion in await session.scalars(select(Motion).where(Motion.case_id.in_(cases)).order_by(Motion.id)):
        found.setdefault(motion.case_id, []).append(motion)
    return found


async def beyond(session: AsyncSession, actor: Actor, touch: Touch) -> int:
    """How many open cases outside the actor's area have such a clock; they are counted, never shown."""
    inside = Case.area_code.like(f"{actor.area}%")
    query = select(func.count(Case.id.distinct())).join(Clock, Clock.case_id == Case.id)
    return await session.scalar(query.where(touch.holds(), ~inside)) or 0
