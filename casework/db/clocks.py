"""The sweep 时钟扫描: stages that are due are claimed, fired, written as events and owed as notices, each once.

One statement is one transaction. It locks the case, then the clock (docs/decisions/0003), skips what others hold, and
knows only the database's time. The key of clock_fired is the second lock.
"""

import asyncpg

from casework.rules.alarms import tells
from casework.rules.words import ClockName, Stage

# `k.state = 'RUNNING'` stands as in the index ix_clock_due
_SWEEP = """
WITH due AS MATERIALIZED (
  SELECT k.id, k.case_id, k.name, k.stages[k.stage_no] AS stage, k.next_at, k.due_at, k.assignment_id, c.lead_unit_id
  FROM clock k JOIN cases c ON c.id = k.case_id
  WHERE k.state = 'RUNNING' AND k.next_at <= now()
  ORDER BY k.next_at LIMIT $1
  FOR UPDATE OF c, k SKIP LOCKED
), fired AS (
  INSERT INTO clock_fired (clock_id, stage, stage_at) SELECT id, stage, next_at FROM due
), turned AS (
  UPDATE clock k SET
    stage_no = k.stage_no + 1,
    next_at = k.stage_times[k.stage_no + 1],
    breached_at = CASE WHEN due.stage = 'BREACH' THEN now() ELSE k.breached_at END
  FROM due WHERE k.id = due.id
), written AS (
  INSERT INTO event (case_id, action, role, data)
  SELECT case_id, 'CLOCK', 'SYSTEM', jsonb_build_object('clock', name, 'stage', stage, 'due_at', due_at) FROM due
), owed AS (
  INSERT INTO notice (case_id, audience, channel, topic, unit_id, params)
  SELECT due.case_id, a.audience, 'staff', 'CLOCK_' || due.stage,
         CASE a.audience WHEN 'UNIT' THEN coalesce(t.unit_id, due.lead_unit_id) WHEN 'STREET' THEN due.lead_unit_id END,
         jsonb_build_object('clock', due.name, 'due_at', due.due_at)
  FROM due JOIN unnest($2::text[], $3::text[], $4::text[]) AS a (clock, stage, audience)
    ON a.clock = due.name AND a.stage = due.stage
  LEFT JOIN assignment t ON t.id = due.assignment_id
  WHERE a.audience NOT IN ('UNIT', 'STREET') OR due.lead_unit_id IS NOT NULL
)
SELECT count(*) FROM due
"""

_ALARMS = [(clock, stage, role) for clock in ClockName for stage in Stage for role in tells(clock, stage)]
_ALARM_COLUMNS = (
    [clock.value for clock, _, _ in _ALARMS],
    [stage.value for _, stage, _ in _ALARMS],
    [role.value for _, _, role in _ALARMS],
)

_ARCHIVABLE = """
SELECT case_no FROM cases
WHERE ended_at IS NOT NULL AND status <> 'ARCHIVED' AND rectify_due IS NULL
  AND ended_at <= now() - make_interval(days => $1)
ORDER BY ended_at LIMIT $2
"""


async def sweep(db: asyncpg.Pool | asyncpg.Connection, *, limit: int) -> int:
    """Fire up to `limit` due stages, oldest first; how many. 0: nothing is due that others do not hold."""
    return int(await db.fetchval(_SWEEP, limit, *_ALARM_COLUMNS))


async def archivable(db: asyncpg.Pool, *, window_days: int, limit: int) -> list[str]:
    """Ended cases whose reopening window (natural days) is over and that have nothing left to rectify, oldest first."""
    return [row["case_no"] for row in await db.fetch(_ARCHIVABLE, window_days, limit)]
