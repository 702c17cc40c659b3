"""The queue 待办队列: what waits for an actor, unrouted first, then by urgency and due time; pages by cursor, no cap.

What waits for a unit are the cases it leads. All that ever was with it stays in its scope (db/scope.py): its ended
cases are listed here, newest first, and every other one opens by its number. What a bad grade named is listed by its
own limit, whether the case goes on or has ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import ARRAY, BigInteger, ColumnElement, and_, exists, false, func, literal, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.checks import waits_for
from casework.db.models import Case, CaseClaim, Motion, Unit, Whistle
from casework.db.models.waiting import COUNTY, COUNTY_DIGITS, ORDER, WAITING
from casework.db.scope import AREA_ROLES, in_circle, not_barred, visible
from casework.db.silent import ASKED
from casework.rules.facts import Actor
from casework.rules.queue_rank import FIRST_ROUTED
from casework.rules.words import OUTSIDE_ROLES, UNIT_ROLES, Kind, MotionKind, Role, Status, Urgency


class View(StrEnum):
    """视图: ready-made questions of the queue."""

    OPEN = "OPEN"  # 未办结
    UNROUTED = "UNROUTED"  # 未路由
    TO_DISPATCH = "TO_DISPATCH"  # 待派单
    CALLED = "CALLED"  # 网格呼叫
    TO_SIGN = "TO_SIGN"  # 待签收
    HANDLING = "HANDLING"  # 办理中
    TO_CHECK = "TO_CHECK"  # 待核查
    TO_REVIEW = "TO_REVIEW"  # 结果待审
    FOLLOW_UP = "FOLLOW_UP"  # 待回访
    DUE_SOON = "DUE_SOON"  # 临期
    OVERDUE = "OVERDUE"  # 超期
    RETURNS = "RETURNS"  # 退单待裁
    TO_GRANT = "TO_GRANT"  # 延期、挂起、说明理由办结待批
    WHISTLES = "WHISTLES"  # 吹哨
    RECTIFY = "RECTIFY"  # 差评整改
    MINE = "MINE"  # 我的: taken by the actor
    ENDED = "ENDED"  # 已结束


_APART = (View.TO_CHECK, View.RECTIFY)
"""Views of what waits for other people than the case does, or waits when the case is over."""
SOON = timedelta(hours=2)
_CONDITIONS: dict[View, ColumnElement[bool]] = {
    View.OPEN: true(),
    View.UNROUTED: Case.queue_rank < FIRST_ROUTED,
    View.TO_DISPATCH: Case.status.in_([Status.REVIEW.value, Status.NEED_INFO.value]),
    View.CALLED: Case.status == Status.CALLED.value,
    View.TO_SIGN: Case.status == Status.DISPATCHED.value,
    View.HANDLING: Case.status.in_([Status.HANDLING.value, Status.REWORK.value]),
    View.TO_CHECK: Case.check_unit_id.is_not(None),
    View.TO_REVIEW: Case.status == Status.RESULT_REVIEW.value,
    View.FOLLOW_UP: ASKED,
    View.DUE_SOON: and_(Case.next_due > func.now(), Case.next_due <= func.now() + SOON),
    View.OVERDUE: Case.next_due <= func.now(),
    View.RETURNS: Case.status == Status.RETURN_REVIEW.value,
    View.TO_GRANT: and_(
        Case.motions > 0,
        exists().where(Motion.case_id == Case.id, Motion.ruling.is_(None), Motion.kind != MotionKind.RETURN.value),
    ),
    View.RECTIFY: Case.rectify_due.is_not(None),
    View.WHISTLES: and_(Case.whistles > 0, exists().where(Whistle.case_id == Case.id, Whistle.ended_at.is_(None))),
}


def _condition(view: View, actor: Actor) -> ColumnElement[bool]:
    if view is not View.MINE:
        return _CONDITIONS[view]
    claims = select(CaseClaim.case_id).where(CaseClaim.account_id == actor.account_id, CaseClaim.until > func.now())
    return Case.id.in_(claims)


@dataclass(frozen=True, slots=True)
class Narrowed:
    """筛选: what a view is narrowed to. `words`: the beginning of a case's number, or a part of its title."""

    area: str | None = None
    urgency: Urgency | None = None
    kind: Kind | None = None
    words: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """As conditions on `cases`."""
        found = [_in_area(self.area)] if self.area else []
        found += [Case.urgency == self.urgency.value] if self.urgency else []
        found += [Case.kind == self.kind.value] if self.kind else []
        if self.words:
            number = Case.case_no.startswith(self.words, autoescape=True)
            found.append(or_(number, Case.title.icontains(self.words, autoescape=True)))
        return found


EVERYTHING = Narrowed()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the order's own columns. Of ended cases, whose order is their age, the id alone counts."""

    rank: int
    due: datetime | None
    id: int


@dataclass(frozen=True, slots=True)
class Page:
    """Rows (Case, lead unit's name), and where the next page begins, if there is one."""

    rows: Sequence[tuple[Case, str | None]]
    next: Place | None


