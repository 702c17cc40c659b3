"""账号管理, as sentences: who may do what to which account, and what one account may not hold together."""

import pytest

from casework.rules.account_care import Care, Standing, allowed, closes, refusal, rights_fault
from casework.rules.words import Role

SYS, SEC, AUDIT = Role.SYS_ADMIN, Role.SEC_ADMIN, Role.AUDIT_ADMIN


def account(*roles: Role, active: bool = True, locked: bool = False, sessions: int = 0, own: bool = False) -> Standing:
    return Standing(frozenset(roles), active, locked, sessions, own)


AGENT = account(Role.AGENT)
CLOSED = account(Role.AGENT, active=False)
WORKER_OFF = account(Role.GRID_WORKER, active=False)


@pytest.mark.parametrize(
    ("by", "act", "of", "code"),
    [
        # the system administrator hands out passwords, and says nothing of what an account may do
        (SYS, Care.RESET, AGENT, None),
        (SYS, Care.UNLOCK, AGENT, None),
        (SYS, Care.GRANT, AGENT, "account.not_your_role"),
        # the security administrator says what an account may do, and has nobody's password
        (SEC, Care.GRANT, AGENT, None),
        (SEC, Care.RESET, AGENT, "account.not_your_role"),
        (SEC, Care.UNLOCK, AGENT, "account.not_your_role"),
        # either may end it at once; one only opens it again
        (SYS, Care.CLOSE, AGENT, None),
        (SEC, Care.CLOSE, AGENT, None),
        (SEC, Care.SIGN_OUT, AGENT, None),
        (SYS, Care.OPEN, CLOSED, "account.not_your_role"),
        (SEC, Care.OPEN, CLOSED, None),
        (SYS, Care.RESET, CLOSED, "account.closed"),
        # the auditor only reads
        *((AUDIT, act, AGENT, "account.not_your_role") for act in Care),
        # nobody looks after the own account
        (SEC, Care.GRANT, account(SEC, own=True), "account.oneself"),
        (SYS, Care.CLOSE, account(SYS, own=True), "account.oneself"),
        # a grid worker that is off duty is posted by the street
        (SEC, Care.OPEN, WORKER_OFF, "account.worker"),
        (SYS, Care.RESET, account(Role.GRID_WORKER), None),
    ],
)
def test_who_may_do_what(by: Role, act: Care, of: Standing, code: str | None) -> None:
    assert refusal(act, {by}, of) == code


def test_the_buttons_are_what_would_change_something() -> None:
    assert allowed({SYS}, AGENT) == [Care.CLOSE, Care.RESET]
    assert allowed({SYS}, account(Role.AGENT, locked=True, sessions=2)) == [
        Care.CLOSE,
        Care.RESET,
        Care.UNLOCK,
        Care.SIGN_OUT,
    ]
    assert allowed({SEC}, AGENT) == [Care.GRANT, Care.CLOSE]
    assert allowed({SEC}, CLOSED) == [Care.GRANT, Care.OPEN]
    assert allowed({AUDIT}, AGENT) == []


@pytest.mark.parametrize("role", [SYS, SEC, AUDIT])
def test_an_administrators_password_takes_two(role: Role) -> None:
    assert closes(Care.RESET, account(role))
    assert not closes(Care.UNLOCK, account(role))
    assert not closes(Care.RESET, AGENT)


@pytest.mark.parametrize(
    ("before", "after", "unit", "wrong"),
    [
        ([], [Role.AGENT, Role.DISPATCHER], False, None),
        ([Role.AGENT], [], False, None),
        ([], [SYS], False, None),
        ([], [SYS, SEC], False, ("roles", "account.admin_alone")),
        ([], [SEC, Role.AGENT], False, ("roles", "account.admin_alone")),
        ([], [Role.CITIZEN], False, ("roles", "account.outside_role")),
        ([], [Role.UNIT], False, ("unit", "account.unit_needed")),
        ([], [Role.UNIT], True, None),
        ([], [Role.GRID_WORKER], True, ("roles", "account.worker")),
        ([Role.GRID_WORKER], [Role.AGENT], True, ("roles", "account.worker")),
        ([Role.GRID_WORKER], [Role.GRID_WORKER, Role.COMMUNITY], True, None),
    ],
)
def test_what_one_account_may_not_hold_together(
    before: list[Role], after: list[Role], unit: bool, wrong: tuple[str, str] | None
) -> None:
    assert rights_fault(before, after, has_unit=unit) == wrong
