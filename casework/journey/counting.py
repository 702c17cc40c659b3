"""What a case adds to the rates' sums (rules/rollups.py), as it is made and as it changes."""

from datetime import UTC, date, datetime
from functools import lru_cache

from casework.db.door import CaseRow
from casework.db.models import Case
from casework.rules.calendars import day_of
from casework.rules.rates import CaseFacts
from casework.rules.rollups import COUNTY_DIGITS, NOTHING, Contribution, Delta, contribution, deltas
from casework.rules.words import Direction, Kind, Status


def facts_of(case: Case | CaseRow) -> CaseFacts:
    """The case as the rates see it."""
    later = {name: getattr(case, name) for name in LATER} if isinstance(case, Case) else {}
    return CaseFacts(
        status=Status(case.status),
        created_at=case.created_at,
        direction=Direction(case.direction),
        kind=Kind(case.kind) if case.kind else None,
        accepted_at=case.accepted_at,
        finish_due_original=case.finish_due_original,
        finish_due=case.finish_due,
        contact_exempt=case.contact_exempt,
        first_completed_at=case.first_completed_at,
        completed_at=case.completed_at,
        ended_at=case.ended_at,
        ended_as=Status(case.ended_as) if case.ended_as else None,
        **later,
    )


LATER = (
    *("signed_in_time", "contacted_in_time", "on_ledger", "struck", "first_unit_id", "misdirected", "called_in_time"),
    *("dispatched_in_time", "returns", "extensions", "suspensions", "supervisions", "rework_count", "repeated"),
    *("missed_by_grid", "followed", "solved", "satisfaction", "worked_minutes", "rectified", "follow_weight"),
    *("verified", "verified_in_time", "checked_in_time"),
)
"""What a case has only once something has happened to it; a new one has the defaults."""


def counts_as(case: Case | CaseRow) -> Contribution:
    """What the case adds as it stands."""
    return contribution(facts_of(case), case.area_code)


def first_deltas(case: CaseRow) -> tuple[Delta, ...]:
    """What is written beside a new case."""
    if case.ended_at or case.completed_at or case.finish_due != case.finish_due_original:
        return tuple(deltas(NOTHING, counts_as(case)))
    months = _month(case.created_at), _month(case.accepted_at), _month(case.finish_due)
    return _of_open(
        case.status, case.direction, case.kind, case.contact_exempt, *months, case.area_code[:COUNTY_DIGITS]
    )


def _month(at: datetime | None) -> date | None:
    return day_of(at).replace(day=1) if at else None


def _within(month: date) -> datetime:
    return datetime(month.year, month.month, 1, 4, tzinfo=UTC)


@lru_cache(4096)
def _of_open(
    status: str,
    direction: str,
    kind: str | None,
    exempt: bool,
    created: date,
    accepted: date | None,
    due: date | None,
    county: str,
) -> tuple[Delta, ...]:
    """What is open counts by the months of its times alone (rules/rollups.py), so that thousands count alike."""
    due_at = _within(due) if due else None
    facts = CaseFacts(
        status=Status(status),
        created_at=_within(created),
        direction=Direction(direction),
        kind=Kind(kind) if kind else None,
        accepted_at=_within(accepted) if accepted else None,
        finish_due_original=due_at,
        finish_due=due_at,
        contact_exempt=exempt,
    )
    return tuple(deltas(NOTHING, contribution(facts, county)))
