"""Wrong lines of evidence.csv are named by line and field; right ones add up."""

from collections.abc import Callable
from pathlib import Path

import pytest

from casework.catalog.load import load
from casework.catalog.problems import CatalogError
from casework.catalog.sources import SHIPPED
from casework.rules.evidence import Demand
from casework.rules.words import Action

LAST = len((SHIPPED / "evidence.csv").read_text(encoding="utf-8").splitlines()) + 1
Changed = Callable[[str, str, str], Path]


@pytest.mark.parametrize(
    ("line", "field", "says"),
    [
        ("NEW,DISPATCH,,,,,1,,,,\n", "action", "DISPATCH is not allowed"),
        ("NEW,FILE_RESULT,9901,,,,1,,,,\n", "category", "category 9901 is not in categories.csv"),
        ("NEW,FILE_RESULT,,E9,,,1,,,,\n", "urgency", "E9 is not allowed"),
        ("NEW,FILE_RESULT,,,,,ten,,,,\n", "photos", "ten is not a whole number"),
        ("NEW,FILE_RESULT,,,,,10,,,,\n", "photos", "10 is wrong"),  # a record takes nine
        ("NEW,FILE_RESULT,,,,,,perhaps,,,\n", "before_after", "perhaps is neither yes nor no"),
        ("NEW,FILE_RESULT,,,,,,,1,,\n", "within_m", "1 is wrong"),  # no phone measures a metre
        ("NEW,CONTACT,,,,PIGEON,,,,,\n", "way", "PIGEON is not allowed"),
        ("COVER-0203,FILE_RESULT,,,,,1,,,,\n", "id", "COVER-0203 stands in line "),
        (",FILE_RESULT,,,,,1,,,,\n", "id", "must be filled in"),
    ],
)
def test_a_wrong_line_is_named(city: Changed, line: str, field: str, says: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load(city("evidence.csv", "", line))
    [problem] = caught.value.problems
    assert problem.startswith(f"evidence.csv:{LAST}: {field}: ")
    assert says in problem


def test_a_distance_alone_demands_a_photo_to_measure_it_by(city: Changed) -> None:
    found = load(city("evidence.csv", "", "NEW,FILE_RESULT,0204,,,,,,300,,\n"))
    assert found.evidence[-1].demand == Demand(photos=1, within_m=300)
    assert found.evidence[-1].action is Action.FILE_RESULT
