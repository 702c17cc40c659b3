"""Cases with deadlines that a newly loaded notice of holidays may move."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import asyncpg

# as in the index ix_clock_unannounced
_STALE = """
SELECT DISTINCT c.case_no FROM clock k JOIN cases c ON c.id = k.case_id
WHERE k.calendar_unannounced AND k.state IN ('RUNNING', 'PAUSED') AND k.calendar_version <> ALL ($1::text[])
LIMIT $2
"""
_UNFINISHED = """
SELECT id, area_code AS area, policy, first_day, last_day FROM calendar_notice WHERE replanned_at IS NULL ORDER BY id
"""
# each clock is looked at once, for it is of the new calendar's version afterwards
_BEHIND = """
SELECT c.case_no, array_agg(k.id) AS clocks FROM clock k JOIN cases c ON c.id = k.case_id
WHERE k.state IN ('RUNNING', 'PAUSED') AND k.limit_text LIKE '%w%' AND k.due_at >= now() AND k.breached_at IS NULL
  AND k.due_at >= $3::date - 1 AND k.started_at < $4::date + 2 AND k.calendar_version <> ALL ($1::text[])
  AND c.area_code LIKE $2 || '%' AND ($5 OR k.calendar_unannounced)
GROUP BY c.case_no LIMIT $6
"""
# a process that reads the book late may still have begun a clock by the calendar of before
_FINISH = "UPDATE calendar_notice SET replanned_at = now() WHERE id = $1 AND made_at < now() - interval '1 minute'"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A notice whose settled deadlines are still being looked at; it changed days from `first_day` to
    `last_day`."""

    id: int
    area: str
    policy: str
    first_day: date | None
    last_day: date | None


async def stale(db: asyncpg.Pool, current: frozenset[str], *, limit: int) -> list[str]:
    """Cases with a provisional clock whose calendar is none of the `current` versions any more."""
    return [row["case_no"] for row in await db.fetch(_STALE, sorted(current), limit)]


async def unfinished(db: asyncpg.Pool) -> list[Unfinished]:
    """Notices that have deadlines left to look at, the oldest first."""
    return [Unfinished(**row) for row in await db.fetch(_UNFINISHED)]


async def behind(db: asyncpg.Pool, notice: Unfinished, current: Collection[str], *, limit: int) -> dict[str, list[int]]:
    """Cases and their open clocks that run on the notice's days by another calendar than the `current` ones of its
    area; under KEEP only the provisional."""
    if notice.first_day is None:
        return {}
    days = (notice.first_day, notice.last_day)
    rows = await db.fetch(_BEHIND, sorted(current), notice.area, *days, notice.policy != "KEEP", limit)
    return {row["case_no"]: row["clocks"] for row in rows}


async def finish(db: asyncpg.Pool, notice: Unfinished) -> None:
    """Nothing is left of the notice; one of this minute is looked at again."""
    await db.execute(_FINISH, notice.id)
