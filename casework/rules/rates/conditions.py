"""Conditions 条件 of the figures, as data: the same lines are asked of a case in Python and of all cases in SQL.

A fact is an attribute of rates.Standing in the figure's own view, or else of rates.CaseFacts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from casework.rules.rates.headline import CaseFacts, Standing


class How(Enum):
    """How a fact is asked. KNOWN: it is there at all. ONE_OF and NONE_OF name values; a missing fact is none of them.
    SOME: a number above 0; ZERO: 0."""

    YES = "yes"
    NO = "no"
    KNOWN = "known"
    MISSING = "missing"
    SOME = "some"
    ZERO = "zero"
    ONE_OF = "one of"
    NONE_OF = "none of"


@dataclass(frozen=True, slots=True)
class Condition:
    """One question to one fact. A missing fact is neither YES nor NO."""

    fact: str
    how: How
    values: frozenset[str] = frozenset()


STANDING_FACTS = frozenset({"exclusion", "responded", "done", "on_time", "first_on_time", "kept"})


def yes(fact: str) -> Condition:
    return Condition(fact, How.YES)


def no(fact: str) -> Condition:
    return Condition(fact, How.NO)


def known(fact: str) -> Condition:
    return Condition(fact, How.KNOWN)


def missing(fact: str) -> Condition:
    return Condition(fact, How.MISSING)


def some(fact: str) -> Condition:
    return Condition(fact, How.SOME)


def zero(fact: str) -> Condition:
    return Condition(fact, How.ZERO)


def one_of(fact: str, *values: str) -> Condition:
    return Condition(fact, How.ONE_OF, frozenset(map(str, values)))


def none_of(fact: str, *values: str) -> Condition:
    return Condition(fact, How.NONE_OF, frozenset(map(str, values)))


def holds(condition: Condition, case: CaseFacts, found: Standing) -> bool:
    """Whether the case, as it stands in the view, meets the condition."""
    return meets(condition, getattr(found if condition.fact in STANDING_FACTS else case, condition.fact))


_TESTS: Mapping[How, Callable[[Any, frozenset[str]], bool]] = {
    How.YES: lambda value, _: value is True,
    How.NO: lambda value, _: value is False,
    How.KNOWN: lambda value, _: value is not None,
    How.MISSING: lambda value, _: value is None,
    How.SOME: lambda value, _: bool(value > 0),
    How.ZERO: lambda value, _: bool(value == 0),
    How.ONE_OF: lambda value, values: value in values,
    How.NONE_OF: lambda value, values: value not in values,
}


def meets(condition: Condition, value: Any) -> bool:
    """Whether the fact has such a value."""
    return _TESTS[condition.how](value, condition.values)
