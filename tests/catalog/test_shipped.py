"""The shipped catalogue does what it promises: 24 / 199 categories, and every one of them finds somebody."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.catalog.entries import Category
from casework.catalog.load import Catalog, load
from casework.catalog.sources import FILES, SHIPPED
from casework.rules.limits import Limit, Statute
from casework.rules.routing import Routed, RoutingFacts, route
from casework.rules.words import Kind, Level, Urgency

Changed = Callable[[str, str, str], Path]

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
AREA = "510104017001"


def leaves(catalog: Catalog) -> list[Category]:
    return [category for category in catalog.categories.values() if category.parent]


def test_there_are_24_first_level_and_199_second_level_categories(catalog: Catalog) -> None:
    assert Counter(len(code) for code in catalog.categories) == {2: 24, 4: 199}


def test_each_first_level_has_as_many_as_the_tree_says(catalog: Catalog) -> None:
    below = Counter(category.parent for category in leaves(catalog))
    sizes = [13, 10, 10, 12, 6, 8, 10, 11, 9, 9, 10, 9, 8, 9, 10, 6, 8, 7, 6, 7, 6, 6, 4, 5]
    assert [below[f"{n:02}"] for n in range(1, 25)] == sizes


def test_every_second_level_category_is_routed_whatever_its_kind(catalog: Catalog) -> None:
    for category in leaves(catalog):
        for kind in (None, *Kind):
            found = route(RoutingFacts(category.code, AREA, kind, category.urgency, "", NOW), catalog.rule_book)
            assert isinstance(found, Routed), category.code
            if kind == Kind.PRAISE:
                assert found.rule.department == "RX"
            else:
                assert (found.rule.department, found.rule.level) == (category.lead[0], category.level)


@pytest.mark.parametrize(
    ("category", "facts", "department"),
    [
        ("0203", {}, "CG"),  # a manhole cover: city management guards it first
        ("0203", {"text": "污水井盖没了"}, "SW"),
        ("0203", {"text": "井盖移动了位置"}, "CG"),  # 移动 is no company here
        ("0209", {"text": "高压线掉下来了"}, "GD"),
        ("0209", {"text": "光纤垂到地上"}, "TX"),
        ("0306", {}, "RQ"),
        ("0411", {"text": "楼下养鸡打鸣"}, "CG"),
        ("0411", {"text": "邻居的狗半夜叫"}, "GA"),
        ("0603", {"text": "隔壁KTV太吵"}, "GA"),
        ("0603", {"text": "工厂夜里轰鸣"}, "STHJ"),
        ("0602", {"place_type": "SITE"}, "ZJ"),
        ("0905", {"text": "有人违规放鞭炮"}, "GA"),
        ("0905", {"text": "仓库存放危化品"}, "YJ"),
        ("2002", {"text": "丈夫殴打妻子"}, "GA"),
        ("2002", {"text": "夫妻吵架"}, "SQ"),
        ("0101", {"kind": Kind.PRAISE}, "RX"),
    ],
)
def test_words_places_and_kinds_send_a_case_where_it_belongs(
    catalog: Catalog, category: str, facts: dict[str, object], department: str
) -> None:
    asked = {"kind": Kind.HELP, "text": "", "place_type": None} | facts
    found = route(RoutingFacts(category=category, area=AREA, urgency=Urgency.N, at=NOW, **asked), catalog.rule_book)
    assert isinstance(found, Routed)
    assert found.rule.department == department


@pytest.mark.parametrize(
    ("code", "name", "level", "urgency"),
    [
        ("0101", "违法建设（私搭乱建）", Level.STREET, Urgency.N),
        ("0106", "老旧小区改造与加装电梯", Level.COUNTY, Urgency.C),
        ("0202", "路面塌陷", Level.COUNTY, Urgency.E0),
        ("0301", "停水与水压", Level.COUNTY, Urgency.E1),
        ("0113", "住房公积金", Level.CITY, Urgency.N),
        ("2001", "邻里纠纷", Level.COMMUNITY, Urgency.N),
    ],
)
def test_a_category_has_its_level_and_urgency(
    catalog: Catalog, code: str, name: str, level: Level, urgency: Urgency
) -> None:
    category = catalog.categories[code]
    assert (category.name, category.level, category.urgency) == (name, level, urgency)


def test_what_the_tree_marks_is_marked(catalog: Catalog) -> None:
    def marked(mark: str) -> dict[str, object]:
        return {category.code: getattr(category, mark) for category in leaves(catalog) if getattr(category, mark)}

    assert list(marked("confidential")) == ["0808", "0904", "1804", "1902"]
    assert list(marked("minor")) == ["1202", "1203", "1505", "2105"]
    assert list(marked("restricted")) == ["2007", "2104"]
    assert list(marked("guide")) == ["1009", "1804", "1805", "2006"]
    assert marked("emergency_line") == {
        "0306": ("119", "GAS"),
        "0807": ("110",),
        "0809": ("110", "96110"),
        "0909": ("96333",),
        "1110": ("120",),
        "2104": ("110",),
    }


@pytest.mark.parametrize(
    ("code", "kind", "limit"),
    [
        ("1001", Kind.COMPLAINT, "60wd"),  # wage arrears: the labour inspection's own limit
        ("1001", Kind.REPORT, "60wd"),
        ("1001", Kind.CONSULT, None),  # a question about wages is a question
        ("1001", None, None),
        ("1303", Kind.COMPLAINT, "45wd"),  # a prepaid card: consumer mediation
        ("1303", Kind.REPORT, None),
        ("0101", Kind.COMPLAINT, None),
    ],
)
def test_a_statute_s_limit_holds_for_its_kinds_only(
    catalog: Catalog, code: str, kind: Kind | None, limit: str | None
) -> None:
    category = catalog.categories[code]
    expected = Statute(Limit.parse(limit), category.legal_basis) if limit else None
    assert category.statute(kind) == expected


def test_the_ten_guidance_reasons_and_the_lines_are_there(catalog: Catalog) -> None:
    reasons = catalog.reasons
    assert reasons.guidance_codes == {f"NA{n:02}" for n in range(1, 11)}
    assert {"POLICY_EXPLAINED", "UNREASONABLE", "UNREACHED"} <= reasons.closure_codes
    assert reasons.closure["UNREASONABLE"].second_person
    assert {"110", "119", "120", "122", "POWER", "WATER", "GAS", "HEAT"} <= set(reasons.emergency)
    assert reasons.void
    assert reasons.withdrawal


OWN_RULE = "800,CITY-OWN,0101,5101,,,,,CG,COUNTY,,,2026-01-01,,\n"


def test_the_version_names_the_content(catalog: Catalog, city: Changed) -> None:
    declared, _, digest = catalog.version.partition("+")
    assert declared
    assert len(digest) == 12
    assert load().version == catalog.version
    own = load(city("dispatch.csv", "", OWN_RULE)).version
    assert own.startswith(f"{declared}+")
    assert own != catalog.version


def test_a_city_s_own_file_stands_in_for_the_shipped_one(catalog: Catalog, city: Changed) -> None:
    own = load(city("dispatch.csv", "", OWN_RULE))
    facts = RoutingFacts("0101", AREA, Kind.HELP, Urgency.N, "", NOW)
    assert route(facts, own.rule_book).rule.id == "CITY-OWN"
    assert route(facts, catalog.rule_book).rule.id == "BASE-0101"
    assert own.categories == catalog.categories


def test_a_file_saved_by_a_spreadsheet_reads_the_same(catalog: Catalog, tmp_path: Path) -> None:
    text = (SHIPPED / "departments.csv").read_text(encoding="utf-8")
    (tmp_path / "departments.csv").write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load(tmp_path).departments == catalog.departments


def test_a_city_may_replace_every_file_that_ships_but_the_loaders_own_sentences() -> None:
    there = {path.name for path in SHIPPED.iterdir() if path.is_file()}
    assert there - {"problems.toml", "timing_problems.toml"} == set(FILES)
