"""Sichuan's areas: complete, named, and every code has its place (domain.md §3.2, words.md §5)."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from casework.catalog.areas import Area, AreaLevel, AreaTree, ZoneArea, short_name, significant
from casework.catalog.load import Catalog
from casework.catalog.sources import SHIPPED

SOURCE = Path(__file__).parents[3] / "shared" / "data" / "areas"
SHUIJINGFANG = "510104017001"


def lines() -> list[dict[str, str]]:
    with (SHIPPED / "areas.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_all_of_sichuan_is_there(catalog: Catalog) -> None:
    assert Counter(line["level"] for line in lines()) == {
        "PROVINCE": 1,
        "CITY": 21,
        "COUNTY": 183,
        "STREET": 3_111,
        "COMMUNITY": 34_412,
    }
    assert len(catalog.areas) == 37_728


def test_every_line_agrees_with_its_source() -> None:
    if not SOURCE.is_dir():
        pytest.skip("../shared/data/areas is not here: the source lists cannot be compared")
    source = {}
    for path in SOURCE.glob("*.csv"):
        with path.open(encoding="utf-8-sig") as file:
            source |= {line["code"]: line["name"] for line in csv.DictReader(file)}
    assert {line["code"]: line["name"] for line in lines()} == {"51": "四川省"} | source


def test_an_area_knows_its_name_level_and_parent(catalog: Catalog) -> None:
    assert catalog.areas.get("510104") == Area("510104", "锦江区", AreaLevel.COUNTY, "5101")
    assert catalog.areas.get("51") == Area("51", "四川省", AreaLevel.PROVINCE, "")
    assert catalog.areas.get("510104000000") == catalog.areas.get("510104")
    assert catalog.areas.get("5101Z2") == Area("5101Z2", "四川天府新区", AreaLevel.ZONE, "5101")
    assert catalog.areas.get("519999") is None
    assert catalog.areas.get("") is None


@pytest.mark.parametrize(
    ("code", "path"),
    [
        (SHUIJINGFANG, "四川省成都市锦江区锦官驿街道水井坊社区"),
        (SHUIJINGFANG + "001", "四川省成都市锦江区锦官驿街道水井坊社区"),  # a grid: its community
        ("510104017", "四川省成都市锦江区锦官驿街道"),
        ("5101", "四川省成都市"),
        ("51", "四川省"),
        ("510104017999", "四川省成都市锦江区锦官驿街道"),  # an unknown community: as far as it is known
        ("5101Z1", "四川省成都市成都高新区"),
        ("110101", ""),
        ("", ""),
    ],
)
def test_a_code_reads_as_a_full_name(catalog: Catalog, code: str, path: str) -> None:
    assert catalog.areas.name_path(code) == path


@pytest.mark.parametrize(
    ("code", "nearest"),
    [
        (SHUIJINGFANG, SHUIJINGFANG),
        (SHUIJINGFANG + "001", SHUIJINGFANG),
        ("510104017999", "510104017"),  # a community that was merged away -> its street
        ("510104999001", "510104"),  # a street that was renumbered -> its county
        ("510199", "5101"),
        ("519999999999", "51"),
        ("5101Z1001", "5101Z1"),
        ("5101Z9", "5101"),
        ("110101001001", None),
        ("", None),
        ("x", None),
    ],
)
def test_an_unknown_code_belongs_to_its_nearest_known_ancestor(
    catalog: Catalog, code: str, nearest: str | None
) -> None:
    found = catalog.areas.longest_known(code)
    assert (found.code if found else None) == nearest


@pytest.mark.parametrize(
    ("code", "valid"),
    [
        ("51", True),
        ("510104", True),
        (SHUIJINGFANG, True),
        (SHUIJINGFANG + "001", True),  # a grid
        (SHUIJINGFANG + "ZS01", True),  # a grid with its kind in the suffix
        (SHUIJINGFANG + "-1", False),
        (SHUIJINGFANG + "123456789", False),
        ("510104017999001", False),  # a grid of no community
        ("5101Z1", True),
        ("5101Z9", False),
        ("5101040", False),
        ("", False),
    ],
)
def test_a_code_is_valid_when_it_is_known_or_a_grid_of_a_known_community(
    catalog: Catalog, code: str, valid: bool
) -> None:
    assert catalog.areas.valid(code) is valid


def test_children_are_the_areas_directly_below(catalog: Catalog) -> None:
    areas = catalog.areas
    assert [area.code for area in areas.children("")] == ["51"]
    assert len(areas.children("51")) == 21
    assert len(areas.children("510104")) == 11
    assert areas.children("510104017")[0] == Area(SHUIJINGFANG, "水井坊社区居委会", AreaLevel.COMMUNITY, "510104017")
    assert areas.children(SHUIJINGFANG) == ()
    assert [area.name for area in areas.children("5101Z1")][:2] == ["芳草街街道", "肖家河街道"]


@pytest.mark.parametrize(
    ("code", "zone"),
    [
        ("510107061", "5101Z1"),  # a member street
        ("510107061001", "5101Z1"),  # its community
        ("510107061001001", "5101Z1"),  # a grid of it
        ("5101Z1", "5101Z1"),
        ("510116018", "5101Z2"),
        ("510107001", None),  # another street of the same county
        ("510107", None),  # the county is no member
        ("", None),
    ],
)
def test_a_member_belongs_to_its_functional_zone(catalog: Catalog, code: str, zone: str | None) -> None:
    assert catalog.areas.zone_of(code) == zone


@pytest.mark.parametrize(
    ("code", "short"),
    [
        ("510000000000", "51"),
        ("510100000000", "5101"),
        ("510104000000", "510104"),
        ("510104017000", "510104017"),
        ("510104017001", "510104017001"),
        ("510104000", "510104000"),  # only twelve digits are filled up
    ],
)
def test_zeros_that_fill_a_code_up_are_no_part_of_it(code: str, short: str) -> None:
    assert significant(code) == short


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("水井坊社区居委会", "水井坊社区"),
        ("八宝街社区居民委员会", "八宝街社区"),
        ("同福村村民委员会", "同福村"),
        ("跳蹬村委会", "跳蹬村"),
        ("大梁村村委会", "大梁村"),
        ("丹桂居民委员会", "丹桂居民委员会"),  # without its committee nobody would know it
    ],
)
def test_a_community_goes_by_its_place_not_its_committee(name: str, short: str) -> None:
    assert short_name(name) == short


def test_a_single_community_may_be_a_member_without_its_street() -> None:
    names = {"5101": "成都市", "510104": "锦江区", "510104017": "锦官驿街道", SHUIJINGFANG: "水井坊社区居委会"}
    areas = AreaTree(names, {"5101Z3": ZoneArea("5101Z3", "某功能区", (SHUIJINGFANG,))})
    assert areas.zone_of(SHUIJINGFANG + "001") == "5101Z3"
    assert areas.zone_of("510104017") is None
