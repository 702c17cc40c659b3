"""The rows that likeness is searched by 工单比对: written behind the cases, none left out, and thrown away when old."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg

from casework.rules.likeness import cell_of, pairs_of, sketch
from casework.rules.points import Point, wgs84

KEPT = timedelta(days=200)
"""How long a case is compared with: the longest look back is that of the hot spots."""
SETTLES = timedelta(minutes=2)
"""No transaction of the doors lasts longer (db/session.py): what was not there then and is not there now never was."""

_REACH = """
SELECT reached, settled, seen, seen_at, now() AS now, (SELECT coalesce(max(id), 0) FROM cases) AS newest
FROM likeness_reach FOR UPDATE SKIP LOCKED
"""
_TAKE = """
SELECT c.id, c.area_code, c.category, c.created_at, r.working_title, r.working_text, r.lon, r.lat, r.crs
FROM cases c JOIN request r ON r.id = c.request_id
WHERE c.id > $1 AND NOT EXISTS (SELECT FROM case_likeness l WHERE l.case_id = c.id)
ORDER BY c.id LIMIT $2
"""
_WRITE = """
INSERT INTO case_likeness (case_id, area_code, category, created_at, cell, lon, lat, keys)
SELECT c.id, c.area_code, c.category, c.created_at, $2, $3, $4, $5 FROM cases c WHERE c.id = $1
ON CONFLICT (case_id) DO NOTHING
"""
_MOVE_ON = "UPDATE likeness_reach SET reached = $1, settled = $2, seen = $3, seen_at = $4"
_THROW_AWAY = """
DELETE FROM case_likeness WHERE case_id IN (
  SELECT case_id FROM case_likeness WHERE created_at < now() - $1::interval LIMIT $2
)
"""


@dataclass(frozen=True, slots=True)
class _Reach:
    reached: int
    settled: int
    seen: int
    seen_at: datetime


async def write_missing(db: asyncpg.Pool, *, limit: int) -> int:
    """Write the rows of up to `limit` cases that have none, oldest first; how many were looked at. 0: none is left, or
    another worker is at it. Cases are numbered before they are committed, so a number may turn up late: until its time
    has surely passed, it is looked for again.
    """
    async with db.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(_REACH)
        if row is None:
            return 0
        reach = _Reach(row["reached"], row["settled"], row["seen"], row["seen_at"])
        if row["now"] - reach.seen_at >= SETTLES:
            reach = _Reach(reach.reached, reach.seen, row["newest"], row["now"])
        cases = await connection.fetch(_TAKE, reach.reached, limit)
        kept = [case for case in cases if case["created_at"] > row["now"] - KEPT]
        await connection.executemany(_WRITE, [_row(case) for case in kept])
        to = reach.settled if len(cases) < limit else min(reach.settled, cases[-1]["id"])
        to = max(to, reach.reached)
        await connection.execute(_MOVE_ON, to, reach.settled, reach.seen, reach.seen_at)
        return len(kept) if kept else int(to > reach.reached and len(cases) == limit)


async def throw_away(db: asyncpg.Pool, *, limit: int) -> int:
    """Delete rows older than KEPT; how many."""
    return int((await db.execute(_THROW_AWAY, KEPT, limit)).split()[-1])


def _row(case: asyncpg.Record) -> tuple[int, int | None, float | None, float | None, Sequence[int]]:
    keys = sketch(pairs_of(f"{case['working_title']} {case['working_text']}"))
    known = case["lon"] is not None and case["lat"] is not None
    point = wgs84(Point(case["lon"], case["lat"]), case["crs"]) if known else None
    if point is None:
        return case["id"], None, None, None, keys
    return case["id"], cell_of(point), point.lon, point.lat, keys
