"""Whether a case goes by itself: each row takes one reason away, and drift is told from none."""

from dataclasses import replace

import pytest

from casework.rules.automatic import Sorting, may_dispatch
from casework.rules.drift import MOVED, WATCH, stability
from casework.rules.words import Kind, Status, Urgency

GOOD = Sorting(Status.REVIEW, Kind.HELP, Urgency.N, Urgency.N, 0.97, True, False, 0)


def test_an_ordinary_sure_case_goes_where_the_city_lets_it() -> None:
    assert may_dispatch(GOOD, 0.95)
    assert may_dispatch(replace(GOOD, kind=None), 0.95)


@pytest.mark.parametrize(
    "spoiled",
    [
        {"confidence": 0.94},
        {"calibrated": False},
        {"status": Status.NEED_INFO},
        {"status": Status.CALLED},
        {"kind": Kind.CONSULT},
        {"kind": Kind.REPORT},
        {"kind": Kind.SUGGESTION},
        {"kind": Kind.PRAISE},
        {"urgency": Urgency.E1},
        {"urgency": Urgency.C},
        {"usual_urgency": Urgency.E0},
        {"delicate": True},
        {"signs": 1},
    ],
)
def test_one_doubt_leaves_it_to_a_person(spoiled: dict[str, object]) -> None:
    assert not may_dispatch(replace(GOOD, **spoiled), 0.95)  # type: ignore[arg-type]


def test_without_a_threshold_nothing_goes() -> None:
    assert not may_dispatch(replace(GOOD, confidence=1.0), None)


# before, now, how it is to be read
MOVES = [
    ({"0204": 50, "0401": 50}, {"0204": 50, "0401": 50}, "same"),
    ({"0204": 50, "0401": 50}, {"0204": 5, "0401": 5}, "same"),  # fewer, in the same shares
    ({"0204": 50, "0401": 50}, {"0204": 65, "0401": 35}, "same"),
    ({"0204": 50, "0401": 50}, {"0204": 90, "0401": 10}, "moved"),
    ({"0204": 100}, {"1001": 100}, "moved"),
]


@pytest.mark.parametrize(("before", "now", "read"), MOVES)
def test_drift_is_told_from_none(before: dict[str, int], now: dict[str, int], read: str) -> None:
    index = stability(before, now)
    assert index is not None
    assert index < WATCH if read == "same" else index >= MOVED
    assert stability(now, before) == pytest.approx(index)


def test_nothing_is_compared_with_nothing() -> None:
    assert stability({}, {"0204": 1}) is None
    assert stability({"0204": 1}, {}) is None
