"""How a case stands, in SQL: rules/rates.py said again as columns over `cases`, so that a report is one query.

Each column here has its function there and must give the same answer on every row; tests prove it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_

from casework.db.models import Case
from casework.rules.rates import View
from casework.rules.tallies import Period
from casework.rules.transitions import OPEN
from casework.rules.words import Direction, Exclusion, Kind, Status

Yes = ColumnElement[bool]
Instant = ColumnElement[datetime | None]


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


def judged(view: View, period: Period, observed: datetime) -> Judged:
    """rates.standing for every row."""
    due: Instant = (Case.finish_due_original if view is View.A0 else Case.finish_due).expression
    excluded = exclusion(due, view)
    done = and_(Case.completed_at.is_not(None), Case.completed_at <= observed)
    in_time = and_(done, or_(due.is_(None), Case.completed_at <= due))
    past = and_(due.is_not(None), due < observed)
    still_open = and_(~done, Case.status.in_(sorted(OPEN)))
    answered = responded()
    kept = {View.B: done, View.C: in_time, View.D: false()}
    return Judged(
        at=_falls_at(view, due),
        due=due,
        exclusion=excluded,
        responded=answered,
        done=done,
        on_time=in_time,
        first_on_time=and_(Case.first_completed_at.is_not(None), or_(due.is_(None), Case.first_completed_at <= due)),
        not_yet_due=and_(still_open, ~past),
        kept=kept.get(view, and_(answered, in_time)),
        fell_in=_fell_in(view, period, due, excluded, done, and_(still_open, past)),
    )


def ended_as() -> ColumnElement[str | None]:
    """rates.CaseFacts.end."""
    return case((Case.status == Status.ARCHIVED, Case.ended_as), else_=Case.status)


def responded() -> Yes:
    """rates.responded."""
    contacted = or_(Case.contacted_in_time.is_(True), Case.contact_exempt)
    return or_(
        func.coalesce(ended_as() == Status.ANSWERED, false()),
        and_(Case.signed_in_time.is_(True), contacted),
    )


def exclusion(due: Instant, view: View) -> ColumnElement[str | None]:
    """rates.exclusion: the first reason that fits, NULL for a case that enters the rate."""
    end = ended_as()
    answered_out = false() if view is View.ALL else end == Status.ANSWERED
    return case(
        (end == Status.VOID, literal(Exclusion.VOID.value)),
        (end == Status.GUIDED, literal(Exclusion.GUIDED.value)),
        (end == Status.TRANSFERRED, literal(Exclusion.TRANSFERRED.value)),
        (end == Status.MERGED, literal(Exclusion.MERGED.value)),
        (
            and_(end == Status.TERMINATED, or_(due.is_(None), Case.ended_at < due)),
            literal(Exclusion.WITHDRAWN.value),
        ),
        (Case.kind == Kind.PRAISE, literal(Exclusion.PRAISE.value)),
        (Case.on_ledger, literal(Exclusion.LEDGER.value)),
        (
            and_(Case.accepted_at.is_(None), Case.direction == Direction.GRID, end == Status.CLOSED),
            literal(Exclusion.SELF_SETTLED.value),
        ),
        (Case.accepted_at.is_(None), literal(Exclusion.NOT_TAKEN_ON.value)),
        (answered_out, literal(Exclusion.ANSWERED.value)),
    )


def _falls_at(view: View, due: Instant) -> Instant:
    if view is View.B:
        return func.coalesce(Case.accepted_at, Case.created_at)
    if view is View.C:
        return Case.completed_at.expression
    return due if view is View.D else func.coalesce(due, Case.created_at)


def _fell_in(
    view: View, period: Period, due: Instant, excluded: ColumnElement[str | None], done: Yes, overdue: Yes
) -> Yes:
    """rates.Standing.at within the period. The dates stand bare, so that ix_cases_due and ix_cases_accepted serve."""
    if view is View.D:
        return overdue
    if view is View.C:
        return and_(_within(Case.completed_at.expression, period), done)
    came_in = _within(Case.created_at.expression, period)
    if view is View.B:
        accepted = Case.accepted_at.expression
        return or_(_within(accepted, period), and_(accepted.is_(None), came_in))
    return or_(_within(due, period), and_(due.is_(None), came_in, excluded.is_not(None)))


def _within(at: ColumnElement[Any], period: Period) -> Yes:
    return and_(at >= period.start, at < period.end)
