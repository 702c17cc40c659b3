"""试算: with a shorter limit, how many of a month's cases would have been late? Nothing is written."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.load import Catalog
from casework.catalog.own_rules import over_statute
from casework.db.reads.limit_trial import Ran, ran
from casework.kit.errors import FieldFault, Unprocessable
from casework.rules.clocks import Limit, due
from casework.rules.facts import Actor
from casework.rules.limits import longer
from casework.rules.words import ClockName, Kind, Urgency

CHUNK = 2_000
MOST = 100_000
"""Cases that one trial reckons."""


@dataclass(frozen=True, slots=True)
class Shorter:
    """自定时限 that is tried: for categories of a prefix, one kind or any, over cases accepted in a period (UTC)."""

    category: str
    kind: Kind | None
    limit: Limit
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Late:
    """A case that was in time and would not have been; `due`: when it would have ended."""

    case: Ran
    due: datetime


@dataclass(slots=True)
class LimitTrial:
    """`asked` cases were reckoned: `late` were late, `later` would be late besides. `apart`: an extension, a suspension
    or a statute settles their end, so they are not reckoned. `next`: the case after which the list goes on."""

    asked: int = 0
    late: int = 0
    later: int = 0
    apart: int = 0
    listed: list[Late] = field(default_factory=list)
    next: int | None = None
    cut: bool = False


def judge(catalog: Catalog, said: Shorter) -> None:
    """Raises Unprocessable: no such category; longer than the statute, or than the usual limit of the kind."""
    category = catalog.categories.get(said.category) if said.category else None
    if said.category and category is None:
        fault = FieldFault("category", "dispatch_rule.unknown_category", {"value": said.category})
        raise Unprocessable(fields=[fault])
    kinds = (said.kind,) if said.kind else tuple(Kind)
    if category is not None and (found := over_statute(said.limit, kinds, category)):
        raise Unprocessable(fields=[FieldFault("limit", "dispatch_rule.limit_over_statute", found)])
    usual = catalog.limits.find(ClockName.FINISH, Urgency.N, said.kind, said.category or None) if said.kind else None
    if usual and longer(said.limit, usual.limit):
        told = {"value": str(said.limit), "usual": str(usual.limit), "source": usual.source}
        raise Unprocessable(fields=[FieldFault("limit", "limits.over_usual", told)])


async def try_out(
    session: AsyncSession, catalog: Catalog, actor: Actor, said: Shorter, now: datetime, *, after: int, limit: int
) -> LimitTrial:
    """Reckon the month's cases by the limit that they had and by the shorter one. The counts are of all that come after
    `after`: the whole with 0, the rest of a list with the `next` of the page before. Raises: Unprocessable."""
    judge(catalog, said)
    trial, last = LimitTrial(), after
    while True:
        chunk = await ran(session, actor, said.first, said.last, said.category, said.kind, after=last, limit=CHUNK)
        for one in chunk:
            _reckon(trial, catalog, said.limit, one, now, limit)
        if len(chunk) < CHUNK:
            return trial
        last = chunk[-1].case_id
        if trial.asked + trial.apart >= MOST:
            trial.cut = True
            return trial


def _reckon(trial: LimitTrial, catalog: Catalog, limit: Limit, one: Ran, now: datetime, most: int) -> None:
    category = catalog.categories.get(one.category) if one.category else None
    if one.moved or (category and category.statute(Kind(one.kind) if one.kind else None)):
        trial.apart += 1
        return
    trial.asked += 1
    ended = one.ended_at or now
    at = min(one.due_at, due(limit, one.started_at, catalog.calendars.for_area(one.area)).at)
    if ended > one.due_at:
        trial.late += 1
    elif ended > at:
        trial.later += 1
        if len(trial.listed) < most:
            trial.listed.append(Late(one, at))
        elif trial.next is None:
            trial.next = trial.listed[-1].case.case_id
