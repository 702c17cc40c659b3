"""The units' own figures 任务口径: rules/rates/tasks.py over the assignments, in one query.

The cases' scope and filters decide which tasks are looked at; each unit is shown by what it did itself.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, Text, and_, case, cast, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db import figure_sums
from casework.db.models import Assignment, Case, Clock, Motion, Supervision, Unit
from casework.db.reads.behind import CaseBehind, all_behind, page_behind
from casework.db.reads.figures import Found, Node, tallied
from casework.db.reads.judged import exclusion, judged
from casework.db.reads.questions import By, Part, Question, Slice
from casework.db.reads.supervisor import filtered
from casework.db.rollups import SHANGHAI
from casework.db.scope import in_figures
from casework.rules.facts import Actor
from casework.rules.rates import TASK_FIGURES, Figure, View
from casework.rules.rates.tasks import HANDED_ON
from casework.rules.rollups import FOREVER
from casework.rules.words import AssignmentKind, ClockName, MotionKind, Ruling

Chosen = Select[*tuple[Any, ...]]
_LEAD = Assignment.kind == AssignmentKind.LEAD.value
_ANSWERS = ("followed", "solved", "satisfaction", "rectified", "follow_weight")
_KINDS = [kind.value for kind in (AssignmentKind.LEAD, AssignmentKind.CO, AssignmentKind.DELEGATED)]


async def unit_figures(
    session: AsyncSession, actor: Actor, question: Question, wanted: Sequence[Figure], *, monthly: bool = False
) -> dict[Node, Found]:
    """The task figures of every unit, by its code. `wanted` order-level figures are answered by their task-level twins;
    those without one are left out."""
    codes = {figure.code for figure in wanted}
    figures = [figure for figure in TASK_FIGURES if figure.code in codes]
    tasks = _tasks(actor, question, monthly)
    keys = [tasks.c.key, tasks.c.month]
    names, counts = figure_sums.counts_of(
        figures, lambda condition: figure_sums.ask(condition, tasks.c[condition.fact]), tasks.c.follow_weight
    )
    rows = await session.execute(select(*keys, *counts).group_by(*keys))
    lines = ((key, month, name, n) for key, month, *found in rows for name, n in zip(names, found, strict=True))
    return tallied(lines, figures, times=False)


async def tasks_behind(
    session: AsyncSession, actor: Actor, question: Question, figure: Figure, wanted: Slice
) -> list[CaseBehind]:
    """The cases whose tasks a unit's figure counted, oldest first; a case with two such tasks is there once."""
    tasks = _tasks(actor, question, monthly=False)

    def all_of(conditions: Sequence[Any]) -> ColumnElement[bool]:
        return and_(true(), *(figure_sums.ask(condition, tasks.c[condition.fact]) for condition in conditions))

    below, above = all_of(figure.over), all_of(figure.counts)
    parts = {
        Part.NUMERATOR: and_(below, above),
        Part.DENOMINATOR: below,
        Part.MISSED: and_(below, ~func.coalesce(above, False)),
        Part.EXCLUDED: tasks.c.exclusion == wanted.reason if wanted.reason else ~func.coalesce(below, False),
    }
    chosen = select(tasks.c.case_id).where(parts[wanted.part])
    if wanted.key is not None:
        chosen = chosen.where(tasks.c.key.is_not_distinct_from(wanted.key or None))
    how = judged(View.A, question.period, FOREVER)
    return await page_behind(session, all_behind(how).where(Case.id.in_(chosen)), how, wanted)


