"""Cases of a past period as a change of the dispatch rules would meet them 试算: only those that it can touch."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Request
from casework.db.models.cohorts import came_in
from casework.db.scope import visible
from casework.rules.facts import Actor


@dataclass(frozen=True, slots=True)
class Tried:
    """A case and the masked text that its keywords are looked for in."""

    case: Case
    text: str


async def touched(
    session: AsyncSession,
    actor: Actor,
    first: datetime,
    last: datetime,
    reaches: Collection[tuple[str, str]],
    *,
    after: int,
    limit: int,
) -> Sequence[Tried]:
    """Cases that the centre accepted from `first` to before `last` (UTC), within the actor's scope, by id from `after`.

    `reaches`: the (category, area) prefixes of the rules that change; a zone's code stands for its whole prefecture.
    """
    reach = [and_(Case.category.like(f"{c}%"), Case.area_code.like(f"{_wide(a)}%")) for c, a in reaches]
    query = (
        select(Case, Request.working_text)
        .join(Request, Request.id == Case.request_id)
        .where(Case.accepted_at.is_not(None), came_in >= first, came_in < last)
        .where(Case.id > after, or_(*reach) if reach else false())
        .order_by(Case.id)
        .limit(limit)
    )
    return [Tried(case, text) for case, text in await session.execute(visible(query, actor))]


def _wide(area: str) -> str:
    return area[:4] if area[4:5] == "Z" else area
