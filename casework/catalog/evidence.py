"""The evidence that a city demands 证据要求: one line of data/evidence.csv, read and checked."""

from collections.abc import Collection, Sequence
from typing import Annotated, Literal

from pydantic import Field

from casework.catalog.entries import Entry
from casework.catalog.faults import Faults
from casework.rules.evidence import Demand, EvidenceRule
from casework.rules.words import Action, Kind, Urgency

FILE = "evidence.csv"


class EvidenceLine(Entry):
    """A line: when it fits, and what it demands. A record takes nine files at most (words.md §6)."""

    id: Annotated[str, Field(pattern=r"^[A-Z0-9-]{1,40}$")]
    action: Literal[
        Action.SETTLE,
        Action.CONTACT,
        Action.FILE_RESULT,
        Action.PASS_CHECK,
        Action.FAIL_CHECK,
        Action.ANSWER_VERIFY,
    ]
    category: str = ""
    urgency: Urgency | None = None
    kind: Kind | None = None
    way: Literal["PHONE", "VISIT", "MESSAGE"] | None = None
    photos: Annotated[int, Field(ge=0, le=9)] = 0
    before_after: bool = False
    within_m: Annotated[int, Field(ge=10, le=100_000)] | None = None
    call_outcome: bool = False
    note: str = ""

    def rule(self) -> EvidenceRule:
        """The line as the rules take it; a distance alone demands one photo to measure it by."""
        photos = max(self.photos, 1) if self.within_m else self.photos
        demand = Demand(photos, self.before_after, self.within_m, self.call_outcome)
        return EvidenceRule(self.action, demand, self.category, self.urgency, self.kind, self.way)


def evidence_rules(
    lines: Sequence[tuple[int, EvidenceLine]], categories: Collection[str], faults: Faults
) -> tuple[EvidenceRule, ...]:
    """The rules of all lines; ids are unique, and a category is one of the tree."""
    seen: dict[str, int] = {}
    for number, line in lines:
        if line.id in seen:
            faults.add("repeated", FILE, number, "id", value=line.id, first=seen[line.id])
        seen.setdefault(line.id, number)
        if line.category and categories and line.category not in categories:
            faults.add("unknown_category", FILE, number, "category", value=line.category)
    return tuple(line.rule() for _, line in lines)
