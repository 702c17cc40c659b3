"""A city's own dispatch rules 自有派单规则: read from their rows, and judged against the city before they count."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as part
from typing import Any

from casework.catalog.entries import Category, DispatchLine
from casework.catalog.load import Catalog
from casework.rules.dispatch_rule import DispatchRule
from casework.rules.limits import Limit, longer
from casework.rules.pick_unit import UnitBook
from casework.rules.rule_book import RuleBook
from casework.rules.words import Kind

DRAFT = 1_000_000_000
"""The version of a rule that is only tried: it is an own rule, as those in force are."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with one rule: which of those given (from 0), which field, the code of the sentence, its facts."""

    which: int
    field: str
    code: str
    params: Mapping[str, str] = part(default_factory=dict)


def read_own(code: str, version: int, said: str | Mapping[str, Any]) -> DispatchRule:
    """The rule of a stored version. Raises pydantic's ValidationError where it was not written by this program."""
    told = json.loads(said) if isinstance(said, str) else said
    return DispatchLine.model_validate({**told, "id": code}).rule(version)


def completed(line: DispatchLine, units: UnitBook) -> DispatchLine:
    """A rule that names a unit is of that unit's department."""
    unit = units.get(line.unit) if line.unit else None
    return line.model_copy(update={"department": unit.department}) if unit else line


def wrongs(
    lines: Sequence[DispatchLine], catalog: Catalog, units: UnitBook, own: Iterable[DispatchRule]
) -> list[Wrong]:
    """All that is wrong with rules that are to be put among the `own` ones in force, over the catalogue's."""
    found = [wrong for which, line in enumerate(lines) for wrong in _in_itself(which, line, catalog, units)]
    found += _named_twice(lines, catalog)
    if found:
        return found
    new = [line.rule(DRAFT) for line in lines]
    return _out_of_reach(new, [rule for rule in own if rule.id not in {line.id for line in lines}], catalog)


def _in_itself(which: int, line: DispatchLine, catalog: Catalog, units: UnitBook) -> Iterable[Wrong]:
    category = catalog.categories.get(line.category) if line.category else None
    if line.category and category is None:
        yield Wrong(which, "category", "dispatch_rule.unknown_category", {"value": line.category})
    elif category is not None and category.retired:
        yield Wrong(which, "category", "dispatch_rule.retired_category", {"value": line.category})
    if category is not None and line.limit:
        kinds = (line.kind,) if line.kind else category.limit_kinds
        if said := over_statute(Limit.parse(line.limit), kinds, category):
            yield Wrong(which, "limit", "dispatch_rule.limit_over_statute", said)
    if catalog.areas.get(line.area) is None:
        yield Wrong(which, "area", "dispatch_rule.unknown_area", {"value": line.area})
    for name, codes, kind, known in (
        ("department", (line.department,), "department", catalog.departments),
        ("co_departments", line.co_departments, "department", catalog.departments),
        ("place_type", (line.place_type or "",), "place_type", catalog.place_types),
        ("owner", (line.owner or "",), "owner", catalog.owners),
    ):
        for code in codes:
            if code and code not in known:
                yield Wrong(which, name, f"dispatch_rule.unknown_{kind}", {"value": code})
    yield from _of_units(which, line, units)
    if line.valid_from and line.valid_to and line.valid_to < line.valid_from:
        yield Wrong(which, "valid_to", "dispatch_rule.ends_before_it_begins")


def over_statute(limit: Limit, kinds: Iterable[Kind], category: Category) -> dict[str, str] | None:
    """What is wrong with a city's own limit that is longer than the statutory one 法定时限 of its category for one of
    the kinds; None: it may stand."""
    for kind in kinds:
        legal = category.statute(kind)
        if legal is not None and longer(limit, legal.limit):
            return {"value": str(limit), "legal": str(legal.limit), "source": legal.source}
    return None


def _of_units(which: int, line: DispatchLine, units: UnitBook) -> Iterable[Wrong]:
    for name, codes in (("unit", (line.unit or "",)), ("co_units", line.co_units)):
        for code in codes:
            unit = units.get(code)
            if code and unit is None:
                yield Wrong(which, name, "dispatch_rule.unknown_unit", {"value": code})
            elif unit is not None and not (unit.area.startswith(line.area) or line.area.startswith(unit.area)):
                yield Wrong(which, name, "dispatch_rule.unit_elsewhere", {"value": code})


def _named_twice(lines: Sequence[DispatchLine], catalog: Catalog) -> Iterable[Wrong]:
    seen = {rule.id for rule in catalog.dispatch_rules}
    for which, line in enumerate(lines):
        if line.id in seen:
            yield Wrong(which, "id", "dispatch_rule.taken", {"value": line.id})
        seen.add(line.id)


def _out_of_reach(new: Sequence[DispatchRule], own: Sequence[DispatchRule], catalog: Catalog) -> list[Wrong]:
    """New rules that nothing reaches, with the rule that shadows each; and own ones that a new one would hide."""
    book = RuleBook([*own, *new, *catalog.dispatch_rules])
    place = {rule.id: at for at, rule in enumerate(book.rules)}
    found = []
    for which, rule in enumerate(new):
        shadow = book.shadow_of(rule)
        if shadow is not None:
            same = rule.covers(shadow)
            code = "conflict" if same and rule.outcome != shadow.outcome else "unreachable"
            found.append(Wrong(which, "priority", f"dispatch_rule.{code}", {"rule": shadow.id}))
        found += [
            Wrong(which, "priority", "dispatch_rule.hides", {"rule": other.id})
            for other in own
            if place[rule.id] < place[other.id] and rule.covers(other)
        ]
    return found
