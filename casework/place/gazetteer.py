"""The gazetteer 地名表: every way to write every area, looked up by the written form. Built once for a catalogue.

Some 110,000 forms of Sichuan's 37,728 areas; half a second to build.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from casework.catalog.areas import AreaLevel, AreaTree
from casework.place.alike import alike
from casework.place.names import Form, forms_of, stem_of

LONGEST = 12
"""Characters of a name that is looked for; longer ones are found by their stem."""
WRONG = "?"
"""Stands for the one character that is not as it should be."""


class Named(NamedTuple):
    """An area under one of its names. `stem`: how many characters of it are the name proper."""

    code: str
    level: AreaLevel
    form: Form
    stem: int


class Gazetteer:
    """Immutable once built; `former`: further names with their codes."""

    def __init__(self, areas: AreaTree, former: Iterable[tuple[str, str]] = ()) -> None:
        self.areas = areas
        self._exact: dict[str, list[Named]] = {}
        self._near: dict[str, list[tuple[str, Named]]] = {}
        self._below: dict[tuple[str, AreaLevel], tuple[list[str], list[str]]] = {}
        self._starts: dict[str, int] = {}
        for area in areas.all():
            stem = stem_of(area)
            for name, form in forms_of(area):
                self._add(name, Named(area.code, area.level, form, len(stem)))
            self._add_near(stem, Named(area.code, area.level, Form.NEAR, len(stem)))
        for name, code in former:
            known = areas.get(code)
            if known is not None:
                form = Form.BARE if known.level is AreaLevel.ZONE else Form.FULL
                self._add(name, Named(code, known.level, form, len(name) - 1))

    def _add(self, name: str, named: Named) -> None:
        if len(name) <= LONGEST:
            self._exact.setdefault(name, []).append(named)
            self._starts[name[:2]] = max(self._starts.get(name[:2], 0), len(name))

    def _add_near(self, stem: str, named: Named) -> None:
        if len(stem) < 2:
            return
        if named.level in (AreaLevel.STREET, AreaLevel.COMMUNITY):
            stems, codes = self._below.setdefault((named.code[:6], named.level), ([], []))
            stems.append(stem)
            codes.append(named.code)
        if named.level in (AreaLevel.CITY, AreaLevel.COUNTY, AreaLevel.STREET):
            for wrong in one_wrong(stem):
                self._near.setdefault(wrong, []).append((stem, named))

    def at(self, text: str, start: int) -> list[tuple[int, list[Named]]]:
        """(end, areas) of every name that the text has from `start`, the longest first."""
        longest = self._starts.get(text[start : start + 2])
        if longest is None:
            return []
        ends = range(min(start + longest, len(text)), start + 1, -1)
        return [(end, found) for end in ends if (found := self._exact.get(text[start:end]))]

    def namesakes(self, name: str) -> int:
        """How many areas share a written name; at least one."""
        return max(1, len(self._exact.get(name, ())))

    def nearly(self, stem: str) -> list[tuple[Named, bool]]:
        """Cities, counties and streets whose stem has one other character than this, and whether the two characters
        are easily taken for one another."""
        near = (pair for wrong in one_wrong(stem) for pair in self._near.get(wrong, ()))
        return [(named, alike(stem, known)) for known, named in near]

    def below(self, county: str, level: AreaLevel) -> tuple[Sequence[str], Sequence[str]]:
        """The stems of a county's streets or communities, and their codes in the same order."""
        return self._below.get((county, level), ((), ()))

    @property
    def sizes(self) -> Mapping[str, int]:
        """How much is kept: forms, and stems with a character left open."""
        return {"forms": len(self._exact), "near": len(self._near)}


def one_wrong(stem: str) -> list[str]:
    """The stem with each character in turn left open."""
    return [stem[:place] + WRONG + stem[place + 1 :] for place in range(len(stem))]
