"""账号管理 (words.md §5, GB/T 22239-2019 8.1.4.2): what an administrator may do to an account.

The system administrator makes accounts and hands out one-time passwords, the security administrator says what they may
do: neither can alone make an account that does anything. Nobody looks after the own account.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, UNIT_ROLES, Role, Term


class Care(Term):
    """An administrator's act on an account."""

    GRANT = "GRANT", "授权"
    CLOSE = "CLOSE", "停用"
    OPEN = "OPEN", "启用"
    RESET = "RESET", "重置口令"
    UNLOCK = "UNLOCK", "解锁"
    SIGN_OUT = "SIGN_OUT", "结束会话"


_BOTH = frozenset({Role.SYS_ADMIN, Role.SEC_ADMIN})
BY: Mapping[Care, frozenset[Role]] = MappingProxyType(
    {
        Care.GRANT: frozenset({Role.SEC_ADMIN}),
        Care.CLOSE: _BOTH,
        Care.OPEN: frozenset({Role.SEC_ADMIN}),
        Care.RESET: frozenset({Role.SYS_ADMIN}),
        Care.UNLOCK: frozenset({Role.SYS_ADMIN}),
        Care.SIGN_OUT: _BOTH,
    }
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the account stands. `sessions`: how many are open; `oneself`: it is the asker's own."""

    roles: frozenset[Role]
    active: bool
    locked: bool
    sessions: int
    oneself: bool


def refusal(care: Care, by: Collection[Role], account: Standing) -> str | None:
    """Why it may not be done, as a code; None: it may. What is done already is no refusal here."""
    if not BY[care] & set(by):
        return "account.not_your_role"
    if account.oneself:
        return "account.oneself"
    if care in (Care.OPEN, Care.RESET) and Role.GRID_WORKER in account.roles and not account.active:
        return "account.worker"  # 上岗、复岗 is the street's: rules/worker_life.py
    return "account.closed" if care is Care.RESET and not account.active else None


def allowed(by: Collection[Role], account: Standing) -> list[Care]:
    """What would change something and may be done: the buttons that there are."""
    does = {
        Care.GRANT: True,
        Care.CLOSE: account.active,
        Care.OPEN: not account.active,
        Care.RESET: account.active,
        Care.UNLOCK: account.locked,
        Care.SIGN_OUT: account.sessions > 0,
    }
    return [care for care in Care if does[care] and refusal(care, by, account) is None]


def closes(care: Care, account: Standing) -> bool:
    """双人: an administrator's account whose password one reset stays closed until the other opens it."""
    return care is Care.RESET and bool(account.roles & ADMIN_ROLES)


def rights_fault(before: Collection[Role], after: Collection[Role], *, has_unit: bool) -> tuple[str, str] | None:
    """The field and code of what one account may not hold together; None: it may. No role at all is in order."""
    roles = frozenset(after)
    if roles & OUTSIDE_ROLES:
        return "roles", "account.outside_role"
    if roles & ADMIN_ROLES and len(roles) > 1:
        return "roles", "account.admin_alone"
    if (Role.GRID_WORKER in roles) != (Role.GRID_WORKER in before):
        return "roles", "account.worker"
    if roles & (UNIT_ROLES | {Role.GRID_WORKER}) and not has_unit:
        return "unit", "account.unit_needed"
    return None
