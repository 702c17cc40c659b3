"""Which unit takes the case 承办单位: the department's unit at the level asked for, or the nearest one upward."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType

from casework.rules.dispatch_rule import DispatchRule
from casework.rules.trace import Step, Why
from casework.rules.words import Level

STREET_DEPARTMENT = "JZ"
COMMUNITY_DEPARTMENT = "SQ"


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """A unit as routing sees it: its department and the area it answers for."""

    code: str
    department: str
    area: str
    id: int | None = None


class UnitBook:
    """The open units by department and area; where two share both, the first by code stands for them."""

    def __init__(self, units: Iterable[UnitPlace]) -> None:
        found: dict[tuple[str, str], str] = {}
        self._places: dict[str, UnitPlace] = {}
        for unit in sorted(units, key=lambda unit: unit.code):
            found.setdefault((unit.department, unit.area), unit.code)
            self._places[unit.code] = unit
        self._codes = MappingProxyType(found)

    def get(self, code: str) -> UnitPlace | None:
        """The open unit of that code; None where there is none, or where it is retired."""
        return self._places.get(code)

    def find(self, department: str, area: str) -> str | None:
        return self._codes.get((department, area))


@dataclass(frozen=True, slots=True)
class Picked:
    """The unit's code, or None: no unit there or upward; the trace says where it was looked for."""

    unit: str | None
    trace: tuple[Step, ...]


_UPWARD = (Level.COMMUNITY, Level.STREET, Level.COUNTY, Level.CITY)
_CODE_LENGTH = {Level.COMMUNITY: 12, Level.STREET: 9, Level.COUNTY: 6, Level.CITY: 4}
_STANDS_FOR_ALL = {Level.COMMUNITY: COMMUNITY_DEPARTMENT, Level.STREET: STREET_DEPARTMENT}


def pick_for(rule: DispatchRule, area: str, units: UnitBook, zone: str | None = None) -> Picked:
    """The unit that the rule names while it is open, else the one of its department and level."""
    if rule.unit is None:
        return pick_unit(rule.department, rule.level, area, units, zone)
    said = {"rule": rule.id, "unit": rule.unit}
    if units.get(rule.unit) is not None:
        return Picked(rule.unit, (Step(Why.UNIT_NAMED, said),))
    picked = pick_unit(rule.department, rule.level, area, units, zone)
    return Picked(picked.unit, (Step(Why.UNIT_CLOSED, said), *picked.trace))


def pick_unit(department: str, level: Level, area: str, units: UnitBook, zone: str | None = None) -> Picked:
    """The department's unit at that level of the area; else the nearest one upward.

    Below the county a street or community stands for every department. A case inside a functional zone goes to the
    zone's own unit before the county's. Where the city has no unit of its own, the county's answers for it.
    """
    trace: list[Step] = []
    for tried in _ladder(level):
        places = _places(tried, area, zone)
        if not places:
            trace.append(Step(Why.AREA_TOO_WIDE, {"level": tried.value, "area": area}))
        for place in places:
            unit = units.find(department, place) or units.find(_STANDS_FOR_ALL.get(tried, department), place)
            if unit:
                return Picked(unit, (*trace, Step(Why.UNIT, {"unit": unit, "area": place})))
            missing = {"department": department, "level": tried.value, "area": place}
            trace.append(Step(Why.NO_UNIT_HERE, missing))
    return Picked(None, (*trace, Step(Why.NO_UNIT, {"department": department, "area": area})))


def _ladder(level: Level) -> tuple[Level, ...]:
    if level == Level.CITY:
        return (Level.CITY, Level.COUNTY)
    return _UPWARD[0 if level == Level.GRID else _UPWARD.index(level) :]


def _places(level: Level, area: str, zone: str | None) -> tuple[str, ...]:
    """The area codes to look under at this level; none where the case's own area is wider than that."""
    length = _CODE_LENGTH[level]
    own = (area[:length],) if len(area) >= length else ()
    return tuple(dict.fromkeys((zone, *own))) if zone and level == Level.COUNTY else own
