"""The dispatch catalogue as a table of sentences: what comes in, which rule takes it, and what the trace says."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from casework.rules.dispatch_rule import Days, DispatchRule
from casework.rules.named_in import Lexicon
from casework.rules.routing import TRACE_LENGTH, Routed, RoutingFacts, Unrouted, route
from casework.rules.rule_book import RuleBook
from casework.rules.spans import Span
from casework.rules.trace import Step, Why
from casework.rules.words import Kind, Level, Urgency

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
NIGHT = datetime(2026, 6, 6, 14, 30, tzinfo=UTC)
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
        rule("POWER", "DL", 505, category="0203", owner="POWER"),
        rule("NIGHT", "ZB", 450, category="0203", hours=Span.hours("22:00-06:00"), days=Days.RESTDAY),
        rule("FLOOD", "FX", 440, category="0203", season=Span.season("11-15/12-15")),
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
        ({"owner": "POWER"}, "POWER"),  # whose cover it is
        ({"owner": "TELECOM"}, "BASE-0203"),  # another owner's
        ({"at": NIGHT, "workday": False}, "NIGHT"),  # half past ten at night, on a day of rest
        ({"at": NIGHT, "workday": True}, "BASE-0203"),  # the same on a working day
        ({"at": NIGHT}, "BASE-0203"),  # not known which: the rule waits for no guess
        ({"at": NIGHT.replace(hour=22), "workday": False}, "BASE-0203"),  # 06:00 in Shanghai: the span is over
        ({"at": NIGHT.replace(hour=21, minute=59), "workday": False}, "NIGHT"),  # its last minute, after midnight
        ({"at": datetime(2026, 11, 14, 16, tzinfo=UTC)}, "FLOOD"),  # 15 November has begun in Shanghai
        ({"at": datetime(2026, 12, 15, 16, tzinfo=UTC)}, "BASE-0203"),  # 16 December has begun
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
    assert found.rule.id == expected


def test_the_answer_carries_what_the_rule_says() -> None:
    found = route(replace(COVER, text="污水井盖坏了"), BOOK)
    assert (found.rule.outcome[:2], found.rule.legal_basis) == (("SW", Level.COUNTY), "排水条例")


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
        (Why.OTHER_SEASON, "FLOOD"),
        (Why.NOT_YET, "NEW-LAW"),
        (Why.OTHER_HOURS, "NIGHT"),
        (Why.NO_KEYWORD, "SEWER"),
        (Why.OTHER_OWNER, "POWER"),
        (Why.OTHER_PLACE, "ESTATE"),
        (Why.MATCHED, "BASE-0203"),
    ]
    assert found.trace[6] == Step(Why.NO_KEYWORD, {"rule": "SEWER", "keywords": "污水、雨水"})


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
    assert route(COVER, RuleBook([first, second])).rule.id == "A"
    assert route(COVER, RuleBook([second, first])).rule.id == "B"


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
        ({"owner": "GAS"}, {"owner": "GAS"}, False),
        ({"owner": "GAS"}, {}, True),
        ({"days": Days.WORKDAY}, {"days": Days.RESTDAY}, True),
        ({}, {"days": Days.RESTDAY}, False),
        ({"hours": Span.hours("20:00-08:00")}, {"hours": Span.hours("22:00-06:00")}, False),  # the night within it
        ({"hours": Span.hours("22:00-06:00")}, {"hours": Span.hours("20:00-08:00")}, True),
        ({"hours": Span.hours("08:00-18:00")}, {"hours": Span.hours("17:00-09:00")}, True),  # they meet, no more
        ({"hours": Span.hours("08:00-18:00")}, {}, True),
        ({"season": Span.season("11-01/03-31")}, {"season": Span.season("01-01/02-29")}, False),  # over new year
        ({"season": Span.season("05-01/09-30")}, {"season": Span.season("04-30/09-30")}, True),
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


def test_a_city_s_own_rule_is_asked_before_the_base_of_the_same_priority() -> None:
    base, own = rule("BASE", "CG", category="0203"), rule("OWN", "SW", category="0203", version=2)
    assert route(COVER, RuleBook([base, own])).rule.id == "OWN"


@pytest.mark.parametrize("text", ["", "22:00", "24:00-06:00", "08:00-08:00", "8:00-9:00", "08:00—18:00"])
def test_what_is_no_span_of_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text or "^$"):
        Span.hours(text)


@pytest.mark.parametrize("text", ["", "02-30/03-01", "13-01/03-01", "05-01", "5-1/9-30"])
def test_what_is_no_season_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Span.season(text)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("小区门口的电力井盖破了", "POWER"),  # one owner
        ("井盖破了", None),  # none
        ("电力井盖旁的燃气井盖破了", None),  # two: a person must say
        ("弱电井盖破了", "TELECOM"),  # the longer word is read, not 电
    ],
)
def test_a_text_names_an_owner_when_it_names_one_alone(text: str, named: str | None) -> None:
    assert Lexicon({"POWER": ("电力", "电"), "GAS": ("燃气",), "TELECOM": ("弱电",)}).only(text) == named
