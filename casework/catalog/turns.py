"""A city's rules for returns, extensions, suspensions and supervision (data/turns.toml), read and checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, TypeVar

from pydantic import Field

from casework.catalog.entries import Entry, Name
from casework.catalog.faults import Faults
from casework.catalog.read import Toml
from casework.rules.limits import Limit
from casework.rules.turns import NO_TURNS, ExtensionRule, TurnRules
from casework.rules.words import Rung, Term, Urgency

Key = TypeVar("Key", bound=Term)
Given = TypeVar("Given", bound=Entry)
LimitText = Annotated[str, Field(pattern=r"^(-|[1-9][0-9]{0,2}(m|h|d|wm|wd))$")]
_INTERVAL = "interval"
_GROUPS = ("return_within", "return_reason", "extension", "suspension", "supervision", "ledger", "ledger_review")


class Within(Entry):
    """A limit, or "-" for none, and its source."""

    limit: LimitText
    source: Name


class Choice(Entry):
    """A reason to choose from."""

    zh: Name
    en: Name


class Suspension(Choice):
    """A reason of a suspension, and how long it may be."""

    most: LimitText


class Listing(Choice):
    """A reason of a listing (挂账), how far ahead its plan may lie, and the source."""

    most: LimitText
    source: Name


class ReviewEvery(Entry):
    """How often a listed case is looked at again, and the source."""

    limit: LimitText
    source: Name


class Extension(Entry):
    """How often, how long each time, and from which one on a leader approves."""

    times: Annotated[int, Field(ge=1, le=9)]
    most: LimitText
    leader_from: Annotated[int, Field(ge=1, le=10)]
    source: Name


@dataclass(frozen=True)
class Turns:
    """The rules, the reasons as people read them, by code, and the sources of the rungs' limits."""

    rules: TurnRules
    sources: Mapping[Rung, str]
    return_reasons: Mapping[str, Choice]
    suspension_reasons: Mapping[str, Suspension]
    ledger_reasons: Mapping[str, Listing]


def read_turns(file: Toml, faults: Faults) -> Turns:
    """Every urgency has its return limit and every rung its answer; a table of another name is a fault."""
    for group in file.tables:
        if group not in _GROUPS:
            faults.add("extra", file.name, file.line(group), group)
    within = keyed(file, "return_within", Urgency, Within, faults)
    supervision = keyed(file, "supervision", Rung, Within, faults)
    for group, keys, found in (("return_within", Urgency, within), ("supervision", Rung, supervision)):
        for key in keys:
            if key not in found:
                faults.add("missing", file.name, file.line(group), f"{group}.{key}")
    reasons = file.entries("return_reason", Choice, faults)
    suspensions = file.entries("suspension", Suspension, faults)
    listings = file.entries("ledger", Listing, faults)
    every = file.entries("ledger_review", ReviewEvery, faults).get(_INTERVAL)
    if every is None:
        faults.add("missing", file.name, file.line("ledger_review"), f"ledger_review.{_INTERVAL}")
    extensions = keyed(file, "extension", Urgency, Extension, faults)
    rules = TurnRules(
        return_reasons=frozenset(reasons),
        return_within={urgency: _limit(entry.limit) for urgency, entry in within.items()},
        extensions={
            urgency: ExtensionRule(entry.times, Limit.parse(entry.most), entry.leader_from)
            for urgency, entry in extensions.items()
        },
        suspension_reasons={code: Limit.parse(entry.most) for code, entry in suspensions.items()},
        ledger_reasons={code: Limit.parse(entry.most) for code, entry in listings.items()},
        ledger_review=Limit.parse(every.limit) if every else NO_TURNS.ledger_review,
        supervision={rung: Limit.parse(entry.limit) for rung, entry in supervision.items()},
    )
    sources = {rung: entry.source for rung, entry in supervision.items()}
    return Turns(rules, sources, reasons, suspensions, listings)


def _limit(text: str) -> Limit | None:
    return None if text == "-" else Limit.parse(text)


def keyed(file: Toml, group: str, keys: Callable[[str], Key], model: type[Given], faults: Faults) -> dict[Key, Given]:
    """The group's entries by their term; a key that is no such term is a fault."""
    found: dict[Key, Given] = {}
    for key, entry in file.entries(group, model, faults).items():
        try:
            found[keys(key)] = entry
        except ValueError:
            faults.add("extra", file.name, file.line(group, key), f"{group}.{key}")
    return found
