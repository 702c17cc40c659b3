"""Indicators 指标: what months of cities are told as to the province, and how they add up (domain.md §6, plan R17).

An indicator is a code with a numerator and a denominator; areas, months and cities add up as Σ over Σ, never as a mean.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from casework.rules.rates import FIGURES, Rate, View
from casework.rules.rollups import SUMMED_VIEWS
from casework.rules.tallies import Tally
from casework.rules.words import Exclusion

Pairs = Mapping[str, tuple[int, int]]
"""Numerator and denominator by code."""
Sums = Mapping[str, Pairs]
"""Pairs by area: counties of six digits, or one city of four."""

HEADLINE = View.A.value
MONTHS = 12
MOST = 2**53
"""Numbers that JSON and spreadsheets still hold exactly."""


def excluded_code(reason: Exclusion) -> str:
    """剔除占比: cases left out for a reason over those and the headline's."""
    return f"OUT_{reason.value}"


VIEW_CODES = tuple(view.value for view in SUMMED_VIEWS)
EXCLUDED_CODES = {excluded_code(reason): reason for reason in Exclusion}
CODES = (*VIEW_CODES, *(figure.code for figure in FIGURES), *EXCLUDED_CODES)


def pairs_of(views: Mapping[View, Tally], rates: Mapping[str, Rate]) -> dict[str, tuple[int, int]]:
    """What is told of an area: each view, each figure, each reason of exclusion. 0 of 0 is left out; what only a sample
    was asked is told with its weights, so that it adds up with other areas."""
    found = {view.value: tally.rate for view, tally in views.items()}
    found |= rates
    headline = views.get(View.A, Tally())
    for reason, cases in headline.excluded.items():
        found[excluded_code(reason)] = Rate(cases, headline.cases + cases)
    return {code: found[code].weighted for code in CODES if _counts(found.get(code))}


def _counts(rate: Rate | None) -> bool:
    return rate is not None and rate.weighted[1] > 0


def added(many: Iterable[Pairs]) -> dict[str, tuple[int, int]]:
    """Σ over Σ, code by code. An excluded reason's denominator is the headline's with it, also of those that have none
    of the reason, so that shares of the same whole can be compared."""
    told = list(many)
    sums: dict[str, tuple[int, int]] = {}
    for pairs in told:
        for code, (above, below) in pairs.items():
            before = sums.get(code, (0, 0))
            sums[code] = before[0] + above, before[1] + below
    whole = sums.get(HEADLINE, (0, 0))[1]
    return {code: (n, n + whole if code in EXCLUDED_CODES else d) for code, (n, d) in sums.items()}


def missing_months(year: int, present: Iterable[date]) -> list[date]:
    """The months of the year that are not there, by their first days."""
    there = set(present)
    return [month for n in range(MONTHS) if (month := date(year, n + 1, 1)) not in there]


def fault_of(code: str, numerator: int, denominator: int) -> str | None:
    """What is wrong with a pair, as a code; None: nothing."""
    if code not in CODES:
        return "unknown_code"
    if not 0 <= numerator <= MOST or not 0 <= denominator <= MOST:
        return "not_a_count"
    return "above_one" if numerator > denominator else None
