"""How a case stands, in SQL: rules/rates said again as columns over `cases`, so that a report is one query.

Each column here has its function there and must give the same answer on every row; tests prove it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_

from casework.db.models import Case, FrozenCase
from casework.rules.rates import View
from casework.rules.tallies import Period
from casework.rules.transitions import OPEN
from casework.rules.words import Direction, Exclusion, Kind, Status

Yes = ColumnElement[bool]
Instant = ColumnElement[datetime | None]
Rows = type[Case] | type[FrozenCase]
"""Whose rows are judged: the cases as they stand, or as they stood when a month was frozen."""


@dataclass(frozen=True, slots=True)
class Judged:
    """rates.Standing as columns. `fell_in` is the test of the period, in a form that the indexes know."""

    at: Instant
    due: Instant
    exclusion: ColumnElement[str | None]
    responded: Yes
    done: Yes
    on_time: Yes
    first_on_time: Yes
    not_yet_due: Yes
    kept: Yes
    fell_in: Yes


def judged(view: View, period: Period, observed: datetime, of: Rows = Case) -> Judged:
    """rates.standing for every row."""
    due: Instant = (of.finish_due_original if view is View.A0 else of.finish_due).expression
    excluded = exclusion(due, view, of)
    done = and_(of.completed_at.is_not(None), of.completed_at <= observed)
    in_time = and_(done, or_(due.is_(None), of.completed_at <= due))
    past = and_(due.is_not(None), due < observed)
    still_open = and_(~done, of.status.in_(sorted(OPEN)))
    answered = responded(of)
    kept = {View.B: done, View.C: in_time, View.D: false()}
    return Judged(
        at=_falls_at(view, due, of),
        due=due,
        exclusion=excluded,
        responded=answered,
        done=done,
        on_time=in_time,
        first_on_time=and_(of.first_completed_at.is_not(None), or_(due.is_(None), of.first_completed_at <= due)),
        not_yet_due=and_(still_open, ~past),
        kept=kept.get(view, and_(answered, in_time)),
        fell_in=_fell_in(view, period, due, excluded, done, and_(still_open, past), of),
    )


def ended_as(of: Rows = Case) -> ColumnElement[str | None]:
    """rates.CaseFacts.end."""
    return case((of.status == Status.ARCHIVED, of.ended_as), else_=of.status)


def responded(of: Rows = Case) -> Yes:
    """rates.responded."""
    contacted = or_(of.contacted_in_time.is_(True), of.contact_exempt)
    return or_(
        func.coalesce(ended_as(of) == Status.ANSWERED, false()),
        and_(of.signed_in_time.is_(True), contacted),
    )


def exclusion(due: Instant, view: View, of: Rows = Case) -> ColumnElement[str | None]:
    """rates.exclusion: the first reason that fits, NULL for a case that enters the rate."""
    end = ended_as(of)
    answered_out = false() if view is View.ALL else end == Status.ANSWERED
    return case(
        (end == Status.VOID, literal(Exclusion.VOID.value)),
        (end == Status.GUIDED, literal(Exclusion.GUIDED.value)),
        (end == Status.TRANSFERRED, literal(Exclusion.TRANSFERRED.value)),
        (end == Status.MERGED, literal(Exclusion.MERGED.value)),
        (
            and_(end == Status.TERMINATED, or_(due.is_(None), of.ended_at < due)),
            literal(Exclusion.WITHDRAWN.value),
        ),
        (of.kind == Kind.PRAISE, literal(Exclusion.PRAISE.value)),
        (of.on_ledger, literal(Exclusion.LEDGER.value)),
        (of.struck, literal(Exclusion.STRUCK.value)),
        (
            and_(of.accepted_at.is_(None), of.direction == Direction.GRID, end == Status.CLOSED),
            literal(Exclusion.SELF_SETTLED.value),
        ),
        (of.accepted_at.is_(None), literal(Exclusion.NOT_TAKEN_ON.value)),
        (answered_out, literal(Exclusion.ANSWERED.value)),
    )


def _falls_at(view: View, due: Instant, of: Rows) -> Instant:
    if view is View.B:
        return func.coalesce(of.accepted_at, of.created_at)
    if view is View.C:
        return of.completed_at.expression
    return due if view is View.D else func.coalesce(due, of.created_at)


def _fell_in(
    view: View, period: Period, due: Instant, excluded: ColumnElement[str | None], done: Yes, overdue: Yes, of: Rows
) -> Yes:
    """rates.Standing.at within the period. The date stands bare, so that ix_cases_due and ix_cases_accepted serve."""
    if view is View.D:
        return overdue
    within = _within(_falls_at(view, due, of), period)
    if view is View.C:
        return and_(within, done)
    return within if view is View.B else and_(within, or_(due.is_not(None), excluded.is_not(None)))


def _within(at: ColumnElement[Any], period: Period) -> Yes:
    return and_(at >= period.start, at < period.end)