async def page(
    session: AsyncSession, actor: Actor, view: View, *, after: Place | None, limit: int, narrowed: Narrowed = EVERYTHING
) -> Page:
    """One page of a view within the actor's scope. `limit` rows at most."""
    query = select(Case, Unit.name).outerjoin(Unit, Unit.id == Case.lead_unit_id)
    wanted = [not_barred(actor), in_circle(actor), *narrowed.conditions()]
    if view is View.ENDED:
        wanted += [Case.queue_rank.is_(None), *([Case.id < after.id] if after else [])]
        query = visible(query, actor).where(*wanted).order_by(Case.id.desc())
    elif view is View.RECTIFY:
        by_limit = (Case.rectify_due, Case.id)
        wanted += [tuple_(*by_limit) > tuple_(after.due, after.id)] if after else []
        query = query.where(_CONDITIONS[view], _for(actor), *wanted).order_by(*by_limit)
    else:
        wanted += [WAITING, _condition(view, actor), *([_behind(after)] if after else [])]
        several = view is not View.TO_CHECK and _is_several_units(actor)
        chosen = [_among(actor.units, wanted, limit + 1)] if several else [_for(actor, view), *wanted]
        query = query.where(*chosen).order_by(*ORDER)
    rows = [(case, unit) for case, unit in await session.execute(query.limit(limit + 1))]
    return Page(rows[:limit], _place(rows[limit - 1][0], view) if len(rows) > limit else None)


def _is_several_units(actor: Actor) -> bool:
    other = AREA_ROLES | OUTSIDE_ROLES | {Role.GRID_WORKER}
    return len(actor.units) > 1 and bool(actor.roles & UNIT_ROLES) and not actor.roles & other


def _among(units: frozenset[int], wanted: list[ColumnElement[bool]], limit: int) -> ColumnElement[bool]:
    """The first of each unit's own queue, among which the first of all are; each is found by its order."""
    unit = func.unnest(literal(sorted(units), ARRAY(BigInteger))).table_valued("id", name="own_unit").render_derived()
    own = select(Case.id).where(Case.lead_unit_id == unit.c.id, *wanted).order_by(*ORDER).limit(limit)
    first = own.correlate(unit).lateral("own")
    return Case.id.in_(select(first.c.id).select_from(unit.join(first, true())))


def _for(actor: Actor, view: View = View.OPEN) -> ColumnElement[bool]:
    """What waits for the actor: a part of its scope. Checks on the spot wait for who was given them."""
    if actor.roles & OUTSIDE_ROLES:
        return true()
    ways: list[ColumnElement[bool]] = []
    if actor.roles & AREA_ROLES and actor.area:
        ways.append(_in_area(actor.area))
    if view is View.TO_CHECK:
        return or_(waits_for(actor), *ways)
    if actor.roles & UNIT_ROLES and actor.units:
        ways.append(Case.lead_unit_id.in_(sorted(actor.units)))
    if Role.GRID_WORKER in actor.roles and actor.account_id is not None:
        ways.append(Case.reporter_id == actor.account_id)
    return or_(*ways) if ways else false()


def _in_area(area: str) -> ColumnElement[bool]:
    """The prefix, told so that a county's index is found."""
    within = Case.area_code.like(f"{area}%")
    if len(area) < COUNTY_DIGITS:
        return within
    county = literal(area[:COUNTY_DIGITS]) == COUNTY
    return county if len(area) == COUNTY_DIGITS else and_(county, within)


def _behind(after: Place) -> ColumnElement[bool]:
    due = func.coalesce(literal(after.due, Case.next_due.type), literal("infinity").cast(Case.next_due.type))
    return tuple_(*ORDER) > tuple_(after.rank, due, after.id)


def _place(case: Case, view: View) -> Place:
    return Place(case.queue_rank or 0, case.rectify_due if view is View.RECTIFY else case.next_due, case.id)


async def counts(session: AsyncSession, actor: Actor) -> dict[View, int]:
    """How many cases each view holds for the actor; ended ones are not counted."""
    counted = [view for view in View if view not in (*_APART, View.ENDED)]
    columns = [func.count().filter(_condition(view, actor)).label(view.value) for view in counted]
    query = select(*columns).select_from(Case).where(_for(actor), WAITING, not_barred(actor), in_circle(actor))
    row = (await session.execute(query)).mappings().one()
    return {
        **{view: row[view.value] for view in counted},
        **{view: await _count(session, actor, view) for view in _APART},
    }


async def counts_of(session: AsyncSession, actor: Actor, asked: Mapping[int, tuple[View, Narrowed]]) -> dict[int, int]:
    """How many cases each of these narrowed views holds for the actor; those of ended cases are left out."""
    plain = {key: one for key, one in asked.items() if one[0] not in (*_APART, View.ENDED)}
    found = {
        key: await _count(session, actor, view, narrowed) for key, (view, narrowed) in asked.items() if view in _APART
    }
    if not plain:
        return found
    columns = [
        func.count().filter(and_(_condition(view, actor), *narrowed.conditions())).label(f"n{key}")
        for key, (view, narrowed) in plain.items()
    ]
    query = select(*columns).select_from(Case).where(_for(actor), WAITING, not_barred(actor), in_circle(actor))
    row = (await session.execute(query)).mappings().one()
    return found | {key: row[f"n{key}"] for key in plain}


async def _count(session: AsyncSession, actor: Actor, view: View, narrowed: Narrowed = EVERYTHING) -> int:
    mine = (_for(actor, view), _CONDITIONS[view], not_barred(actor), in_circle(actor), *narrowed.conditions())
    return await session.scalar(select(func.count()).select_from(Case).where(*mine)) or 0
