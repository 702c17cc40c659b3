"""From department, level and area to a unit: at the level asked for, else the nearest one upward."""

import pytest

from casework.rules.dispatch_rule import DispatchRule
from casework.rules.pick_unit import UnitBook, UnitPlace, pick_for, pick_unit
from casework.rules.trace import Step, Why
from casework.rules.words import Level

UNITS = UnitBook(
    UnitPlace(code, code.split("-")[1], code.split("-")[0])
    for code in (
        *("5101-GJJ", "5101-SW", "510104-ZJ", "510104-CG", "510104-SW", "510104-RS"),
        *("510104017-JZ", "510104017-ZHZF", "510104017001-SQ", "5101Z1-CG", "510107-CG", "510107-ZJ"),
    )
)
COMMUNITY = "510104017001"
OTHER_COMMUNITY = "510104018002"
ZONE_COMMUNITY = "510107061001"


@pytest.mark.parametrize(
    ("department", "level", "area", "zone", "unit"),
    [
        ("ZJ", Level.COUNTY, COMMUNITY, None, "510104-ZJ"),  # the county's department
        ("ZJ", Level.COUNTY, "510104", None, "510104-ZJ"),  # only the county is known: enough
        ("ZJ", Level.STREET, COMMUNITY, None, "510104017-JZ"),  # at the street the street stands for all
        ("ZHZF", Level.STREET, COMMUNITY, None, "510104017-ZHZF"),  # unless it has that department's own unit
        ("SQ", Level.COMMUNITY, COMMUNITY, None, "510104017001-SQ"),
        ("FL", Level.COMMUNITY, COMMUNITY, None, "510104017001-SQ"),  # the community stands for all
        ("SQ", Level.GRID, COMMUNITY + "001", None, "510104017001-SQ"),  # a grid's matters are its community's
        ("SQ", Level.COMMUNITY, "510104017002", None, "510104017-JZ"),  # no such unit -> its street
        ("SQ", Level.COMMUNITY, "510104017", None, "510104017-JZ"),  # community unknown -> the street
        ("CG", Level.STREET, OTHER_COMMUNITY, None, "510104-CG"),  # no street unit -> the county's department
        ("CG", Level.STREET, "510104", None, "510104-CG"),  # street unknown -> the county's department
        ("GJJ", Level.COUNTY, COMMUNITY, None, "5101-GJJ"),  # no county unit -> the city's
        ("SW", Level.CITY, COMMUNITY, None, "5101-SW"),  # a city matter
        ("RS", Level.CITY, COMMUNITY, None, "510104-RS"),  # no city unit -> the county answers
        ("CG", Level.COUNTY, ZONE_COMMUNITY, "5101Z1", "5101Z1-CG"),  # the zone's own unit first
        ("ZJ", Level.COUNTY, ZONE_COMMUNITY, "5101Z1", "510107-ZJ"),  # the zone has none -> the county's
        ("CG", Level.COUNTY, "5101Z1", "5101Z1", "5101Z1-CG"),
        ("CG", Level.COUNTY, ZONE_COMMUNITY, None, "510107-CG"),
        ("XF", Level.COUNTY, COMMUNITY, None, None),  # no such unit anywhere: a person decides
        ("JZ", Level.STREET, OTHER_COMMUNITY, None, None),
        ("ZJ", Level.COUNTY, "51", None, None),  # only the province is known
        ("ZJ", Level.COUNTY, "511702001001", None, None),  # never another county's unit
    ],
)
def test_the_unit_is_the_nearest_one_upward(
    department: str, level: Level, area: str, zone: str | None, unit: str | None
) -> None:
    assert pick_unit(department, level, area, UNITS, zone).unit == unit


def test_the_trace_says_where_it_was_looked_for() -> None:
    assert pick_unit("SQ", Level.COMMUNITY, "510104018", UNITS).trace == (
        Step(Why.AREA_TOO_WIDE, {"level": "COMMUNITY", "area": "510104018"}),
        Step(Why.NO_UNIT_HERE, {"department": "SQ", "level": "STREET", "area": "510104018"}),
        Step(Why.NO_UNIT_HERE, {"department": "SQ", "level": "COUNTY", "area": "510104"}),
        Step(Why.NO_UNIT_HERE, {"department": "SQ", "level": "CITY", "area": "5101"}),
        Step(Why.NO_UNIT, {"department": "SQ", "area": "510104018"}),
    )
    assert pick_unit("GJJ", Level.COUNTY, COMMUNITY, UNITS).trace[-1] == Step(
        Why.UNIT, {"unit": "5101-GJJ", "area": "5101"}
    )


def test_of_two_units_with_one_department_and_area_the_first_by_code_stands() -> None:
    twins = [UnitPlace("510104-GA2", "GA", "510104"), UnitPlace("510104-GA1", "GA", "510104")]
    assert pick_unit("GA", Level.COUNTY, COMMUNITY, UnitBook(twins)).unit == "510104-GA1"


@pytest.mark.parametrize(
    ("unit", "taken", "says"),
    [
        ("510105-CG", "510105-CG", [Why.UNIT_NAMED]),  # the unit that the rule names, wherever the case lies
        ("510104-GONE", "510104-CG", [Why.UNIT_CLOSED, Why.UNIT]),  # retired: department and level decide
        (None, "510104-CG", [Why.UNIT]),
    ],
)
def test_a_rule_may_name_its_unit(unit: str | None, taken: str, says: list[Why]) -> None:
    offices = UnitBook([UnitPlace("510104-CG", "CG", "510104"), UnitPlace("510105-CG", "CG", "510105")])
    rule = DispatchRule("R", 1, "CG", Level.COUNTY, unit=unit)
    found = pick_for(rule, "510104017001", offices)
    assert (found.unit, [step.code for step in found.trace]) == (taken, says)
