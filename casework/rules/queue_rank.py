"""The queue's order 待办顺序: unrouted first, then by urgency; among equals the nearest deadline decides."""

from casework.rules.transitions import OPEN
from casework.rules.words import Status, Urgency

_URGENCIES = {Urgency.E0: 0, Urgency.E1: 1, Urgency.N: 2, Urgency.C: 2}
FIRST_ROUTED = 3
"""Ranks below this are the unrouted 未路由: in review, and nobody is suggested."""


def queue_rank(status: Status, urgency: Urgency, suggested_unit: str | None) -> int | None:
    """A case's rank, the least first; None for one that waits for nobody any more."""
    if status not in OPEN:
        return None
    unrouted = status is Status.REVIEW and suggested_unit is None
    return _URGENCIES[urgency] + (0 if unrouted else FIRST_ROUTED)
