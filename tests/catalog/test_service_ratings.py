"""data/service_ratings.toml: the definition and the limits are a city's own, and a wrong line is named."""

from pathlib import Path

import pytest

from casework.catalog.load import load
from casework.catalog.problems import CatalogError
from casework.catalog.sources import SHIPPED
from casework.rules.words import Satisfaction

FILE = "service_ratings.toml"
SHIPPED_TEXT = (SHIPPED / FILE).read_text("utf-8")


def own(folder: Path, before: str, after: str) -> Path:
    assert before in SHIPPED_TEXT
    (folder / FILE).write_text(SHIPPED_TEXT.replace(before, after), "utf-8")
    return folder


def test_the_shipped_definition_names_its_source() -> None:
    rules = load().service_ratings
    assert rules.definition.satisfied | rules.definition.bad == set(Satisfaction)
    assert "国办发〔2019〕51号" in rules.source
    assert set(rules.words) == {"zh-CN", "en"}


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("per_address = 10", "per_address = 0", "limit.day.per_address"),
        ("per_point = 500", "", "limit.day.per_point"),
        ('bad = ["BAD", "VERY_BAD"]', 'bad = ["BAD", "FAIR"]', "definition.services.bad: “FAIR”"),
        ('"VERY_BAD"]', '"WORST"]', "definition.services.bad: “WORST”"),
        ("[limit.day]", "[limit.week]", "limit.day"),
        ("[limit.day]", "[limits.day]", "limits"),
    ],
)
def test_a_wrong_line_is_named(before: str, after: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(CatalogError) as caught:
        load(own(tmp_path, before, after))
    assert any(says in line for line in caught.value.problems), caught.value.problems


def test_a_city_sets_its_own_limit(tmp_path: Path) -> None:
    assert load(own(tmp_path, "per_address = 10", "per_address = 3")).service_ratings.limits.per_address == 3
