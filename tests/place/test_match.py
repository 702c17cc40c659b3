"""Address → area: what is certain, what stays open, and never a guess (issue 5 §3). The examples are the project's own
sentences; the frozen list beside them measures (bench/place.py)."""

from itertools import permutations

import pytest

from casework.catalog.load import Catalog
from casework.place.alike import alike
from casework.place.gazetteer import Gazetteer
from casework.place.match import Match, match_place

# what is said -> what is certain
CERTAIN = [
    ("成都市锦江区锦官驿街道水井坊社区大慈寺路12号", "510104017001"),
    ("锦江锦官驿水井坊", "510104017001"),  # no suffix at all
    ("锦江区锦管驿街道水井坊社区", "510104017001"),  # 管 for 官
    ("锦将区锦官驿街道", "510104017"),  # 将 for 江
    ("双流区东声街道", "510116001"),  # 声 for 升: two characters, one of them wrong, but it sounds the same
    ("水井坊社区居委会，锦江区，成都", "510104017001"),  # the wrong way round
    ("锦江区水井坊社区", "510104017001"),  # no street
    ("青羊区草市街道", "510105002"),  # 草市街街道, said short
    ("成都高新区肖家河街道", "510107062"),  # a functional zone for the county
    ("成都高新区天府大道", "5101Z1"),
    ("绵阳高新区普明街道", "510703006"),  # another city's zone is not Chengdu's
    ("郫县犀浦镇", "510117006"),  # two former names
    ("双流县华阳镇", "510116003"),
    ("宜宾县柏溪镇", "511504001"),
    ("泸州市中区", "510502"),  # not the 市中区 of 乐山 or 内江
    ("乐山市市中区通江街道", "511102006"),
    ("锦江区督院街街道", "510104022"),  # merged in 2019; its community kept the name
    ("攀枝花东区炳草岗", "510402002"),
    ("木里县", "513422"),  # 木里藏族自治县
    ("阿坝州若尔盖县达扎寺镇", "513232100"),
    ("阿坝县", "513231"),  # not the prefecture of that name
    ("我住在武侯区红牌楼，家里停水两天了", "510107010"),
    ("成都市公安局", "5101"),
]
# what is said -> the narrowest that may be taken for certain, the rest is left open
OPEN = [
    ("成都市新华社区", "5101"),  # several communities of that name
    ("华阳镇富民路", "51"),  # 双流's or 泸州's
    ("锦江区春熙路附近", "510104"),  # a road runs through more than the street of its name
    ("绵阳市涪城区临园路口", "510703"),
    ("锦江区无此社区", "510104"),
    ("达县南外镇", "511703"),  # no longer there, and 南岳镇 is another
    ("青羊区汪家拐街道", "510105"),
]


@pytest.mark.parametrize(("said", "code"), CERTAIN)
def test_what_the_words_determine_is_certain(gazetteer: Gazetteer, said: str, code: str) -> None:
    assert match_place(gazetteer, said).certain == code


@pytest.mark.parametrize(("said", "code"), OPEN)
def test_what_the_words_leave_open_stays_open(gazetteer: Gazetteer, said: str, code: str) -> None:
    assert match_place(gazetteer, said).certain == code


@pytest.mark.parametrize(
    "said", ["", " ", "路灯坏了，没人来修", "小区东区3栋", "，。！？", "a" * 500, "\ud83d\ude00" * 50]
)
def test_words_that_name_no_place_determine_nothing(gazetteer: Gazetteer, said: str) -> None:
    assert match_place(gazetteer, said).certain is None


def test_the_order_of_the_words_does_not_matter(gazetteer: Gazetteer) -> None:
    for words in permutations(("成都市", "锦江区", "锦官驿街道", "水井坊社区")):
        assert match_place(gazetteer, " ".join(words)).certain == "510104017001", words


def test_the_words_that_decided_are_told(gazetteer: Gazetteer) -> None:
    best = match_place(gazetteer, "成都市锦江区水井坊社区大慈寺路").candidates[0]
    assert best.words == ("成都市", "锦江区", "水井坊社区")


def test_several_communities_of_one_name_are_all_told_and_marked_unsure(gazetteer: Gazetteer) -> None:
    found = match_place(gazetteer, "成都市新华社区")
    assert found.unsure
    assert len(found.candidates) == 5
    assert {one.share for one in found.candidates} == {found.candidates[0].share}
    assert all(one.code.startswith("5101") for one in found.candidates)


def test_where_it_came_in_decides_between_namesakes(gazetteer: Gazetteer) -> None:
    assert match_place(gazetteer, "华阳镇富民路", within="5101").certain == "510116003"
    assert match_place(gazetteer, "华阳镇富民路", within="5105").certain == "510502007"


def test_a_place_told_in_full_is_found_outside_where_it_came_in(gazetteer: Gazetteer) -> None:
    assert match_place(gazetteer, "绵阳市涪城区普明街道", within="510104").certain == "510703006"


def test_a_bare_name_in_running_text_says_less_than_in_an_address(gazetteer: Gazetteer) -> None:
    said = "武侯玉林的路灯坏了"
    sure, less = match_place(gazetteer, said), match_place(gazetteer, said, running=True)
    assert share_of(sure, "510107005") > 0.9 > share_of(less, "510107005")


def share_of(found: Match, prefix: str) -> float:
    return sum(one.share for one in found.candidates if one.code.startswith(prefix))


def test_a_city_may_ask_for_more_certainty(gazetteer: Gazetteer) -> None:
    said = "锦江锦官驿水井坊"
    assert match_place(gazetteer, said, bound=0.999).certain in ("510104017", "510104", "5101", "51")


def test_every_area_is_found_by_its_full_name(gazetteer: Gazetteer, catalog: Catalog) -> None:
    """One in fifty of all; those whose full name is shared are left out."""
    areas = [area for area in catalog.areas.all() if len(area.code) >= 4][::50]
    paths = [catalog.areas.name_path(area.code) for area in areas]
    missed = {}
    for area, path in zip(areas, paths, strict=True):
        found = match_place(gazetteer, path).certain
        if found != area.code:
            missed[path] = found
    assert len(missed) <= len(areas) * 0.02, missed


@pytest.mark.parametrize(
    ("one", "other", "taken"),
    [
        ("锦管驿", "锦官驿", True),  # sounds alike
        ("锦将", "锦江", True),
        ("沙诃源", "沙河源", False),  # 诃 is no common character, and no group has it
        ("南外", "南岳", False),
        ("水井", "水井坊", False),  # one of three left out: two are too few to know it by
        ("金花", "金花桥", False),
        ("红牌楼", "红楼", False),
        ("火车南", "火车南站", True),
        ("锦官驿", "锦官驿", False),
    ],
)
def test_characters_that_are_taken_for_one_another(one: str, other: str, taken: bool) -> None:
    assert alike(one, other) is taken
