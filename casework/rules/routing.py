"""Who gets a case 派单: the dispatch catalogue (派单目录) asked in order, with the trace of why (domain.md §1.8, §4.5).

`route` answers which department, at which level, by which rule; pick_unit.py then which unit of that department.
Neither loses a case: what nothing takes comes back with a reason and stands at the top of the queue.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from casework.rules.trace import Step, Why
from casework.rules.words import Kind, Level, Urgency

SHANGHAI = ZoneInfo("Asia/Shanghai")
TRACE_LENGTH = 12
"""Skipped rules that a trace names; the others are counted in one step."""


@dataclass(frozen=True, slots=True)
class DispatchRule:
    """One line of the dispatch catalogue. Smaller `priority` is asked first, equal ones in the catalogue's order.

    Category and area are prefixes, "" means any; so do a missing kind, urgency, place type and no keywords. Of
    `keywords` one must stand in the text. `valid_from` and `valid_to` are days in Asia/Shanghai, both inclusive.
    """

    id: str
    priority: int
    department: str
    level: Level
    category: str = ""
    area: str = ""
    kind: Kind | None = None
    urgency: Urgency | None = None
    keywords: tuple[str, ...] = ()
    place_type: str | None = None
    co_departments: tuple[str, ...] = ()
    legal_basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, other: "DispatchRule") -> bool:
        """Whether this rule takes every case that `other` would take: then `other`, asked later, is unreachable."""
        return (
            other.category.startswith(self.category)
            and other.area.startswith(self.area)
            and self.kind in (None, other.kind)
            and self.urgency in (None, other.urgency)
            and self.place_type in (None, other.place_type)
            and self._covers_keywords(other.keywords)
            and (self.valid_from or date.min) <= (other.valid_from or date.min)
            and (self.valid_to or date.max) >= (other.valid_to or date.max)
        )

    def _covers_keywords(self, others: tuple[str, ...]) -> bool:
        """A text with 井盖破损 also holds 井盖: the shorter word covers the longer one."""
        if not self.keywords:
            return True
        return bool(others) and all(any(mine in word for mine in self.keywords) for word in others)


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What is known of a case when it is routed. `at` is an instant with its zone; `zone` is the functional zone
    (功能区) that the area belongs to, if any: a rule for the zone takes its member communities too."""

    category: str | None
    area: str | None
    kind: Kind | None
    urgency: Urgency
    text: str
    at: datetime
    place_type: str | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Routed:
    """The rule that took the case; `trace` ends with MATCHED."""

    rule_id: str
    department: str
    level: Level
    co_departments: tuple[str, ...]
    legal_basis: str
    trace: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Unrouted:
    """No rule took the case 未能分派: `reason` is NO_CATEGORY, NO_AREA or NO_RULE; a dispatcher decides."""

    reason: Why
    trace: tuple[Step, ...]


class RuleBook:
    """The rules in the order they are asked, indexed by category prefix; built once, asked thousands of times."""

    def __init__(self, rules: Iterable[DispatchRule]) -> None:
        self.rules = tuple(sorted(rules, key=lambda rule: rule.priority))
        prefixes = {rule.category for rule in self.rules} | {""}
        self._by_category = {
            prefix: tuple(rule for rule in self.rules if prefix.startswith(rule.category)) for prefix in prefixes
        }

    def asked_for(self, category: str) -> tuple[DispatchRule, ...]:
        """The rules whose category is a prefix of this one, in the order they are asked."""
        while category not in self._by_category:
            category = category[:-1]
        return self._by_category[category]

    def unreachable(self) -> list[tuple[DispatchRule, DispatchRule]]:
        """Pairs (rule, the earlier rule that takes all its cases)."""
        pairs = []
        for rule in self.rules:
            for earlier in self.asked_for(rule.category):
                if earlier is rule:
                    break
                if earlier.covers(rule):
                    pairs.append((rule, earlier))
                    break
        return pairs


def route(facts: RoutingFacts, book: RuleBook) -> Routed | Unrouted:
    """The first rule that fits, and why those asked before it for the same category did not."""
    if not facts.category:
        return Unrouted(Why.NO_CATEGORY, (Step(Why.NO_CATEGORY),))
    if not facts.area:
        return Unrouted(Why.NO_AREA, (Step(Why.NO_AREA),))
    day = facts.at.astimezone(SHANGHAI).date()
    skipped: list[Step] = []
    for rule in book.asked_for(facts.category):
        why_not = _why_not(rule, facts, day)
        if why_not is None:
            trace = (*_capped(skipped), _matched(rule))
            return Routed(rule.id, rule.department, rule.level, rule.co_departments, rule.legal_basis, trace)
        if rule.category:
            skipped.append(why_not)
    trace = (*_capped(skipped), Step(Why.NO_RULE, {"category": facts.category, "area": facts.area}))
    return Unrouted(Why.NO_RULE, trace)


def _why_not(rule: DispatchRule, facts: RoutingFacts, day: date) -> Step | None:
    """Why the rule does not fit these facts; None when it does."""
    if rule.valid_from and day < rule.valid_from:
        return Step(Why.NOT_YET, {"rule": rule.id, "day": rule.valid_from.isoformat()})
    if rule.valid_to and day > rule.valid_to:
        return Step(Why.EXPIRED, {"rule": rule.id, "day": rule.valid_to.isoformat()})
    if not _in_area(rule.area, facts):
        return Step(Why.OTHER_AREA, {"rule": rule.id, "area": rule.area})
    if rule.kind and rule.kind != facts.kind:
        return Step(Why.OTHER_KIND, {"rule": rule.id, "kind": rule.kind.value})
    if rule.urgency and rule.urgency != facts.urgency:
        return Step(Why.OTHER_URGENCY, {"rule": rule.id, "urgency": rule.urgency.value})
    if rule.place_type and rule.place_type != facts.place_type:
        return Step(Why.OTHER_PLACE, {"rule": rule.id, "place": rule.place_type})
    if rule.keywords and not any(word in facts.text for word in rule.keywords):
        return Step(Why.NO_KEYWORD, {"rule": rule.id, "keywords": "、".join(rule.keywords)})
    return None


def _in_area(prefix: str, facts: RoutingFacts) -> bool:
    return (facts.area or "").startswith(prefix) or (facts.zone or "").startswith(prefix)


def _matched(rule: DispatchRule) -> Step:
    facts = {"rule": rule.id, "department": rule.department, "level": rule.level.value, "basis": rule.legal_basis}
    return Step(Why.MATCHED, facts)


def _capped(steps: list[Step]) -> list[Step]:
    """The last skipped rules stand nearest to the answer: those are named, the others counted."""
    if len(steps) <= TRACE_LENGTH:
        return steps
    more = Step(Why.MORE, {"count": str(len(steps) - TRACE_LENGTH)})
    return [more, *steps[-TRACE_LENGTH:]]
