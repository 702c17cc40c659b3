"""Whether a case may be sorted and dispatched by itself 自动派单: only ordinary ones, only when the city says so.

Off unless the city sets a threshold (classifier.toml). Every question must be answered well; a person has the rest.
"""

from dataclasses import dataclass

from casework.rules.words import Kind, Status, Urgency

LEFT_TO_PEOPLE = frozenset({Kind.CONSULT, Kind.REPORT, Kind.SUGGESTION, Kind.PRAISE})
"""Asked things are answered, reports kept confidential, suggestions studied, praise passed on: by people."""


@dataclass(frozen=True, slots=True)
class Sorting:
    """What is known when a suggestion is there. `calibrated`: its confidence was measured on texts the model had not
    seen, and the model itself names the category. `delicate`: the category is confidential, of minors, restricted, or
    guided elsewhere."""

    status: Status
    kind: Kind | None
    urgency: Urgency
    usual_urgency: Urgency
    confidence: float
    calibrated: bool
    delicate: bool
    signs: int


def may_dispatch(sorting: Sorting, threshold: float | None) -> bool:
    """Whether the machine may go on by itself. `threshold`: the city's, or None: never."""
    return (
        threshold is not None
        and sorting.calibrated
        and sorting.confidence >= threshold
        and sorting.status is Status.REVIEW
        and sorting.kind not in LEFT_TO_PEOPLE
        and sorting.urgency is Urgency.N
        and sorting.usual_urgency is Urgency.N
        and not sorting.delicate
        and not sorting.signs
    )
