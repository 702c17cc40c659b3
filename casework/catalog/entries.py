"""The lines of the city's catalogue, one class for each file; pydantic says which cell of a line is wrong."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from casework.rules.limits import Limit, Statute
from casework.rules.routing import DispatchRule
from casework.rules.words import Kind, Level, Urgency


def split_cell(cell: object) -> object:
    """The parts of one cell, JZ|SQ|SC; anything but text as it stands, for pydantic to judge."""
    return tuple(part.strip() for part in cell.split("|") if part.strip()) if isinstance(cell, str) else cell


Several = Annotated[tuple[str, ...], BeforeValidator(split_cell)]
"""Several values in one cell: JZ|SQ|SC."""

SeveralKinds = Annotated[tuple[Kind, ...], BeforeValidator(split_cell)]
Name = Annotated[str, Field(min_length=1)]
DepartmentCode = Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class DepartmentKind(StrEnum):
    GOVERNMENT = "GOVERNMENT"
    ENTERPRISE = "ENTERPRISE"
    GRASSROOTS = "GRASSROOTS"
    CENTRE = "CENTRE"


class Department(Entry):
    """部门 [domain.md §4.5]: a kind of unit; which unit it is in a place, the units say. `aliases`: everyday names."""

    code: DepartmentCode
    name: Name
    kind: DepartmentKind
    aliases: Several = ()


class Category(Entry):
    """诉求分类 [domain.md §4.5]: first-level lines have a code and a name, all others also who takes them by default.

    `lead[0]` handles, the others are alternatives; `level` is who handles first. `limit` is the statute's own: 60wd =
    60 working days, 30d = 30 natural days, for `limit_kinds` only. `confidential` 保密举报, `minor` data of minors and
    `restricted` data that few may see. `guide`: the guidance reason that the desk is offered. `retired`: kept for old
    cases, not offered any more.
    """

    code: Annotated[str, Field(pattern=r"^\d{2}(\d{2}){0,3}$")]
    name: Name
    parent: str = ""
    lead: Several = ()
    co_units: Several = ()
    level: Level = Level.COUNTY
    urgency: Urgency = Urgency.N
    urgency_note: str = ""
    confidential: bool = False
    minor: bool = False
    restricted: bool = False
    emergency_line: Several = ()
    guide: str = ""
    limit: Annotated[str, Field(pattern=r"^[1-9]\d{0,2}(wd|d)$")] | None = None
    limit_kinds: SeveralKinds = ()
    legal_basis: str = ""
    retired: bool = False
    note: str = ""

    def statute(self, kind: Kind | None) -> Statute | None:
        """The category's own limit by law for that kind, as `LimitTable.find` takes it; None: the profile's."""
        if self.limit is None or kind not in self.limit_kinds:
            return None
        return Statute(Limit.parse(self.limit), self.legal_basis)


class PlaceType(Entry):
    """地点类型: a kind of place that a dispatch rule may name."""

    code: Annotated[str, Field(pattern=r"^[A-Z_]{2,20}$")]
    zh: Name
    en: Name


class Zone(Entry):
    """功能区成员: one member (a street with all its communities, or a community) of a functional zone a line."""

    code: Annotated[str, Field(pattern=r"^\d{4}Z[0-9A-Z]$")]
    name: Name
    member: Annotated[str, Field(pattern=r"^(\d{9}|\d{12})$")]


class FormerName(Entry):
    """曾用名与俗称: another name of an area or zone; `since`: the year in which it ceased to be official."""

    name: Annotated[str, Field(min_length=2, max_length=12)]
    code: Annotated[str, Field(pattern=r"^(\d{4}|\d{6}|\d{9}|\d{12}|\d{4}Z[0-9A-Z])$")]
    since: int | None = None


class DispatchLine(Entry):
    """派单目录的一行; `rule()` is what routing asks."""

    priority: Annotated[int, Field(ge=0)]
    id: Annotated[str, Field(pattern=r"^[A-Z0-9-]{2,40}$")]
    department: DepartmentCode
    level: Level
    category: str = ""
    area: str = ""
    kind: Kind | None = None
    urgency: Urgency | None = None
    keywords: Several = ()
    place_type: str | None = None
    co_departments: Several = ()
    legal_basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""

    def rule(self) -> DispatchRule:
        return DispatchRule(**{name: value for name, value in self if name != "note"})


class Reason(Entry):
    """理由: what staff see (zh, en) and what the citizen is told; `second_person`: another person must agree."""

    zh: Name
    en: Name
    told_zh: str = ""
    told_en: str = ""
    second_person: bool = False


class EmergencyLine(Entry):
    """紧急热线: `number` is empty where it differs from city to city and the city has not filled it in."""

    number: str
    zh: Name
    en: Name


class Sentence(Entry):
    """One sentence in both languages, with its facts in braces."""

    zh: Name
    en: Name


class About(Entry):
    """目录版本: the catalogue's own name and version."""

    name: Name
    version: Name
