"""The supervisors' figures 督导报表: the headline rate and the views beside it, over what an actor may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Date, Row, Select, and_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Unit
from casework.db.reads.judged import Judged, judged
from casework.db.scope import visible
from casework.rules.calendars import Calendars, day_of
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.tallies import Period, Tally, age
from casework.rules.words import Channel, Direction, Exclusion, Kind

SHANGHAI = "Asia/Shanghai"
Chosen = Select[*tuple[Any, ...]]


class By(StrEnum):
    """分组: one row of the report for each. CATEGORY is the first level, SUBCATEGORY the second."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"
    UNIT = "unit"
    CATEGORY = "category"
    SUBCATEGORY = "subcategory"
    CHANNEL = "channel"
    KIND = "kind"
    MONTH = "month"


AREA_DIGITS = {By.PROVINCE: 2, By.CITY: 4, By.COUNTY: 6, By.STREET: 9, By.COMMUNITY: 12}
"""How much of an area's code makes the group; a case that is placed more widely is in a group of its own code."""


class Part(StrEnum):
    """明细: which of the cases behind a row. MISSED are those below the line but not above it."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    MISSED = "missed"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a view, a period, a grouping, and filters that all must fit. `area` and `category` are prefixes.

    `units`: lead units by id. `by` the unit means the unit that leads now: the city's order level (domain.md §6).
    """

    view: View
    period: Period
    by: By
    area: str = ""
    units: frozenset[int] | None = None
    category: str = ""
    channel: Channel | None = None
    kind: Kind | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """Which of the cases: a part of one group, or of all (`key` None; "" is the group without a key).

    `reason` narrows EXCLUDED to one. Those after the id `after`, at most `limit` of them.
    """

    part: Part
    reason: Exclusion | None = None
    key: str | None = None
    after: int = 0
    limit: int = 50


async def observed_now(session: AsyncSession) -> datetime:
    """T_obs 观察时点: the database's time of this transaction."""
    found: datetime = (await session.execute(select(func.now()))).scalar_one()
    return found


async def completion(
    session: AsyncSession, actor: Actor, question: Question, observed: datetime, calendars: Calendars
) -> dict[str | None, Tally]:
    """What the view adds up to, group by group, None being the group of those without a key.

    The same sums as rules/tallies.tally over each case that the actor may see.
    """
    sums: dict[str | None, Tally] = {}
    for row in await session.execute(_sums(question.view, _chosen(actor, question, observed))):
        sums[row.key] = sums.get(row.key, Tally()) + _tally(row, observed, calendars)
    return sums


def _chosen(actor: Actor, question: Question, observed: datetime) -> CTE:
    """The cases of the period that the actor may see and the filters let through, each with how it stands."""
    how = judged(question.view, question.period, observed)
    query: Chosen = select(
        _key(question.by, how).label("key"),
        how.exclusion.label("exclusion"),
        how.kept.label("kept"),
        how.done.label("done"),
        how.on_time.label("on_time"),
        how.first_on_time.label("first_on_time"),
        how.not_yet_due.label("not_yet_due"),
        how.due.label("due"),
        Case.direction,
        func.left(Case.area_code, AREA_DIGITS[By.CITY]).label("prefecture"),
    ).select_from(Case)
    return _narrowed(query, actor, question, how).cte("chosen")


def _sums(view: View, chosen: CTE) -> Chosen:
    """One line for each group and reason of exclusion (none: those that enter the rate), with the sums of each.

    In view D also for each prefecture and due day, because how old it is depends on the working calendar.
    """
    case = chosen.c
    due_day = cast(func.timezone(SHANGHAI, case.due), Date).label("due_day")
    groups: list[ColumnElement[Any]] = [case.key, case.exclusion]
    if view is View.D:
        groups += [case.prefecture, due_day]
    return select(
        *groups,
        func.count().label("cases"),
        func.count().filter(case.kept).label("kept"),
        func.count().filter(case.done).label("done"),
        func.count().filter(case.on_time).label("on_time"),
        func.count().filter(case.first_on_time).label("first_on_time"),
        func.count().filter(case.not_yet_due).label("not_yet_due"),
        func.max(case.due).label("last_due"),
        func.count().filter(case.direction == Direction.GRID).label("from_grid"),
    ).group_by(*groups)


