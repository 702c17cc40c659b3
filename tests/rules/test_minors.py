"""What concerns a minor, and how it may be told outside."""

import pytest

from casework.catalog.load import Catalog
from casework.rules.minors import is_minors, urgent, veil
from casework.rules.words import Urgency

VEILED = [
    ("孩子名叫王小明，被打", "孩子名叫某某，被打"),
    ("东大街小学三年级二班有学生被打", "某小学某班有学生被打"),
    ("姓名：李雨，女", "姓名：某某，女"),
    ("某小学某班有学生被打", "某小学某班有学生被打"),  # a repeat changes nothing
    ("路灯不亮，请维修", "路灯不亮，请维修"),
]


@pytest.mark.parametrize(("text", "veiled"), VEILED)
def test_names_schools_and_classes_do_not_leave_the_house(text: str, veiled: str) -> None:
    assert veil(text) == veiled


@pytest.mark.parametrize(
    ("text", "minors"),
    [("邻居每天虐待孩子", True), ("孩子遭同学霸凌", True), ("小学生放学时路口太堵", False), ("路灯不亮", False)],
)
def test_harm_makes_a_matter_one_of_minors_and_a_mere_mention_does_not(
    catalog: Catalog, text: str, minors: bool
) -> None:
    assert is_minors(False, catalog.classifying.signs.seen(text)) is minors
    assert is_minors(True, ()) is True


def test_what_concerns_a_minor_is_at_least_urgent() -> None:
    assert [urgent(one) for one in (Urgency.N, Urgency.C, Urgency.E1, Urgency.E0)] == [
        *(Urgency.E1, Urgency.E1, Urgency.E1),
        Urgency.E0,
    ]


def test_every_matter_of_minors_has_somebody_to_be_told(catalog: Catalog) -> None:
    minors = [category.code for category in catalog.categories.values() if category.minor]
    assert minors
    for code in (*minors, "9999", None):
        assert catalog.response.guardians_of(code)
    assert catalog.response.guardians_of("1202")[0] == "JY"
    assert catalog.response.guardians_of("2105")[0] == "MZ"
