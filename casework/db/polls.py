"""Polled upstreams 轮询来源: who is asked next, and up to when all of it was taken."""

from dataclasses import dataclass
from datetime import date, datetime

import asyncpg


@dataclass(frozen=True, slots=True)
class Polling:
    """A source whose turn it is. `now`: the database's time (UTC); `area_code`: where its rows come in."""

    source: str
    adapter: str
    location: str
    watermark: datetime | None
    swept_on: date | None
    area_code: str
    now: datetime


# taking the turn is stamping the time: a killed process's turn comes again after the interval
_TURN = """
WITH turn AS (
  SELECT source FROM poll_source
  WHERE active AND (polled_at IS NULL OR polled_at <= now() - make_interval(secs => $1))
  ORDER BY polled_at NULLS FIRST LIMIT 1 FOR UPDATE SKIP LOCKED)
UPDATE poll_source p SET polled_at = now() FROM turn, import_source s
WHERE p.source = turn.source AND s.name = p.source
RETURNING p.source, p.adapter, p.location, p.watermark, p.swept_on, s.area_code, now() AS now
"""
# the watermark never goes back
_DONE = """
UPDATE poll_source SET watermark = greatest(watermark, $2), swept_on = coalesce($3, swept_on), failures = 0
WHERE source = $1
"""
_FAILED = "UPDATE poll_source SET failures = failures + 1 WHERE source = $1"
_PUT = """
INSERT INTO poll_source (source, adapter, location) VALUES ($1, $2, $3)
ON CONFLICT (source) DO UPDATE SET adapter = $2, location = $3, active = true, polled_at = NULL
"""
_CLAIM = "INSERT INTO import_source (name, area_code) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING"


async def next_turn(db: asyncpg.Pool, every: float) -> Polling | None:
    """The source that was not asked for the longest time, at least `every` seconds; the turn is taken."""
    row = await db.fetchrow(_TURN, every)
    return Polling(**dict(row)) if row is not None else None


async def done(db: asyncpg.Pool, source: str, watermark: datetime | None, swept_on: date | None) -> None:
    """All that changed up to the watermark was taken; `swept_on`: the day whose nightly look back is done."""
    await db.execute(_DONE, source, watermark, swept_on)


async def failed(db: asyncpg.Pool, source: str) -> None:
    """The source could not be asked; its watermark stays."""
    await db.execute(_FAILED, source)


async def put(db: asyncpg.Pool, source: str, area_code: str, adapter: str, location: str) -> None:
    """Have a source asked from now on; a repeat changes where."""
    async with db.acquire() as connection, connection.transaction():
        await connection.execute(_CLAIM, source, area_code)
        await connection.execute(_PUT, source, adapter, location)
