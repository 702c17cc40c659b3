"""The follow-up queue 待回访: who said "unsolved" first, then by the FOLLOW_UP clock; pages by cursor, no silent cap.
What the sample left out (未抽中) is not in it, unless the person has answered of their own accord; whom nobody may call
yet is in a list of its own.

In FOLLOW_UP no other clock runs, so a case's `next_due` is that clock's.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, case, false, func, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db.models import Case, Survey, Unit
from casework.db.scope import visible
from casework.db.silent import ASKED
from casework.rules.calling import first_call, may_call
from casework.rules.facts import Actor
from casework.rules.spans import Span

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
    """Rows, where the next page begins if there is one, and how many there are in all. `later`: how many are not to be
    called yet, and `later_from` when the first of them may be (UTC)."""

    rows: list[Row]
    next: Place | None
    total: int
    later: int
    later_from: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked at: at `now`, with those hours of calling, of the area's prefix; `later`: those not to be called
    yet instead of the others."""

    now: datetime
    hours: Span
    area: str | None = None
    later: bool = False


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


async def time(session: AsyncSession) -> datetime:
    """The database's."""
    found: datetime = (await session.execute(select(func.now()))).scalar_one()
    return found


def _not_yet(asked: Asked) -> ColumnElement[bool]:
    """Those to be called, of whom none is by night, else those whose link is still out. Who has answered, or is not to
    be called at all, can be decided on at any time."""
    return Case.call_from.is_not(None) & (Case.call_from > asked.now if may_call(asked.now, asked.hours) else true())


async def page(session: AsyncSession, actor: Actor, asked: Asked, *, after: Place | None, limit: int) -> Page:
    """One page within the actor's scope, at most `limit` rows."""
    near = and_(ASKED, Case.area_code.like(f"{asked.area}%") if asked.area else true())
    not_yet = _not_yet(asked)
    counts = select(
        func.count().filter(not_yet), func.count().filter(~not_yet), func.min(Case.call_from).filter(not_yet)
    ).select_from(Case)
    later, ready, first = (await session.execute(visible(counts.where(near), actor))).one()
    waits = and_(near, not_yet if asked.later else ~not_yet)
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
    return Page(
        rows[:limit],
        rows[limit - 1].place if len(rows) > limit else None,
        later if asked.later else ready,
        later,
        first_call(max(first, asked.now), asked.hours) if first else None,
    )
