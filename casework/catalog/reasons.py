"""Reasons that people choose from 理由 and the lines that a caller is handed to (data/reasons.toml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from casework.catalog.entries import EmergencyLine, Reason
from casework.catalog.faults import Faults
from casework.catalog.read import Toml

_GROUPS = ("guidance", "closure", "void", "withdrawal")
_TOLD = ("guidance", "closure")


@dataclass(frozen=True)
class Reasons:
    """By code: guidance 引导 (NA01–NA10), closure 说明理由办结, void 作废, withdrawal 撤诉, emergency 紧急热线."""

    guidance: Mapping[str, Reason]
    closure: Mapping[str, Reason]
    void: Mapping[str, Reason]
    withdrawal: Mapping[str, Reason]
    emergency: Mapping[str, EmergencyLine]

    @cached_property
    def guidance_codes(self) -> frozenset[str]:
        return frozenset(self.guidance)

    @cached_property
    def closure_codes(self) -> frozenset[str]:
        return frozenset(self.closure)

    @cached_property
    def closures_of_two(self) -> frozenset[str]:
        """Closures on which a second person must agree (会审)."""
        return frozenset(code for code, reason in self.closure.items() if reason.second_person)


def read_reasons(file: Toml, faults: Faults) -> Reasons:
    """A guidance or closure says what the citizen is told, in both languages; a table of another name is a fault."""
    for group in file.tables:
        if group not in (*_GROUPS, "emergency"):
            faults.add("extra", file.name, file.line(group), group)
    groups = {group: file.entries(group, Reason, faults) for group in _GROUPS}
    for group in _TOLD:
        for code, reason in groups[group].items():
            if not (reason.told_zh and reason.told_en):
                faults.add("reason_told", file.name, file.line(group, code), f"{group}.{code}")
    return Reasons(**groups, emergency=file.entries("emergency", EmergencyLine, faults))
