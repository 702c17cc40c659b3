"""One rule of the dispatch catalogue 派单规则: what it asks of a case, and who gets the case (domain.md §4.5)."""

from dataclasses import dataclass
from datetime import date

from casework.rules.spans import Span
from casework.rules.words import Kind, Level, Term, Urgency


class Days(Term):
    """日期类型: days on which business is open, or closed, by the calendar of the case's prefecture."""

    WORKDAY = "WORKDAY", "工作日"
    RESTDAY = "RESTDAY", "非工作日"


@dataclass(frozen=True, slots=True)
class DispatchRule:
    """One line of the dispatch catalogue. Smaller `priority` is asked first, equal ones in the catalogue's order.

    Category and area are prefixes, "" means any; so do a missing kind, urgency, place type, owner, hours, season, days
    and no keywords. Of `keywords` one must stand in the text. `valid_from` and `valid_to` are days in Asia/Shanghai,
    both inclusive. `unit` is a unit's code: while it is open it takes the case, without looking by department and
    level. `limit` is what it sets for FINISH of N and C where no statute does (rules/limits.py), `version` the own
    rule's, 0 in the base.
    """

    id: str
    priority: int
    department: str
    level: Level
    category: str = ""
    area: str = ""
    kind: Kind | None = None
    urgency: Urgency | None = None
    keywords: tuple[str, ...] = ()
    place_type: str | None = None
    owner: str | None = None
    hours: Span | None = None
    season: Span | None = None
    days: Days | None = None
    unit: str | None = None
    co_departments: tuple[str, ...] = ()
    co_units: tuple[str, ...] = ()
    limit: str = ""
    legal_basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    version: int = 0

    @property
    def outcome(self) -> tuple[object, ...]:
        """What the rule answers: two rules of the same outcome send a case the same way."""
        return self.department, self.level, self.unit, self.co_departments, self.co_units, self.limit

    def covers(self, other: "DispatchRule") -> bool:
        """Whether this rule takes every case that `other` would take: then `other`, asked later, is unreachable."""
        return (
            other.category.startswith(self.category)
            and other.area.startswith(self.area)
            and self.kind in (None, other.kind)
            and self.urgency in (None, other.urgency)
            and self.place_type in (None, other.place_type)
            and self.owner in (None, other.owner)
            and self.days in (None, other.days)
            and _spans(self.hours, other.hours)
            and _spans(self.season, other.season)
            and self._covers_keywords(other.keywords)
            and (self.valid_from or date.min) <= (other.valid_from or date.min)
            and (self.valid_to or date.max) >= (other.valid_to or date.max)
        )

    def _covers_keywords(self, others: tuple[str, ...]) -> bool:
        """A text with 井盖破损 also holds 井盖: the shorter word covers the longer one."""
        if not self.keywords:
            return True
        return bool(others) and all(any(mine in word for mine in self.keywords) for word in others)


def _spans(mine: Span | None, other: Span | None) -> bool:
    return mine is None or (other is not None and mine.covers(other))
