"""The questions about verifying 核实: a public report is looked at on the spot by a grid worker before it is filed and
dispatched (domain.md §3.6). Each answers None (yes) or a reason code, as in guards.py."""

from casework.rules import asks
from casework.rules.facts import Facts
from casework.rules.words import Role, Urgency

_UNIT_PEOPLE = frozenset({Role.COMMUNITY, Role.STREET})
_WAITS = frozenset({Urgency.N, Urgency.C})


def not_verifying(f: Facts) -> str | None:
    """One at a time."""
    return "VERIFY_OPEN" if f.case.verify is not None else None


def may_be_sent(f: Facts) -> str | None:
    """The matter is admitted to that grid (准入), and somebody is there to look."""
    return f.verify_fault


def is_verifier(f: Facts) -> str | None:
    """By the one it was given to; where that one has left, by the community's or the street's people."""
    task = f.case.verify
    if task is None:
        return "NO_VERIFY"
    if task.account is not None:
        return None if task.account == f.actor.account_id else "NOT_YOUR_VERIFY"
    return None if f.actor.roles & _UNIT_PEOPLE and task.unit in f.actor.units else "NOT_YOUR_VERIFY"


def tells_finding(f: Facts) -> str | None:
    """核实: whether it is so, and what was seen."""
    ask = f.ask
    if not isinstance(ask, asks.AnswerVerify) or ask.found is None:
        return "FINDING_MISSING"
    return None if ask.note else "NOTE_MISSING"


def verify_answered(f: Facts) -> str | None:
    """An ordinary matter is not dispatched while its verifying may still be answered in time; danger never waits."""
    task = f.case.verify
    waits = task is not None and f.case.urgency in _WAITS and f.now <= task.due
    return "VERIFY_PENDING" if waits else None


ABOUT_THE_CASE = frozenset({not_verifying, is_verifier, verify_answered})
"""Guards that look at the case and the actor only."""
