"""Areas 行政区划: province, prefecture, county, street, community by their code, and functional zones beside them.

A code is kept by its significant digits (2, 4, 6, 9, 12 [domain.md §3.2]); a prefix of a code is an area that holds it,
which is what scope rests on (words.md §5). Grids are a community's code with a suffix and are not listed here.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from casework.rules.words import Term


class AreaLevel(Term):
    """区划层级; `ZONE` is a functional zone (功能区), which stands at the county's level."""

    PROVINCE = "PROVINCE", "省"
    CITY = "CITY", "市州"
    COUNTY = "COUNTY", "县区"
    STREET = "STREET", "街镇"
    COMMUNITY = "COMMUNITY", "社区"
    ZONE = "ZONE", "功能区"


LENGTHS = {
    2: AreaLevel.PROVINCE,
    4: AreaLevel.CITY,
    6: AreaLevel.COUNTY,
    9: AreaLevel.STREET,
    12: AreaLevel.COMMUNITY,
}
_LONGEST_FIRST = tuple(sorted(LENGTHS, reverse=True))
_GRID_SUFFIX = re.compile(r"[0-9A-Z]{1,8}")
_COMMITTEE = re.compile(
    r"(?<=社区)(居民居委会|居民委员会|居委会|居民委员|村民委员会|村委会|委员会)$|(?<=村)(村民委员会|村委会|村委员会)$"
)
_MERGED_COMMITTEE = re.compile(r"(?<=村)(民委员会|委会)$")


@dataclass(frozen=True, slots=True)
class Area:
    """One area. `parent` is the code of the area that holds it, "" for the topmost."""

    code: str
    name: str
    level: AreaLevel
    parent: str


@dataclass(frozen=True, slots=True)
class ZoneArea:
    """功能区: `members` are street codes (all their communities) and community codes, each in one zone at most."""

    code: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PastArea:
    """曾用区划: what a code meant till `valid_to` (a day of Asia/Shanghai, exclusive). `merged_into`: today's code, the
    same one where the area was only renamed, "" where nobody said. `valid_from` None: from before the catalogue began.
    """

    code: str
    name: str
    valid_from: date | None
    valid_to: date
    merged_into: str = ""
    source: str = ""


class AreaTree:
    """All areas of the catalogue, looked up by code, and those that once were. Immutable once built."""

    def __init__(self, names: Mapping[str, str], zones: Mapping[str, ZoneArea], past: Sequence[PastArea] = ()) -> None:
        self._names = names
        self.zones = zones
        self.past = tuple(sorted(past, key=lambda one: (one.code, one.valid_to)))
        self._retired = {one.code: one for one in self.past if one.code not in names}
        self._zone_of = {member: zone.code for zone in zones.values() for member in zone.members}

    def __len__(self) -> int:
        """Statutory areas; zones are not counted."""
        return len(self._names)

    def all(self) -> Iterator[Area]:
        """Every area by its code, then every functional zone."""
        for code in (*sorted(self._names), *sorted(self.zones)):
            area = self.get(code)
            if area is not None:
                yield area

    def get(self, code: str) -> Area | None:
        """The area of this code. Twelve digits that end in zeros mean the wider area: 510104000000 is 510104."""
        code = significant(code)
        if code in self._names:
            return Area(code, self._names[code], LENGTHS[len(code)], self._parent(code))
        if code in self.zones:
            return Area(code, self.zones[code].name, AreaLevel.ZONE, code[:4])
        return None

    def valid(self, code: str) -> bool:
        """Whether a case or an account may carry this code: an area, a zone, or a grid of a known community."""
        if self.get(code) is not None:
            return True
        return len(code) > 12 and code[:12] in self._names and bool(_GRID_SUFFIX.fullmatch(code[12:]))

    def longest_known(self, code: str) -> Area | None:
        """The narrowest known area that holds this code, itself included; None where not even the province is known."""
        code = significant(code)
        if code[:6] in self.zones:
            return self.get(code[:6])
        for length in _LONGEST_FIRST:
            if len(code) >= length and code[:length] in self._names:
                return self.get(code[:length])
        return None

    def name_path(self, code: str) -> str:
        """The full name, 四川省成都市锦江区锦官驿街道水井坊社区; as far as the code is known, "" where it is not.

        A committee's own name (居委会, 村委会) is left to the area's short one. A grid's suffix is not named. A retired
        code keeps the name of its day.
        """
        gone = self._retired.get(significant(code)[:12])
        if gone is not None:
            return self.name_path(self._parent(gone.code)) + short_name(gone.name)
        area = self.longest_known(code)
        names: list[str] = []
        while area is not None:
            names.append(short_name(area.name) if area.level == AreaLevel.COMMUNITY else area.name)
            area = self.get(area.parent)
        return "".join(reversed(names))

    def today(self, code: str) -> str:
        """The code that holds today where this one was retired and merged; every other as it stands."""
        seen = {code}
        while (gone := self._retired.get(code)) and gone.merged_into and gone.merged_into not in seen:
            code = gone.merged_into
            seen.add(code)
        return code

    def children(self, code: str) -> tuple[Area, ...]:
        """The areas directly below, by code; "" gives the topmost. Of a zone: its members."""
        zone = self.zones.get(code)
        codes = zone.members if zone else self._codes_below.get(significant(code), ())
        return tuple(area for area in map(self.get, codes) if area is not None)

    def search(self, words: str, within: str) -> tuple[Area, ...]:
        """The areas in `within` (a prefix) by code that have the words in their code or name, zones too."""
        wanted = words.strip().casefold()
        names = {**self._names, **{zone.code: zone.name for zone in self.zones.values()}}
        codes = sorted(code for code in names if code.startswith(within))
        found = (code for code in codes if wanted in code.casefold() or wanted in names[code].casefold())
        return tuple(area for area in map(self.get, found) if area is not None)

    def zone_of(self, code: str) -> str | None:
        """The functional zone's code that this area (or grid) belongs to, or is."""
        if code[:6] in self.zones:
            return code[:6]
        return self._zone_of.get(code[:12]) or self._zone_of.get(code[:9])

    @cached_property
    def _codes_below(self) -> Mapping[str, tuple[str, ...]]:
        below: defaultdict[str, list[str]] = defaultdict(list)
        for code in sorted(self._names):
            below[self._parent(code)].append(code)
        return {parent: tuple(codes) for parent, codes in below.items()}

    def _parent(self, code: str) -> str:
        return next((code[:n] for n in _LONGEST_FIRST if n < len(code) and code[:n] in self._names), "")


def significant(code: str) -> str:
    """The code without the zeros that fill it up to twelve digits: 510104000000 -> 510104."""
    if len(code) != 12 or not code.endswith("000"):
        return code
    for length in (2, 4, 6, 9):
        if not code[length:].strip("0"):
            return code[:length]
    return code


def short_name(name: str) -> str:
    """The place without its committee: 水井坊社区居委会 -> 水井坊社区, 大梁村村委会 -> 大梁村, 跳蹬村委会 -> 跳蹬村."""
    return _MERGED_COMMITTEE.sub("", _COMMITTEE.sub("", name))
