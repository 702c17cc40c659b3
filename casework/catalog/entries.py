"""The lines of the city's catalogue, one class for each file; pydantic says which cell of a line is wrong."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from casework.rules.dispatch_rule import Days, DispatchRule
from casework.rules.limits import Limit, Statute
from casework.rules.spans import Span
from casework.rules.words import Kind, Level, Urgency


def split_cell(cell: object) -> object:
    """The parts of one cell, JZ|SQ|SC; anything but text as it stands, for pydantic to judge."""
    return tuple(part.strip() for part in cell.split("|") if part.strip()) if isinstance(cell, str) else cell


Several = Annotated[tuple[str, ...], BeforeValidator(split_cell)]
"""Several values in one cell: JZ|SQ|SC."""

SeveralKinds = Annotated[tuple[Kind, ...], BeforeValidator(split_cell)]
Name = Annotated[str, Field(min_length=1)]
DepartmentCode = Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")]


def _hours(text: str) -> str:
    Span.hours(text)
    return text


def _season(text: str) -> str:
    Span.season(text)
    return text


def _limit(text: str) -> str:
    return str(Limit.parse(text)) if text else text


HoursOfDay = Annotated[str, AfterValidator(_hours)]
"""22:00-06:00, in Asia/Shanghai."""

Season = Annotated[str, AfterValidator(_season)]
"""05-01/09-30, every year."""

LimitText = Annotated[str, AfterValidator(_limit)]
"""5wd, 24h …, or nothing."""


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
    cases, which go on being routed, not given to new ones; `replaced_by` is offered instead.
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
    replaced_by: str = ""
    note: str = ""

    def statute(self, kind: Kind | None) -> Statute | None:
        """The category's own limit by law for that kind, as `LimitTable.find` takes it; None: the profile's."""
        if self.limit is None or kind not in self.limit_kinds:
            return None
        return Statute(Limit.parse(self.limit), self.legal_basis)


class NamedPlace(Entry):
    """地点类型 or 权属: a kind of place, or an owner, that a rule may ask for. `words`: what a text calls it."""

    code: Annotated[str, Field(pattern=r"^[A-Z_]{2,20}$")]
    zh: Name
    en: Name
    words: Several = ()


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
    owner: str | None = None
    hours: HoursOfDay | None = None
    season: Season | None = None
    days: Days | None = None
    unit: str | None = None
    co_departments: Several = ()
    co_units: Several = ()
    limit: LimitText = ""
    legal_basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    note: str = ""

    def rule(self, version: int = 0) -> DispatchRule:
        said = {name: value for name, value in self if name not in ("note", "hours", "season")}
        hours = Span.hours(self.hours) if self.hours else None
        season = Span.season(self.season) if self.season else None
        return DispatchRule(**said, hours=hours, season=season, version=version)


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
