"""Hot spots 热点 in the database: a day's counts, the list that was made of them, who may see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from asyncpg.pool import PoolConnectionProxy
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, HotSpot, HotSpotCase
from casework.db.scope import visible
from casework.rules.facts import Actor
from casework.rules.hotspots import DAYS, LEAST, Spot

CATCH_UP = 7
"""Days back for which a missing list is still made: after a week without a worker, none is missing."""

# the oldest day of the last ones that has no list; a day is over at midnight in Asia/Shanghai, an hour of grace after.
# None while cases that came before today still wait for the rows that are counted (db/likeness.py): after an import, or
# a stop, a list would be empty and stay so
_NEXT_DAY = """
SELECT today - back AS day
FROM (SELECT (now() AT TIME ZONE 'Asia/Shanghai' - interval '1 hour')::date AS today) AS here,
  generate_series($1::int, 1, -1) AS back
WHERE NOT EXISTS (SELECT FROM hot_spot_day d WHERE d.day = today - back)
  AND NOT EXISTS (
    SELECT FROM cases c WHERE c.id > (SELECT reached FROM likeness_reach)
      AND c.created_at < today::timestamp AT TIME ZONE 'Asia/Shanghai'
      AND c.created_at >= (today - $2::int)::timestamp AT TIME ZONE 'Asia/Shanghai'
      AND NOT EXISTS (SELECT FROM case_likeness l WHERE l.case_id = c.id)
  )
ORDER BY back DESC LIMIT 1
"""
_CLAIM = "INSERT INTO hot_spot_day (day, found) VALUES ($1, 0) ON CONFLICT (day) DO NOTHING RETURNING day"
# a county's, a street's and a community's cases, day by day, where the last seven days had enough of them
_COUNTS = """
WITH seen AS (
  SELECT l.area_code, left(l.category, 4) AS category,
    $1::date - (l.created_at AT TIME ZONE 'Asia/Shanghai')::date AS back
  FROM case_likeness l JOIN cases c ON c.id = l.case_id
  WHERE l.created_at >= ($1::date - $2::int)::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND l.created_at < ($1::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
    AND l.category IS NOT NULL AND c.status <> 'VOID' AND c.kind IS DISTINCT FROM 'PRAISE'
), spread AS (
  SELECT left(area_code, digits) AS area, category, back FROM seen, unnest(ARRAY[6, 9, 12]) AS digits
  WHERE length(area_code) >= digits
), many AS (
  SELECT area, category FROM spread WHERE back < 7 GROUP BY area, category HAVING count(*) >= $3
)
SELECT area, category, back::int AS back, count(*)::int AS cases FROM spread JOIN many USING (area, category)
GROUP BY area, category, back
"""
_WRITE = """
INSERT INTO hot_spot (day, area_code, category, days, cases, expected, score, history)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id
"""
_CASES_BEHIND = """
INSERT INTO hot_spot_case (hot_spot_id, case_id)
SELECT $1, l.case_id FROM case_likeness l JOIN cases c ON c.id = l.case_id
WHERE l.created_at >= ($2::date + 1 - $3::int)::timestamp AT TIME ZONE 'Asia/Shanghai'
  AND l.created_at < ($2::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai'
  AND l.area_code LIKE $4 || '%' AND l.category LIKE $5 || '%'
  AND c.status <> 'VOID' AND c.kind IS DISTINCT FROM 'PRAISE'
"""


async def next_day(db: PoolConnectionProxy) -> date | None:
    """The oldest of the last days whose list can be made and is not made yet; None when there is none."""
    found: date | None = await db.fetchval(_NEXT_DAY, CATCH_UP, CATCH_UP + DAYS)
    return found


async def claim(db: PoolConnectionProxy, day: date) -> bool:
    """Take a day's list on for this transaction; False when it is made. Waits for another that is making it."""
    return await db.fetchval(_CLAIM, day) is not None


async def counts(db: PoolConnectionProxy, day: date) -> list[tuple[str, str, int, int]]:
    """(area, category, days back, cases) of every place that had enough in the last seven days."""
    return [tuple(row) for row in await db.fetch(_COUNTS, day, DAYS - 1, LEAST)]


async def write(db: PoolConnectionProxy, day: date, spots: Sequence[Spot]) -> None:
    """The day's list, with the cases behind each line."""
    for spot in spots:
        one = spot.burst
        told = (one.days, one.cases, one.expected, one.score, list(one.history))
        spot_id = await db.fetchval(_WRITE, day, spot.area, spot.category, *told)
        await db.execute(_CASES_BEHIND, spot_id, day, one.days, spot.area, spot.category)
    await db.execute("UPDATE hot_spot_day SET found = $2 WHERE day = $1", day, len(spots))


@dataclass(frozen=True, slots=True)
class After:
    """Where a page of a list ended."""

    score: float
    id: int


async def newest_day(session: AsyncSession) -> date | None:
    """The newest day that has hot spots anywhere."""
    found: date | None = await session.scalar(select(HotSpot.day).order_by(HotSpot.day.desc()).limit(1))
    return found


async def page(
    session: AsyncSession, actor: Actor, day: date, *, area: str, category: str, after: After | None, limit: int
) -> list[HotSpot]:
    """A day's list within the actor's area, strongest first; `area` and `category` are prefixes."""
    query = select(HotSpot).where(
        HotSpot.day == day,
        _within(actor),
        HotSpot.area_code.startswith(area, autoescape=True),
        HotSpot.category.startswith(category, autoescape=True),
    )
    if after is not None:
        behind = or_(HotSpot.score < after.score, and_(HotSpot.score == after.score, HotSpot.id > after.id))
        query = query.where(behind)
    return list(await session.scalars(query.order_by(HotSpot.score.desc(), HotSpot.id).limit(limit)))


async def cases_behind(
    session: AsyncSession, actor: Actor, spot_id: int, *, after: int, limit: int
) -> list[Case] | None:
    """The cases that were counted, newest first; None where the actor may not see the hot spot."""
    spot = await session.scalar(select(HotSpot.id).where(HotSpot.id == spot_id, _within(actor)))
    if spot is None:
        return None
    query = select(Case).join(HotSpotCase, HotSpotCase.case_id == Case.id).where(HotSpotCase.hot_spot_id == spot_id)
    if after:
        query = query.where(Case.id < after)
    return list(await session.scalars(visible(query, actor).order_by(Case.id.desc()).limit(limit)))


def _within(actor: Actor) -> ColumnElement[bool]:
    return HotSpot.area_code.startswith(actor.area, autoescape=True)
