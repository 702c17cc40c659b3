"""Whistles as pure rules: where somebody stood, for whom a person acts, what may be scored."""

from collections.abc import Sequence

import pytest

from casework.rules.points import Point
from casework.rules.transitions import TRANSITIONS
from casework.rules.whistles import Call, Stood, open_whistles, own_call, stood, to_rate, to_rate_back
from casework.rules.words import Action, CheckIn, ClockName, Role, Status

SPOT = Point(104.0905, 30.6505)
STREET, CG, GA, JJ = 1, 2, 3, 4
GA_TREE = frozenset({GA, JJ})


@pytest.mark.parametrize(
    ("place", "spot", "within", "told"),
    [
        (SPOT, SPOT, 300, Stood(CheckIn.ON_SITE, 0)),  # there
        (Point(104.0936, 30.6505), SPOT, 300, Stood(CheckIn.ON_SITE, 297)),  # just within
        (Point(104.0937, 30.6505), SPOT, 300, Stood(CheckIn.OFF_SITE, 306)),  # just beyond
        (Point(104.0937, 30.6505), SPOT, 306, Stood(CheckIn.ON_SITE, 306)),  # the city's radius decides
        (None, SPOT, 300, Stood(CheckIn.UNPLACED, None)),  # the device told no place
        (SPOT, None, 300, Stood(CheckIn.UNPLACED, None)),  # nobody knows where the matter lies
    ],
)
def test_a_place_proves_something_only_where_the_spot_is_known(
    place: Point | None, spot: Point | None, within: int, told: Stood
) -> None:
    assert stood(place, spot, within) == told


def _call(unit: int, whistle: int = 1, **more: bool) -> Call:
    return Call(whistle, STREET, unit, **more)


@pytest.mark.parametrize(
    ("calls", "unit", "units", "whose"),
    [
        ([_call(JJ), _call(GA)], GA, GA_TREE, GA),  # the own unit before the one below
        ([_call(JJ)], GA, GA_TREE, JJ),  # a parent acts for the one below
        ([_call(GA)], JJ, frozenset({JJ}), None),  # never the other way round
        ([_call(GA, open=False), _call(JJ)], GA, GA_TREE, JJ),  # what is answered is done
        ([_call(CG)], GA, GA_TREE, None),  # another's
        ([], GA, GA_TREE, None),  # nobody was called
    ],
)
def test_a_person_acts_for_the_unit_that_was_called(
    calls: Sequence[Call], unit: int, units: frozenset[int], whose: int | None
) -> None:
    found = own_call(calls, unit, units)
    assert (found.unit if found else None) == whose


def test_what_is_open_or_scored_is_not_scored_and_the_latest_comes_first() -> None:
    done = [_call(CG, 1, open=False), _call(CG, 2, open=False), _call(CG, 3)]
    latest = to_rate(done, frozenset({STREET}), CG)
    assert latest is done[1]
    assert to_rate_back(done, frozenset({CG})) is done[1]
    assert to_rate(done, frozenset({GA}), CG) is None, "only who called scores"
    assert to_rate([_call(CG, 1, open=False, rated=True)], frozenset({STREET}), CG) is None
    assert to_rate_back([_call(CG, 1, open=False, rated_back=True)], frozenset({CG})) is None
    assert open_whistles(done) == [3]


def test_whatever_takes_the_case_from_its_handler_ends_the_wait_for_those_called() -> None:
    """REPORT_IN runs only while the caller handles the case: every way out of that ends it."""
    with_those_called = {Status.HANDLING, Status.REWORK, Status.SUSPENDED}
    for row in TRANSITIONS:
        if row.source in with_those_called and row.target not in with_those_called:
            assert ClockName.REPORT_IN in row.cancels, f"{row.source} --{row.action}--> {row.target}"


def test_only_who_is_near_the_people_whistles() -> None:
    rows = [row for row in TRANSITIONS if row.action is Action.WHISTLE]
    assert {row.by for row in rows} == {(Role.STREET, Role.COMMUNITY)}
    assert all(row.source is row.target for row in rows)
