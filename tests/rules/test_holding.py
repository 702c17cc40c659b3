"""Holding time: who held the case when, as a table that reads as sentences; and it always adds up to the whole."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.rules.holding import Span, Tenure, Turned, held
from casework.rules.words import Status

BEGIN = datetime(2026, 11, 2, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return BEGIN + timedelta(hours=hours)


def told(spans: list[Span]) -> list[tuple[int | None, float]]:
    return [(span.unit, span.length / timedelta(hours=1)) for span in spans]


CASES = [
    # still in review after 2 h -> the centre, 2 h
    ([(0, "REVIEW")], [], [], 2, [(None, 2)]),
    # review 1 h, unit 1 has it 3 h, filed, closed -> the centre again
    (
        [(0, "REVIEW"), (1, "DISPATCHED"), (2, "HANDLING"), (4, "RESULT_REVIEW")],
        [(1, 1, None)],
        [],
        5,
        [(None, 1), (1, 3), (None, 1)],
    ),
    # unit 1 returns after 1 h, 2 h of argument, granted -> the argument is the centre's, then unit 2 has it
    (
        [(0, "REVIEW"), (1, "DISPATCHED"), (2, "RETURN_REVIEW"), (4, "DISPATCHED")],
        [(1, 1, 4), (2, 4, None)],
        [],
        5,
        [(None, 1), (1, 1), (None, 2), (2, 1)],
    ),
    # the same, rejected -> the argument is unit 1's own
    (
        [(0, "REVIEW"), (1, "DISPATCHED"), (2, "RETURN_REVIEW"), (4, "HANDLING")],
        [(1, 1, None)],
        [(2, 4)],
        5,
        [(None, 1), (1, 4)],
    ),
    # suspended -> still the unit's
    ([(0, "REVIEW"), (1, "HANDLING"), (2, "SUSPENDED"), (3, "HANDLING")], [(1, 1, None)], [], 4, [(None, 1), (1, 3)]),
]


@pytest.mark.parametrize(("turned", "tenures", "rejected", "until", "spans"), CASES)
def test_who_held_it(
    turned: list[tuple[float, str]],
    tenures: list[tuple[int, float, float | None]],
    rejected: list[tuple[float, float]],
    until: float,
    spans: list[tuple[int | None, float]],
) -> None:
    found = held(
        [Turned(at(hours), Status(status)) for hours, status in turned],
        [Tenure(unit, at(start), at(end) if end is not None else None) for unit, start, end in tenures],
        [(at(asked), at(ruled)) for asked, ruled in rejected],
        at(until),
    )
    assert told(found) == spans


@given(
    st.lists(st.tuples(st.integers(0, 50), st.sampled_from(list(Status))), min_size=1),
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 50), st.integers(1, 50))),
    st.integers(1, 60),
)
def test_the_spans_add_up_to_the_whole(
    turned: list[tuple[int, Status]], tenures: list[tuple[int, int, int]], until: int
) -> None:
    ordered = sorted(turned, key=lambda pair: pair[0])
    changes = [Turned(at(hours), status) for hours, status in ordered]
    spans = held(changes, [Tenure(u, at(s), at(s + length)) for u, s, length in tenures], [], at(until))
    whole = max(at(until) - changes[0].at, timedelta())
    assert sum((span.length for span in spans), timedelta()) == whole
    assert all(one.end == other.start for one, other in pairwise(spans))
