"""The trace of a dispatch 派单依据: which rule took a case and why those before it did not, step by step."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Why(StrEnum):
    """The code of a step in a trace; its sentence is in the catalogue's trace.toml."""

    MATCHED = "MATCHED"
    OTHER_AREA = "OTHER_AREA"
    OTHER_KIND = "OTHER_KIND"
    OTHER_URGENCY = "OTHER_URGENCY"
    OTHER_PLACE = "OTHER_PLACE"
    OTHER_OWNER = "OTHER_OWNER"
    OTHER_HOURS = "OTHER_HOURS"
    OTHER_SEASON = "OTHER_SEASON"
    OTHER_DAYS = "OTHER_DAYS"
    NO_KEYWORD = "NO_KEYWORD"
    NOT_YET = "NOT_YET"
    EXPIRED = "EXPIRED"
    MORE = "MORE"
    NO_CATEGORY = "NO_CATEGORY"
    NO_AREA = "NO_AREA"
    NO_RULE = "NO_RULE"
    UNIT = "UNIT"
    NO_UNIT_HERE = "NO_UNIT_HERE"
    AREA_TOO_WIDE = "AREA_TOO_WIDE"
    NO_UNIT = "NO_UNIT"
    UNIT_NAMED = "UNIT_NAMED"
    UNIT_CLOSED = "UNIT_CLOSED"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trace: a code and the facts of its sentence; stored as it stands, so only strings."""

    code: Why
    params: Mapping[str, str] = field(default_factory=dict)
