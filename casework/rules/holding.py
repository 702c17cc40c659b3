"""Holding time 持有时长: who held a case when, so that the time lost belongs to whoever held it (domain.md §1.8).

The spans follow one another without gap or overlap from the case's beginning to its end: their sum is the whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casework.rules.words import Status

WITH_UNIT = frozenset({Status.DISPATCHED, Status.HANDLING, Status.SUSPENDED, Status.REWORK})
"""Statuses in which the lead unit holds the case; in all others the centre does."""


@dataclass(frozen=True, slots=True)
class Turned:
    """The case came into a status at an instant (UTC)."""

    at: datetime
    status: Status


@dataclass(frozen=True, slots=True)
class Tenure:
    """A unit led from `start` until `end` (None: it still does)."""

    unit: int
    start: datetime
    end: datetime | None

    def covers(self, at: datetime) -> bool:
        return self.start <= at and (self.end is None or at < self.end)


@dataclass(frozen=True, slots=True)
class Span:
    """`unit` held the case (None: the centre) from `start` until `end`."""

    unit: int | None
    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def held(
    turned: Sequence[Turned], tenures: Sequence[Tenure], rejected: Sequence[tuple[datetime, datetime]], until: datetime
) -> list[Span]:
    """The spans, oldest first. `turned` are all changes of status in order; `until`: the case's end, or now.

    `rejected`: from when a return was asked until it was rejected: the unit that asked held the case (words.md §3: it
    counts as signed when the return was asked). While any other return was argued about, the centre did.
    """
    spans: list[Span] = []
    for place, change in enumerate(turned):
        start = change.at
        end = min(turned[place + 1].at if place + 1 < len(turned) else until, until)
        if end <= start:
            continue
        unit = _holder(change, tenures, rejected)
        if spans and spans[-1].unit == unit:
            spans[-1] = replace(spans[-1], end=end)
        else:
            spans.append(Span(unit, start, end))
    return spans


def _holder(change: Turned, tenures: Sequence[Tenure], rejected: Sequence[tuple[datetime, datetime]]) -> int | None:
    argued = change.status is Status.RETURN_REVIEW and any(asked <= change.at < ruled for asked, ruled in rejected)
    if change.status not in WITH_UNIT and not argued:
        return None
    return next((tenure.unit for tenure in tenures if tenure.covers(change.at)), None)
