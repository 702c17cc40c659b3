"""Likeness on real requests (../shared/data): what many people said of one matter is found, what is alike is alike.

The matters are told by what they name (丽发新城's concrete mixer, 伊景园's parking spaces), not by likeness itself.
"""

import csv
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest

from casework.rules.likeness import ALIKE, Matter, Reason, likeness, pairs_of, sketch, telling, words_alike

NOW = datetime(2026, 6, 1, tzinfo=UTC)
MATTERS = [("丽发新城", "搅拌"), ("伊景园", "车位"), ("魅力之城", "油烟")]


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / "requests" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def said(row: dict[str, str]) -> str:
    return f"{row['title']} {row['body']}"


def alike(texts: list[frozenset[str]]) -> Iterator[tuple[int, int]]:
    """The pairs of texts that are at least half alike, found by any pair of characters that is not everywhere."""
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for at, pairs in enumerate(texts):
        for pair in pairs:
            holders[pair].append(at)
    shared: Counter[tuple[int, int]] = Counter()
    for held in holders.values():
        if len(held) <= 40:
            shared.update(combinations(held, 2))
    for (one, other), count in shared.items():
        if count >= 3 and words_alike(texts[one], texts[other]) >= ALIKE:
            yield one, other


def test_texts_that_are_half_alike_are_found_by_their_sketches_and_share_their_label(shared_data: Path) -> None:
    rows = read(shared_data, "labelled.csv")
    texts = [pairs_of(said(row)) for row in rows]
    sketches = [sketch(pairs) for pairs in texts]
    common = Counter(key for one in sketches for key in one)
    found = list(alike(texts))
    assert len(found) > 250
    missed = [1 for one, other in found if not set(telling(sketches[one], common)) & set(sketches[other])]
    assert len(missed) / len(found) < 0.01
    same = sum(rows[one]["label"] == rows[other]["label"] for one, other in found)
    assert same / len(found) > 0.95


@pytest.mark.parametrize(("place", "matter"), MATTERS)
def test_what_many_people_said_of_one_matter_is_found(shared_data: Path, place: str, matter: str) -> None:
    rows = read(shared_data, "messages.csv")
    mine = {at for at, row in enumerate(rows) if place in said(row) and matter in said(row)}
    here = "510104017001"

    def as_matter(at: int) -> Matter:
        """Those of the matter lie in one community and category; one in a hundred of the others does too."""
        near = at in mine or at % 100 == 0
        area = here if near else f"5101{at % 90 + 10}0{at % 9}{at % 7}0{at % 5}{at % 3}"
        return Matter(pairs_of(said(rows[at])), area, "0601" if near else f"{at % 22:02}01", NOW)

    matters = [as_matter(at) for at in range(len(rows))]
    right = shown = 0
    for at in sorted(mine):
        judged = [
            (how, other) for other, it in enumerate(matters) if other != at and (how := likeness(matters[at], it))
        ]
        best = sorted(judged, key=lambda one: -one[0].score)[:10]
        assert any(other in mine for _, other in best), rows[at]["title"]
        right += sum(other in mine for _, other in best)
        shown += min(10, len(mine) - 1)
        assert all(Reason.SAME_COMMUNITY in how.reasons for how, other in judged if other in mine)
    assert right / shown > 0.9
