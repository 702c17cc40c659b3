"""How community services are rated (data/service_ratings.toml), read and checked."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from casework.catalog.entries import Entry, Name
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.rules.service_ratings import RatingDefinition, RatingLimits
from casework.rules.words import Satisfaction

_DEFINITION, _LIMIT = ("definition", "services"), ("limit", "day")
Grades = Annotated[tuple[Satisfaction, ...], Field(min_length=1)]


class DefinitionEntry(Entry):
    """The figure's definition, in words of both languages, and the source."""

    version: Annotated[str, Field(min_length=1, max_length=20)]
    satisfied: Grades
    bad: Grades
    zh: Name
    en: Name
    source: Name


class LimitEntry(Entry):
    """Answers a day, and the source."""

    per_address: Annotated[int, Field(ge=1, le=10_000)]
    per_point: Annotated[int, Field(ge=1, le=1_000_000)]
    source: Name


@dataclass(frozen=True, slots=True)
class ServiceRatingRules:
    """The rules. `words`: the definition by language; `source`: where it comes from."""

    definition: RatingDefinition
    limits: RatingLimits
    words: dict[str, str]
    source: str


def read_service_ratings(file: Toml, faults: Faults) -> ServiceRatingRules | None:
    """Both tables are needed; a grade that is satisfied and bad, and a table of another name, are faults."""
    for group in file.tables:
        if group not in (_DEFINITION[0], _LIMIT[0]):
            faults.add("extra", file.name, file.line(group), group)
    said = file.entries(_DEFINITION[0], DefinitionEntry, faults).get(_DEFINITION[1])
    limit = file.entries(_LIMIT[0], LimitEntry, faults).get(_LIMIT[1])
    for where, found in ((_DEFINITION, said), (_LIMIT, limit)):
        if found is None:
            faults.add("missing", file.name, file.line(where[0]), ".".join(where))
    if said is None or limit is None:
        return None
    both = set(said.satisfied) & set(said.bad)
    if both:
        expected = ", ".join(grade.value for grade in Satisfaction if grade not in said.satisfied)
        value, line = ", ".join(sorted(both)), file.line(*_DEFINITION, "bad")
        faults.add("choice", file.name, line, ".".join((*_DEFINITION, "bad")), value=value, expected=expected)
    definition = RatingDefinition(said.version, frozenset(said.satisfied), frozenset(said.bad))
    limits = RatingLimits(limit.per_address, limit.per_point)
    return ServiceRatingRules(definition, limits, {"zh-CN": said.zh, "en": said.en}, said.source)
