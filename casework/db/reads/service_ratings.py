"""社区服务好差评 read: sums of an area and its parts, the answers behind them, and what was done about the bad ones.

Only the scope's answers are counted and shown: a scope is a prefix of the point's community. Times UTC.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, literal, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, ServiceAnswer, ServiceLook, ServicePoint
from casework.rules.facts import Actor
from casework.rules.tallies import Period
from casework.rules.words import Satisfaction

SHANGHAI = "Asia/Shanghai"
Grades = Collection[Satisfaction]
Node = tuple[str, str]
"""A group's key, and its month (YYYY-MM); either empty where it is not asked for apart."""


class ServicesBy(StrEnum):
    """分组 of the services' figure: by the point's area, or by the point."""

    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"
    POINT = "point"


_DIGITS = {ServicesBy.COUNTY: 6, ServicesBy.STREET: 9, ServicesBy.COMMUNITY: 12}


class Which(StrEnum):
    """Which answers: all, of a satisfied grade, bad, or bad and nobody looked yet 待回看."""

    ALL = "all"
    SATISFIED = "satisfied"
    BAD = "bad"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Span:
    """Which answers are meant: a period, an area (a prefix, empty for the whole scope), one point or all."""

    period: Period | None
    area: str = ""
    point: int | None = None


@dataclass(slots=True)
class Sum:
    """How many of each grade; how many of the bad ones somebody looked at 已回看."""

    grades: dict[Satisfaction, int] = field(default_factory=dict)
    looked: int = 0

    def add(self, grade: Satisfaction, number: int, looked: int) -> None:
        """So many more of a grade."""
        self.grades[grade] = self.grades.get(grade, 0) + number
        self.looked += looked


@dataclass(frozen=True, slots=True)
class Look:
    """What was done: when, by whom, in words."""

    at: datetime
    by: str
    note: str


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer with its point's name, and what was done about it, oldest first."""

    row: ServiceAnswer
    point: str
    looks: tuple[Look, ...]


async def sums(
    session: AsyncSession, actor: Actor, span: Span, by: ServicesBy, bad: Grades, *, monthly: bool
) -> dict[Node, Sum]:
    """Each group's sums, and each month's apart where `monthly`."""
    if by is ServicesBy.POINT:
        key: ColumnElement[str] = func.concat(ServiceAnswer.point_id, "")
    else:
        key = func.left(ServiceAnswer.area_code, _DIGITS[by])
    month = func.to_char(func.timezone(SHANGHAI, ServiceAnswer.at), "YYYY-MM") if monthly else literal("")
    looked = func.count().filter(and_(_of(bad), _looked_at()))
    counted = (
        select(key.label("key"), month.label("month"), ServiceAnswer.grade, func.count(), looked)
        .where(_within(actor, span))
        .group_by("key", "month", ServiceAnswer.grade)
    )
    found: dict[Node, Sum] = {}
    for group, when, grade, number, seen in await session.execute(counted):
        found.setdefault((group, when), Sum()).add(Satisfaction(grade), number, seen)
    return found


async def answers(
    session: AsyncSession, actor: Actor, span: Span, *, grades: Grades, unseen: bool, before: int | None, limit: int
) -> list[Answer]:
    """The answers of these grades, newest first, those before an id; `unseen`: those that nobody looked at yet."""
    query = (
        select(ServiceAnswer, ServicePoint.name)
        .join(ServicePoint, ServicePoint.id == ServiceAnswer.point_id)
        .where(_within(actor, span), _of(grades))
    )
    if unseen:
        query = query.where(~_looked_at())
    if before is not None:
        query = query.where(ServiceAnswer.id < before)
    rows = (await session.execute(query.order_by(ServiceAnswer.id.desc()).limit(limit))).all()
    looks = await looks_at(session, [row.id for row, _ in rows])
    return [Answer(row, point, tuple(looks.get(row.id, ()))) for row, point in rows]


async def waiting(session: AsyncSession, actor: Actor, span: Span, bad: Grades) -> int:
    """待回看: how many bad answers nobody looked at yet."""
    query = select(func.count()).select_from(ServiceAnswer).where(_within(actor, span), _of(bad), ~_looked_at())
    found: int = (await session.execute(query)).scalar_one()
    return found


async def looks_at(session: AsyncSession, ids: Collection[int]) -> dict[int, list[Look]]:
    """What was done about each of these answers, oldest first."""
    query = (
        select(ServiceLook, Account.display_name)
        .join(Account, Account.id == ServiceLook.by)
        .where(ServiceLook.answer_id.in_(ids))
        .order_by(ServiceLook.id)
    )
    found: dict[int, list[Look]] = {}
    for look, name in await session.execute(query):
        found.setdefault(look.answer_id, []).append(Look(look.at, name, look.note))
    return found


async def of_points(session: AsyncSession, points: Sequence[int], bad: Grades) -> dict[int, tuple[int, int]]:
    """Of each point all its answers, and the bad ones that nobody looked at; left out where it has none."""
    waiting = func.count().filter(and_(_of(bad), ~_looked_at()))
    query = select(ServiceAnswer.point_id, func.count(), waiting).where(ServiceAnswer.point_id.in_(points))
    return {point: (number, left) for point, number, left in await session.execute(query.group_by("point_id"))}


async def point_names(session: AsyncSession, actor: Actor, ids: Collection[int]) -> dict[str, str]:
    """The names of points of the scope, by id as text."""
    mine = ServicePoint.area_code.startswith(actor.area or "-", autoescape=True)
    rows = await session.execute(select(ServicePoint.id, ServicePoint.name).where(ServicePoint.id.in_(ids), mine))
    return {str(point): name for point, name in rows}


def _within(actor: Actor, span: Span) -> ColumnElement[bool]:
    parts = [ServiceAnswer.area_code.startswith(actor.area or "-", autoescape=True)]
    if span.area:
        parts.append(ServiceAnswer.area_code.startswith(span.area, autoescape=True))
    if span.period is not None:
        parts += [ServiceAnswer.at >= span.period.start, ServiceAnswer.at < span.period.end]
    if span.point is not None:
        parts.append(ServiceAnswer.point_id == span.point)
    return and_(*parts)


def _of(grades: Grades) -> ColumnElement[bool]:
    return ServiceAnswer.grade.in_(sorted(grade.value for grade in grades))


def _looked_at() -> ColumnElement[bool]:
    return exists(select(ServiceLook.id).where(ServiceLook.answer_id == ServiceAnswer.id))
