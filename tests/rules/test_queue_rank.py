"""The queue's order: rules/queue_rank.py."""

import pytest

from casework.rules.queue_rank import FIRST_ROUTED, queue_rank
from casework.rules.transitions import OPEN
from casework.rules.words import Status, Urgency


@pytest.mark.parametrize(
    ("status", "urgency", "unit", "rank"),
    [
        (Status.REVIEW, Urgency.E0, None, 0),  # nobody is suggested: before all that have somebody
        (Status.REVIEW, Urgency.E1, None, 1),
        (Status.REVIEW, Urgency.N, None, 2),
        (Status.REVIEW, Urgency.C, None, 2),  # complex is not more urgent
        (Status.REVIEW, Urgency.E0, "510104-CG", 3),
        (Status.HANDLING, Urgency.E0, None, 3),  # it is with a unit: that none was suggested matters no more
        (Status.FOLLOW_UP, Urgency.E1, "510104-CG", 4),
        (Status.HANDLING, Urgency.N, "510104-CG", 5),
        (Status.CLOSED, Urgency.E0, "510104-CG", None),
        (Status.ARCHIVED, Urgency.E0, None, None),
    ],
)
def test_the_unrouted_stand_first_then_the_urgent(
    status: Status, urgency: Urgency, unit: str | None, rank: int | None
) -> None:
    assert queue_rank(status, urgency, unit) == rank


def test_a_case_has_a_rank_as_long_as_somebody_owes_something() -> None:
    for status in Status:
        for urgency in Urgency:
            for unit in (None, "510104-CG"):
                rank = queue_rank(status, urgency, unit)
                assert (rank is not None) == (status in OPEN)
                assert (rank is not None and rank < FIRST_ROUTED) == (status is Status.REVIEW and unit is None)
