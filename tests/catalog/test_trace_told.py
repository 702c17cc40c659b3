"""The trace of a dispatch in sentences: every step has one in both languages, with names in place of codes."""

from datetime import UTC, date, datetime

from casework.catalog.load import Catalog
from casework.rules.dispatch_rule import Days, DispatchRule
from casework.rules.pick_unit import UnitBook, UnitPlace, pick_for, pick_unit
from casework.rules.routing import TRACE_LENGTH, RoutingFacts, route
from casework.rules.rule_book import RuleBook
from casework.rules.spans import Span
from casework.rules.trace import Step, Why
from casework.rules.words import Kind, Level, Urgency

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
AREA = "510104017001"


def told(catalog: Catalog, steps: tuple[Step, ...], language: str = "zh-CN") -> list[str]:
    return catalog.teller.tell([(step.code, step.params) for step in steps], language, {"510104-GA": "锦江区公安局"})


def test_the_shipped_rules_read_as_sentences(catalog: Catalog) -> None:
    facts = RoutingFacts("0603", AREA, Kind.COMPLAINT, Urgency.N, "楼上装修", NOW)
    found = route(facts, catalog.rule_book)
    picked = pick_unit("GA", Level.COUNTY, AREA, UnitBook([UnitPlace("510104-GA", "GA", "510104")]))
    assert told(catalog, (*found.trace, *picked.trace)) == [
        "规则 NEIGHBOUR-0603 相符：归口公安局，首办层级为县区。",
        "依据：噪声污染防治法第七十条。",
        "承办单位：锦江区公安局（四川省成都市锦江区）。",
    ]
    assert told(catalog, found.trace, "en") == [
        "Rule NEIGHBOUR-0603 fits: a matter of 公安局, first handled at level COUNTY.",
        "Basis: 噪声污染防治法第七十条.",
    ]


def every_step() -> tuple[Step, ...]:
    """Steps of every code, as routing itself makes them."""

    def rule(id: str, priority: int, **asks: object) -> DispatchRule:
        return DispatchRule(id, priority, "CG", Level.STREET, **({"category": "0203"} | asks))

    misses = [
        rule("KIND", 1, kind=Kind.REPORT),
        rule("URGENCY", 2, urgency=Urgency.E0),
        rule("PLACE", 3, place_type="ESTATE"),
        rule("AREA", 4, area="510105"),
        rule("SOON", 5, valid_from=date(2027, 1, 1)),
        rule("PAST", 6, valid_to=date(2025, 12, 31)),
        rule("OWNER", 7, owner="POWER"),
        rule("NIGHT", 8, hours=Span.hours("22:00-06:00")),
        rule("WINTER", 9, season=Span.season("11-15/03-15")),
        rule("WEEKEND", 10, days=Days.RESTDAY),
        *(rule(f"WORD{n}", n, keywords=("污水",)) for n in range(11, 11 + TRACE_LENGTH - 10)),
    ]
    facts = RoutingFacts("0203", AREA, Kind.HELP, Urgency.N, "", NOW, workday=True)
    few = route(facts, RuleBook([*misses, rule("LAST", 900)])).trace
    many = route(facts, RuleBook([*misses, rule("WORD", 0, keywords=("雨水",))])).trace
    nowhere = (
        *route(RoutingFacts(None, AREA, None, Urgency.N, "", NOW), RuleBook([])).trace,
        *route(RoutingFacts("0203", None, None, Urgency.N, "", NOW), RuleBook([])).trace,
    )
    found = pick_unit("CG", Level.STREET, AREA, UnitBook([UnitPlace("510104-CG", "CG", "510104")])).trace
    missed = pick_unit("CG", Level.STREET, "510104", UnitBook([])).trace
    offices = UnitBook([UnitPlace("510104-GA", "GA", "510104")])
    named = (pick_for(rule("NAMED", 1, unit=unit), AREA, offices).trace for unit in ("510104-GA", "GONE"))
    return (*few, *many, *nowhere, *found, *missed, *(step for steps in named for step in steps))


def test_every_step_that_routing_takes_has_a_whole_sentence(catalog: Catalog) -> None:
    steps = every_step()
    assert {step.code for step in steps} == set(Why)
    for language in ("zh-CN", "en"):
        for sentence in told(catalog, steps, language):
            assert not {"{", "}"} & set(sentence)
            assert sentence not in set(Why)


def test_names_stand_in_place_of_codes(catalog: Catalog) -> None:
    said = told(catalog, every_step())
    assert "规则 KIND 只适用于举报。" in said
    assert "规则 URGENCY 只适用于特急诉求。" in said
    assert "规则 PLACE 只适用于地点类型“住宅小区”。" in said
    assert "规则 OWNER 只适用于权属为“电力”的设施。" in said
    assert "规则 NIGHT 只适用于每天 22:00-06:00。" in said
    assert "规则 WEEKEND 只适用于非工作日。" in said
    assert "规则 NAMED 指定承办单位：锦江区公安局。" in said
    assert "规则 AREA 只适用于四川省成都市青羊区。" in said


def test_a_trace_outlives_the_names_it_was_written_with(catalog: Catalog) -> None:
    old = Step(Why.MATCHED, {"rule": "R", "department": "GONE", "level": "VILLAGE", "basis": ""})
    assert told(catalog, (old,)) == ["规则 R 相符：归口GONE，首办层级为VILLAGE。"]
    assert catalog.teller.tell([("LONG_GONE", {})], "en") == ["LONG_GONE"]
