"""试算: which open deadlines would a notice of holidays move, and where to? Nothing is written."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.knowledge import now_of
from casework.db.models import Case, Clock, Motion
from casework.db.reads import calendar_trial as read
from casework.journey.calendars import Change, Said, judge
from casework.journey.city import City
from casework.journey.replanning import anew, policy_for, promised
from casework.rules.facts import Actor
from casework.rules.words import Policy

CHUNK = 500
"""Deadlines that are reckoned before others get their turn."""
MOST = 200_000
"""Deadlines that one trial reckons."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that moves; instants in UTC."""

    case: Case
    clock: Clock
    unit: str | None
    due: datetime


@dataclass(slots=True)
class Trial:
    """`asked` deadlines were reckoned, of which `moved` move, of so many `cases`, counted by unit. `days`: the days
    that change; `beyond`: cases outside the actor's area that it may touch too. `next`: the clock's id after which the
    list goes on. `cut`: there were more than MOST."""

    days: list[date] = field(default_factory=list)
    asked: int = 0
    moved: int = 0
    cases: set[int] = field(default_factory=set)
    units: Counter[str | None] = field(default_factory=Counter)
    listed: list[Moved] = field(default_factory=list)
    next: int | None = None
    cut: bool = False
    beyond: int = 0


async def try_out(session: AsyncSession, city: City, actor: Actor, said: Said, *, after: int, limit: int) -> Trial:
    """Reckon the open deadlines by the calendars as the notice would make them. The counts are of all that come after
    `after`: the whole with 0, the rest of a list with the `next` of the page before.

    Raises: Unprocessable: the notice is not right (as when it is loaded).
    """
    change = await judge(session, city, actor, said)
    trial = Trial(days=change.days)
    if not change.days:
        return trial
    touch = read.Touch(said.area, change.days[0], change.days[-1])
    trial.beyond = await read.beyond(session, actor, touch)
    now, at = await now_of(session), after
    while not trial.cut:
        settled = said.policy is not Policy.KEEP
        found = await read.owed(session, actor, touch, settled_too=settled, after=at, limit=CHUNK)
        motions = await read.motions_of(session, {one.case.id for one in found if one.case.motions})
        for one in found:
            _compare(trial, change, one, motions.get(one.case.id, []), now, limit)
        if len(found) < CHUNK:
            break
        at, trial.cut = found[-1].clock.id, trial.asked >= MOST
    return trial


def _compare(trial: Trial, change: Change, one: read.Owed, motions: list[Motion], now: datetime, limit: int) -> None:
    trial.asked += 1
    policy = policy_for(one.clock, change.said.policy, now)
    own = anew(one.clock, motions, change.after.for_area(one.case.area_code))
    due = promised(one.clock, own, one.case, policy) if own is not None and policy is not Policy.KEEP else None
    if due is None:
        return
    trial.moved += 1
    trial.cases.add(one.case.id)
    trial.units[one.unit] += 1
    if len(trial.listed) < limit:
        trial.listed.append(Moved(one.case, one.clock, one.unit, due))
    elif trial.next is None:
        trial.next = trial.listed[-1].clock.id