def _tasks(actor: Actor, question: Question, monthly: bool) -> Subquery:
    """rates.TaskFacts of every task that is due in the period, with the unit's code and the month."""
    period = question.period
    later, inner = aliased(Assignment), _clock(ClockName.INNER)
    due = case((_LEAD, Case.finish_due), else_=inner.c.due_at)
    superseded = exists().where(
        later.case_id == Assignment.case_id,
        later.unit_id == Assignment.unit_id,
        later.kind == AssignmentKind.LEAD.value,
        later.id > Assignment.id,
    )
    last_lead = and_(_LEAD, Assignment.unit_id == Case.lead_unit_id)
    handed_on = func.coalesce(Assignment.outcome.in_(HANDED_ON), False)
    done = case(
        (_LEAD, and_(func.coalesce(Assignment.outcome == "DONE", False), Case.completed_at.is_not(None))),
        else_=func.coalesce(Assignment.outcome == "ANSWERED", False),
    )
    finished = case((_LEAD, Case.completed_at), else_=Assignment.closed_at)
    facts = {
        "kind": Assignment.kind,
        "due": due,
        "exclusion": exclusion(Case.finish_due.expression, View.A),
        "owed": ~handed_on,
        "done": done,
        "on_time": and_(done, func.coalesce(finished <= due, False)),
        "signed_in_time": _in_time(ClockName.SIGN),
        "contacted_in_time": _in_time(ClockName.CONTACT),
        "first": and_(_LEAD, func.coalesce(Case.first_unit_id == Assignment.unit_id, False)),
        "misdirected": Case.misdirected,
        "returns": _motions(MotionKind.RETURN),
        "extensions": _motions(MotionKind.EXTENSION, Ruling.GRANTED),
        "supervisions": _supervisions(),
        "rework_count": Case.rework_count,
        **{name: case((last_lead, getattr(Case, name))) for name in _ANSWERS},
    }
    month = func.to_char(func.timezone(SHANGHAI, due), "YYYY-MM") if monthly else cast(None, Text)
    query: Chosen = (
        select(Case.id.label("case_id"), Unit.code.label("key"), month.label("month"))
        .add_columns(*(fact.label(name) for name, fact in facts.items()))
        .select_from(Assignment)
        .join(Case, Case.id == Assignment.case_id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(inner, true())
        .where(Assignment.kind.in_(_KINDS), Assignment.whistle_id.is_(None), or_(~_LEAD, ~superseded))
        .where(due >= period.start, due < period.end)
    )
    return filtered(in_figures(query, actor), question, unit=Assignment.unit_id.expression).subquery("tasks")


def _clock(name: ClockName) -> Any:
    """The task's own last clock of that name."""
    return (
        select(Clock.due_at)
        .where(Clock.case_id == Case.id, Clock.assignment_id == Assignment.id, Clock.name == name.value)
        .order_by(Clock.cycle.desc())
        .limit(1)
        .correlate(Case, Assignment)
        .lateral(name.value.lower())
    )


def _in_time(name: ClockName) -> ColumnElement[bool | None]:
    """Whether the task's clock was stopped by its deadline; null where it has none, or where it was cancelled."""
    kept = and_(Clock.stopped_at.is_not(None), Clock.stopped_at <= Clock.due_at)
    return (
        select(kept)
        .where(
            Clock.case_id == Case.id,
            Clock.assignment_id == Assignment.id,
            Clock.name == name.value,
            Clock.state != "CANCELLED",
        )
        .order_by(Clock.cycle)
        .limit(1)
        .correlate(Case, Assignment)
        .scalar_subquery()
    )


def _motions(kind: MotionKind, ruling: Ruling | None = None) -> ColumnElement[int]:
    query = select(func.count()).where(
        Motion.case_id == Case.id, Motion.unit_id == Assignment.unit_id, Motion.kind == kind.value
    )
    if ruling is not None:
        query = query.where(Motion.ruling == ruling.value)
    return query.correlate(Case, Assignment).scalar_subquery()


def _supervisions() -> ColumnElement[int]:
    query = select(func.count()).where(Supervision.case_id == Case.id, Supervision.unit_id == Assignment.unit_id)
    return query.correlate(Case, Assignment).scalar_subquery()


def with_units(orders: Mapping[Node, Found], tasks: Mapping[Node, Found]) -> dict[Node, Found]:
    """The units' own rates, beside the times of the cases that they led."""
    nodes = {*orders, *tasks}
    return {
        node: Found(tasks.get(node, Found()).rates, orders.get(node, Found()).spreads)
        for node in nodes
        if node in tasks or any(spread.cases for spread in orders[node].spreads.values())
    }


BY_TASK = frozenset({By.UNIT})
"""Groupings whose rates are the tasks', not the cases'."""
