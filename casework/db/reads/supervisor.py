"""The supervisors' figures 督导报表: the headline rate and the views beside it, over what an actor may see."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Date, Row, Select, and_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Unit
from casework.db.reads import rolled
from casework.db.reads.behind import CaseBehind, all_behind, page_behind
from casework.db.reads.judged import Judged, judged
from casework.db.reads.questions import AREA_DIGITS, By, Part, Question, Slice
from casework.db.scope import in_figures
from casework.db.session import OWN_PLANS
from casework.db.units import with_children
from casework.rules.calendars import Calendars, day_of
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.tallies import Tally, age
from casework.rules.words import Direction, Exclusion

SHANGHAI = "Asia/Shanghai"
Chosen = Select[*tuple[Any, ...]]
LEADS_NOW = Case.lead_unit_id.expression


async def observed_now(session: AsyncSession) -> datetime:
    """T_obs 观察时点: the database's time of this transaction, which plans for its own period from here on."""
    found: datetime = (await session.execute(select(func.now(), OWN_PLANS))).one()[0]
    return found


async def completion(
    session: AsyncSession, actor: Actor, question: Question, observed: datetime, calendars: Calendars
) -> dict[str | None, Tally]:
    """What the view adds up to, group by group, None being the group of those without a key.

    The same sums as rules/tallies.tally over each case that the actor may see: from the kept sums where they are fine
    enough, else counted case by case.
    """
    if rolled.can_answer(actor, question):
        return await rolled.completion(session, actor, question, observed)
    return await counted(session, actor, question, observed, calendars)


async def counted(
    session: AsyncSession, actor: Actor, question: Question, observed: datetime, calendars: Calendars
) -> dict[str | None, Tally]:
    """`completion`, counted case by case whatever is asked."""
    sums: dict[str | None, Tally] = {}
    for row in await session.execute(_sums(question.view, _chosen(actor, question, observed))):
        sums[row.key] = sums.get(row.key, Tally()) + _tally(row, observed, calendars)
    return sums


def _chosen(actor: Actor, question: Question, observed: datetime) -> CTE:
    """The cases of the period that the actor may see and the filters let through, each with how it stands."""
    how = judged(question.view, question.period, observed)
    query: Chosen = select(
        key_of(question.by, how).label("key"),
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
    return narrowed(query, actor, question, how).cte("chosen")


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
        from_grid=row.from_grid,
        ages=ages,
    )


async def cases_behind(
    session: AsyncSession, actor: Actor, question: Question, observed: datetime, wanted: Slice
) -> list[CaseBehind]:
    """The cases that a figure counted, oldest first."""
    how = judged(question.view, question.period, observed)
    parts = {
        Part.NUMERATOR: and_(how.exclusion.is_(None), how.kept),
        Part.DENOMINATOR: how.exclusion.is_(None),
        Part.MISSED: and_(how.exclusion.is_(None), ~how.kept),
        Part.EXCLUDED: how.exclusion == wanted.reason if wanted.reason else how.exclusion.is_not(None),
    }
    query = narrowed(all_behind(how), actor, question, how).where(parts[wanted.part])
    if wanted.key is not None:
        query = query.where(key_of(question.by, how).is_not_distinct_from(wanted.key or None))
    return await page_behind(session, query, how, wanted)


def narrowed(query: Chosen, actor: Actor, question: Question, how: Judged) -> Chosen:
    """The query over the actor's cases of the period, through all filters."""
    query = in_figures(query, actor).where(how.fell_in)
    if question.by is By.UNIT:
        query = query.outerjoin(Unit, Unit.id == Case.lead_unit_id)
    return filtered(query, question)


def filtered(query: Chosen, question: Question, unit: ColumnElement[Any] = LEADS_NOW) -> Chosen:
    """The query's cases through the question's filters. `unit`: whose the case is, if not who leads it now."""
    if question.area:
        query = query.where(Case.area_code.like(f"{question.area}%"))
    if question.units is not None:
        query = query.where(unit.in_(question.units))
    if question.category:
        query = query.where(Case.category.like(f"{question.category}%"))
    if question.channel is not None:
        query = query.where(Case.channel == question.channel.value)
    if question.kind is not None:
        query = query.where(Case.kind == question.kind.value)
    if question.urgency is not None:
        query = query.where(Case.urgency == question.urgency.value)
    return query


def key_of(by: By, how: Judged) -> ColumnElement[str | None]:
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
        By.URGENCY: Case.urgency.expression,
    }
    return columns[by]


async def units_led_by(session: AsyncSession, code: str) -> frozenset[int]:
    """The unit of that code and all below it, closed ones too: their old cases still count. None: empty."""
    unit_id = await session.scalar(select(Unit.id).where(Unit.code == code))
    return await with_children(session, unit_id) if unit_id is not None else frozenset()


async def unit_names(session: AsyncSession, codes: list[str]) -> dict[str, str]:
    """The names of units by code."""
    rows = await session.execute(select(Unit.code, Unit.name).where(Unit.code.in_(codes)))
    return {code: name for code, name in rows}
