"""A county's first set-up 初始配置: its units and accounts, read from two files and checked against the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field

from casework.catalog.areas import AreaLevel
from casework.catalog.checks import by_code, check_known
from casework.catalog.entries import DepartmentCode, Entry, Name, split_cell
from casework.catalog.faults import Faults
from casework.catalog.load import Catalog
from casework.catalog.problems import CatalogError
from casework.catalog.read import read_csv
from casework.catalog.sources import SHIPPED
from casework.rules.pick_unit import COMMUNITY_DEPARTMENT, STREET_DEPARTMENT
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, UNIT_ROLES, Level, Role

_UNITS = "units.csv"
_ACCOUNTS = "accounts.csv"
LEVEL_OF_LENGTH = {4: Level.CITY, 6: Level.COUNTY, 9: Level.STREET, 12: Level.COMMUNITY}
"""The level of a unit by the digits of its area."""
LEVEL_OF_DEPARTMENT = {STREET_DEPARTMENT: AreaLevel.STREET, COMMUNITY_DEPARTMENT: AreaLevel.COMMUNITY}
"""The departments that answer for an area of one level alone."""


class UnitLine(Entry):
    """承办单位; `area` is a prefecture, county, zone, street or community, `parent` the unit it belongs to."""

    code: Annotated[str, Field(pattern=r"^[0-9A-Z-]{3,24}$")]
    name: Name
    department: DepartmentCode
    area: Annotated[str, Field(pattern=r"^(\d{4}|\d{6}|\d{9}|\d{12}|\d{4}Z[0-9A-Z])$")]
    parent: str = ""

    @property
    def level(self) -> Level:
        return LEVEL_OF_LENGTH[len(self.area)]


class AccountLine(Entry):
    """账号, without a password; `area` is the prefix of its scope, for a grid worker the grid's code."""

    login: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,31}$")]
    name: Name
    roles: Annotated[tuple[Role, ...], BeforeValidator(split_cell), Field(min_length=1)]
    area: Name
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Seed:
    """Parents stand in `units` too, not necessarily before their children."""

    units: tuple[UnitLine, ...]
    accounts: tuple[AccountLine, ...]


def load_seed(catalog: Catalog, folder: Path | None = None) -> Seed:
    """units.csv and accounts.csv of the folder; None: the shipped county 成都市锦江区. Raises CatalogError."""
    folder = folder or SHIPPED / "seed"
    faults = Faults()
    unit_lines = read_csv(folder / _UNITS, UnitLine, faults)
    units = by_code(_UNITS, unit_lines, faults)
    for line, unit in unit_lines:
        _check_unit(line, unit, units, catalog, faults)
    account_lines = read_csv(folder / _ACCOUNTS, AccountLine, faults)
    line_of: dict[str, int] = {}
    for line, account in account_lines:
        if account.login in line_of:
            faults.add("repeated", _ACCOUNTS, line, "login", value=account.login, first=line_of[account.login])
        line_of.setdefault(account.login, line)
        _check_account(line, account, units, catalog, faults)
    if faults.lines:
        raise CatalogError(faults.lines)
    return Seed(tuple(units.values()), tuple(account for _, account in account_lines))


def _check_unit(line: int, unit: UnitLine, units: Mapping[str, UnitLine], catalog: Catalog, faults: Faults) -> None:
    department = (_UNITS, line, "department")
    check_known((unit.department,), catalog.departments, "unknown_department", department, faults)
    check_known((unit.parent,) if unit.parent else (), units, "unknown_unit", (_UNITS, line, "parent"), faults)
    area = catalog.areas.get(unit.area)
    if area is None:
        faults.add("unknown_area", _UNITS, line, "area", value=unit.area)
    elif area.level != LEVEL_OF_DEPARTMENT.get(unit.department, area.level):
        expected = LEVEL_OF_DEPARTMENT[unit.department]
        faults.add("unit_level", _UNITS, line, "area", value=unit.department, zh=expected.zh, en=expected.value)
    if unit.parent in units and _is_own_ancestor(unit, units):
        faults.add("unit_circle", _UNITS, line, "parent", value=unit.parent)


def _is_own_ancestor(unit: UnitLine, units: Mapping[str, UnitLine]) -> bool:
    seen = {unit.code}
    while unit.parent in units:
        if unit.parent in seen:
            return True
        seen.add(unit.parent)
        unit = units[unit.parent]
    return False


def _check_account(
    line: int, account: AccountLine, units: Mapping[str, UnitLine], catalog: Catalog, faults: Faults
) -> None:
    check_known((account.unit,) if account.unit else (), units, "unknown_unit", (_ACCOUNTS, line, "unit"), faults)
    if not catalog.areas.valid(account.area):
        faults.add("unknown_area", _ACCOUNTS, line, "area", value=account.area)
    elif Role.GRID_WORKER in account.roles and len(account.area) <= 12:
        faults.add("grid_needed", _ACCOUNTS, line, "area")
    if len(account.roles) > 1 and ADMIN_ROLES & set(account.roles):
        faults.add("admin_alone", _ACCOUNTS, line, "roles")
    for role in account.roles:
        if role in OUTSIDE_ROLES:
            faults.add("outside_role", _ACCOUNTS, line, "roles", value=role.value)
        elif role in (UNIT_ROLES | {Role.GRID_WORKER}) and not account.unit:
            faults.add("unit_needed", _ACCOUNTS, line, "unit", value=role.value)
