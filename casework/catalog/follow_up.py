"""How a city follows up (data/follow_up.toml), read and checked."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from casework.catalog.entries import Entry, Name
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.rules.limits import Limit

_GROUPS = ("plan", "question")
_DEFAULT = "default"


class PlanEntry(Entry):
    """How often a person is called, and how long after the SMS the calls begin; and the source."""

    attempts: Annotated[int, Field(ge=1, le=10)]
    phone_after: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}(m|h|d|wm|wd)$")]
    source: Name


class Question(Entry):
    """One question of the script 话术."""

    zh: Name
    en: Name


@dataclass(frozen=True)
class FollowUpRules:
    """The rules. `script`: the questions in the order they are asked."""

    attempts: int
    phone_after: Limit
    script: tuple[Question, ...]


def read_follow_up(file: Toml, faults: Faults) -> FollowUpRules:
    """Nothing may be missing; a table of another name is a fault."""
    for group in file.tables:
        if group not in _GROUPS:
            faults.add("extra", file.name, file.line(group), group)
    plan = file.entries("plan", PlanEntry, faults).get(_DEFAULT)
    if plan is None:
        faults.add("missing", file.name, file.line("plan"), f"plan.{_DEFAULT}")
        plan = PlanEntry(attempts=3, phone_after="1wd", source="-")
    questions = file.entries("question", Question, faults)
    if not questions:
        faults.add("missing", file.name, file.line("question"), "question.1")
    script = tuple(questions[key] for key in sorted(questions, key=lambda key: (len(key), key)))
    return FollowUpRules(plan.attempts, Limit.parse(plan.phone_after), script)
