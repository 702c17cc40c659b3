"""The rates' sums 汇总: deltas are folded into them, cases written in bulk are added, and all are counted again.

A delta is written by whoever writes the case, in the same transaction: db/door.py, journey/move.py, or `add` here. So
at every moment, in every snapshot, folded sums and deltas together are what the cases add up to.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol
from typing import cast as cast_type

import asyncpg
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Insert,
    Integer,
    Label,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    any_,
    case,
    cast,
    column,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import figure_sums
from casework.db.models import Case, FigureRollup, RateDelta, RateRollup
from casework.db.reads.judged import Judged, judged
from casework.db.reads.judged import Rows as Judging
from casework.rules.rates import BASES, FIGURES, View, names_of
from casework.rules.rollups import COUNTY_DIGITS, FOREVER, SUMMED_VIEWS, Cell, Delta, Sums, figure_line
from casework.rules.tallies import Period
from casework.rules.words import Direction, Exclusion

SHANGHAI = "Asia/Shanghai"
EVER = Period(datetime(1900, 1, 1, tzinfo=UTC), FOREVER)
_LINES = insert(cast_type(Table, RateDelta.__table__))
Rows = Select[*tuple[Any, ...]]

# locked rows are another folder's; the keys are taken in one order, so that two folders never wait for each other
_FOLD = """
WITH taken AS (
  DELETE FROM rate_delta WHERE id IN (
    SELECT id FROM rate_delta ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
  ) RETURNING *
), folded AS (
  INSERT INTO rate_rollup AS r
    (view, month, area, reason, cases, kept, done, on_time, first_on_time, from_grid)
  SELECT view, month, area, reason, sum(cases), sum(kept), sum(done), sum(on_time), sum(first_on_time), sum(from_grid)
  FROM taken, unnest(taken.views) AS view
  GROUP BY view, month, area, reason ORDER BY view, month, area, reason
  ON CONFLICT (view, month, area, reason) DO UPDATE SET
    cases = r.cases + excluded.cases,
    kept = r.kept + excluded.kept,
    done = r.done + excluded.done,
    on_time = r.on_time + excluded.on_time,
    first_on_time = r.first_on_time + excluded.first_on_time,
    from_grid = r.from_grid + excluded.from_grid
), figured AS (
  INSERT INTO figure_rollup AS r (name, month, area, amount)
  SELECT name, month, area, sum(amount) FROM taken, unnest(taken.names, taken.amounts) AS each (name, amount)
  GROUP BY name, month, area ORDER BY name, month, area
  ON CONFLICT (name, month, area) DO UPDATE SET amount = r.amount + excluded.amount
)
SELECT count(*) FROM taken
"""


class Inserts(Protocol):
    """What a delta is written with: the transaction's session, or the demo's own."""

    async def execute(self, statement: Insert, rows: list[dict[str, Any]], /) -> object: ...


async def fold(db: asyncpg.Pool | asyncpg.Connection, *, limit: int) -> int:
    """Fold up to `limit` deltas, oldest first; how many. 0: there are none that others do not hold.

    One statement: a delta is in the sums exactly when it is gone, whatever is killed.
    """
    return int(await db.fetchval(_FOLD, limit))


async def write(pen: Inserts, lines: Sequence[Delta]) -> None:
    """Write what one change of a case adds, in the change's own transaction; nothing for no line.

    Past the unit of work: each move pays for this, and nobody reads these lines as objects.
    """
    if lines:
        await pen.execute(_LINES, [line._asdict() for line in lines])


async def add(session: AsyncSession, case_ids: Sequence[int]) -> None:
    """Write the deltas of cases that were written in bulk by this transaction, and of which no delta is written yet.
    Not to be repeated for the same cases."""
    for view in SUMMED_VIEWS:
        theirs = Case.id == any_(cast(list(case_ids), ARRAY(Case.id.type)))
        await session.execute(_into_deltas(view, counted(view, theirs)))
    for basis in BASES:
        await session.execute(_into_figure_deltas(figures_counted(basis, theirs)))


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the kept sums are not what the cases add up to; the numbers are what was missing (negative: too much)."""

    view: View
    month: date
    area: str
    reason: str
    cases: int
    kept: int
    done: int
    on_time: int
    first_on_time: int
    from_grid: int

    def told(self) -> dict[str, Any]:
        """As it stands in the audit log."""
        return {**asdict(self), "view": self.view.value, "month": f"{self.month:%Y-%m}"}


