"""数字城管 of a city: classes of parts and events with their limits by area class (urban.csv, urban_areas.csv)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from casework.catalog.areas import AreaTree
from casework.catalog.entries import Entry, LimitText, Name
from casework.catalog.faults import Faults
from casework.rules.limits import Limit, Statute
from casework.rules.urban_codes import BadUrbanCode, UrbanCode
from casework.rules.words import Kind

FILE, AREAS = "urban.csv", "urban_areas.csv"
USUAL = "B"


class UrbanType(StrEnum):
    """部件 or 事件."""

    PART = "PART"
    EVENT = "EVENT"

    @property
    def kind(self) -> Kind:
        """The kind of the case."""
        return Kind.GRID_PART if self is UrbanType.PART else Kind.GRID_EVENT


class UrbanLine(Entry):
    """A small class 小类. `a`, `b`, `c`: the handling limit in areas of that class; nothing: the usual limit."""

    type: UrbanType
    code: Annotated[str, Field(pattern=r"^\d{4}$")]
    name: Name
    source: Name
    category: str = ""
    a: LimitText = ""
    b: LimitText = ""
    c: LimitText = ""
    condition: str = ""
    close: str = ""


class UrbanAreaLine(Entry):
    """区域类别: what class an area, and all below it, is of."""

    area: Annotated[str, Field(pattern=r"^\d{4,12}[0-9A-Z]*$")]
    area_class: Literal["A", "B", "C"]
    source: Name


@dataclass(frozen=True, slots=True)
class UrbanClass:
    """A small class with its limits by area class, each with its source."""

    type: UrbanType
    code: str
    name: str
    category: str | None
    condition: str
    close: str
    source: str
    limits: Mapping[str, Limit]


@dataclass(frozen=True, slots=True)
class Urban:
    """The city's classes by type and code, and its areas' classes by prefix."""

    classes: Mapping[tuple[UrbanType, str], UrbanClass]
    areas: Mapping[str, str]

    def area_class(self, area: str) -> str:
        """A, B or C: of the longest prefix that is listed, B where none is."""
        known = (area[:length] for length in range(len(area), 3, -1))
        return next((self.areas[prefix] for prefix in known if prefix in self.areas), USUAL)

    def find(self, code: UrbanCode, kind: Kind | None) -> UrbanClass | None:
        """The class that a code names: of a part where it has a serial number or the kind says so; None: no such."""
        type_ = UrbanType.PART if code.is_part or kind is Kind.GRID_PART else UrbanType.EVENT
        return self.classes.get((type_, code.small_class))

    def class_of(self, code: UrbanCode, kind: Kind | None) -> UrbanClass:
        """The same. Raises BadUrbanCode: the catalogue has no such class."""
        found = self.find(code, kind)
        if found is None:
            raise BadUrbanCode("URBAN_CODE_UNKNOWN")
        return found

    def limit(self, code: str | None, kind: Kind | None, area: str) -> Statute | None:
        """处置时限 of a case with that code in that area; None: the usual limit."""
        found = self.find(UrbanCode.parse(code), kind) if code else None
        limit = found.limits.get(self.area_class(area)) if found else None
        return Statute(limit, found.source) if found and limit else None


def read_urban(
    lines: Sequence[tuple[int, UrbanLine]],
    areas: Sequence[tuple[int, UrbanAreaLine]],
    categories: Mapping[str, object],
    tree: AreaTree,
    faults: Faults,
) -> Urban:
    """The lines: each class once, in a big class that there is, with a category of the tree; each area once."""
    seen: dict[tuple[UrbanType, str], int] = {}
    for number, line in lines:
        key = (line.type, line.code)
        if key in seen:
            faults.add("repeated", FILE, number, "code", value=line.code, first=seen[key])
        seen.setdefault(key, number)
        if line.category and line.category not in categories:
            faults.add("unknown_category", FILE, number, "category", value=line.category)
        try:
            UrbanCode.parse(f"510100{line.code}")
        except BadUrbanCode:
            faults.add("pattern", FILE, number, "code", value=line.code, expected="01-05, 21-99 | 01-99")
    listed: dict[str, int] = {}
    for number, one in areas:
        if one.area in listed:
            faults.add("repeated", AREAS, number, "area", value=one.area, first=listed[one.area])
        listed.setdefault(one.area, number)
        if not tree.valid(one.area):
            faults.add("unknown_area", AREAS, number, "area", value=one.area)
    return Urban({(line.type, line.code): _class(line) for _, line in lines}, {a.area: a.area_class for _, a in areas})


def _class(line: UrbanLine) -> UrbanClass:
    limits = {"A": line.a, "B": line.b, "C": line.c}
    return UrbanClass(
        type=line.type,
        code=line.code,
        name=line.name,
        category=line.category or None,
        condition=line.condition,
        close=line.close,
        source=line.source,
        limits={key: Limit.parse(text) for key, text in limits.items() if text},
    )


def fault_of(urban: Urban, text: str, kind: Kind | None, area: str) -> str | None:
    """What is wrong with a code for a case of that kind there; None when it fits."""
    try:
        code = UrbanCode.parse(text)
        urban.class_of(code, kind)
    except BadUrbanCode as error:
        return error.code
    return None if area.startswith(code.county) or code.county.startswith(area) else "URBAN_CODE_ELSEWHERE"
