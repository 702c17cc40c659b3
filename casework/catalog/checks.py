"""What the files of the catalogue ask of one another: nothing names what is not there, no rule is out of reach."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Protocol, TypeVar

from casework.catalog.areas import AreaTree
from casework.catalog.entries import Category, Department, DispatchLine, FormerName
from casework.catalog.faults import Faults
from casework.catalog.reasons import Reasons
from casework.rules.dispatch_rule import DispatchRule
from casework.rules.pick_unit import COMMUNITY_DEPARTMENT, STREET_DEPARTMENT
from casework.rules.rule_book import RuleBook

CENTRE_DEPARTMENT = "RX"
_NEEDED_DEPARTMENTS = (STREET_DEPARTMENT, COMMUNITY_DEPARTMENT, CENTRE_DEPARTMENT)
_NEEDED_OF_LEAF = ("lead", "level", "urgency")


class Coded(Protocol):
    @property
    def code(self) -> str: ...


Kept = TypeVar("Kept", bound=Coded)


def by_code(file: str, lines: Iterable[tuple[int, Kept]], faults: Faults) -> dict[str, Kept]:
    """The entries by their code, the first of each; a repeated code is a fault."""
    found: dict[str, Kept] = {}
    line_of: dict[str, int] = {}
    for line, entry in lines:
        if entry.code in found:
            faults.add("repeated", file, line, "code", value=entry.code, first=line_of[entry.code])
        else:
            found[entry.code] = entry
            line_of[entry.code] = line
    return found


def check_departments(departments: Mapping[str, Department], faults: Faults) -> None:
    """Streets, communities and the centre are asked for by code, so their departments must be there."""
    for code in _NEEDED_DEPARTMENTS if departments else ():
        if code not in departments:
            faults.add("needed_department", "departments.csv", field="code", value=code)


def check_categories(
    lines: Sequence[tuple[int, Category]], departments: Collection[str], reasons: Reasons, faults: Faults
) -> None:
    file = "categories.csv"
    codes = {category.code for _, category in lines}
    for line, category in lines:
        _check_place_in_tree(line, category, codes, faults)
        for column in ("lead", "co_units"):
            check_known(getattr(category, column), departments, "unknown_department", (file, line, column), faults)
        emergency = (file, line, "emergency_line")
        check_known(category.emergency_line, reasons.emergency, "unknown_line", emergency, faults)
        guide = (category.guide,) if category.guide else ()
        check_known(guide, reasons.guidance, "unknown_guidance", (file, line, "guide"), faults)
        _check_replacement(line, category, lines, faults)
        if category.limit and not (category.legal_basis and category.limit_kinds):
            faults.add("limit_basis", file, line, "limit")


def _check_replacement(line: int, category: Category, lines: Sequence[tuple[int, Category]], faults: Faults) -> None:
    """A retired category may name the one that took its place: one in use."""
    in_use = {other.code for _, other in lines if not other.retired}
    if category.replaced_by and (category.replaced_by not in in_use or category.replaced_by == category.code):
        faults.add("unknown_replacement", "categories.csv", line, "replaced_by", value=category.replaced_by)


def _check_place_in_tree(line: int, category: Category, codes: Collection[str], faults: Faults) -> None:
    file = "categories.csv"
    if not category.parent:
        return
    if category.parent not in codes:
        faults.add("unknown_category", file, line, "parent", value=category.parent)
    elif not category.code.startswith(category.parent) or category.code == category.parent:
        faults.add("parent_prefix", file, line, "code", value=category.parent)
    for column in _NEEDED_OF_LEAF:
        if column not in category.model_fields_set:
            faults.add("needed_of_leaf", file, line, column)


def known_names(lines: Sequence[tuple[int, FormerName]], areas: AreaTree, faults: Faults) -> tuple[FormerName, ...]:
    """Former and everyday names whose area is there; each other one is a fault."""
    for line, entry in lines:
        if len(areas) and areas.get(entry.code) is None:
            faults.add("unknown_area", "former_names.csv", line, "code", value=entry.code)
    return tuple(entry for _, entry in lines)


def checked_rules(
    lines: Sequence[tuple[int, DispatchLine]],
    areas: AreaTree,
    known: Mapping[str, Collection[str]],
    faults: Faults,
) -> tuple[DispatchRule, ...]:
    """The dispatch catalogue's rules in its order. `known`: codes of departments, categories, place_types, owners."""
    file = "dispatch.csv"
    line_of: dict[str, int] = {}
    for line, entry in lines:
        if entry.id in line_of:
            faults.add("repeated", file, line, "id", value=entry.id, first=line_of[entry.id])
        line_of.setdefault(entry.id, line)
        _check_rule(line, entry, areas, known, faults)
    rules = tuple(entry.rule() for _, entry in lines)
    for rule, earlier in RuleBook(rules).unreachable():
        faults.add("unreachable", file, line_of[rule.id], "id", value=earlier.id, first=line_of[earlier.id])
    return rules


def _check_rule(
    line: int, entry: DispatchLine, areas: AreaTree, known: Mapping[str, Collection[str]], faults: Faults
) -> None:
    file = "dispatch.csv"
    departments, categories = known["departments"], known["categories"]
    check_known((entry.department,), departments, "unknown_department", (file, line, "department"), faults)
    check_known(entry.co_departments, departments, "unknown_department", (file, line, "co_departments"), faults)
    category = (entry.category,) if entry.category else ()
    check_known(category, categories, "unknown_category", (file, line, "category"), faults)
    place = (entry.place_type,) if entry.place_type else ()
    check_known(place, known["place_types"], "unknown_place_type", (file, line, "place_type"), faults)
    owner = (entry.owner,) if entry.owner else ()
    check_known(owner, known["owners"], "unknown_owner", (file, line, "owner"), faults)
    if entry.area and len(areas) and areas.get(entry.area) is None:
        faults.add("unknown_area", file, line, "area", value=entry.area)
    if entry.valid_from and entry.valid_to and entry.valid_to < entry.valid_from:
        faults.add("dates", file, line, "valid_to", value=entry.valid_to)


def check_known(
    values: Iterable[str], known: Collection[str], key: str, where: tuple[str, int, str], faults: Faults
) -> None:
    """A fault for each value that is not among the known ones. `where`: file, line, field.

    Nothing known means that their file could not be read, which is a fault already: it is not said again for each line.
    """
    for value in values if known else ():
        if value not in known:
            faults.add(key, *where, value=value)
