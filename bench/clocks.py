"""`bench clocks`: a million clocks running, fifty thousand stages due at once; and what a sweep costs when nothing is."""

import asyncio
import statistics
import time
from dataclasses import dataclass

import asyncpg

from bench.ground import Ground, ground
from bench.machine import facts, rss_mb
from casework.db.clocks import sweep

RUNNING, DUE, BATCH, IDLE_ROUNDS = 1_000_000, 50_000, 1000, 400

# one case for each clock, as the door writes them; every twentieth clock's next stage is due now
_MAKE = """
INSERT INTO inbox (source, message_id, door, digest, body_sealed, state)
SELECT 'bench', n::text, 'hotline', ''::bytea, ''::bytea, 'DONE' FROM generate_series(1, $1::int) n;
INSERT INTO request (id, request_no, inbox_id, source, channel, content_digest, title_sealed, text_sealed,
    working_title, working_text)
OVERRIDING SYSTEM VALUE
SELECT n, 'B' || n, (SELECT min(id) FROM inbox WHERE source = 'bench') + n - 1, 'bench', 'HOTLINE', ''::bytea,
    ''::bytea, ''::bytea, '路灯不亮', '楼下路灯不亮' FROM generate_series(1, $1::int) n;
INSERT INTO event (case_id, action, role, from_status, to_status, version)
SELECT n, 'DISPATCH', 'DISPATCHER', 'REVIEW', 'DISPATCHED', 1 FROM generate_series(1, $1::int) n;
INSERT INTO clock (case_id, name, cycle, started_at, due_at, own_due_at, limit_text, limit_source, rule_version,
    calendar_version, stages, stage_times, next_at)
SELECT n, 'FINISH', 1, now() - interval '1 day', due, due, '7wd', 'bench', '1', '1', '{HALF,MOST,BREACH}',
    ARRAY[due - interval '3 days', due - interval '1 day', due], due - interval '3 days'
FROM (SELECT n, now() + CASE WHEN n % $2 = 0 THEN interval '3 days' - interval '1 second' * (n % 60)
    ELSE interval '4 days' + interval '1 second' * n END AS due FROM generate_series(1, $1::int) n) made;
"""
_CASES = """
INSERT INTO cases (id, request_id, case_no, status, direction, level, channel, urgency, area_code, title, lead_unit_id)
OVERRIDING SYSTEM VALUE
SELECT n, n, 'B' || n, 'DISPATCHED', 'CENTRE', 'COUNTY', 'HOTLINE', 'N', '510104', '路灯不亮',
    (SELECT min(id) FROM unit) FROM generate_series(1, $1::int) n
"""
_CHECK = """
SELECT (SELECT count(*) FROM clock_fired) AS fired,
    (SELECT count(DISTINCT clock_id) FROM clock_fired) AS distinct_clocks,
    (SELECT count(*) FROM event WHERE action = 'CLOCK') AS events,
    (SELECT count(*) FROM notice WHERE topic LIKE 'CLOCK%') AS notices,
    (SELECT count(*) FROM clock WHERE state = 'RUNNING' AND next_at <= now()) AS left_over
"""


@dataclass
class Seen:
    """One run: seconds until all fired, each batch's milliseconds, what was found afterwards."""

    workers: int
    seconds: float
    batches: list[float]
    found: asyncpg.Record


