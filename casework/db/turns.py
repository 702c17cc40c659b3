"""Turns that come by themselves: suspensions whose time is over, cases that are to be supervised, follow-ups that the
sample leaves out."""

import asyncpg

from casework.rules.turns import MANY_RETURNS, MANY_REWORKS
from casework.rules.words import Trigger

# as in the index ix_motion_suspended
_OVER = """
SELECT c.case_no FROM motion m JOIN cases c ON c.id = m.case_id
WHERE m.kind = 'SUSPENSION' AND m.ruling = 'GRANTED' AND m.ended_at IS NULL AND m.until <= now()
  AND c.status = 'SUSPENDED'
ORDER BY m.until LIMIT $1
"""

# as in the indexes ix_cases_passed_on, ix_clock_broken and ix_cases_ledger; what is with nobody now waits until it is
_TO_SUPERVISE = """
SELECT case_no, trigger FROM (
  SELECT c.id, c.case_no, c.status, t.trigger, NULL::timestamptz AS since
  FROM cases c, LATERAL (VALUES ('RETURNS', c.returns >= $2),
                                ('REWORKS', c.rework_count >= $3)) AS t (trigger, holds)
  WHERE (c.returns >= 3 OR c.rework_count >= 3) AND c.ended_at IS NULL AND t.holds
  UNION ALL
  SELECT c.id, c.case_no, c.status, 'LATE', k.breached_at
  FROM clock k JOIN cases c ON c.id = k.case_id
  WHERE k.state = 'RUNNING' AND k.breached_at IS NOT NULL
    AND k.name IN ('FINISH', 'REWORK')
  UNION ALL
  SELECT c.id, c.case_no, c.status, 'LEDGER', c.ledger_review_due
  FROM cases c WHERE c.on_ledger AND c.ledger_review_due < now()
) AS due
WHERE (status IN ('DISPATCHED', 'HANDLING', 'RESULT_REVIEW', 'REWORK') OR trigger = 'LEDGER')
  AND NOT EXISTS (
    SELECT FROM supervision s
    WHERE s.case_id = due.id AND s.trigger = due.trigger AND (due.since IS NULL OR s.opened_at >= due.since)
  )
ORDER BY id LIMIT $1
"""


# as in the index ix_cases_silent
_SILENT = """
SELECT case_no FROM cases
WHERE call_from IS NOT NULL AND follow_weight = 0 AND rework_count = 0 AND call_from <= now()
ORDER BY call_from, id LIMIT $1
"""


async def suspensions_over(db: asyncpg.Pool, *, limit: int) -> list[str]:
    """Cases whose suspension has reached its end (the database's time), the oldest end first."""
    return [row["case_no"] for row in await db.fetch(_OVER, limit)]


async def to_supervise(db: asyncpg.Pool, *, limit: int) -> list[tuple[str, Trigger]]:
    """Cases that are supervised by themselves and are not yet: late, three times returned, three times reworked,
    or on the ledger and not looked at in time.

    A promise that was broken anew (a later cycle) is a new reason.
    """
    rows = await db.fetch(_TO_SUPERVISE, limit, MANY_RETURNS, MANY_REWORKS)
    return [(row["case_no"], Trigger(row["trigger"])) for row in rows]


async def silence_over(db: asyncpg.Pool, *, limit: int) -> list[str]:
    """未抽中: cases that wait in FOLLOW_UP, that the sample left out and whose person has not answered by message in
    time, the longest first."""
    return [row["case_no"] for row in await db.fetch(_SILENT, limit)]
