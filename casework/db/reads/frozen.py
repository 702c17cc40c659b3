"""What a frozen month's figures say, added up over counties: one function for whoever shows them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from casework.rules.rates import FIGURES, Rate, View
from casework.rules.tallies import Tally
from casework.rules.words import Exclusion


@dataclass(frozen=True, slots=True)
class Kept:
    """The views' sums, and the rates by code."""

    views: Mapping[View, Tally]
    rates: Mapping[str, Rate]


def kept_of(areas: Iterable[Mapping[str, Any]]) -> Kept:
    """Σ over the counties of one or more frozen months (models.Freeze.figures' values)."""
    views: dict[View, Tally] = {}
    amounts: dict[str, int] = {}
    for kept in areas:
        for code, by_reason in kept["views"].items():
            views[View(code)] = views.get(View(code), Tally()) + _tally(by_reason)
        for name, amount in kept["figures"].items():
            amounts[name] = amounts.get(name, 0) + amount
    return Kept(views, {one.code: one.rate(amounts) for one in FIGURES})


def _tally(by_reason: Mapping[str, Mapping[str, int]]) -> Tally:
    sums = by_reason.get("", {})
    return Tally(
        cases=sums.get("cases", 0),
        kept=sums.get("kept", 0),
        done=sums.get("done", 0),
        on_time=sums.get("on_time", 0),
        first_on_time=sums.get("first_on_time", 0),
        not_yet_due=sums.get("not_yet_due", 0),
        excluded={Exclusion(reason): one["cases"] for reason, one in by_reason.items() if reason},
        from_grid=sum(one.get("from_grid", 0) for one in by_reason.values()),
    )