async def fill(db: asyncpg.Pool, running: int, due: int) -> None:
    """Make the tables, set-based; statistics are fresh afterwards."""
    parts = [part for part in _MAKE.split(";\n") if part.strip()]
    async with db.acquire() as connection, connection.transaction():
        for part in parts[:2]:
            await _run(connection, part, running, running // due)
        await connection.execute("SET CONSTRAINTS ALL DEFERRED")
        await connection.execute("ALTER TABLE event DISABLE TRIGGER ALL")
        await _run(connection, parts[2], running, running // due)
        await connection.execute("ALTER TABLE event ENABLE TRIGGER ALL")
        await _run(connection, _CASES, running, running // due)
        await _run(connection, parts[3], running, running // due)
    await db.execute("VACUUM ANALYZE")
    await db.execute("CHECKPOINT")


async def _run(connection: asyncpg.Connection, statement: str, running: int, every: int) -> None:
    told = [running, every] if "$2" in statement else [running]
    await connection.execute(statement, *told, timeout=600)


async def fire_all(db: asyncpg.Pool, workers: int) -> Seen:
    """Sweep with so many workers until nothing is left."""
    batches: list[float] = []

    async def worker() -> None:
        while True:
            began = time.perf_counter()
            fired = await sweep(db, limit=BATCH)
            batches.append((time.perf_counter() - began) * 1000)
            if not fired:
                return

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(workers)))
    seconds = time.perf_counter() - began
    return Seen(workers, seconds, batches, await db.fetchrow(_CHECK))


async def idle(db: asyncpg.Pool, rounds: int) -> list[float]:
    """Milliseconds of sweeps that find nothing."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        if await sweep(db, limit=BATCH):
            raise RuntimeError("something was due: this was no idle sweep")
        times.append((time.perf_counter() - began) * 1000)
    return times


async def plan_of(db: asyncpg.Pool) -> str:
    """Which index finds what is due."""
    rows = await db.fetch(
        "EXPLAIN SELECT id FROM clock k WHERE k.state = 'RUNNING' AND k.next_at <= now() ORDER BY k.next_at LIMIT 1000"
    )
    return next((row[0].strip() for row in rows if "Index" in row[0]), "no index")


async def measure(at: Ground, running: int = RUNNING, due: int = DUE) -> tuple[list[Seen], list[float], str]:
    """Fire by one worker, then the next stages of the same clocks by two; then idle sweeps."""
    async with asyncpg.create_pool(at.dsn, min_size=2, max_size=4) as db:
        await fill(db, running, due)
        plan = await plan_of(db)
        runs = [await fire_all(db, 1)]
        await db.execute("UPDATE clock SET next_at = now() WHERE stage_no = 2")
        runs.append(await fire_all(db, 2))
        for number, seen in enumerate(runs, 1):
            expected = (due * number, due, due * number, due * number)
            if tuple(seen.found)[:4] != expected or seen.found["left_over"]:
                raise RuntimeError(f"expected {expected} and nothing left, found {dict(seen.found)}")
        return runs, await idle(db, IDLE_ROUNDS), plan


def told(at: Ground, runs: list[Seen], quiet: list[float], plan: str, running: int, due: int) -> str:
    """The section of bench/RESULTS.md."""
    lines = [
        f"| {seen.workers} | {seen.seconds:.2f} s | {due / seen.seconds:,.0f} | {statistics.median(seen.batches):.1f} ms "
        f"| {max(seen.batches):.1f} ms |"
        for seen in runs
    ]
    cut = statistics.quantiles(quiet, n=100)
    own = rss_mb(at.stores.children[0].pid or 0)
    return "\n".join(
        [
            f"{facts()}. `./gridcall bench clocks`: {running:,} clocks running, {due:,} stages due at once, batches of "
            f"{BATCH:,}; fsync on. Every stage fired exactly once, with its event and its notice (checked by counting).",
            "",
            "| workers | all fired in (bound 5 s) | stages/s | batch p50 | batch max |",
            "|---|---|---|---|---|",
            *lines,
            "",
            f"Idle sweep (bound 2 ms): p50 {cut[49]:.2f} ms, p99 {cut[98]:.2f} ms over {len(quiet)} rounds. "
            f"Found by: `{plan}`. Resident memory: PostgreSQL's postmaster {own[0]:.0f} MB, its largest backend {own[1]:.0f} MB.",
        ]
    )


def main(running: int = RUNNING, due: int = DUE) -> str:
    """Measure; the section for RESULTS.md."""
    with ground() as at:
        runs, quiet, plan = asyncio.run(measure(at, running, due))
        return told(at, runs, quiet, plan, running, due)
