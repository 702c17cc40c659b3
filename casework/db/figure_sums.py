"""What the figures add up to, counted from the cases: rules/rates/figures.measures said again in SQL.

Every condition is data, so there is one translation for all of them; tests prove that both say the same of every case.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Label,
    Select,
    Subquery,
    Text,
    and_,
    case,
    cast,
    column,
    extract,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import array

from casework.db.models import Case
from casework.db.reads.judged import Judged, Rows
from casework.rules.rates import BOUNDS, STANDING_FACTS, TIMED, TIMED_OVER, TIMES, Condition, Figure, How, Time, View
from casework.rules.rates.figures import Conditions, of_basis

Chosen = Select[*tuple[Any, ...]]
WEIGHT = "follow_weight"
_FENCE: ColumnElement[int] = literal_column("0")
"""An offset that keeps a subquery one; said in the text, since behind a parameter no worker would help."""
Yes = ColumnElement[bool]


def meets(condition: Condition, how: Judged, of: Rows = Case) -> Yes:
    """rates.holds, for every row."""
    return ask(condition, getattr(how if condition.fact in STANDING_FACTS else of, condition.fact))


def ask(condition: Condition, fact: ColumnElement[Any]) -> Yes:
    """rates.conditions.meets, for every row."""
    values = sorted(condition.values)
    tests: dict[How, ColumnElement[bool]] = {
        How.YES: fact.is_(True),
        How.NO: fact.is_(False),
        How.KNOWN: fact.is_not(None),
        How.MISSING: fact.is_(None),
    }
    if condition.how in tests:
        return tests[condition.how]
    if condition.how is How.SOME:
        return fact > 0
    if condition.how is How.ZERO:
        return fact == 0
    within = func.coalesce(fact.in_(values), False)
    return within if condition.how is How.ONE_OF else ~within


def all_of(conditions: Conditions, how: Judged, of: Rows = Case) -> Yes:
    """Every one of them."""
    return and_(true(), *(meets(condition, how, of) for condition in conditions))


def minutes(time: Time, of: Rows = Case) -> ColumnElement[int | None]:
    """rates.times.minutes."""
    took = cast(func.floor(extract("epoch", of.completed_at - of.accepted_at) / 60), Integer)
    if time is Time.WORKING:
        return case((and_(of.completed_at.is_not(None), of.accepted_at.is_not(None)), of.worked_minutes))
    return case((took < 0, 0), else_=took)


def counted(
    basis: View,
    how: Judged,
    keys: Sequence[Label[Any]],
    query: Chosen,
    figures: Sequence[Figure],
    *,
    times: bool = True,
    of: Rows = Case,
) -> Chosen:
    """Lines of keys, name and amount. `query` chooses the cases of the basis, whatever its columns. With `times`, those
    of the basis that is timed are there too."""
    parts = []
    wanted = [figure for figure in figures if figure in of_basis(basis)]
    if wanted:
        parts.append(_lines(how, keys, query, wanted, of))
    if basis is TIMED and times:
        parts += [_times(how, keys, query, time, of) for time in TIMES]
    lines = union_all(*parts).subquery().c
    return select(*(lines[key.name] for key in keys), lines["name"], lines["amount"]).where(lines["amount"] != 0)


def counts_of(
    figures: Sequence[Figure], asked: Callable[[Condition], Yes], weight: ColumnElement[int | None]
) -> tuple[list[str], list[ColumnElement[int]]]:
    """Each figure's two counts, what the weights add to them where it has weights, and the names of all."""
    more = func.coalesce(weight, 1) - 1
    names: list[str] = []
    counts: list[ColumnElement[int]] = []
    for figure in figures:
        over = and_(true(), *map(asked, figure.over))
        both = over, and_(over, *map(asked, figure.counts))
        names += figure.names
        counts += [func.count().filter(test) for test in both]
        counts += [func.coalesce(func.sum(more).filter(test), 0) for test in both] if figure.weighted else []
    return names, counts


def _lines(how: Judged, keys: Sequence[Label[Any]], query: Chosen, figures: Sequence[Figure], of: Rows) -> Chosen:
    """One pass over the cases for all figures, and then a line for each count."""
    facts = _facts(how, keys, query, figures, of).c
    names, counts = counts_of(figures, lambda condition: ask(condition, facts[condition.fact]), facts[WEIGHT])
    kept = [facts[key.name] for key in keys]
    wide = select(*kept, *(count.label(f"c{i}") for i, count in enumerate(counts)))
    summed = wide.group_by(*kept).subquery()
    one = summed.c
    amounts = array([cast(one[f"c{i}"], BigInteger) for i in range(len(counts))])
    pairs = func.unnest(cast(names, ARRAY(Text)), amounts)
    each = pairs.table_valued(column("name", Text), column("amount", BigInteger)).render_derived(name="each")
    return select(*(one[key.name] for key in keys), each.c.name, each.c.amount).select_from(summed.join(each, true()))


def _facts(how: Judged, keys: Sequence[Label[Any]], query: Chosen, figures: Sequence[Figure], of: Rows) -> Subquery:
    """The keys of each case and what the figures ask of it. Without the fence the planner would put each fact's
    expression into every count again, and the exclusion into all of them."""
    asked = sorted({condition.fact for figure in figures for condition in (*figure.over, *figure.counts)})
    known = [getattr(how if fact in STANDING_FACTS else of, fact).label(fact) for fact in asked]
    return query.with_only_columns(*keys, *known, of.follow_weight.label(WEIGHT)).offset(_FENCE).subquery("facts")


def _times(how: Judged, keys: Sequence[Label[Any]], query: Chosen, time: Time, of: Rows) -> Chosen:
    """The sum of minutes, and how many cases lie in each bucket."""
    took = minutes(time, of)
    bucket = func.width_bucket(cast(took, Integer), cast(list(BOUNDS), ARRAY(Integer))).label("bucket")
    chosen = query.with_only_columns(*keys, bucket, func.count().label("cases"), func.sum(took).label("total"))
    chosen = chosen.where(took.is_not(None), all_of(TIMED_OVER, how, of)).group_by(*keys, bucket)
    one = chosen.cte(f"times_{time.value.lower()}").c
    kept = [one[key.name] for key in keys]
    named = literal(f"{time.value}:").op("||")(cast(one.bucket, Text))
    total = cast(func.sum(one.total), BigInteger)
    sums = select(*kept, literal(f"{time.value}:sum").label("name"), total.label("amount")).group_by(*kept)
    buckets = select(*kept, named.label("name"), cast(one.cases, BigInteger).label("amount"))
    both = union_all(sums, buckets).subquery().c
    return select(*(both[key.name] for key in keys), both["name"], both["amount"])
