"""The set of figures 指标集 for every node: from the kept sums where they are fine enough, else counted case by case.

One function answers for all: `figures`; `cases_of` gives the very cases behind one, with the same filters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Label, Row, Select, Text, and_, cast, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import figure_sums
from casework.db.models import Case
from casework.db.reads.behind import CaseBehind, all_behind, page_behind
from casework.db.reads.judged import Judged, judged
from casework.db.reads.questions import AREA_DIGITS, Part, Question, Slice
from casework.db.reads.rolled import can_answer
from casework.db.reads.supervisor import key_of, narrowed
from casework.db.rollups import SHANGHAI, kept_figures
from casework.db.scope import whole_area
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.rates import (
    BASES,
    TIMED,
    TIMED_OVER,
    TIMES,
    Figure,
    Rate,
    Spread,
    Time,
    View,
    names_of_time,
)
from casework.rules.rates.figures import Conditions
from casework.rules.rollups import FOREVER

Node = tuple[str | None, str | None]
"""A group's key, and its month `YYYY-MM` where months were asked for apart."""
Chosen = Select[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Found:
    """One node's figures by code, and how long its cases took."""

    rates: Mapping[str, Rate] = field(default_factory=dict)
    spreads: Mapping[Time, Spread] = field(default_factory=dict)


async def figures(
    session: AsyncSession,
    actor: Actor,
    question: Question,
    wanted: Sequence[Figure],
    *,
    times: bool = True,
    monthly: bool = False,
) -> dict[Node, Found]:
    """The wanted figures of every group of the question, within the actor's scope; with `times`, the times too.

    Σ over Σ of the same cases that the rules count. `monthly` sets months apart. The question's view is not looked at:
    each figure has its own basis. A group is there if any of its sums is.
    """
    if can_answer(actor, replace(question, view=View.A)):
        query = _kept(actor, question, wanted, times, monthly)
        return tallied(await session.execute(query), wanted, times=times)
    amounts: list[Row[Any]] = []
    for basis in BASES:
        of_basis = [figure for figure in wanted if figure.basis is basis]
        if of_basis or (times and basis is TIMED):
            amounts += await session.execute(_counted(actor, question, basis, of_basis, times, monthly))
    return tallied(amounts, wanted, times=times)


def _kept(actor: Actor, question: Question, wanted: Sequence[Figure], times: bool, monthly: bool) -> Chosen:
    names = [name for figure in wanted for name in figure.names]
    names += [name for time in TIMES for name in names_of_time(time)] if times else []
    kept = kept_figures(names).c
    first, after = day_of(question.period.start), day_of(question.period.end)
    key = func.left(kept["area"], AREA_DIGITS[question.by]) if question.by in AREA_DIGITS else _month(kept["month"])
    month = (_month(kept["month"]) if monthly else cast(None, Text)).label("month")
    within = (kept["area"].like(f"{prefix}%") for prefix in (whole_area(actor), question.area) if prefix)
    query = select(key.label("key"), month, kept["name"], func.sum(kept["amount"]).label("amount"))
    query = query.where(kept["month"] >= first, kept["month"] < after, *within)
    return query.group_by(*(query.selected_columns[name] for name in ("key", "month", "name")))


def _month(month: ColumnElement[date]) -> ColumnElement[str]:
    return func.to_char(month, "YYYY-MM")


def _counted(
    actor: Actor, question: Question, basis: View, wanted: Sequence[Figure], times: bool, monthly: bool
) -> Chosen:
    how = judged(basis, question.period, FOREVER)
    keys = [key_of(question.by, how).label("key"), _month_of(how, monthly)]
    query = narrowed(select(*keys).select_from(Case), actor, question, how)
    return figure_sums.counted(basis, how, keys, query, wanted, times=times)


def _month_of(how: Judged, monthly: bool) -> Label[Any]:
    said = func.to_char(func.timezone(SHANGHAI, how.at), "YYYY-MM") if monthly else cast(None, Text)
    return said.label("month")


def tallied(lines: Iterable[Any], wanted: Sequence[Figure], *, times: bool) -> dict[Node, Found]:
    """Lines of key, month, name and amount as what each node has."""
    nodes: dict[Node, dict[str, int]] = {}
    for key, month, name, amount in lines:
        if amount:
            nodes.setdefault((key, month), {})[name] = int(amount)
    return {node: _found(amounts, wanted, times) for node, amounts in nodes.items()}


def _found(amounts: Mapping[str, int], wanted: Sequence[Figure], times: bool) -> Found:
    rates = {one.code: one.rate(amounts) for one in wanted}
    return Found(rates, {time: _spread(amounts, time) for time in TIMES} if times else {})


def _spread(amounts: Mapping[str, int], time: Time) -> Spread:
    total, *buckets = (amounts.get(name, 0) for name in names_of_time(time))
    return Spread(sum(buckets), total, {place: cases for place, cases in enumerate(buckets) if cases})


def total_of(found: Mapping[Node, Found]) -> Found:
    """Σ over all nodes."""
    rates: dict[str, list[Rate]] = {}
    spreads: dict[Time, Spread] = {}
    for one in found.values():
        for code, rate in one.rates.items():
            rates.setdefault(code, []).append(rate)
        for time, spread in one.spreads.items():
            spreads[time] = spreads[time] + spread if time in spreads else spread
    return Found({code: Rate.total(several) for code, several in rates.items()}, spreads)


async def cases_of(
    session: AsyncSession, actor: Actor, question: Question, figure: Figure, wanted: Slice
) -> list[CaseBehind]:
    """The cases behind a figure of one group, or of all: those that count, those it is over, those that fall short,
    or those of its cohort that it is not over. Oldest first."""
    return await _behind(session, actor, question, figure.basis, figure.over, figure.counts, wanted)


async def cases_timed(session: AsyncSession, actor: Actor, question: Question, wanted: Slice) -> list[CaseBehind]:
    """The cases whose times are counted."""
    return await _behind(session, actor, question, TIMED, TIMED_OVER, (), wanted)


async def _behind(
    session: AsyncSession,
    actor: Actor,
    question: Question,
    basis: View,
    over: Conditions,
    counts: Conditions,
    wanted: Slice,
) -> list[CaseBehind]:
    how = judged(basis, question.period, FOREVER)
    below, above = figure_sums.all_of(over, how), figure_sums.all_of(counts, how)
    parts = {
        Part.NUMERATOR: and_(below, above),
        Part.DENOMINATOR: below,
        Part.MISSED: and_(below, ~func.coalesce(above, False)),
        Part.EXCLUDED: and_(how.exclusion == wanted.reason if wanted.reason else ~func.coalesce(below, False)),
    }
    query = narrowed(all_behind(how), actor, question, how).where(parts[wanted.part])
    if wanted.key is not None:
        query = query.where(key_of(question.by, how).is_not_distinct_from(wanted.key or None))
    return await page_behind(session, query, how, wanted)
