"""Who gets a case 派单: the dispatch catalogue (派单目录) asked in order, with the trace of why (domain.md §1.8, §4.5).

`route` answers which department, at which level, by which rule; pick_unit.py then which unit of that department.
Neither loses a case: what nothing takes comes back with a reason and stands at the top of the queue.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from casework.rules.dispatch_rule import Days, DispatchRule
from casework.rules.rule_book import RuleBook
from casework.rules.spans import day_of_year, minute_of_day
from casework.rules.trace import Step, Why
from casework.rules.words import Kind, Urgency

SHANGHAI = ZoneInfo("Asia/Shanghai")
TRACE_LENGTH = 12
"""Skipped rules that a trace names; the others are counted in one step."""

_ASKED: Mapping[Why, tuple[str, Callable[[DispatchRule], str]]] = {
    Why.NOT_YET: ("day", lambda rule: str(rule.valid_from)),
    Why.EXPIRED: ("day", lambda rule: str(rule.valid_to)),
    Why.OTHER_AREA: ("area", lambda rule: rule.area),
    Why.OTHER_KIND: ("kind", lambda rule: str(rule.kind)),
    Why.OTHER_URGENCY: ("urgency", lambda rule: str(rule.urgency)),
    Why.OTHER_PLACE: ("place", lambda rule: str(rule.place_type)),
    Why.OTHER_OWNER: ("owner", lambda rule: str(rule.owner)),
    Why.OTHER_HOURS: ("hours", lambda rule: str(rule.hours)),
    Why.OTHER_SEASON: ("season", lambda rule: str(rule.season)),
    Why.OTHER_DAYS: ("days", lambda rule: str(rule.days)),
    Why.NO_KEYWORD: ("keywords", lambda rule: "、".join(rule.keywords)),
}
"""What a rule asks for that the case is not, by the name of the fact in its sentence."""


@dataclass(frozen=True, slots=True)
class RoutingFacts:
    """What is known of a case when it is routed. `at` is an instant with its zone; `zone` is the functional zone
    (功能区) that the area belongs to, if any: a rule for the zone takes its member communities too. `workday` is of
    the day in Asia/Shanghai; what is not known fits no rule that asks for it."""

    category: str | None
    area: str | None
    kind: Kind | None
    urgency: Urgency
    text: str
    at: datetime
    place_type: str | None = None
    zone: str | None = None
    owner: str | None = None
    workday: bool | None = None


@dataclass(frozen=True, slots=True)
class Routed:
    """The rule that took the case; `trace` ends with MATCHED."""

    rule: DispatchRule
    trace: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Unrouted:
    """No rule took the case 未能分派: `reason` is NO_CATEGORY, NO_AREA or NO_RULE; a dispatcher decides."""

    reason: Why
    trace: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class _Moment:
    """When it is, in Asia/Shanghai, as the rules ask."""

    day: date
    minute: int
    of_year: int
    days: Days | None


def route(facts: RoutingFacts, book: RuleBook) -> Routed | Unrouted:
    """The first rule that fits, and why those asked before it for the same category did not."""
    if not facts.category:
        return Unrouted(Why.NO_CATEGORY, (Step(Why.NO_CATEGORY),))
    if not facts.area:
        return Unrouted(Why.NO_AREA, (Step(Why.NO_AREA),))
    moment = _moment(facts)
    asked = book.asked_for(facts.category)
    fits = next((n for n, rule in enumerate(asked) if _why_not(rule, facts, moment) is None), len(asked))
    skipped = _told([rule for rule in asked[:fits] if rule.category], facts, moment)
    if fits < len(asked):
        return Routed(asked[fits], (*skipped, _matched(asked[fits])))
    return Unrouted(Why.NO_RULE, (*skipped, Step(Why.NO_RULE, {"category": facts.category, "area": facts.area})))


def _moment(facts: RoutingFacts) -> _Moment:
    local = facts.at.astimezone(SHANGHAI)
    days = None if facts.workday is None else Days.WORKDAY if facts.workday else Days.RESTDAY
    return _Moment(local.date(), minute_of_day(local), day_of_year(local.month, local.day), days)


def _why_not(rule: DispatchRule, facts: RoutingFacts, moment: _Moment) -> Why | None:
    """Why the rule does not fit these facts; None when it does. Asked of thousands of rules, so it makes nothing."""
    if rule.valid_from and moment.day < rule.valid_from:
        return Why.NOT_YET
    if rule.valid_to and moment.day > rule.valid_to:
        return Why.EXPIRED
    if rule.area and not _in_area(rule.area, facts):
        return Why.OTHER_AREA
    if rule.kind and rule.kind != facts.kind:
        return Why.OTHER_KIND
    if rule.urgency and rule.urgency != facts.urgency:
        return Why.OTHER_URGENCY
    if rule.place_type and rule.place_type != facts.place_type:
        return Why.OTHER_PLACE
    if rule.owner and rule.owner != facts.owner:
        return Why.OTHER_OWNER
    if rule.hours and not rule.hours.holds(moment.minute):
        return Why.OTHER_HOURS
    if rule.season and not rule.season.holds(moment.of_year):
        return Why.OTHER_SEASON
    if rule.days and rule.days is not moment.days:
        return Why.OTHER_DAYS
    if rule.keywords and not any(word in facts.text for word in rule.keywords):
        return Why.NO_KEYWORD
    return None


def _in_area(prefix: str, facts: RoutingFacts) -> bool:
    return (facts.area or "").startswith(prefix) or (facts.zone or "").startswith(prefix)


def _told(skipped: list[DispatchRule], facts: RoutingFacts, moment: _Moment) -> tuple[Step, ...]:
    """The last skipped rules stand nearest to the answer: those are named, the others counted."""
    steps = []
    if len(skipped) > TRACE_LENGTH:
        steps.append(Step(Why.MORE, {"count": str(len(skipped) - TRACE_LENGTH)}))
    for rule in skipped[-TRACE_LENGTH:]:
        why = _why_not(rule, facts, moment)
        if why is not None:
            name, asked = _ASKED[why]
            steps.append(Step(why, {"rule": rule.id, name: asked(rule)}))
    return tuple(steps)


def _matched(rule: DispatchRule) -> Step:
    facts = {"rule": rule.id, "department": rule.department, "level": rule.level.value, "basis": rule.legal_basis}
    return Step(Why.MATCHED, facts)
