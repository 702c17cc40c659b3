"""The queue 待办队列: an actor's cases, unrouted first, then by urgency and due time; pages by cursor, no cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Unit
from casework.db.scope import condition, visible
from casework.rules.facts import Actor
from casework.rules.transitions import OPEN
from casework.rules.words import Status, Urgency


class View(StrEnum):
    """视图: ready-made questions of the queue."""

    OPEN = "OPEN"  # 未办结
    UNROUTED = "UNROUTED"  # 未路由
    TO_DISPATCH = "TO_DISPATCH"  # 待派单
    CALLED = "CALLED"  # 网格呼叫
    TO_SIGN = "TO_SIGN"  # 待签收
    HANDLING = "HANDLING"  # 办理中
    TO_REVIEW = "TO_REVIEW"  # 结果待审
    FOLLOW_UP = "FOLLOW_UP"  # 待回访
    DUE_SOON = "DUE_SOON"  # 临期
    OVERDUE = "OVERDUE"  # 超期
    ENDED = "ENDED"  # 已结束


SOON = timedelta(hours=2)
_RANK = {Urgency.E0: 0, Urgency.E1: 1, Urgency.N: 2, Urgency.C: 2}
_UNROUTED = and_(Case.status == Status.REVIEW.value, Case.suggested_unit.is_(None))
_OPEN = Case.status.in_(sorted(s.value for s in OPEN))
_CONDITIONS: dict[View, ColumnElement[bool]] = {
    View.OPEN: _OPEN,
    View.UNROUTED: _UNROUTED,
    View.TO_DISPATCH: Case.status.in_([Status.REVIEW.value, Status.NEED_INFO.value]),
    View.CALLED: Case.status == Status.CALLED.value,
    View.TO_SIGN: Case.status == Status.DISPATCHED.value,
    View.HANDLING: Case.status.in_([Status.HANDLING.value, Status.REWORK.value]),
    View.TO_REVIEW: Case.status == Status.RESULT_REVIEW.value,
    View.FOLLOW_UP: Case.status == Status.FOLLOW_UP.value,
    View.DUE_SOON: and_(_OPEN, Case.next_due > func.now(), Case.next_due <= func.now() + SOON),
    View.OVERDUE: and_(_OPEN, Case.next_due <= func.now()),
    View.ENDED: ~_OPEN,
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the queue ended: the order's own columns."""

    first: int
    rank: int
    due: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rows (Case, lead unit's name), and where the next page begins, if there is one."""

    rows: Sequence[tuple[Case, str | None]]
    next: Place | None


_FIRST = case((_UNROUTED, 0), else_=1)
_URGENCY = case({urgency.value: rank for urgency, rank in _RANK.items()}, value=Case.urgency, else_=2)
_DUE = func.coalesce(Case.next_due, literal("infinity").cast(Case.next_due.type))


async def page(
    session: AsyncSession, actor: Actor, view: View, *, after: Place | None, limit: int, area: str | None = None
) -> Page:
    """One page of a view within the actor's scope. `limit` rows at most."""
    query = select(Case, Unit.name).outerjoin(Unit, Unit.id == Case.lead_unit_id).where(_CONDITIONS[view])
    if area:
        query = query.where(Case.area_code.like(f"{area}%"))
    if after is not None:
        due = literal("infinity").cast(Case.next_due.type) if after.due is None else literal(after.due)
        query = query.where(tuple_(_FIRST, _URGENCY, _DUE, Case.id) > tuple_(after.first, after.rank, due, after.id))
    query = query.order_by(_FIRST, _URGENCY, _DUE, Case.id).limit(limit + 1)
    rows = [(found, unit) for found, unit in await session.execute(visible(query, actor))]
    more = len(rows) > limit
    return Page(rows[:limit], _place(rows[limit - 1][0]) if more else None)


def _place(case_: Case) -> Place:
    unrouted = case_.status == Status.REVIEW and case_.suggested_unit is None
    return Place(0 if unrouted else 1, _RANK[Urgency(case_.urgency)], case_.next_due, case_.id)


async def counts(session: AsyncSession, actor: Actor) -> dict[View, int]:
    """How many cases each view holds within the actor's scope; ended ones are not counted."""
    views = [view for view in View if view is not View.ENDED]
    columns = [func.count().filter(_CONDITIONS[view]).label(view.value) for view in views]
    row = (await session.execute(select(*columns).where(condition(actor), _OPEN))).mappings().one()
    return {view: row[view.value] for view in views}
