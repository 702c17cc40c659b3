"""试算: with these rules, which cases of a month would go elsewhere? Nothing is written."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.entries import DispatchLine
from casework.catalog.own_rules import DRAFT
from casework.db.models import Case
from casework.db.reads.rule_trial import Tried, touched
from casework.journey.city import City
from casework.journey.dispatch_rules import judged, own_in_force
from casework.journey.suggest import facts_of
from casework.rules.facts import Actor
from casework.rules.pick_unit import UnitBook, pick_for
from casework.rules.routing import Unrouted, route
from casework.rules.rule_book import RuleBook
from casework.rules.words import Kind, Urgency

CHUNK = 500
"""Cases that are asked about before others get their turn."""
MOST = 100_000
"""Cases that one trial asks about."""


@dataclass(frozen=True, slots=True)
class Way:
    """Where a case goes: the rule and the unit, None for no rule, or no unit."""

    rule: str | None
    unit: str | None


@dataclass(frozen=True, slots=True)
class Moved:
    """A case that goes elsewhere."""

    case: Case
    before: Way
    after: Way


@dataclass(slots=True)
class Trial:
    """`asked` cases were asked about, of which `changed` go elsewhere, counted by (from unit, to unit). `next`: the id
    after which the list goes on; None where it is whole. `cut`: there were more than MOST cases to ask about."""

    asked: int = 0
    changed: int = 0
    counts: Counter[tuple[str | None, str | None]] = field(default_factory=Counter)
    listed: list[Moved] = field(default_factory=list)
    next: int | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Rules that are written or written anew, the codes of those that end, and the period in UTC."""

    lines: Sequence[DispatchLine]
    without: Collection[str]
    first: datetime
    last: datetime


async def try_out(session: AsyncSession, city: City, actor: Actor, change: Change, *, after: int, limit: int) -> Trial:
    """Route the month's cases by the rules as they are and as they would be. The counts are of all that come after
    `after`: the whole with 0, the rest of a list with the `next` of the page before.

    Raises: Unprocessable: the rules are not right (as when they are saved).
    """
    own = await own_in_force(session)
    said, _ = await judged(session, city, actor, change.lines) if change.lines else ([], {})
    new = [line.rule(DRAFT) for line in said]
    gone = {rule.id for rule in new} | set(change.without)
    old = [rule for rule in own if rule.id in gone]
    before = RuleBook([*own, *city.catalog.dispatch_rules])
    later = RuleBook([*(rule for rule in own if rule.id not in gone), *new, *city.catalog.dispatch_rules])
    reaches, units = {(rule.category, rule.area) for rule in (*old, *new)}, await city.units()
    trial, at = Trial(), after
    while not trial.cut:
        found = await touched(session, actor, change.first, change.last, reaches, after=at, limit=CHUNK)
        for tried in found:
            _compare(trial, tried, way(city, before, units, tried), way(city, later, units, tried), limit)
        if len(found) < CHUNK:
            break
        at, trial.cut = found[-1].case.id, trial.asked >= MOST
    return trial


def way(city: City, book: RuleBook, units: UnitBook, tried: Tried) -> Way:
    """Where the rules send a case."""
    case = tried.case
    facts = facts_of(
        city.catalog,
        book,
        category=case.category,
        area=case.area_code,
        kind=Kind(case.kind) if case.kind else None,
        urgency=Urgency(case.urgency),
        text=tried.text,
        at=case.accepted_at or case.created_at,
    )
    found = route(facts, book)
    if isinstance(found, Unrouted):
        return Way(None, None)
    return Way(found.rule.id, pick_for(found.rule, case.area_code, units, facts.zone).unit)


def _compare(trial: Trial, tried: Tried, before: Way, after: Way, limit: int) -> None:
    trial.asked += 1
    if before.unit == after.unit:
        return
    trial.changed += 1
    trial.counts[before.unit, after.unit] += 1
    if len(trial.listed) < limit:
        trial.listed.append(Moved(tried.case, before, after))
    elif trial.next is None:
        trial.next = trial.listed[-1].case.id
