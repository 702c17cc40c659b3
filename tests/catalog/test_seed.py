"""The shipped county is whole: every department, street and community, and somebody for every business role."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from casework.catalog.load import Catalog
from casework.catalog.problems import CatalogError
from casework.catalog.seed import Seed, load_seed
from casework.catalog.sources import SHIPPED
from casework.rules.pick_unit import UnitBook, UnitPlace, pick_unit
from casework.rules.routing import Routed, RoutingFacts, route
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Level, Role

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
COUNTY = "510104"
COMMUNITY = "510104017001"


@pytest.fixture(scope="module")
def seed(catalog: Catalog) -> Seed:
    return load_seed(catalog)


def test_each_street_and_community_of_the_county_has_its_unit(catalog: Catalog, seed: Seed) -> None:
    units = {unit.code: unit for unit in seed.units}
    streets = catalog.areas.children(COUNTY)
    assert len(streets) == 11
    for street in streets:
        assert units[f"{street.code}-JZ"].level == Level.STREET
        for community in catalog.areas.children(street.code):
            assert units[f"{community.code}-SQ"].parent == f"{street.code}-JZ"
    assert len([unit for unit in seed.units if unit.department == "SQ"]) == 76


def test_every_category_finds_a_unit_but_heating_which_the_county_has_none_for(catalog: Catalog, seed: Seed) -> None:
    units = UnitBook(UnitPlace(unit.code, unit.department, unit.area) for unit in seed.units)
    unplaced = []
    for category in catalog.categories.values():
        if not category.parent:
            continue
        facts = RoutingFacts(category.code, COMMUNITY, None, category.urgency, "", NOON)
        found = route(facts, catalog.rule_book)
        assert isinstance(found, Routed)
        if pick_unit(found.rule.department, found.rule.level, COMMUNITY, units).unit is None:
            unplaced.append(category.code)
    assert unplaced == ["0308"]


def test_somebody_has_every_role_and_each_administrator_is_a_person_apart(seed: Seed) -> None:
    held = {role for account in seed.accounts for role in account.roles}
    assert held == set(Role) - OUTSIDE_ROLES
    for role in ADMIN_ROLES:
        assert [account.roles for account in seed.accounts if role in account.roles] == [(role,)]


def test_two_people_can_decide_where_two_must(seed: Seed) -> None:
    for role in (Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP):
        assert len([account for account in seed.accounts if role in account.roles]) >= 2


@pytest.mark.parametrize(
    ("name", "columns"),
    [("accounts.csv", "login name roles area unit"), ("units.csv", "code name department area parent")],
)
def test_the_files_have_no_place_for_a_password_or_a_phone(name: str, columns: str) -> None:
    with (SHIPPED / "seed" / name).open(encoding="utf-8") as file:
        header = next(csv.reader(line for line in file if not line.startswith("#")))
    assert header == columns.split()


def changed(folder: Path, file: str, line: str) -> Path:
    for name in ("units.csv", "accounts.csv"):
        text = (SHIPPED / "seed" / name).read_text(encoding="utf-8")
        (folder / name).write_text(text + (line + "\n" if name == file else ""), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "line", "field", "says"),
    [
        ("units.csv", "510104-ZJ,又一个,ZJ,510104,", "code", "510104-ZJ stands in line "),
        ("units.csv", "510104-XX,某局,XX,510104,", "department", "department XX is not in departments.csv"),
        ("units.csv", "510199-ZJ,某局,ZJ,510199,", "area", "area 510199 is in neither"),
        ("units.csv", "510104-ZJ2,某局,ZJ,510104,510104-NO", "parent", "unit 510104-NO is not in units.csv"),
        ("units.csv", "510104-JZ,某街道,JZ,510104,", "area", "a unit of department JZ answers for a STREET"),
        ("units.csv", "510104017-SQ,某社区,SQ,510104017,", "area", "a unit of department SQ answers for a COMMUNITY"),
        ("units.csv", "510104-ZJ2,某局,ZJ,510104,510104-ZJ2", "parent", "leads back to the unit itself"),
        ("units.csv", "510104-ZJ2,某局,ZJ,四川,", "area", "四川 does not have the form"),
        ("accounts.csv", "agent1,受理员丙,AGENT,510104,510104-RX", "login", "agent1 stands in line "),
        ("accounts.csv", "Agent9,受理员丙,AGENT,510104,510104-RX", "login", "Agent9 does not have the form"),
        ("accounts.csv", "agent9,受理员丙,WIZARD,510104,510104-RX", "roles", "WIZARD is not allowed"),
        ("accounts.csv", "agent9,受理员丙,AGENT,510199,510104-RX", "area", "area 510199 is in neither"),
        ("accounts.csv", "agent9,受理员丙,AGENT,510104,510104-NO", "unit", "unit 510104-NO is not in units.csv"),
        ("accounts.csv", "agent9,受理员丙,CITIZEN,510104,", "roles", "no account can hold the role CITIZEN"),
        ("accounts.csv", "agent9,管理员,SYS_ADMIN|AGENT,510104,", "roles", "an administrator's role stands alone"),
        ("accounts.csv", "agent9,管理员,SYS_ADMIN|AUDIT_ADMIN,51,", "roles", "an administrator's role stands alone"),
        ("accounts.csv", "unit9,经办人,UNIT,510104,", "unit", "the role UNIT must belong to a unit"),
        ("accounts.csv", "grid9,网格员,GRID_WORKER,510104017001,510104017001-SQ", "area", "a grid worker's area is"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(catalog: Catalog, tmp_path: Path, file: str, line: str, field: str, says: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load_seed(catalog, changed(tmp_path, file, line))
    last = len((tmp_path / file).read_text(encoding="utf-8").splitlines())
    [problem] = caught.value.problems
    assert problem.startswith(f"{file}:{last}: {field}: ")
    assert says in problem


def test_units_that_belong_to_each_other_are_named(catalog: Catalog, tmp_path: Path) -> None:
    lines = "510104-AA,某局,ZJ,510104,510104-BB\n510104-BB,某局,ZJ,510104,510104-AA"
    with pytest.raises(CatalogError) as caught:
        load_seed(catalog, changed(tmp_path, "units.csv", lines))
    assert len(caught.value.problems) == 2


def test_an_administrator_alone_is_in_order(catalog: Catalog, tmp_path: Path) -> None:
    seed = load_seed(catalog, changed(tmp_path, "accounts.csv", "sysadmin51,系统管理员乙,SYS_ADMIN,51,"))
    assert seed.accounts[-1].roles == (Role.SYS_ADMIN,)
