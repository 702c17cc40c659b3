"""The table proves itself: all paths are walked, every status can be reached and left, every choice is unambiguous,
and a status alone tells which clocks run."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from casework.rules import guards as g
from casework.rules import rectify_guards as rg
from casework.rules import verify_guards as vg
from casework.rules import whistle_guards as wg
from casework.rules.transitions import ALL_CLOCKS, CLOCKS_OF, ENDED, OPEN, OVERLAYS, TRANSITIONS, Transition
from casework.rules.words import ADMIN_ROLES, UNIT_ROLES, Action, ClockName, Role, Status

OPPOSITES = {
    g.is_reached: g.is_not_reached,
    g.is_solved: g.is_unsolved,
    g.in_rework: g.in_first_handling,
    g.is_complex: g.is_not_complex,
    g.is_signed: g.is_not_signed,
    g.lead_is_clear: g.lead_is_reported,
    g.is_suggestion: g.is_no_suggestion,
    g.is_contact_backdated: g.is_other_backdated,
}
MAY_HAVE_STOPPED = {ClockName.CONTACT, ClockName.FEEDBACK, ClockName.INNER}
"""Clocks that run in a status only until what they wait for was done."""

HELD = {
    Status.RESULT_REVIEW: {ClockName.FINISH, ClockName.REWORK, ClockName.LEVEL},
    Status.RETURN_REVIEW: {ClockName.SIGN, ClockName.CONTACT, ClockName.FEEDBACK},
}
"""Clocks whose time is set while a verdict is awaited: on a result, on a return."""

BESIDE = {ClockName.RECTIFY}
"""What a bad grade set going runs, and awaits its verdict, beside the case, also when that has ended (0029)."""


@dataclass(frozen=True)
class Walk:
    """Where a walk through the table stands: status, running, filed and paused clocks, a rework or not, and whether
    its lead has signed."""

    status: Status
    running: frozenset[ClockName] = frozenset()
    filed: frozenset[ClockName] = frozenset()
    paused: frozenset[ClockName] = frozenset()
    rework: bool = False
    signed: bool = False

    def step(self, row: Transition) -> "Walk":
        ended = {*row.stops, *row.cancels}
        running, filed, paused = self.running - ended, self.filed - ended, self.paused - ended
        back = (filed | paused) & set(row.resumes)
        filed, paused = filed | (running & set(row.files)), paused | (running & set(row.pauses))
        once = {ClockName.RECTIFY} & (running | filed)  # one bad grade at a time is put right
        running = (running - set(row.files) - set(row.pauses)) | back | (set(row.starts) - once)
        rework = self.rework or row.action in (Action.REWORK, Action.REOPEN)
        signed = row.target is not Status.DISPATCHED and (self.signed or row.action in SIGNS)
        return Walk(row.target, running, filed - back, paused - back, rework, signed)


SIGNS = {Action.SIGN, Action.REJECT_RETURN, Action.DESIGNATE, Action.OPEN_MATTER}


def applies(walk: Walk, row: Transition) -> bool:
    if row.source is not walk.status:
        return False
    if row.when in (g.in_rework, g.in_first_handling):
        return (row.when is g.in_rework) == walk.rework
    if row.when in (g.is_signed, g.is_not_signed):
        return (row.when is g.is_signed) == walk.signed
    if g.is_listed in row.needs and walk.rework:
        return False
    if {g.is_checker, vg.is_verifier} & set(row.needs) and ClockName.INNER not in walk.running:
        return False
    if g.is_supervised in row.needs and ClockName.SUPERVISE not in walk.running:
        return False
    if g.helps in row.needs and ClockName.INNER not in walk.running:
        return False
    if g.is_graded in row.needs and ClockName.LEVEL not in walk.running:
        return False
    if rg.to_rectify in row.needs and ClockName.RECTIFY not in walk.running:
        return False
    if rg.rectification_answered in row.needs and ClockName.RECTIFY not in walk.filed:
        return False
    if rg.nothing_left_to_rectify in row.needs and ClockName.RECTIFY in walk.running | walk.filed:
        return False
    if wg.not_reported in row.needs and ClockName.REPORT_IN not in walk.running:
        return False
    asks_for_contact = {g.contact_made, g.may_suspend, g.suspension_pending, g.may_list, g.ledger_pending}
    return not (asks_for_contact & set(row.needs) and ClockName.CONTACT in walk.running)


def all_walks() -> Iterator[tuple[Walk, Transition, Walk]]:
    """Every reachable standing, with every row that applies there: the whole space, not samples."""
    todo, seen = [Walk(Status.DRAFT)], set()
    while todo:
        walk = todo.pop()
        if walk in seen:
            continue
        seen.add(walk)
        for row in TRANSITIONS:
            if applies(walk, row):
                after = walk.step(row)
                yield walk, row, after
                todo.append(after)


WALKS = list(all_walks())


def clocks_of(status: Status, rework: bool) -> frozenset[ClockName]:
    """words.md §2; after a rework REWORK stands in RESULT_REVIEW where FINISH is named (docs/decisions/0008)."""
    named = CLOCKS_OF.get(status, frozenset())
    if status is Status.RESULT_REVIEW and rework:
        return named - {ClockName.FINISH} | {ClockName.REWORK}
    return named


def test_a_status_alone_tells_which_clocks_run() -> None:
    for before, row, after in WALKS:
        alive = after.running | after.filed
        named = clocks_of(after.status, after.rework)
        extra = (after.running - named - OVERLAYS) | (after.filed - named - BESIDE - HELD.get(after.status, set()))
        assert not extra, f"{before.status} --{row.action}--> {after.status} leaves {extra} running"
        missing = named - alive - MAY_HAVE_STOPPED - ({ClockName.SIGN} if after.signed else set())
        assert not missing, f"{before.status} --{row.action}--> {after.status} misses {missing}"


def test_nothing_runs_in_an_ended_case() -> None:
    for _, _, after in WALKS:
        if after.status in ENDED:
            assert not (after.running | after.filed | after.paused) - BESIDE


def test_a_clock_is_held_only_while_a_verdict_is_awaited() -> None:
    for before, row, after in WALKS:
        assert after.filed - BESIDE <= HELD.get(after.status, set()), (
            f"{before.status} --{row.action}--> {after.status}"
        )
        assert bool(after.filed) or after.status is not Status.RESULT_REVIEW


def test_what_a_bad_grade_set_going_can_be_ended_wherever_it_is_and_never_reaches_the_archive() -> None:
    may = {(row.source, row.action) for row in TRANSITIONS}
    for before, row, after in WALKS:
        if BESIDE & after.running:
            assert (after.status, Action.ANSWER_RECTIFICATION) in may, f"{before.status} --{row.action}"
        if BESIDE & after.filed:
            rulings = (Action.ACCEPT_RECTIFICATION, Action.SEND_BACK_RECTIFICATION)
            assert all((after.status, ruling) in may for ruling in rulings), f"{before.status} --{row.action}"
        if after.status in ENDED - {Status.CLOSED}:
            assert not BESIDE & (after.running | after.filed), f"{before.status} --{row.action}"


def test_only_a_suspension_pauses_and_it_pauses_all_that_runs() -> None:
    for before, row, after in WALKS:
        assert bool(after.paused) == (after.status is Status.SUSPENDED), f"{before.status} --{row.action}"
        if after.status is Status.SUSPENDED:
            assert after.running <= OVERLAYS
        if row.action is Action.RESUME:
            assert before.paused <= after.running


def test_every_status_of_the_table_is_reached_from_a_draft() -> None:
    reached = {after.status for _, _, after in WALKS} | {Status.DRAFT}
    named = {row.source for row in TRANSITIONS} | {row.target for row in TRANSITIONS}
    assert named == reached
    assert set(Status) == named


def test_every_row_is_walked() -> None:
    assert {row for _, row, _ in WALKS} == set(TRANSITIONS)


def test_every_status_but_the_archive_can_be_left_and_leads_to_the_archive() -> None:
    leads = defaultdict(set)
    for row in TRANSITIONS:
        leads[row.target].add(row.source)
    home, todo = {Status.ARCHIVED}, [Status.ARCHIVED]
    while todo:
        for source in leads[todo.pop()] - home:
            home.add(source)
            todo.append(source)
    assert home == {row.source for row in TRANSITIONS} | {Status.ARCHIVED}
    assert not [row for row in TRANSITIONS if row.source is Status.ARCHIVED]


def test_an_action_in_a_status_has_one_row_or_two_that_exclude_each_other() -> None:
    rows = defaultdict(list)
    for row in TRANSITIONS:
        rows[row.source, row.action].append(row)
    for (status, action), found in rows.items():
        if len(found) == 1:
            assert found[0].when is None, f"{status} {action}: a lone row asks nothing"
        else:
            assert len(found) == 2, f"{status} {action}"
            first, second = (row.when for row in found)
            assert OPPOSITES.get(first) is second or OPPOSITES.get(second) is first, f"{status} {action}"


def test_open_statuses_are_those_in_which_somebody_owes_something() -> None:
    assert {status for status in Status if status in CLOCKS_OF} | {Status.SUSPENDED} == OPEN
    assert not OPEN & ENDED
    assert OPEN | ENDED | {Status.DRAFT} == set(Status)


def test_an_admin_role_moves_no_case() -> None:
    assert not [row for row in TRANSITIONS if set(row.by) & ADMIN_ROLES]


def test_whoever_ends_a_case_leaves_nothing_of_it_running() -> None:
    for row in TRANSITIONS:
        if row.action in (Action.VOID, Action.WITHDRAW):
            assert set(row.cancels) == set(ALL_CLOCKS)


def test_the_emergency_hand_over_needs_nothing() -> None:
    rows = [row for row in TRANSITIONS if row.action is Action.TRANSFER]
    assert {row.source for row in rows} >= {Status.DRAFT, Status.REVIEW, Status.NEED_INFO, Status.CALLED}
    assert not [row for row in rows if row.needs]


def test_voiding_takes_two_persons_in_every_status() -> None:
    proposable = {row.source for row in TRANSITIONS if row.action is Action.PROPOSE_VOID}
    for row in TRANSITIONS:
        if row.action is Action.VOID:
            assert g.second_person in row.needs
            assert row.source in proposable


@pytest.mark.parametrize("action", [Action.SIGN, Action.FEEDBACK, Action.FILE_RESULT])
def test_only_the_unit_that_has_the_case_handles_it(action: Action) -> None:
    for row in TRANSITIONS:
        if row.action is action:
            assert g.is_assigned_unit in row.needs
            assert set(row.by) == {Role.UNIT, Role.UNIT_LEAD, Role.STREET, Role.COMMUNITY}


def test_the_first_contact_is_the_units_and_of_a_report_also_the_centres() -> None:
    for row in TRANSITIONS:
        if row.action is Action.CONTACT:
            assert row.needs[0] is g.may_contact
            assert set(row.by) - UNIT_ROLES == {Role.AGENT, Role.DISPATCHER, Role.FOLLOW_UP}


def test_the_proof_sees_a_forgotten_clock() -> None:
    """The proof must fail when its rule is removed."""
    [row] = [row for row in TRANSITIONS if row.action is Action.DISPATCH]
    forgetful = replace(row, stops=())
    before = Walk(Status.REVIEW, frozenset({ClockName.DISPATCH, ClockName.FINISH}))
    assert ClockName.DISPATCH in before.step(forgetful).running - clocks_of(Status.DISPATCHED, False)
