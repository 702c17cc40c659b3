"""What a grid may be given 事项准入 (domain.md R8), and what its workers do and must not do 职责清单 (R7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from casework.rules.words import GridKind


@dataclass(frozen=True, slots=True)
class DutyLine:
    """职责: for grids of these kinds (none: all) in this area (a prefix), from `valid_from` to before `valid_to`.

    `negative`: 负面清单, what a grid worker must not do.
    """

    id: str
    name: str
    detail: str
    frequency: str
    source: str
    valid_from: date
    valid_to: date | None = None
    kinds: frozenset[GridKind] = frozenset()
    area: str = ""
    negative: bool = False

    def holds(self, kind: GridKind | None, area: str, day: date) -> bool:
        """Whether it is in force that day; without a kind, whatever the kind."""
        in_force = self.valid_from <= day and (self.valid_to is None or day < self.valid_to)
        return in_force and area.startswith(self.area) and (kind is None or not self.kinds or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class AdmittedItem:
    """准入事项: a category (its code, with all below it) that grids of these kinds (none: all) in this area (a prefix)
    may be given, from `valid_from` to before `valid_to`."""

    category: str
    area: str
    valid_from: date
    valid_to: date
    kinds: frozenset[GridKind] = frozenset()


def why_not(items: Iterable[AdmittedItem], category: str | None, area: str, kind: GridKind, day: date) -> str | None:
    """Why a matter of this category may not be sent to a grid there; None when it may. `items`: those ever admitted."""
    if category is None:
        return "GRID_ITEM_UNSORTED"
    named = [item for item in items if category.startswith(item.category) and area.startswith(item.area)]
    if not named:
        return "GRID_ITEM_NOT_ADMITTED"
    standing = [item for item in named if item.valid_from <= day < item.valid_to]
    if not standing:
        return "GRID_ITEM_NOT_IN_FORCE"
    fits = any(not item.kinds or kind in item.kinds for item in standing)
    return None if fits else "GRID_ITEM_OTHER_KIND"
