"""Who should have it: the dispatch catalogue asked for one case, down to the unit, with the trace kept (派单建议)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.catalog.load import Catalog
from casework.rules.pick_unit import UnitBook, pick_unit
from casework.rules.routing import RoutingFacts, Unrouted, route
from casework.rules.trace import Step
from casework.rules.words import Kind, Urgency


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`unit`: the suggested unit's code, or None: unrouted. `trace`: rule and steps as JSON, for the screen."""

    unit: str | None
    trace: dict[str, Any]


def suggest(
    catalog: Catalog,
    units: UnitBook,
    *,
    category: str | None,
    area: str | None,
    kind: Kind | None,
    urgency: Urgency,
    text: str,
    at: datetime,
) -> Suggestion:
    """The first rule that fits and the unit it leads to."""
    zone = catalog.areas.zone_of(area) if area else None
    facts = RoutingFacts(category=category, area=area, kind=kind, urgency=urgency, text=text, at=at, zone=zone)
    found = route(facts, catalog.rule_book)
    if isinstance(found, Unrouted):
        return Suggestion(None, {"unrouted": found.reason.value, "steps": _steps(found.trace)})
    picked = pick_unit(found.department, found.level, area or "", units, zone)
    return Suggestion(
        picked.unit,
        {
            "rule": found.rule_id,
            "department": found.department,
            "co_departments": list(found.co_departments),
            "legal_basis": found.legal_basis,
            "steps": _steps((*found.trace, *picked.trace)),
        },
    )


def _steps(steps: tuple[Step, ...]) -> list[dict[str, Any]]:
    return [{"code": step.code.value, "params": dict(step.params)} for step in steps]
