"""Cases with deadlines that a newly announced calendar may move."""

import asyncpg

# as in the index ix_clock_unannounced
_STALE = """
SELECT DISTINCT c.case_no FROM clock k JOIN cases c ON c.id = k.case_id
WHERE k.calendar_unannounced AND k.state IN ('RUNNING', 'PAUSED') AND k.calendar_version <> ALL ($1::text[])
LIMIT $2
"""


async def stale(db: asyncpg.Pool, current: frozenset[str], *, limit: int) -> list[str]:
    """Cases with a provisional clock whose calendar is none of the `current` versions any more."""
    return [row["case_no"] for row in await db.fetch(_STALE, sorted(current), limit)]
