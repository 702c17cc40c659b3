"""Who should have it: the dispatch catalogue asked for one case, down to the unit, with the trace kept (派单建议)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.catalog.load import Catalog
from casework.rules.calendars import day_of
from casework.rules.limits import Limit, Statute
from casework.rules.pick_unit import UnitBook, pick_for
from casework.rules.routing import RoutingFacts, Unrouted, route
from casework.rules.rule_book import RuleBook
from casework.rules.trace import Step
from casework.rules.words import Kind, Urgency


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`unit`: the suggested unit's code, or None: unrouted. `trace`: rule and steps as JSON, for the screen."""

    unit: str | None
    trace: dict[str, Any]

    @property
    def limit(self) -> Statute | None:
        """The limit that the rule sets."""
        return ruled_limit(self.trace)


def ruled_limit(trace: Mapping[str, Any] | None) -> Statute | None:
    """The limit 时限 that the dispatch rule of a kept trace sets for FINISH, with the rule as its source; None where it
    sets none. A statute's own limit and danger (E0, E1) go before it (rules/limits.py)."""
    if not trace or not trace.get("limit"):
        return None
    source = " ".join(filter(None, ("派单目录", trace["rule"], trace.get("legal_basis"))))
    return Statute(Limit.parse(trace["limit"]), source)


def suggest(
    catalog: Catalog,
    units: UnitBook,
    book: RuleBook,
    *,
    category: str | None,
    area: str | None,
    kind: Kind | None,
    urgency: Urgency,
    text: str,
    at: datetime,
) -> Suggestion:
    """The first rule that fits and the unit it leads to. `at`: an instant with its zone."""
    facts = facts_of(catalog, book, category=category, area=area, kind=kind, urgency=urgency, text=text, at=at)
    found = route(facts, book)
    if isinstance(found, Unrouted):
        return Suggestion(None, {"unrouted": found.reason.value, "steps": _steps(found.trace)})
    rule, picked = found.rule, pick_for(found.rule, area or "", units, facts.zone)
    return Suggestion(
        picked.unit,
        {
            "rule": rule.id,
            "version": rule.version,
            "department": rule.department,
            "co_departments": list(rule.co_departments),
            "co_units": [code for code in rule.co_units if units.get(code)],
            "limit": rule.limit,
            "legal_basis": rule.legal_basis,
            "steps": _steps((*found.trace, *picked.trace)),
        },
    )


def facts_of(
    catalog: Catalog,
    book: RuleBook,
    *,
    category: str | None,
    area: str | None,
    kind: Kind | None,
    urgency: Urgency,
    text: str,
    at: datetime,
) -> RoutingFacts:
    """What routing is told. The text is searched for the kind of place and the owner only where a rule asks."""
    code = category or ""
    return RoutingFacts(
        category=category,
        area=area,
        kind=kind,
        urgency=urgency,
        text=text,
        at=at,
        zone=catalog.areas.zone_of(area) if area else None,
        place_type=catalog.place_words.only(text) if book.asks_place(code) else None,
        owner=catalog.owner_words.only(text) if book.asks_owner(code) else None,
        workday=catalog.calendars.for_area(area or "").is_workday(day_of(at)),
    )


def _steps(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    return [{"code": step.code.value, "params": dict(step.params)} for step in steps]