@dataclass(frozen=True, slots=True)
class FigureDifference:
    """Where a kept amount of the figures is not what the cases add up to; `amount` was missing (negative: too much)."""

    month: date
    area: str
    name: str
    amount: int

    def told(self) -> dict[str, Any]:
        """As it stands in the audit log."""
        return {**asdict(self), "month": f"{self.month:%Y-%m}"}


_NIGHT = """
SELECT pg_try_advisory_xact_lock(:key) AND NOT EXISTS (
  SELECT FROM audit_log WHERE act = :act AND at >= timezone('Asia/Shanghai',
    date_trunc('day', timezone('Asia/Shanghai', now()) - interval '3 hours') + interval '3 hours')
)
"""
_ONE_RECOUNT = 0x72617465  # "rate"


async def claim_recount(session: AsyncSession, act: str) -> bool:
    """Whether this transaction is to recount: nobody else is at it, and the audit log has no line of that act since
    the last 3 o'clock (Asia/Shanghai). It may then take its time."""
    mine = bool(await session.scalar(text(_NIGHT), {"key": _ONE_RECOUNT, "act": act}))
    if mine:
        await session.execute(text("SET LOCAL statement_timeout = '15min'"))
    return mine


async def recount(session: AsyncSession, *, mend: bool = False) -> list[Difference | FigureDifference]:
    """重算: count all cases again, view by view, and the figures basis by basis; where the kept sums differ. With
    `mend`, what is missing is added.

    Each is one statement and thus one snapshot: cases that move meanwhile make no difference.
    """
    found: list[Difference | FigureDifference] = []
    for view in SUMMED_VIEWS:
        query = _differences(view)
        if mend:
            columns = [getattr(RateDelta, name) for name in (*Cell._fields, *Sums._fields)]
            rows = await session.execute(_into_deltas(view, query).returning(*columns))
        else:
            rows = await session.execute(query)
        found += [Difference(view, *row) for row in rows]
    for basis in BASES:
        missing = [FigureDifference(*row) for row in await session.execute(_figure_differences(basis))]
        if mend:
            session.add_all(_figure_lines(missing))
            await session.flush()
        found += missing
    return found


def _figure_lines(missing: Sequence[FigureDifference]) -> list[RateDelta]:
    cells: dict[tuple[date, str], dict[str, int]] = {}
    for one in missing:
        cells.setdefault((one.month, one.area), {})[one.name] = one.amount
    return [RateDelta(**figure_line(*cell, amounts)._asdict()) for cell, amounts in cells.items()]


def counted(view: View, *only: ColumnElement[bool]) -> Rows:
    """rules/rollups.contribution of all cases, or of those that fit, added up by cell."""
    how = judged(view, EVER, FOREVER)
    area = func.left(Case.area_code, COUNTY_DIGITS).label("area")
    return added_up(how, [month_of(how).label("month"), area], *only)


def figures_counted(basis: View, *only: ColumnElement[bool]) -> Rows:
    """The figures of all cases, or of those that fit: month, area, name, amount."""
    how = judged(basis, EVER, FOREVER)
    keys = [month_of(how).label("month"), func.left(Case.area_code, COUNTY_DIGITS).label("area")]
    return figure_sums.counted(basis, how, keys, select(*keys).where(how.fell_in, *only), FIGURES)


def added_up(how: Judged, keys: Sequence[Label[Any]], *only: ColumnElement[bool], of: Judging = Case) -> Rows:
    """rules/rollups.Sums of the cases that fell into the period, by `keys` and reason, and how many of them are not yet
    due. A reason decides for its group, so that no case is asked for it twice."""
    yes = {
        "kept": how.kept,
        "done": how.done,
        "on_time": how.on_time,
        "first_on_time": how.first_on_time,
        "not_yet_due": how.not_yet_due,
        "from_grid": of.direction == Direction.GRID,
    }
    counts = [func.count().filter(condition).label(name) for name, condition in yes.items()]
    query = select(*keys, how.exclusion.label("reason"), func.count().label("cases"), *counts)
    query = query.where(how.fell_in, *only)
    one = query.group_by(*keys, how.exclusion).subquery().c
    no_report = one.reason.in_([Exclusion.VOID.value, Exclusion.MERGED.value])
    sums: dict[str, ColumnElement[int]] = {name: case((one.reason.is_(None), one[name]), else_=0) for name in yes}
    sums |= {"cases": one.cases, "from_grid": case((no_report, 0), else_=one.from_grid)}
    columns = (cast(sums[name], Integer).label(name) for name in (*Sums._fields, "not_yet_due"))
    return select(*(one[key.name] for key in keys), func.coalesce(one.reason, "").label("reason"), *columns)


