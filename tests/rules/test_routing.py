"""The dispatch catalogue as a table of sentences: what comes in, which rule takes it, and what the trace says."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from casework.rules.routing import TRACE_LENGTH, DispatchRule, Routed, RoutingFacts, RuleBook, Unrouted, route
from casework.rules.trace import Step, Why
from casework.rules.words import Kind, Level, Urgency

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
COVER = RoutingFacts("0203", "510104017001", Kind.HELP, Urgency.E1, "路边井盖不见了", NOON)


def rule(id: str, department: str, priority: int = 500, level: Level = Level.COUNTY, **asks: object) -> DispatchRule:
    return DispatchRule(id=id, priority=priority, department=department, level=level, **asks)


BOOK = RuleBook(
    [
        rule("BASE-0203", "CG", 900, category="0203", co_departments=("SW",)),
        rule("PRAISE", "RX", 100, kind=Kind.PRAISE),
        rule("SEWER", "SW", category="0203", keywords=("污水", "雨水"), legal_basis="排水条例"),
        rule("ESTATE", "ZJ", 510, Level.STREET, category="0203", place_type="ESTATE"),
        rule("FALLEN-IN", "YJ", 300, category="0203", urgency=Urgency.E0),
        rule("JIN-PILOT", "GGZ", 400, category="0203", area="510104018", valid_to=date(2026, 6, 30)),
        rule("ZONE", "CG2", 400, category="02", area="5101Z1"),
        rule("NEW-LAW", "NEW", 450, category="0203", valid_from=date(2027, 1, 1)),
        rule("CITY-0205", "SW", 900, category="0205", area="5101"),
    ]
)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({}, "BASE-0203"),  # nothing special -> the default of its category
        ({"text": "污水井盖坏了"}, "SEWER"),  # the text names sewage -> water
        ({"text": "雨水口堵了"}, "SEWER"),  # either keyword will do
        ({"place_type": "ESTATE"}, "ESTATE"),  # inside a housing estate -> housing, at the street
        ({"place_type": "ESTATE", "text": "小区污水井盖"}, "SEWER"),  # both fit -> the smaller priority
        ({"place_type": "ROAD"}, "BASE-0203"),  # another kind of place
        ({"urgency": Urgency.E0}, "FALLEN-IN"),  # somebody fell in -> emergency management
        ({"kind": Kind.PRAISE}, "PRAISE"),  # praise of any category -> the centre
        ({"kind": None}, "BASE-0203"),  # kind not known yet -> rules that ask no kind
        ({"area": "510104018002"}, "JIN-PILOT"),  # only in that street
        ({"area": "510104018002", "at": datetime(2026, 6, 30, 15, 59, tzinfo=UTC)}, "JIN-PILOT"),  # its last minute
        ({"area": "510104018002", "at": datetime(2026, 6, 30, 16, tzinfo=UTC)}, "BASE-0203"),  # 1 July in Shanghai
        ({"at": datetime(2026, 12, 31, 15, 59, tzinfo=UTC)}, "BASE-0203"),  # 23:59 of the day before it holds
        ({"at": datetime(2026, 12, 31, 16, tzinfo=UTC)}, "NEW-LAW"),  # 2027 has begun in Shanghai
        ({"area": "510107061001", "zone": "5101Z1"}, "ZONE"),  # a member community of the zone
        ({"area": "5101Z1"}, "ZONE"),  # known only as "somewhere in the zone"
        ({"area": "510107061001"}, "BASE-0203"),  # the same street, not in a zone
        ({"area": "5101"}, "BASE-0203"),  # only the prefecture known
        ({"category": "020399"}, "BASE-0203"),  # a third level follows its parent
        ({"category": "0205"}, "CITY-0205"),  # a rule for the prefecture takes its counties
    ],
)
def test_the_first_rule_that_fits_takes_the_case(case: dict[str, object], expected: str) -> None:
    found = route(replace(COVER, **case), BOOK)
    assert isinstance(found, Routed)
    assert found.rule_id == expected


def test_the_answer_carries_what_the_rule_says() -> None:
    found = route(replace(COVER, text="污水井盖坏了"), BOOK)
    assert found == Routed("SEWER", "SW", Level.COUNTY, (), "排水条例", found.trace)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({"category": None}, Why.NO_CATEGORY),
        ({"category": ""}, Why.NO_CATEGORY),
        ({"area": None}, Why.NO_AREA),
        ({"area": ""}, Why.NO_AREA),
        ({"category": None, "kind": Kind.PRAISE}, Why.NO_CATEGORY),  # not even praise without a category
        ({"category": "0999"}, Why.NO_RULE),
        ({"category": "0205", "area": "510302001001"}, Why.NO_RULE),  # another prefecture
        ({"category": "02"}, Why.NO_RULE),  # the rules ask for its second level
    ],
)
def test_what_no_rule_takes_comes_back_with_the_reason(case: dict[str, object], reason: Why) -> None:
    found = route(replace(COVER, **case), BOOK)
    assert isinstance(found, Unrouted)
    assert found.reason == reason
    assert found.trace[-1].code == reason


def test_the_trace_says_why_each_earlier_rule_of_the_category_did_not_fit() -> None:
    found = route(COVER, BOOK)
    assert [(step.code, step.params.get("rule")) for step in found.trace] == [
        (Why.OTHER_URGENCY, "FALLEN-IN"),
        (Why.OTHER_AREA, "JIN-PILOT"),
        (Why.OTHER_AREA, "ZONE"),
        (Why.NOT_YET, "NEW-LAW"),
        (Why.NO_KEYWORD, "SEWER"),
        (Why.OTHER_PLACE, "ESTATE"),
        (Why.MATCHED, "BASE-0203"),
    ]
    assert found.trace[4] == Step(Why.NO_KEYWORD, {"rule": "SEWER", "keywords": "污水、雨水"})


def test_a_rule_past_its_day_says_so() -> None:
    found = route(replace(COVER, area="510104018002", at=datetime(2026, 7, 1, 4, tzinfo=UTC)), BOOK)
    assert Step(Why.EXPIRED, {"rule": "JIN-PILOT", "day": "2026-06-30"}) in found.trace


def test_a_rule_for_another_kind_says_so() -> None:
    book = RuleBook([rule("REPORTS", "ZHZF", category="0203", kind=Kind.REPORT), *BOOK.rules])
    assert Step(Why.OTHER_KIND, {"rule": "REPORTS", "kind": "REPORT"}) in route(COVER, book).trace


def test_a_rule_of_no_category_is_no_part_of_the_trace_unless_it_takes_the_case() -> None:
    assert "PRAISE" not in [step.params.get("rule") for step in route(COVER, BOOK).trace]
    assert route(replace(COVER, kind=Kind.PRAISE), BOOK).trace[-1].params["rule"] == "PRAISE"


def test_a_long_trace_names_the_last_rules_and_counts_the_others() -> None:
    misses = [rule(f"K{n:02}", "SW", n, category="0203", keywords=(f"词{n}",)) for n in range(TRACE_LENGTH + 8)]
    found = route(COVER, RuleBook([*misses, rule("LAST", "CG", 900, category="0203")]))
    assert len(found.trace) == TRACE_LENGTH + 2
    assert found.trace[0] == Step(Why.MORE, {"count": "8"})
    assert found.trace[-2].params["rule"] == "K19"


def test_rules_of_one_priority_are_asked_in_the_catalogue_s_order() -> None:
    first, second = rule("A", "CG", category="0203"), rule("B", "SW", category="02")
    assert route(COVER, RuleBook([first, second])).rule_id == "A"
    assert route(COVER, RuleBook([second, first])).rule_id == "B"


@pytest.mark.parametrize(
    ("earlier", "later", "reachable"),
    [
        ({}, {"category": "0203"}, False),  # a rule for everything leaves nothing
        ({"category": "02"}, {"category": "0203"}, False),  # the wider category first
        ({"category": "0203"}, {"category": "02"}, True),  # the narrower first
        ({"category": "0203"}, {"category": "0205"}, True),  # side by side
        ({"area": "5101"}, {"area": "510104"}, False),  # the wider area first
        ({"area": "510104"}, {"area": "5101"}, True),
        ({"area": "510104"}, {}, True),
        ({"area": "5101"}, {"area": "5101Z1"}, False),  # the zone lies in its prefecture
        ({"kind": Kind.HELP}, {"kind": Kind.HELP}, False),
        ({"kind": Kind.HELP}, {"kind": Kind.COMPLAINT}, True),
        ({"kind": Kind.HELP}, {}, True),
        ({}, {"kind": Kind.HELP}, False),
        ({"urgency": Urgency.E0}, {}, True),
        ({"urgency": Urgency.E0}, {"urgency": Urgency.E0}, False),
        ({"place_type": "ESTATE"}, {"place_type": "ROAD"}, True),
        ({}, {"place_type": "ROAD"}, False),
        ({"keywords": ("井盖",)}, {}, True),
        ({"keywords": ("井盖",)}, {"keywords": ("井盖丢失",)}, False),  # who says 井盖丢失 says 井盖
        ({"keywords": ("井盖",)}, {"keywords": ("井盖丢失", "路面")}, True),  # 路面 still reaches it
        ({"keywords": ("井盖丢失",)}, {"keywords": ("井盖",)}, True),
        ({"keywords": ("路面", "井盖")}, {"keywords": ("井盖",)}, False),
        ({"valid_to": date(2026, 6, 30)}, {}, True),  # from July it is reached
        ({"valid_from": date(2026, 7, 1)}, {}, True),
        ({}, {"valid_from": date(2026, 7, 1)}, False),
        ({"valid_to": date(2026, 6, 30)}, {"valid_to": date(2026, 6, 1)}, False),
    ],
)
def test_a_rule_that_an_earlier_one_always_precedes_is_out_of_reach(
    earlier: dict[str, object], later: dict[str, object], reachable: bool
) -> None:
    book = RuleBook([rule("LATER", "SW", 600, **later), rule("EARLIER", "CG", 500, **earlier)])
    found = [(late.id, early.id) for late, early in book.unreachable()]
    assert found == ([] if reachable else [("LATER", "EARLIER")])
