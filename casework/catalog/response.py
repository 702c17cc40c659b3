"""A city's rules for graded response and whistles (data/response.toml), read and checked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from casework.catalog.checks import check_known
from casework.catalog.entries import DepartmentCode, Entry, Name
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.catalog.turns import keyed
from casework.rules.checks import CheckRules
from casework.rules.levels import GRADED, LevelLimits
from casework.rules.limits import Limit
from casework.rules.words import Level, Urgency

_GROUPS = ("whistle", "level", "check", "checked", "verify", "copy", "guardian")
_CHECK_IN = "check_in"


class CheckInEntry(Entry):
    """Within how many metres of the spot a department counts as there, and the source."""

    within_m: Annotated[int, Field(ge=10, le=100_000)]
    source: Name


LimitText = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}(m|h|d|wm|wd)$")]


class LevelEntry(Entry):
    """How soon a level takes a matter on, and how soon it settles it, from its arrival there; and the source."""

    accept: LimitText
    handle: LimitText
    source: Name


class CheckEntry(Entry):
    """How soon a result is looked at on the spot, from its filing; and the source."""

    limit: LimitText
    source: Name


class CheckedEntry(Entry):
    """A category, with all below it, whose results are looked at; and the source."""

    category: Annotated[str, Field(pattern=r"^(\d{2}){1,3}$")]
    source: Name


class CopyEntry(Entry):
    """The department of the county that learns of a dispatch straight to that level; and the source."""

    department: DepartmentCode
    source: Name


class GuardianEntry(Entry):
    """Which departments guard minors in matters of a category, the first that has a unit there; and the source. The
    category 00 stands for all others."""

    category: Annotated[str, Field(pattern=r"^(\d{2}){1,3}$")]
    departments: Annotated[tuple[DepartmentCode, ...], Field(min_length=1)]
    source: Name


ANY_CATEGORY = "00"


@dataclass(frozen=True)
class Response:
    """The rules. `check_in_within_m`: metres. `levels`: by level and urgency; what is not there has no such limits.
    `check_sources`: of the checks' limits; `verify`: how soon a verifying is answered, with the source.
    `copies`: the department that learns of a dispatch straight to a level."""

    check_in_within_m: int
    levels: Mapping[tuple[Level, Urgency], LevelLimits]
    checks: CheckRules
    check_sources: Mapping[Urgency, str]
    copies: Mapping[Level, str]
    verify: Mapping[Urgency, tuple[Limit, str]]
    guardians: Mapping[str, tuple[str, ...]]

    def guardians_of(self, category: str | None) -> tuple[str, ...]:
        """涉未成年人: the departments to be told of a matter of the category, in their order."""
        prefixes = [(category or "")[:length] for length in (6, 4, 2)]
        return next((self.guardians[p] for p in (*prefixes, ANY_CATEGORY) if p in self.guardians), ())


def read_response(file: Toml, departments: Collection[str], faults: Faults) -> Response:
    """Nothing may be missing; a table of another name is a fault."""
    for group in file.tables:
        if group not in _GROUPS:
            faults.add("extra", file.name, file.line(group), group)
    check_in = file.entries("whistle", CheckInEntry, faults).get(_CHECK_IN)
    if check_in is None:
        faults.add("missing", file.name, file.line("whistle"), f"whistle.{_CHECK_IN}")
    within = keyed(file, "check", Urgency, CheckEntry, faults)
    for urgency in Urgency:
        if urgency not in within:
            faults.add("missing", file.name, file.line("check"), f"check.{urgency}")
    verify = keyed(file, "verify", Urgency, CheckEntry, faults)
    for urgency in Urgency:
        if urgency not in verify:
            faults.add("missing", file.name, file.line("verify"), f"verify.{urgency}")
    checked = file.entries("checked", CheckedEntry, faults)
    categories = tuple(dict.fromkeys(entry.category for entry in checked.values()))
    guardians = file.entries("guardian", GuardianEntry, faults)
    for key, guardian in guardians.items():
        line = (file.name, file.line("guardian", key), "departments")
        check_known(guardian.departments, departments, "unknown_department", line, faults)
    return Response(
        guardians={entry.category: entry.departments for entry in guardians.values()},
        check_in_within_m=check_in.within_m if check_in else 0,
        levels=_levels(file, faults),
        checks=CheckRules({urgency: Limit.parse(entry.limit) for urgency, entry in within.items()}, categories),
        verify={urgency: (Limit.parse(entry.limit), entry.source) for urgency, entry in verify.items()},
        copies={level: entry.department for level, entry in keyed(file, "copy", Level, CopyEntry, faults).items()},
        check_sources={urgency: entry.source for urgency, entry in within.items()},
    )


def _levels(file: Toml, faults: Faults) -> dict[tuple[Level, Urgency], LevelLimits]:
    """[level.COMMUNITY-N]; C counts as N where it is not said. A key that is no level with an urgency is a fault."""
    known = {f"{level.value}-{urgency.value}": (level, urgency) for level in GRADED for urgency in Urgency}
    found: dict[tuple[Level, Urgency], LevelLimits] = {}
    for key, entry in file.entries("level", LevelEntry, faults).items():
        if key not in known:
            faults.add("extra", file.name, file.line("level", key), f"level.{key}")
            continue
        found[known[key]] = LevelLimits(Limit.parse(entry.accept), Limit.parse(entry.handle), entry.source)
    for level in GRADED:
        if (level, Urgency.N) in found:
            found.setdefault((level, Urgency.C), found[level, Urgency.N])
    return found
