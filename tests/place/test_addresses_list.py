"""The frozen address list is whole: known codes, enough rows of every distortion, none twice, all of Sichuan.

What it is and who may change it: tests/place/README.md. No matcher is tested here.
"""

import csv
from collections import Counter
from pathlib import Path

import pytest

from casework.catalog.areas import LENGTHS, AreaTree
from casework.catalog.load import load

LIST = Path(__file__).with_name("addresses.tsv")
COLUMNS = ["text", "expected", "level", "distortion", "note"]
DISTORTIONS = ("typo", "no_suffix", "no_city", "zone", "old_name", "community_only", "landmark", "order_swapped")
NARROW = ("street", "community")

Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    with LIST.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def areas() -> AreaTree:
    return load().areas


def test_every_line_has_its_five_cells() -> None:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    assert lines[0].split("\t") == COLUMNS
    assert [line for line in lines if line.count("\t") != len(COLUMNS) - 1] == []


def test_every_text_is_there_once_and_trimmed(rows: list[Row]) -> None:
    texts = [row["text"] for row in rows]
    assert [text for text, times in Counter(texts).items() if times > 1] == []
    assert [text for text in texts if not text or text != text.strip()] == []


def test_every_expected_code_is_an_area_and_of_its_level(rows: list[Row], areas: AreaTree) -> None:
    def fits(row: Row) -> bool:
        area = areas.get(row["expected"])
        return area is not None and area.code == row["expected"] and area.code not in areas.zones

    assert [row for row in rows if not fits(row)] == []
    assert [row for row in rows if LENGTHS[len(row["expected"])].value.lower() != row["level"]] == []


def test_there_are_three_hundred_rows_and_thirty_of_each_distortion(rows: list[Row]) -> None:
    counts = Counter(row["distortion"] for row in rows)
    assert len(rows) >= 300
    assert counts.keys() == {*DISTORTIONS, "plain"}
    assert [kind for kind in DISTORTIONS if counts[kind] < 30] == []


def test_each_distortion_has_rows_where_nothing_narrow_is_certain_and_says_why(rows: list[Row]) -> None:
    wide = [row for row in rows if row["level"] not in NARROW]
    counts = Counter(row["distortion"] for row in wide)
    assert [kind for kind in DISTORTIONS if counts[kind] < 3] == []
    assert [row for row in wide if not row["note"]] == []


def test_all_prefectures_are_there(rows: list[Row], areas: AreaTree) -> None:
    assert {area.code for area in areas.children("51")} - {row["expected"][:4] for row in rows} == set()
