"""The disputes' table proves itself: all paths are walked, every status is reached and left, every choice is
unambiguous, and a status alone tells which clocks may run."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import pytest

from casework.rules import mediation_guards as g
from casework.rules.mediation import CLOCKS_OF, OPEN, TURNS, Turn
from casework.rules.mediation_words import DisputeAction as Action
from casework.rules.mediation_words import DisputeClock as Clock
from casework.rules.mediation_words import DisputeStatus as Status
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role

MAY_BE_OVER = {Clock.MEDIATE, Clock.CONFIRM, Clock.PERFORM, Clock.COURT_ACCEPT, Clock.COURT_REVIEW}
"""Clocks that run in a status only for some: before the agreement, after it, before or after the court."""
ALWAYS = {Status.MEDIATING: Clock.MEDIATE, Status.EXTENDED: Clock.MEDIATE, Status.PERFORMING: Clock.PERFORM}


@dataclass(frozen=True)
class Walk:
    """Where a walk through the table stands: status, running clocks, all willing or not, agreed, in force, red."""

    status: Status
    running: frozenset[Clock] = frozenset()
    willing: bool = False
    agreed: bool = False
    in_force: bool = False
    red: bool = False

    def step(self, row: Turn) -> "Walk":
        running = self.running - {*row.stops, *row.cancels} | {*row.starts}
        return Walk(
            row.target,
            running,
            self.willing or row.when is g.completes_will,
            self.agreed or row.action is Action.AGREE,
            self.in_force or row.when is g.last_signature,
            (self.red or row.when is g.grades_red) and row.when is not g.grades_other,
        )


def applies(walk: Walk, row: Turn) -> bool:
    """Whether a row may be taken here; questions about what is typed may be answered either way."""
    if row.source is not walk.status:
        return False
    answers = {
        g.all_willing: walk.willing,
        g.agreement_in_force: walk.in_force,
        g.agreement_unsigned: walk.agreed and not walk.in_force,
        g.willing_without_agreement: walk.willing and not walk.agreed,
        g.will_not_known: not walk.willing,
        g.time_runs: Clock.MEDIATE in walk.running,
        g.time_starts: Clock.MEDIATE not in walk.running,
        g.grades_red: not walk.red,
    }
    if row.when is not None and not answers.get(row.when, True):
        return False
    asked = {
        g.is_over: Clock.MEDIATE,
        g.within_window: Clock.CONFIRM,
        g.awaits_court: Clock.COURT_ACCEPT,
        g.court_reviews: Clock.COURT_REVIEW,
    }
    return all(clock in walk.running for guard, clock in asked.items() if guard in row.needs)


def all_walks() -> Iterator[tuple[Walk, Turn, Walk]]:
    """Every reachable standing with every row that applies there: the whole space, not samples."""
    todo, seen = [Walk(Status.CLUE)], set()
    while todo:
        walk = todo.pop()
        if walk in seen:
            continue
        seen.add(walk)
        for row in TURNS:
            if applies(walk, row):
                after = walk.step(row)
                yield walk, row, after
                todo.append(after)


WALKS = list(all_walks())


def test_the_codes_are_those_of_the_field() -> None:
    codes = "M00 M10 M15 M20 M30 M40 M41 M45 M46 M47 M48 M50 M60 M65 M70 M80 M90"
    assert {status.value for status in Status} == set(codes.split())


def test_every_status_is_reached_from_a_clue() -> None:
    assert {after.status for _, _, after in WALKS} | {Status.CLUE} == set(Status)


def test_every_row_is_walked_and_every_action_has_a_row() -> None:
    assert {row for _, row, _ in WALKS} == set(TURNS)
    assert {row.action for row in TURNS} == set(Action)


def test_every_status_but_the_archive_leads_to_the_archive() -> None:
    leads = defaultdict(set)
    for row in TURNS:
        leads[row.target].add(row.source)
    home, todo = {Status.ARCHIVED}, [Status.ARCHIVED]
    while todo:
        for source in leads[todo.pop()] - home:
            home.add(source)
            todo.append(source)
    assert home == set(Status)
    assert not [row for row in TURNS if row.source is Status.ARCHIVED]


def test_a_status_alone_tells_which_clocks_may_run() -> None:
    for before, row, after in WALKS:
        named = CLOCKS_OF.get(after.status, frozenset())
        extra = after.running - named - {Clock.REPORT}
        assert not extra, f"{before.status.name} --{row.action}--> {after.status.name} leaves {extra} running"
        missing = named - after.running - MAY_BE_OVER
        assert not missing, f"{before.status.name} --{row.action}--> {after.status.name} misses {missing}"
        if (always := ALWAYS.get(after.status)) is not None:
            assert always in after.running, f"{before.status.name} --{row.action}--> {after.status.name}"


def test_no_clock_that_runs_is_started_again_unless_the_row_ends_it_first() -> None:
    for before, row, _ in WALKS:
        assert before.running & set(row.starts) <= {*row.stops, *row.cancels}, f"{before.status.name} --{row.action}"


def test_nothing_runs_when_nobody_owes_anything() -> None:
    for before, row, after in WALKS:
        if after.status in (Status.FAILED, Status.GUIDED, Status.FOLLOWED_UP, Status.ARCHIVED):
            assert not after.running, f"{before.status.name} --{row.action}--> {after.status.name}: {after.running}"


def test_in_confirmation_the_court_owes_one_thing() -> None:
    court = {Clock.COURT_ACCEPT, Clock.COURT_REVIEW}
    for _, _, after in WALKS:
        if after.status is Status.CONFIRMATION:
            assert len(after.running & court) == 1


TYPED = (
    ({g.refuses}, {g.completes_will}, {g.others_to_ask}),
    ({g.last_signature}, {g.more_signatures}),
    ({g.grades_red}, {g.grades_other}),
)
"""Questions about what is typed, by action: of each one set holds."""


def test_in_every_standing_an_action_has_exactly_one_row() -> None:
    about_typing = set().union(*(answer for answers in TYPED for answer in answers))
    for walk in {walk for walk, _, _ in WALKS}:
        known = {row.action for row in TURNS if row.source is walk.status}
        for answers in product(*TYPED):
            said = set().union(*answers)
            rows: dict[Action, list[Turn]] = defaultdict(list)
            for row in TURNS:
                chosen = row.when in said if row.when in about_typing else applies(walk, replace(row, needs=()))
                if row.source is walk.status and chosen:
                    rows[row.action].append(row)
            assert set(rows) == known, walk
            assert all(len(found) == 1 for found in rows.values()), walk


@pytest.mark.parametrize("action", [Action.HOLD_SESSION, Action.EXTEND, Action.AGREE])
def test_only_the_mediator_who_has_it_mediates_and_not_after_its_time(action: Action) -> None:
    for row in TURNS:
        if row.action is action:
            assert {g.is_the_mediator, g.not_over} <= set(row.needs)
            assert row.by == (Role.MEDIATOR,)


def test_one_refusal_ends_it() -> None:
    [row] = [row for row in TURNS if row.when is g.refuses]
    assert (row.source, row.target) == (Status.WILLINGNESS, Status.FAILED)


def test_nobody_mediates_before_all_are_willing() -> None:
    for _, _, after in WALKS:
        if after.status in (Status.ACCEPTED, Status.MEDIATING, Status.EXTENDED, Status.AGREED, Status.PERFORMING):
            assert after.willing


def test_an_agreement_binds_before_anything_is_asked_of_a_court() -> None:
    for _, _, after in WALKS:
        if after.status in (Status.PERFORMING, Status.CONFIRMATION, Status.PERFORMED):
            assert after.in_force


def test_a_danger_may_be_told_from_every_open_status() -> None:
    told = {row.source for row in TURNS if row.action is Action.WARN}
    assert set(OPEN) - told == {Status.WARNED}


def test_a_red_grade_asks_for_the_police_until_they_know_or_it_ends() -> None:
    for _, _, after in WALKS:
        if Clock.REPORT in after.running:
            assert after.red
            assert after.status in OPEN


def test_neither_an_admin_nor_a_citizen_moves_a_dispute() -> None:
    for row in TURNS:
        assert not set(row.by) & ADMIN_ROLES
        assert not set(row.by) & OUTSIDE_ROLES or row.action is Action.EXPIRE


def test_the_proof_sees_a_forgotten_clock() -> None:
    """The proof must fail when its rule is removed."""
    [row] = [row for row in TURNS if row.when is g.refuses]
    forgetful = replace(row, stops=())
    before = Walk(Status.WILLINGNESS, frozenset({Clock.ACCEPT}))
    assert Clock.ACCEPT in before.step(forgetful).running
