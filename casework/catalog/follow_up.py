"""How a city follows up (data/follow_up.toml), read and checked: whom it asks, when calls begin, and what is asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from casework.catalog.areas import AreaTree
from casework.catalog.entries import Entry, HoursOfDay, Name
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.rules.limits import Limit
from casework.rules.sampling import Stratum
from casework.rules.spans import Span
from casework.rules.words import Channel, Urgency

_GROUPS = ("plan", "calling", "question", "stratum")
_DEFAULT = "default"
_CALLING = "09:00-20:00"
"""The hours of calling of a city that names none."""
_EVERYBODY = "ALL"
"""The one stratum of a city that names none."""


class PlanEntry(Entry):
    """How often a person is called, and how long after the SMS the calls begin; and the source."""

    attempts: Annotated[int, Field(ge=1, le=10)]
    phone_after: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}(m|h|d|wm|wd)$")]
    source: Name


class CallingEntry(Entry):
    """In which hours of a day people are called, and the source."""

    hours: HoursOfDay
    source: Name


class StratumEntry(Entry):
    """One stratum of the sample, and how many of its cases one that is asked stands for."""

    zh: Name
    en: Name
    one_in: Annotated[int, Field(ge=1, le=1000)]
    category: tuple[Name, ...] = ()
    urgency: tuple[Urgency, ...] = ()
    county: tuple[Name, ...] = ()
    channel: tuple[Channel, ...] = ()
    source: Name


class Question(Entry):
    """One question of the script 话术."""

    zh: Name
    en: Name


@dataclass(frozen=True, slots=True)
class Plan:
    """How often a person is called before the case may be closed as unreached, and how long after the message calls
    begin."""

    attempts: int
    phone_after: Limit


@dataclass(frozen=True)
class FollowUpRules:
    """The rules. `plans`: of every urgency. `calling`: the hours of a day in which people are called. `script`: the
    questions in the order they are asked; `strata`: in the order they are looked at, the last one holds every case."""

    plans: Mapping[Urgency, Plan]
    calling: Span
    script: tuple[Question, ...]
    strata: tuple[Stratum, ...]


def read_follow_up(file: Toml, categories: Iterable[str], areas: AreaTree, faults: Faults) -> FollowUpRules:
    """Nothing may be missing; a table of another name is a fault, as is a category or county that there is not."""
    for group in file.tables:
        if group not in _GROUPS:
            faults.add("extra", file.name, file.line(group), group)
    questions = file.entries("question", Question, faults)
    if not questions:
        faults.add("missing", file.name, file.line("question"), "question.1")
    script = tuple(questions[key] for key in sorted(questions, key=lambda key: (len(key), key)))
    entries = file.entries("stratum", StratumEntry, faults)
    _check_strata(file, entries, tuple(categories), areas, faults)
    strata = tuple(_stratum(code, entry) for code, entry in entries.items()) or (Stratum(_EVERYBODY, one_in=1),)
    return FollowUpRules(_plans(file, faults), _calling(file, faults), script, strata)


def _plans(file: Toml, faults: Faults) -> dict[Urgency, Plan]:
    entries = file.entries("plan", PlanEntry, faults)
    for name in entries:
        if name not in (_DEFAULT, *Urgency):
            faults.add("extra", file.name, file.line("plan", name), f"plan.{name}")
    usual = entries.get(_DEFAULT)
    if usual is None:
        faults.add("missing", file.name, file.line("plan"), f"plan.{_DEFAULT}")
        return {}
    of_each = {urgency: entries.get(urgency.value, usual) for urgency in Urgency}
    return {urgency: Plan(plan.attempts, Limit.parse(plan.phone_after)) for urgency, plan in of_each.items()}


def _calling(file: Toml, faults: Faults) -> Span:
    entry = file.entries("calling", CallingEntry, faults).get(_DEFAULT)
    return Span.hours(entry.hours if entry else _CALLING)


def _stratum(code: str, entry: StratumEntry) -> Stratum:
    return Stratum(code, entry.one_in, entry.category, entry.urgency, entry.county, entry.channel)


def _check_strata(
    file: Toml, strata: Mapping[str, StratumEntry], categories: tuple[str, ...], areas: AreaTree, faults: Faults
) -> None:
    for code, entry in strata.items():
        line = file.line("stratum", code)
        for prefix in entry.category:
            if not any(category.startswith(prefix) for category in categories):
                faults.add("unknown_category", file.name, line, f"stratum.{code}.category", value=prefix)
        for county in entry.county:
            if not areas.valid(county):
                faults.add("unknown_area", file.name, line, f"stratum.{code}.county", value=county)
    for code, last in list(strata.items())[-1:]:
        if last.category or last.urgency or last.county or last.channel:
            faults.add("last_stratum", file.name, file.line("stratum", code), f"stratum.{code}")
