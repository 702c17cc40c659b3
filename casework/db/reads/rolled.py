"""The completion rate from the kept sums: what they can answer, and the few cases that T_obs still changes.

The sums stand as at the end of time (rules/rollups.py). At T_obs two kinds of cases stand otherwise, and are judged
again here: those completed later than T_obs (none, when T_obs is now), and those still open in time.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, cast, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import WAITING, Case
from casework.db.reads.judged import judged
from casework.db.reads.questions import AREA_DIGITS, By, Question
from casework.db.rollups import cell_of, kept_sums, sums_of, total
from casework.db.scope import whole_area
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.rollups import COUNTY_DIGITS, FOREVER, SUMMED_VIEWS, Cell, Sums
from casework.rules.tallies import Period, Tally
from casework.rules.words import Exclusion

_GROUPS = (By.PROVINCE, By.CITY, By.COUNTY, By.MONTH)
_BY_DEADLINE = (View.A, View.A0, View.ALL)
Rows = Select[*tuple[Any, ...]]


def can_answer(actor: Actor, question: Question) -> bool:
    """Whether the kept sums are fine enough: whole months, counties or wider, no other filter, for a reader whose
    scope is an area no narrower than a county."""
    scope = whole_area(actor)
    return (
        question.view in SUMMED_VIEWS
        and question.by in _GROUPS
        and scope is not None
        and max(len(scope), len(question.area)) <= COUNTY_DIGITS
        and question.units is None
        and not question.category
        and question.channel is None
        and question.kind is None
        and _whole_months(question.period)
    )


def _whole_months(period: Period) -> bool:
    first, after = day_of(period.start), day_of(period.end)
    return (
        period.start < period.end
        and Period.months(first, first).start == period.start
        and after.day == 1
        and (Period.months(after, after).start == period.end)
    )


async def completion(
    session: AsyncSession, actor: Actor, question: Question, observed: datetime
) -> dict[str | None, Tally]:
    """The same as supervisor.completion over the cases, for what `can_answer`. One statement: one snapshot."""
    parts = [_kept(question), _again(question, observed)]
    if not (question.view in _BY_DEADLINE and question.period.end <= observed) and question.view is not View.C:
        parts.append(_in_time(question, observed))
    rows = union_all(*parts).subquery()
    in_area = [rows.c.area.like(f"{prefix}%") for prefix in (whole_area(actor), question.area) if prefix]
    key = _key(question.by, rows.c)
    sums = (total(rows.c[name]).label(name) for name in (*Sums._fields, "not_yet_due"))
    query = select(key.label("key"), rows.c.reason, *sums).where(*in_area).group_by(key, rows.c.reason)
    found: dict[str | None, Tally] = {}
    for row in await session.execute(query):
        if row.cases:
            found[row.key] = found.get(row.key, Tally()) + _tally(row)
    return found


def _kept(question: Question) -> Rows:
    """The sums of the period's months."""
    sums = kept_sums(question.view).c
    first, after = day_of(question.period.start), day_of(question.period.end)
    columns = (getattr(sums, name) for name in (*Cell._fields, *Sums._fields))
    query = select(*columns, literal(0).label("not_yet_due"))
    return query.where(sums.month >= first, sums.month < after)


def _again(question: Question, observed: datetime) -> Select[Any]:
    """Cases completed after T_obs: as they stood then, less as they are summed."""
    later = Case.completed_at > observed
    then = judged(question.view, question.period, observed)
    summed = judged(question.view, question.period, FOREVER)
    in_time = cast(and_(then.exclusion.is_(None), then.not_yet_due), Integer).label("not_yet_due")
    stood = select(*cell_of(then), *sums_of(then), in_time).where(later, then.fell_in)
    less = (-number for number in sums_of(summed))
    taken = select(*cell_of(summed), *less, literal(0)).where(later, summed.fell_in)
    return select(union_all(stood, taken).subquery())


def _in_time(question: Question, observed: datetime) -> Rows:
    """Cases that are still open and not past their deadline: they are in the sums, but not as such."""
    how = judged(question.view, question.period, observed)
    sums = (literal(0).label(name) for name in Sums._fields)
    query = select(*cell_of(how), *sums, literal(1).label("not_yet_due"))
    return query.where(
        WAITING,
        Case.completed_at.is_(None),
        or_(how.due.is_(None), how.due >= observed),
        how.not_yet_due,
        how.exclusion.is_(None),
        how.fell_in,
    )


def _key(by: By, sums: Any) -> ColumnElement[str]:
    if by is By.MONTH:
        return func.to_char(sums.month, "YYYY-MM")
    return func.left(sums.area, AREA_DIGITS[by])


def _tally(row: Row[Any]) -> Tally:
    if row.reason:
        return Tally(excluded={Exclusion(row.reason): row.cases}, from_grid=row.from_grid)
    return Tally(
        cases=row.cases,
        kept=row.kept,
        done=row.done,
        on_time=row.on_time,
        first_on_time=row.first_on_time,
        not_yet_due=row.not_yet_due,
        from_grid=row.from_grid,
    )