def _tally(row: Row[Any], observed: datetime, calendars: Calendars) -> Tally:
    """One line of the sums as a tally."""
    if row.exclusion is not None:
        reason = Exclusion(row.exclusion)
        reports = 0 if reason in (Exclusion.VOID, Exclusion.MERGED) else row.from_grid
        return Tally(excluded={reason: row.cases}, from_grid=reports)
    ages: Mapping[Any, int] = {}
    if "due_day" in row._fields:
        due_day: date = row.due_day
        ages = {age(due_day, day_of(observed), calendars.for_area(row.prefecture)): row.cases}
    return Tally(
        cases=row.cases,
        kept=row.kept,
        done=row.done,
        on_time=row.on_time,
        first_on_time=row.first_on_time,
        not_yet_due=row.not_yet_due,
        last_due=row.last_due,
        from_grid=row.from_grid,
        ages=ages,
    )


async def cases_behind(
    session: AsyncSession, actor: Actor, question: Question, observed: datetime, wanted: Slice
) -> list[Row[Any]]:
    """The cases that a figure counted, oldest number first: id, case_no, status, dates and how each stands."""
    how = judged(question.view, question.period, observed)
    parts = {
        Part.NUMERATOR: and_(how.exclusion.is_(None), how.kept),
        Part.DENOMINATOR: how.exclusion.is_(None),
        Part.MISSED: and_(how.exclusion.is_(None), ~how.kept),
        Part.EXCLUDED: how.exclusion == wanted.reason if wanted.reason else how.exclusion.is_not(None),
    }
    query: Chosen = select(
        Case.id,
        Case.case_no,
        Case.status,
        how.due.label("due"),
        Case.completed_at,
        how.on_time.label("on_time"),
        how.responded.label("responded"),
        how.exclusion.label("exclusion"),
    ).select_from(Case)
    query = _narrowed(query, actor, question, how).where(parts[wanted.part], Case.id > wanted.after)
    if wanted.key is not None:
        query = query.where(_key(question.by, how).is_not_distinct_from(wanted.key or None))
    return list(await session.execute(query.order_by(Case.id).limit(wanted.limit)))


def _narrowed(query: Chosen, actor: Actor, question: Question, how: Judged) -> Chosen:
    """The query over the actor's cases of the period, through all filters."""
    query = visible(query, actor).where(how.fell_in)
    if question.by is By.UNIT:
        query = query.outerjoin(Unit, Unit.id == Case.lead_unit_id)
    if question.area:
        query = query.where(Case.area_code.like(f"{question.area}%"))
    if question.units is not None:
        query = query.where(Case.lead_unit_id.in_(question.units))
    if question.category:
        query = query.where(Case.category.like(f"{question.category}%"))
    if question.channel is not None:
        query = query.where(Case.channel == question.channel.value)
    if question.kind is not None:
        query = query.where(Case.kind == question.kind.value)
    return query


def _key(by: By, how: Judged) -> ColumnElement[str | None]:
    if by in AREA_DIGITS:
        return func.left(Case.area_code, AREA_DIGITS[by])
    if by is By.MONTH:
        return func.to_char(func.timezone(SHANGHAI, how.at), "YYYY-MM")
    columns: dict[By, ColumnElement[Any]] = {
        By.UNIT: Unit.code.expression,
        By.CATEGORY: func.left(Case.category, 2),
        By.SUBCATEGORY: func.left(Case.category, 4),
        By.CHANNEL: Case.channel.expression,
        By.KIND: Case.kind.expression,
    }
    return columns[by]


async def unit_names(session: AsyncSession, codes: list[str]) -> dict[str, str]:
    """The names of units by code."""
    rows = await session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes)))
    return {code: name for code, name in rows}
