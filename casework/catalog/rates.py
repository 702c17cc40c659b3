"""A city's rules of the figures (data/rates.toml), read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from casework.catalog.entries import Entry, Name
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.rules.rates import FIGURES, named
from casework.rules.scoring import Part
from casework.rules.suspicions import Check
from casework.rules.words import FindingKind

_MONTH = "month"
_TARGET = "headline"
_GROUPS = ("freeze", "target", *(kind.value.lower() for kind in FindingKind), "check", "scheme", "grade")


class FreezeEntry(Entry):
    """From which working day of the next month on a month is frozen, and how many months are restated then."""

    working_day: Annotated[int, Field(ge=1, le=15)]
    restated_months: Annotated[int, Field(ge=0, le=36)]
    source: Name


class TargetEntry(Entry):
    """What a rate should reach, from 0 to 1."""

    least: Annotated[float, Field(gt=0, le=1)]
    source: Name


class Named(Entry):
    """Something with its name in both languages, and the source."""

    zh: Name
    en: Name
    source: Name


class CheckEntry(Named):
    """A check's bound, and what the bound counts."""

    bound: Annotated[int, Field(ge=1, le=10_000)]
    unit_zh: Name
    unit_en: Name


class PartEntry(Entry):
    """One figure's share of a score."""

    figure: Name
    weight: Annotated[float, Field(gt=0, le=100)]
    reverse: bool = False
    full: Annotated[int, Field(ge=0)] = 0
    count_weight: Annotated[float, Field(ge=0, le=100)] = 0


class SchemeEntry(Named):
    """A scoring scheme."""

    parts: Annotated[list[PartEntry], Field(min_length=1, max_length=40)]

    @property
    def weighed(self) -> tuple[Part, ...]:
        return tuple(Part(**part.model_dump()) for part in self.parts)


class GradeEntry(Entry):
    """The least points of a grade."""

    least: Annotated[float, Field(ge=0, le=100)]
    source: Name


@dataclass(frozen=True)
class RateRules:
    """The rules. `target`: that of the headline rate. `reasons`: by what the ledger's entry is about, and its code;
    `grades`: least points by code."""

    freeze: FreezeEntry
    target: TargetEntry
    reasons: Mapping[FindingKind, Mapping[str, Named]]
    checks: Mapping[Check, CheckEntry]
    schemes: Mapping[str, SchemeEntry]
    grades: Mapping[str, float]


def read_rates(file: Toml, faults: Faults) -> RateRules:
    """Nothing may be missing; a table of another name, or a figure that is none, is a fault."""
    for group in file.tables:
        if group not in _GROUPS:
            faults.add("extra", file.name, file.line(group), group)
    freeze = file.entries("freeze", FreezeEntry, faults).get(_MONTH)
    if freeze is None:
        faults.add("missing", file.name, file.line("freeze"), f"freeze.{_MONTH}")
        freeze = FreezeEntry(working_day=5, restated_months=0, source="-")
    target = file.entries("target", TargetEntry, faults).get(_TARGET)
    if target is None:
        faults.add("missing", file.name, file.line("target"), f"target.{_TARGET}")
        target = TargetEntry(least=1, source="-")
    checks = file.entries("check", CheckEntry, faults)
    for check in Check:
        if check.value not in checks:
            faults.add("missing", file.name, file.line("check"), f"check.{check.value}")
    return RateRules(
        freeze=freeze,
        target=target,
        reasons={kind: file.entries(kind.value.lower(), Named, faults) for kind in FindingKind},
        checks={check: checks[check.value] for check in Check if check.value in checks},
        schemes=_schemes(file, faults),
        grades={code: entry.least for code, entry in file.entries("grade", GradeEntry, faults).items()},
    )


def _schemes(file: Toml, faults: Faults) -> Mapping[str, SchemeEntry]:
    schemes = file.entries("scheme", SchemeEntry, faults)
    for code, scheme in schemes.items():
        for part in scheme.parts:
            if named(part.figure) is None:
                where = file.name, file.line("scheme", code), f"scheme.{code}.parts"
                faults.add("choice", *where, value=part.figure, expected=", ".join(one.code for one in FIGURES))
    return schemes
