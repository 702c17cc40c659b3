"""The completion rate from the kept sums: what they can answer, and the few cases that T_obs still changes.

The sums stand as at the end of time (rules/rollups.py). At T_obs two kinds of cases stand otherwise, and are judged
again here: those completed later than T_obs (none, when T_obs is now), and those still open in time.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, Row, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import WAITING, Case
from casework.db.reads.judged import judged
from casework.db.reads.questions import AREA_DIGITS, By, Question
from casework.db.rollups import added_up, kept_sums, month_of
from casework.db.scope import whole_area
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.rollups import COUNTY_DIGITS, FOREVER, SUMMED_VIEWS, Sums
from casework.rules.tallies import Period, Tally
from casework.rules.words import Exclusion, Kind

_GROUPS = (By.PROVINCE, By.CITY, By.COUNTY, By.MONTH)
_BY_DEADLINE = (View.A, View.A0, View.ALL)
_REASONS = {reason.value: reason for reason in Exclusion}
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
        and question.urgency is None
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
    within = [prefix for prefix in (whole_area(actor), question.area) if prefix]
    parts = [_kept(question, within)]
    if question.view is View.B or (question.view in _BY_DEADLINE and observed < question.period.end):
        parts.append(_in_time(question, observed, within))
    lines = (await session.execute(_lines(parts, observed))).all()
    if lines and lines[0].later:
        lines = (await session.execute(_lines([*parts, *_again(question, observed, within)], observed))).all()
    return _tallies(lines)


def _lines(parts: Sequence[Rows], observed: datetime) -> Rows:
    """One line for each group and reason; each says whether any case was completed later than T_obs."""
    rows = union_all(*parts).subquery().c
    sums = (func.sum(rows[name]).label(name) for name in (*Sums._fields, "not_yet_due"))
    later = (select(func.max(Case.completed_at)).scalar_subquery() > observed).label("later")
    return select(rows.key, rows.reason, *sums, later).group_by(rows.key, rows.reason)


def _kept(question: Question, within: Sequence[str]) -> Rows:
    """The sums of the period's months."""
    sums = kept_sums(question.view).c
    first, after = day_of(question.period.start), day_of(question.period.end)
    columns = (sums[name] for name in Sums._fields)
    query = select(_key(question.by, sums.area, sums.month), sums.reason, *columns, literal(0).label("not_yet_due"))
    in_area = (sums.area.like(f"{prefix}%") for prefix in within)
    return query.where(sums.month >= first, sums.month < after, *in_area)


def _again(question: Question, observed: datetime, within: Sequence[str]) -> list[Rows]:
    """Cases completed after T_obs: as they stood then, less as they are summed."""
    later = [Case.completed_at > observed, *_in_areas(within)]
    then = judged(question.view, question.period, observed)
    summed = judged(question.view, question.period, FOREVER)
    stood = added_up(then, [_key(question.by, Case.area_code.expression, month_of(then))], *later)
    less = added_up(summed, [_key(question.by, Case.area_code.expression, month_of(summed))], *later).subquery().c
    return [stood, select(less.key, less.reason, *(-less[name] for name in (*Sums._fields, "not_yet_due")))]


def _in_time(question: Question, observed: datetime, within: Sequence[str]) -> Rows:
    """Cases that are still open and not past their deadline: they are in the sums, but not as such. What waits has no
    end, so that of the reasons to stay out four are left (rates.exclusion)."""
    how = judged(question.view, question.period, observed)
    key = _key(question.by, Case.area_code.expression, month_of(how))
    query = select(key, literal(""), *(literal(0) for _ in Sums._fields), func.count())
    if question.view in _BY_DEADLINE:  # said so that ix_cases_in_time alone answers
        in_time = and_(how.due >= max(observed, question.period.start), how.due < question.period.end)
        found = and_(in_time, WAITING)
    else:
        found = and_(WAITING, how.fell_in, or_(how.due.is_(None), how.due >= observed))
    enters = and_(
        Case.accepted_at.is_not(None), Case.kind.is_distinct_from(Kind.PRAISE.value), ~Case.on_ledger, ~Case.struck
    )
    return query.where(found, Case.completed_at.is_(None), enters, *_in_areas(within)).group_by(key)


def _in_areas(within: Sequence[str]) -> list[ColumnElement[bool]]:
    return [Case.area_code.like(f"{prefix}%") for prefix in within]


def _key(by: By, area: ColumnElement[str], month: ColumnElement[date]) -> Label[str]:
    key = func.to_char(month, "YYYY-MM") if by is By.MONTH else func.left(area, AREA_DIGITS[by])
    return key.label("key")


def _tallies(lines: Sequence[Row[*tuple[Any, ...]]]) -> dict[str | None, Tally]:
    """The lines of each group as a tally; a group from which all was taken back is none."""
    entered: dict[str, Tally] = {}
    excluded: dict[str, dict[Exclusion, int]] = {}
    reports: Counter[str] = Counter()
    # by place: a name would be looked up in every line
    for key, reason, cases, kept, done, on_time, first_on_time, from_grid, not_yet_due, _ in lines:
        if not cases:
            continue
        reports[key] += from_grid
        if reason:
            excluded.setdefault(key, {})[_REASONS[reason]] = cases
        else:
            entered[key] = Tally(cases, kept, done, on_time, first_on_time, not_yet_due)
    none = Tally()
    return {
        key: replace(entered.get(key, none), excluded=excluded.get(key, {}), from_grid=number)
        for key, number in reports.items()
    }
