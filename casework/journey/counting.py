"""What a case adds to the rates' sums (rules/rollups.py), as it is made and as it changes."""

from functools import lru_cache

from casework.db.door import CaseRow
from casework.db.models import Case
from casework.rules.rates import CaseFacts
from casework.rules.rollups import COUNTY_DIGITS, NOTHING, Contribution, Delta, contribution, deltas
from casework.rules.words import Direction, Kind, Status


def facts_of(case: Case | CaseRow) -> CaseFacts:
    """The case as the rates see it."""
    return CaseFacts(
        status=Status(case.status),
        created_at=case.created_at,
        direction=Direction(case.direction),
        kind=Kind(case.kind) if case.kind else None,
        accepted_at=case.accepted_at,
        finish_due_original=case.finish_due_original,
        finish_due=case.finish_due,
        signed_in_time=case.signed_in_time if isinstance(case, Case) else None,
        contacted_in_time=case.contacted_in_time if isinstance(case, Case) else None,
        contact_exempt=case.contact_exempt,
        first_completed_at=case.first_completed_at,
        completed_at=case.completed_at,
        ended_at=case.ended_at,
        ended_as=Status(case.ended_as) if case.ended_as else None,
    )


def counts_as(case: Case | CaseRow) -> Contribution:
    """What the case adds as it stands."""
    return contribution(facts_of(case), case.area_code)


def first_deltas(case: CaseRow) -> tuple[Delta, ...]:
    """What is written beside a new case."""
    return _first(facts_of(case), case.area_code[:COUNTY_DIGITS])


@lru_cache(512)
def _first(facts: CaseFacts, county: str) -> tuple[Delta, ...]:
    """Pure: of the cases that begin at one moment, hundreds in an import, most count alike."""
    return tuple(deltas(NOTHING, contribution(facts, county)))
