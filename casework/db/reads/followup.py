"""The follow-up queue 待回访: who said "unsolved" first, then by the FOLLOW_UP clock; pages by cursor, no silent cap.
What the sample left out (未抽中) is not in it, unless the person has answered of their own accord.

In FOLLOW_UP no other clock runs, so a case's `next_due` is that clock's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import and_, case, false, func, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db.models import Case, Survey, Unit
from casework.db.scope import visible
from casework.db.silent import ASKED
from casework.rules.facts import Actor

FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""Where a case without a due time stands in the order."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the order's own columns."""

    rank: int
    due: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Row:
    """A case to follow up, its lead unit's name, and the citizen's answers so far in this handling or rework."""

    case: Case
    unit_name: str | None
    survey: Survey | None
    overdue: bool
    rank: int
    due: datetime

    @property
    def place(self) -> Place:
        return Place(self.rank, self.due, self.case.id)


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, where the next page begins if there is one, and how many cases wait in all."""

    rows: list[Row]
    next: Place | None
    total: int


_LAST = aliased(
    Survey,
    select(Survey)
    .where(Survey.case_id == Case.id, Survey.cycle == Case.rework_count + 1)
    .order_by(Survey.id.desc())
    .limit(1)
    .correlate(Case)
    .lateral("last_answers"),
)
_RANK = case((_LAST.solved.is_(False), 0), else_=1)
_DUE = func.coalesce(Case.next_due, literal(FAR))


async def page(session: AsyncSession, actor: Actor, *, area: str | None, after: Place | None, limit: int) -> Page:
    """One page within the actor's scope, at most `limit` rows; `area` narrows it to a prefix."""
    waits = and_(ASKED, Case.area_code.like(f"{area}%") if area else true())
    total = await session.scalar(visible(select(func.count(Case.id)).where(waits), actor))
    query = (
        select(Case, Unit.name, _LAST, func.coalesce(Case.next_due < func.now(), false()), _RANK, _DUE)
        .select_from(Case)
        .outerjoin(_LAST, true())
        .outerjoin(Unit, Unit.id == Case.lead_unit_id)
        .where(waits)
    )
    if after is not None:
        query = query.where(tuple_(_RANK, _DUE, Case.id) > tuple_(after.rank, after.due, after.id))
    found = await session.execute(visible(query, actor).order_by(_RANK, _DUE, Case.id).limit(limit + 1))
    rows = [Row(*row) for row in found]
    return Page(rows[:limit], rows[limit - 1].place if len(rows) > limit else None, total or 0)
