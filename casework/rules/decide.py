"""decide(): may this person do this to this case now, and which row says so."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from casework.rules import guards, rectify_guards, verify_guards, whistle_guards
from casework.rules.facts import Facts
from casework.rules.transitions import TRANSITIONS, Transition
from casework.rules.words import Action, Role, Status


class Refused(Exception):
    """The rules said no. `code` names the sentence that the person will see; nothing was written."""

    def __init__(self, code: str, **params: str) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True)
class Decision:
    """The row that allows the move, and the role of the actor that it was allowed to."""

    row: Transition
    role: Role


@dataclass(frozen=True, slots=True)
class _Index:
    rows: dict[tuple[Status, Action], tuple[Transition, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, table: Iterable[Transition]) -> "_Index":
        rows: dict[tuple[Status, Action], tuple[Transition, ...]] = {}
        for row in table:
            key = (row.source, row.action)
            rows[key] = (*rows.get(key, ()), row)
        return cls(rows)


_TABLE = _Index.of(TRANSITIONS)
_ABOUT_THE_CASE = (
    guards.ABOUT_THE_CASE | whistle_guards.ABOUT_THE_CASE | verify_guards.ABOUT_THE_CASE | rectify_guards.ABOUT_THE_CASE
)


def decide(facts: Facts) -> Decision:
    """The row that applies to these facts.

    Raises Refused with CASE_CHANGED (the person saw another version), NOT_NOW (no row for this status),
    NOT_YOUR_ROLE, or the first guard's own code.
    """
    ask, case = facts.ask, facts.case
    if ask.version is not None and ask.version != case.version:
        raise Refused("CASE_CHANGED", status=case.status.value)
    rows = _TABLE.rows.get((case.status, ask.action), ())
    if not rows:
        raise Refused("NOT_NOW", action=ask.action.value, status=case.status.value)
    row = next(r for r in rows if r.when is None or r.when(facts))
    role = next((r for r in row.by if r in facts.actor.roles), None)
    if role is None:
        raise Refused("NOT_YOUR_ROLE", action=ask.action.value)
    for needs in (guards.acted_in_time, *row.needs):
        if (code := needs(facts)) is not None:
            raise Refused(code)
    return Decision(row, role)


def allowed_actions(facts: Facts) -> list[Action]:
    """The buttons to draw (可用操作): rows of this status for the actor's roles, whose guards about the case say yes.

    `facts.ask` is not looked at: guards about what is typed are left to the moment of asking.
    """
    found: list[Action] = []
    for (status, action), rows in _TABLE.rows.items():
        if status is facts.case.status and any(_offered(row, facts) for row in rows):
            found.append(action)
    return found


def _offered(row: Transition, facts: Facts) -> bool:
    if not facts.actor.roles & set(row.by):
        return False
    return all(needs(facts) is None for needs in row.needs if needs in _ABOUT_THE_CASE)
