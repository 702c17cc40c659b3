"""What one case adds to the kept sums, and what a change of it adds: rules/rollups.py."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

from casework.rules.rates import CaseFacts, View
from casework.rules.rollups import NOTHING, SUMMED_VIEWS, Cell, Contribution, Delta, Sums, contribution, deltas
from casework.rules.words import Direction, Kind, Status
from tests.services.notify.test_completion_sql import Chance

AREA = "510104017001"
MADE = datetime(2026, 6, 29, 2, tzinfo=UTC)
DUE = datetime(2026, 7, 8, 9, tzinfo=UTC)
NEW = CaseFacts(Status.REVIEW, MADE, accepted_at=MADE, finish_due=DUE, finish_due_original=DUE)
KEPT = replace(
    NEW,
    status=Status.FOLLOW_UP,
    signed_in_time=True,
    contacted_in_time=True,
    completed_at=DUE,
    first_completed_at=DUE,
)
JUNE, JULY = Cell(date(2026, 6, 1), "510104", ""), Cell(date(2026, 7, 1), "510104", "")
OPEN, DONE = Sums(cases=1), Sums(1, 1, 1, 1, 1)


def of(facts: CaseFacts, area: str = AREA) -> Contribution:
    return contribution(facts, area)


def lines(before: Contribution, after: Contribution) -> list[Delta]:
    """The views' own lines, without what rides on them."""
    return [line._replace(names=[], amounts=[]) for line in deltas(before, after) if line.views]


def figures(before: Contribution, after: Contribution) -> dict[tuple[date, str], int]:
    """What the figures' lines add, by month and name."""
    return {
        (line.month, name): amount
        for line in deltas(before, after)
        for name, amount in zip(line.names, line.amounts, strict=True)
    }


def test_a_new_case_is_in_the_month_it_is_due_and_in_the_month_it_came() -> None:
    assert of(NEW).views == {View.A: (JULY, OPEN), View.A0: (JULY, OPEN), View.ALL: (JULY, OPEN), View.B: (JUNE, OPEN)}
    assert lines(NOTHING, of(NEW)) == [
        Delta(["A", "A0", "ALL"], *JULY, *OPEN, [], []),
        Delta(["B"], *JUNE, *OPEN, [], []),
    ]


def test_what_is_done_is_added_to_what_was_promised() -> None:
    grown = Delta(["A", "A0", "ALL"], *JULY, 0, 1, 1, 1, 1, 0, [], [])
    assert grown in lines(of(NEW), of(KEPT))
    assert Delta(["C"], *JULY, *DONE, [], []) in lines(of(NEW), of(KEPT))


def test_a_signature_in_time_is_counted_in_the_month_the_case_is_due() -> None:
    sent = replace(NEW, status=Status.DISPATCHED, first_unit_id=7)
    signed = replace(sent, status=Status.HANDLING, signed_in_time=True)
    assert figures(of(sent), of(signed)) == {(JULY.month, "SIGN:n"): 1}


def test_figures_ride_on_the_lines_of_their_months() -> None:
    assert all(line.views and line.names for line in deltas(NOTHING, of(NEW)))
    assert {(line.month, "COMPLETION:d" in line.names) for line in deltas(NOTHING, of(NEW))} == {
        (JULY.month, True),
        (JUNE.month, False),
    }


def test_signing_alone_adds_nothing() -> None:
    assert lines(of(NEW), of(replace(NEW, status=Status.HANDLING, signed_in_time=True))) == []


def test_a_revocation_takes_back_and_remembers_the_first_time() -> None:
    revoked = replace(KEPT, status=Status.REWORK, completed_at=None)
    assert Delta(["A", "A0", "ALL"], *JULY, 0, -1, -1, -1, 0, 0, [], []) in lines(of(KEPT), of(revoked))
    assert Delta(["C"], *JULY, *(-n for n in DONE), [], []) in lines(of(KEPT), of(revoked))


def test_a_promise_that_moves_moves_its_case() -> None:
    later = datetime(2026, 8, 3, 9, tzinfo=UTC)
    august = Cell(date(2026, 8, 1), "510104", "")
    moved = lines(of(NEW), of(replace(NEW, finish_due=later)))
    assert sorted(moved) == [
        Delta(["A", "ALL"], *JULY, *(-n for n in OPEN), [], []),
        Delta(["A", "ALL"], *august, *OPEN, [], []),
    ]


def test_an_exclusion_names_its_reason_and_is_neither_kept_nor_done() -> None:
    praise = of(replace(KEPT, kind=Kind.PRAISE))
    assert praise.views[View.A] == (Cell(date(2026, 7, 1), "510104", "PRAISE"), OPEN)
    call = of(CaseFacts(Status.CALLED, MADE, direction=Direction.GRID))
    assert call.views[View.A] == (Cell(date(2026, 6, 1), "510104", "NOT_TAKEN_ON"), Sums(cases=1, from_grid=1))


def test_a_case_that_is_placed_widely_stays_where_it_is() -> None:
    assert of(NEW, "5101").views[View.A][0].area == "5101"
    assert of(NEW, "5101Z1002").views[View.A][0].area == "5101Z1"


def test_any_life_leaves_what_its_end_adds() -> None:
    """Whatever a case went through, all its deltas together are what it adds at last, in every cell."""
    chance = Chance(7)
    for _ in range(300):
        steps = [(chance.facts(), area) for area in ("510104", "510105", "510104017")]
        total: Counter[tuple[str, Cell, str]] = Counter()
        figured: Counter[tuple[date, str, str]] = Counter()
        before = NOTHING
        for facts, area in steps:
            for delta in deltas(before, of(facts, area)):
                for name, amount in zip(delta.names, delta.amounts, strict=True):
                    figured[delta.month, delta.area, name] += amount
                for view in delta.views:
                    cell = Cell(delta.month, delta.area, delta.reason)
                    total.update({(view, cell, name): getattr(delta, name) for name in Sums._fields})
            before = of(facts, area)
        last = {
            (view.value, cell, name): number
            for view, (cell, sums) in before.views.items()
            for name, number in sums._asdict().items()
        }
        assert {key: number for key, number in total.items() if number} == {k: n for k, n in last.items() if n}
        assert set(before.views) <= set(SUMMED_VIEWS)
        assert {key: amount for key, amount in figured.items() if amount} == {
            key: amount for key, amount in before.figures.items() if amount
        }
