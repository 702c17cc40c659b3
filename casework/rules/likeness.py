"""Whether two requests may be one matter 疑似重复: by words, place, category, time and caller. A person decides.

Words are compared by their pairs of characters. Of a text's pairs the ones with the smallest hashes are kept as its
sketch: two texts that share most of their words share some of it, so an index finds one by the other.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from math import floor, sqrt
from zlib import crc32

from casework.rules.points import Point, distance_m

SKETCH = 16
"""Pairs that stand for a text in the index."""
POSTINGS = 1_000
"""Rows of the index that the keys of one text may name together."""
LONGEST = 2000
"""Characters of a text that are compared."""
NEAR_M = 300.0
"""Metres within which two reports may mean one spot."""
LOOK_BACK_DAYS = 90
ALIKE = 0.5
"""Likeness from which words alone make two requests suspect; measured in bench/RESULTS.md."""
RELATED = 0.15
"""Likeness from which the same place and category make them suspect."""
CELL_LAT, CELL_LON = 0.005, 0.006
"""Degrees of a cell, some 550 by 570 m: what is near lies in a cell or one of its eight neighbours."""
_RUN = re.compile(r"[\u3400-\u9fff]+|[a-z0-9]+")


class Reason(StrEnum):
    """Why a case is shown as a candidate; the sentences are in the texts' catalogue."""

    SAME_CALLER = "SAME_CALLER"
    SAME_WORDS = "SAME_WORDS"
    NEAR = "NEAR"
    SAME_COMMUNITY = "SAME_COMMUNITY"
    SAME_STREET = "SAME_STREET"
    SAME_CATEGORY = "SAME_CATEGORY"


@dataclass(frozen=True, slots=True)
class Matter:
    """A request as far as likeness goes. `point` in WGS-84; `callers`: blind indexes of the number; `at` in UTC."""

    pairs: frozenset[str]
    area: str
    category: str | None
    at: datetime
    point: Point | None = None
    callers: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike: `score` orders candidates, `words` is 0 to 1, `metres` None where a point is missing. `reasons` in
    the order of their weight, each with the figures of its sentence."""

    score: float
    words: float
    metres: float | None
    reasons: Mapping[Reason, Mapping[str, str]]


def pairs_of(text: str) -> frozenset[str]:
    """The pairs of neighbouring Chinese characters, and whole words of letters and digits."""
    found: set[str] = set()
    for run in _RUN.findall(unicodedata.normalize("NFKC", text[:LONGEST]).lower()):
        if run[0] < "\u3400":
            found.add(run)
        else:
            found.update(map("".join, pairwise(run)))
    return frozenset(found)


def sketch(pairs: Collection[str]) -> list[int]:
    """The pairs that stand for a text: the smallest hashes, of 31 bits, the same in every process."""
    return sorted({crc32(pair.encode()) >> 1 for pair in pairs})[:SKETCH]


def telling(keys: Collection[int], common: Mapping[int, int]) -> list[int]:
    """The keys to look for: the rarest, until they stand in POSTINGS rows together. `common`: in how many rows each of
    the frequent ones stands; a key that is not named is rare."""
    taken: list[int] = []
    rows = 0
    for key in sorted(keys, key=lambda key: (common.get(key, 0), key)):
        rows += common.get(key, 0)
        if taken and rows > POSTINGS:
            break
        taken.append(key)
    return taken


def cell_of(point: Point) -> int:
    """The cell that a point lies in."""
    return floor(point.lat / CELL_LAT) * 1_000_000 + floor(point.lon / CELL_LON)


def cells_around(point: Point) -> list[int]:
    """Its cell and the eight around it."""
    here = cell_of(point)
    return [here + north * 1_000_000 + east for north in (-1, 0, 1) for east in (-1, 0, 1)]


def words_alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Cosine of two sets of pairs, 0 to 1."""
    return len(one & other) / sqrt(len(one) * len(other)) if one and other else 0.0


def likeness(new: Matter, old: Matter) -> Likeness | None:
    """How alike two matters are; None where nothing makes them suspect."""
    words = words_alike(new.pairs, old.pairs)
    metres = distance_m(new.point, old.point) if new.point and old.point else None
    same_category = bool(new.category and old.category and new.category[:4] == old.category[:4])
    same_caller = bool(new.callers & old.callers)
    place = _place(new.area, old.area, metres)
    if not _suspect(words, same_category, same_caller, place):
        return None
    reasons: dict[Reason, Mapping[str, str]] = {}
    if same_caller:
        reasons[Reason.SAME_CALLER] = {}
    if words >= RELATED:
        reasons[Reason.SAME_WORDS] = {"percent": str(round(words * 100))}
    if place is not None:
        reasons[place] = {"metres": str(round(metres))} if place is Reason.NEAR and metres is not None else {}
    if same_category:
        reasons[Reason.SAME_CATEGORY] = {}
    days = abs((new.at - old.at).total_seconds()) / 86_400
    weight = _WEIGHT[place] if place else 0.0
    score = words + weight + 0.3 * same_caller + 0.15 * same_category - 0.2 * min(days / LOOK_BACK_DAYS, 1.0)
    return Likeness(score, words, metres, reasons)


_WEIGHT = {Reason.NEAR: 0.35, Reason.SAME_COMMUNITY: 0.2, Reason.SAME_STREET: 0.05}


def _place(one: str, other: str, metres: float | None) -> Reason | None:
    """The nearest thing that both places share. Points that are known and far apart are two places."""
    if metres is not None:
        return Reason.NEAR if metres <= NEAR_M else None
    if len(one) >= 12 and one[:12] == other[:12]:
        return Reason.SAME_COMMUNITY
    return Reason.SAME_STREET if len(one) >= 9 and one[:9] == other[:9] else None


def _suspect(words: float, same_category: bool, same_caller: bool, place: Reason | None) -> bool:
    if words >= ALIKE or (same_caller and (same_category or words >= RELATED)):
        return True
    if place is Reason.SAME_STREET:
        return same_category and words >= RELATED
    return place is not None and (words >= RELATED or same_category)
