"""`bench rules`: how long the dispatch catalogue takes to name a unit, among 2,000 rules.

Two books: one as a province would have it (every county its own rules over the base), and the worst one, in which
every rule asks for the same category and only the last one fits. The trace and the unit are part of the answer.
"""

import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bench.machine import facts
from casework.catalog.load import Catalog, load
from casework.journey.suggest import suggest
from casework.rules.dispatch_rule import Days, DispatchRule
from casework.rules.pick_unit import UnitBook, UnitPlace
from casework.rules.rule_book import RuleBook
from casework.rules.spans import Span
from casework.rules.words import Kind, Level, Urgency

RULES = 2_000
ASKED = 5_000
START = datetime(2026, 6, 1, tzinfo=UTC)
CATEGORY = "0203"
WORDS = ("井盖", "污水", "路灯", "噪声", "占道", "停车", "漏水", "异味", "垃圾", "裂缝")
TEXT = "小区门口的人行道上有一块地砖松动，下雨天踩上去溅一身泥水，老人经过差点摔倒，希望尽快派人来修。" * 3
CONDITIONS: Sequence[dict[str, object]] = (
    {"keywords": ("不会出现的词", "另一个词")},
    {"urgency": Urgency.E0},
    {"kind": Kind.PRAISE},
    {"place_type": "PARK"},
    {"owner": "GAS"},
    {"hours": Span.hours("22:00-23:00")},
    {"season": Span.season("12-01/12-02")},
    {"days": Days.RESTDAY, "keywords": ("不会出现的词",)},
    {"area": "510105"},
)


def province(catalog: Catalog) -> RuleBook:
    """The base, and rules of the counties, each with one condition or two."""
    chance = random.Random(5)
    counties = [area.code for city in catalog.areas.children("51") for area in catalog.areas.children(city.code)]
    categories = [code for code in catalog.categories if len(code) == 4]
    own = [
        DispatchRule(
            f"OWN-{n}",
            chance.randrange(100, 900),
            "CG",
            Level.COUNTY,
            category=chance.choice(categories),
            version=1,
            **{"area": chance.choice(counties), "keywords": (chance.choice(WORDS),), **chance.choice(CONDITIONS)},  # type: ignore[arg-type]
        )
        for n in range(RULES - len(catalog.dispatch_rules))
    ]
    return RuleBook([*own, *catalog.dispatch_rules])


def worst() -> RuleBook:
    """All ask for one category; the last one takes the case."""
    misses = [
        DispatchRule(f"MISS-{n}", n, "CG", Level.COUNTY, category=CATEGORY, **CONDITIONS[n % len(CONDITIONS)])  # type: ignore[arg-type]
        for n in range(RULES - 1)
    ]
    return RuleBook([*misses, DispatchRule("LAST", RULES, "CG", Level.COUNTY, category=CATEGORY)])


def times(catalog: Catalog, book: RuleBook, units: UnitBook, categories: Sequence[str]) -> list[float]:
    """Milliseconds of processor time of each suggestion: it waits for nothing, and others use the machine too."""
    taken = []
    for n in range(ASKED):
        began = time.thread_time()
        suggest(
            catalog,
            units,
            book,
            category=categories[n % len(categories)],
            area="510104017001",
            kind=Kind.HELP,
            urgency=Urgency.N,
            text=TEXT,
            at=START + timedelta(minutes=n),
        )
        taken.append((time.thread_time() - began) * 1000)
    return taken


def main() -> str:
    """Measure; the section for RESULTS.md."""
    catalog = load()
    units = UnitBook(UnitPlace(f"510104-{code}", code, "510104") for code in catalog.departments)
    categories = [code for code in catalog.categories if len(code) == 4]
    rows = []
    for name, book, asked in (
        ("a province's: base and counties' own", province(catalog), categories),
        ("the worst: one category, the last fits", worst(), [CATEGORY]),
    ):
        taken = times(catalog, book, units, asked)
        quantiles = statistics.quantiles(taken, n=100)
        rows.append(f"| {name} | {len(book.rules):,} | {quantiles[49]:.3f} | {quantiles[98]:.3f} |")
    return "\n".join(
        [
            f"{facts()}. One suggestion from category, area, text and time to the unit, with its trace; "
            f"{ASKED:,} of each, a text of {len(TEXT)} characters. `./gridcall bench rules`",
            "",
            "| book | rules | p50 processor ms (bound 1) | p99 |",
            "|---|---|---|---|",
            *rows,
        ]
    )
