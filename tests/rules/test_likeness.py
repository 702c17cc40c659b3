"""Which requests are shown as one matter, and why: the table reads as sentences."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from casework.rules.likeness import (
    SKETCH,
    Matter,
    Reason,
    cell_of,
    cells_around,
    likeness,
    pairs_of,
    sketch,
    telling,
    words_alike,
)
from casework.rules.points import Point

NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)
HERE = Point(104.081, 30.655)
CALLER = frozenset({b"one"})
LAMP = "水井坊社区三栋楼下的路灯坏了一周没有人修，晚上出门看不见路。"
SAME = "三栋楼下的路灯坏了一周了没有人来修，晚上看不见路，水井坊社区。"
ABOUT = "楼下路灯不亮，老人晚上出门差点摔倒。"
OTHER = "学校门口早高峰车辆拥堵，请交警疏导。"


def north(metres: float) -> Point:
    """A point so far north of HERE."""
    return Point(HERE.lon, HERE.lat + metres / 111_195)


def said(text: str, **more: object) -> Matter:
    matter = Matter(pairs_of(text), "510104017001", "0204", NOW)
    return replace(matter, **more)


# what was said, where and when, what the reasons are (none: not shown)
CASES = [
    (said(SAME), {"SAME_WORDS", "SAME_COMMUNITY", "SAME_CATEGORY"}),  # the same words in the same place
    (said(SAME, area="510105002002", category="0803"), {"SAME_WORDS"}),  # the same words are enough, wherever
    (said(ABOUT), {"SAME_WORDS", "SAME_COMMUNITY", "SAME_CATEGORY"}),  # other words for it, in the same place
    (said(OTHER), {"SAME_COMMUNITY", "SAME_CATEGORY"}),  # of place and category one cannot tell: a person decides
    (said(OTHER, category="0803"), None),  # the same place alone is no reason
    (said(OTHER, category=None), None),
    (said(OTHER, area="510104017002"), None),  # the same street and category: too many things
    (said(SAME[:16], area="510104017002"), {"SAME_WORDS", "SAME_STREET", "SAME_CATEGORY"}),  # with words in common
    (said(OTHER, area="510105002002"), None),  # the same category elsewhere
    (said(OTHER, area="510104"), None),  # the place is known as the county only
    (said(OTHER, callers=CALLER, area="5101"), {"SAME_CALLER", "SAME_CATEGORY"}),  # the same person again
    (said(OTHER, callers=CALLER, category="0803", area="5101"), None),  # the same person, another matter
    (said(OTHER, callers=frozenset({b"two"}), category="0803"), None),  # another person
    (said(OTHER, point=north(290), area="5101"), {"NEAR", "SAME_CATEGORY"}),  # the same spot, whatever the area says
    (said(OTHER, point=north(310)), None),  # points that lie apart are two places, in one community too
    (said(OTHER, point=north(10), category="0803", area="5101"), None),
]


@pytest.mark.parametrize(("other", "reasons"), CASES)
def test_two_requests_are_one_matter_or_not(other: Matter, reasons: set[str] | None) -> None:
    here = said(LAMP, callers=CALLER, point=HERE)
    found = likeness(here, other)
    assert (set(found.reasons) if found else None) == ({Reason(r) for r in reasons} if reasons else None)
    back = likeness(other, here)
    assert (back.score if back else None) == (found.score if found else None), "likeness has no direction"


def test_reasons_carry_their_figures() -> None:
    found = likeness(said(LAMP, point=HERE), said(SAME, point=north(120)))
    assert found is not None
    assert found.reasons[Reason.NEAR] == {"metres": "120"}
    assert found.reasons[Reason.SAME_WORDS] == {"percent": str(round(found.words * 100))}


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        (said(SAME), said(ABOUT)),  # more words
        (said(SAME), said(SAME, area="510105002002")),  # the place too
        (said(SAME), said(SAME, category="0803")),  # the category too
        (said(SAME, callers=CALLER), said(SAME)),  # the caller too
        (said(SAME, point=HERE), said(SAME)),  # the very spot
        (said(SAME), said(SAME, at=NOW - timedelta(days=60))),  # the newer one
    ],
)
def test_what_is_more_alike_stands_first(better: Matter, worse: Matter) -> None:
    here = said(LAMP, callers=CALLER, point=HERE)
    one, other = likeness(here, better), likeness(here, worse)
    assert one is not None
    assert other is not None
    assert one.score > other.score


def test_pairs_look_through_width_case_and_signs() -> None:
    assert pairs_of("路灯，不亮！ＡＢ１２") == pairs_of("路灯 不亮 ab12") == {"路灯", "不亮", "ab12"}
    assert pairs_of("！？") == frozenset()
    assert words_alike(frozenset(), frozenset()) == 0.0


def test_a_sketch_is_small_and_the_same_everywhere() -> None:
    assert sketch(pairs_of("路灯不亮")) == [427416796, 439556646, 1092498130]
    assert len(sketch(pairs_of(LAMP * 3 + OTHER))) == SKETCH
    assert set(sketch(pairs_of(LAMP))) & set(sketch(pairs_of(SAME)))
    assert all(0 <= key < 2**31 for key in sketch(pairs_of(LAMP)))


@pytest.mark.parametrize("metres", [0, 100, 299])
def test_what_is_near_lies_in_a_neighbouring_cell(metres: float) -> None:
    for start in (HERE, Point(104.0819999, 30.6549999), Point(103.9980001, 30.0000001)):
        other = Point(start.lon, start.lat + metres / 111_195)
        assert cell_of(other) in cells_around(start)
        assert cell_of(start) in cells_around(other)


@pytest.mark.parametrize(
    ("common", "taken"),
    [
        ({}, [1, 2, 3]),  # none is known to be frequent
        ({1: 900, 2: 90, 3: 11}, [3, 2]),  # the rarest, as long as they stand in few rows together
        ({1: 5000, 2: 4000, 3: 3000}, [3]),  # one at least
        ({1: 5000}, [2, 3]),
    ],
)
def test_the_rarest_words_are_looked_for(common: dict[int, int], taken: list[int]) -> None:
    assert telling([1, 2, 3], common) == taken