def month_of(how: Judged) -> ColumnElement[date]:
    """The first day of the month that the view puts each case into."""
    return cast(func.date_trunc("month", func.timezone(SHANGHAI, how.at)), Date)


def kept_sums(view: View) -> Subquery:
    """All that is kept of a view: the folded sums and the deltas that are not folded yet. Cells repeat."""
    names = (*Cell._fields, *Sums._fields)
    folded = select(*(getattr(RateRollup, name) for name in names)).where(RateRollup.view == view.value)
    waiting = select(*(getattr(RateDelta, name) for name in names)).where(literal(view.value) == any_(RateDelta.views))
    return union_all(folded, waiting).subquery("kept_sums")


def kept_figures(names: Sequence[str]) -> Subquery:
    """All that is kept under these names: folded, and waiting to be. Cells repeat."""
    wanted = cast(list(names), ARRAY(Text))
    folded = select(FigureRollup.month, FigureRollup.area, FigureRollup.name, FigureRollup.amount)
    each = func.unnest(RateDelta.names, RateDelta.amounts).table_valued(
        column("name", Text), column("amount", BigInteger)
    )
    each = each.render_derived(name="each")
    waiting = select(RateDelta.month, RateDelta.area, each.c.name, each.c.amount)
    waiting = waiting.select_from(RateDelta).join(each, true())
    both = folded.where(FigureRollup.name == any_(wanted)), waiting.where(each.c.name == any_(wanted))
    return union_all(*both).subquery("kept_figures")


def _figure_differences(basis: View) -> Rows:
    lines = kept_figures(names_of(basis)).c
    cell = [lines["month"], lines["area"], lines["name"]]
    kept = select(*cell, func.sum(lines["amount"]).label("amount")).group_by(*cell).subquery("kept")
    cases = figures_counted(basis).subquery("counted")
    same = and_(*(cases.c[key] == kept.c[key] for key in ("month", "area", "name")))
    key = [func.coalesce(cases.c[name], kept.c[name]).label(name) for name in ("month", "area", "name")]
    missing = cast(func.coalesce(cases.c["amount"], 0) - func.coalesce(kept.c["amount"], 0), BigInteger)
    query = select(*key, missing.label("amount")).select_from(cases.join(kept, same, full=True))
    return query.where(missing != 0)


def _into_figure_deltas(query: Rows) -> Any:
    rows = query.subquery().c
    none = [literal(0) for _ in Sums._fields]
    lines = select(
        cast([], ARRAY(Text)),
        rows["month"],
        rows["area"],
        literal(""),
        *none,
        func.array_agg(rows["name"]),
        func.array_agg(rows["amount"]),
    ).group_by(rows["month"], rows["area"])
    return insert(RateDelta).from_select(Delta._fields, lines)


def _differences(view: View) -> Rows:
    lines = kept_sums(view).c
    cell = [lines[name] for name in Cell._fields]
    kept = select(*cell, *(func.sum(lines[name]).label(name) for name in Sums._fields)).group_by(*cell).subquery("kept")
    cases = counted(view).subquery("counted")
    same = and_(*(cases.c[name] == kept.c[name] for name in Cell._fields))
    missing = [(func.coalesce(cases.c[name], 0) - func.coalesce(kept.c[name], 0)).label(name) for name in Sums._fields]
    key = [func.coalesce(cases.c[name], kept.c[name]).label(name) for name in Cell._fields]
    query = select(*key, *missing).select_from(cases.join(kept, same, full=True))
    return query.where(or_(*(number != 0 for number in missing)))


def _into_deltas(view: View, query: Rows) -> Any:
    rows = query.subquery()
    columns = (*Cell._fields, *Sums._fields)
    source = select(cast([view.value], ARRAY(Text)), *(rows.c[name] for name in columns))
    return insert(RateDelta).from_select(["views", *columns], source)
