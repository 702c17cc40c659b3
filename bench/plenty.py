"""A great many cases, made by set-based SQL; and the proof that they are such as the rules would have made.

Five years of them in the counties named, in the order they came, the last weeks' still waiting. Every draw is a hash of the case's number: the
same count gives the same cases. No events hang on them, so the triggers and foreign keys are passed by.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.load import Catalog
from casework.db.models import Case
from casework.db.reads.judged import judged
from casework.db.reads.supervisor import observed_now
from casework.db.rollups import EVER, figures_counted
from casework.journey.clockwork import plan
from casework.journey.counting import facts_of
from casework.journey.standing import timing_of
from casework.rules.calendars import day_of
from casework.rules.clocks import Limit, due
from casework.rules.queue_rank import queue_rank
from casework.rules.rates import BASES, View, measures, standing
from casework.rules.rollups import FOREVER
from casework.rules.words import ClockName, Status, Urgency

YEARS = 5
WORKING_DAYS = (3, 7, 15)
CHUNK = 2000

_DRAW = """
CREATE OR REPLACE FUNCTION bench_draw(n bigint, k int) RETURNS float8 LANGUAGE sql IMMUTABLE AS
$$ SELECT (hashint8extended(n, k) & 9007199254740991)::float8 / 9007199254740992 $$
"""
_REQUEST = """
INSERT INTO request (request_no, inbox_id, source, channel, content_digest, title_sealed, text_sealed, working_title,
    working_text)
VALUES ('BENCH', 0, 'bench', 'HOTLINE', '', '', '', '路灯不亮', '楼下路灯不亮') RETURNING id
"""
# $1 request, $2 first number, $3 last, $4 how many of them wait, $5 now, $6 counties, $7 units
_CASES = f"""
INSERT INTO cases (request_id, case_no, status, direction, level, channel, kind, category, urgency, area_code, title,
  suggested_unit, lead_unit_id, created_at, accepted_at, finish_due_original, finish_due, signed_in_time,
  contacted_in_time, filed_at, first_completed_at, completed_at, ended_at, ended_as, next_due, queue_rank,
  first_unit_id, misdirected, dispatched_in_time, called_in_time, returns, extensions, suspensions, supervisions,
  rework_count, repeated, missed_by_grid, followed, solved, satisfaction, worked_minutes)
SELECT $1::bigint, 'B' || n,
  CASE WHEN waits THEN stage WHEN outcome = 'MERGED' OR ended_at > now - interval '15 days' THEN outcome
    ELSE 'ARCHIVED' END,
  direction, 'COUNTY', channel, kind, category, urgency, area, '路灯不亮，居民夜间出行不便',
  CASE WHEN NOT unrouted THEN 'BENCH' END,
  CASE WHEN handled OR waits AND stage = 'DISPATCHED'
    THEN ($7::bigint[])[1 + floor(bench_draw(n, 21) * cardinality($7::bigint[]))] END,
  created, CASE WHEN NOT settled THEN created END, promised, extended,
  CASE WHEN handled THEN bench_draw(n, 22) < 0.98 END, CASE WHEN handled THEN bench_draw(n, 23) < 0.97 END,
  CASE WHEN waits AND stage = 'RESULT_REVIEW' THEN done END,
  CASE WHEN bench_draw(n, 24) < 0.03 THEN least(done, created + interval '1 day') WHEN is_done THEN done END,
  CASE WHEN is_done THEN done END,
  CASE WHEN NOT waits THEN ended_at END, CASE WHEN NOT waits THEN outcome END,
  CASE WHEN waits AND bench_draw(n, 25) > 0.01 THEN now + (bench_draw(n, 26) - 0.3) * interval '3 days' END,
  CASE WHEN waits THEN CASE urgency WHEN 'E0' THEN 0 WHEN 'E1' THEN 1 ELSE 2 END
    + CASE WHEN unrouted THEN 0 ELSE 3 END END,
  CASE WHEN handled THEN ($7::bigint[])[1 + floor(bench_draw(n, 21) * cardinality($7::bigint[]))] END,
  handled AND bench_draw(n, 31) < 0.04, CASE WHEN handled THEN bench_draw(n, 32) < 0.97 END,
  CASE WHEN direction = 'GRID' THEN bench_draw(n, 33) < 0.95 END, (handled AND bench_draw(n, 31) < 0.05)::int,
  (bench_draw(n, 11) < 0.03 AND promised IS NOT NULL)::int, 0, (bench_draw(n, 34) < 0.01)::int,
  (handled AND bench_draw(n, 35) < 0.03)::int, bench_draw(n, 36) < 0.06, direction = 'CENTRE' AND bench_draw(n, 37) < 0.02,
  CASE WHEN handled AND is_done THEN followed END,
  CASE WHEN handled AND is_done AND followed = 'ANSWERED' THEN bench_draw(n, 38) < 0.9 END,
  CASE WHEN handled AND is_done AND followed = 'ANSWERED'
    THEN ('{{VERY_GOOD,GOOD,GOOD,GOOD,FAIR,FAIR,BAD,VERY_BAD}}'::text[])[1 + floor(bench_draw(n, 39) * 8)] END,
  CASE WHEN is_done AND NOT settled THEN (extract(epoch FROM done - created) / 200)::int END
FROM generate_series($2::bigint, $3::bigint) AS n
CROSS JOIN LATERAL (SELECT n > $3 - $4::bigint, $5::timestamptz, $6::text[]) AS given (waits, now, counties)
CROSS JOIN LATERAL (SELECT
  counties[1 + floor(bench_draw(n, 1) * cardinality(counties))]
    || to_char(1 + floor(bench_draw(n, 2) * 20), 'FM000') || to_char(1 + floor(bench_draw(n, 3) * 10), 'FM000'),
  now - CASE WHEN waits THEN bench_draw(n, 4) ^ 2 * interval '20 days'
    ELSE interval '50 days' + (1 - n / ($3 - $4::float8)) * interval '{YEARS * 365 - 50} days' END,
  ('{{HELP,HELP,HELP,HELP,COMPLAINT,COMPLAINT,CONSULT,CONSULT,SUGGESTION,REPORT}}'::text[])
    [1 + floor(bench_draw(n, 5) * 10)],
  ('{{0101,0204,0203,0205,0301}}'::text[])[1 + floor(bench_draw(n, 15) * 5)],
  CASE WHEN bench_draw(n, 6) < 0.01 THEN 'E0' WHEN bench_draw(n, 6) < 0.05 THEN 'E1' WHEN bench_draw(n, 6) < 0.06
    THEN 'C' ELSE 'N' END,
  CASE WHEN bench_draw(n, 7) < 0.2 THEN 'GRID' ELSE 'CENTRE' END,
  CASE WHEN bench_draw(n, 7) < 0.2 THEN 'GRID' ELSE 'HOTLINE' END,
  ('{{ANSWERED,ANSWERED,ANSWERED,GUIDED,GUIDED,TRANSFERRED,TERMINATED,TERMINATED,VOID,MERGED}}'::text[]
    || array_fill('CLOSED'::text, ARRAY[90]))[1 + floor(bench_draw(n, 8) * 100)],
  ('{{REVIEW,REVIEW,REVIEW,NEED_INFO,DISPATCHED,DISPATCHED,DISPATCHED,RESULT_REVIEW,FOLLOW_UP,FOLLOW_UP}}'::text[]
    || array_fill('HANDLING'::text, ARRAY[10]))[1 + floor(bench_draw(n, 9) * 20)],
  ('{{ANSWERED,ANSWERED,ANSWERED,ANSWERED,ANSWERED,ANSWERED,UNREACHED,UNREACHED,NOT_ASKED,NOT_ASKED}}'::text[])
    [1 + floor(bench_draw(n, 40) * 10)]
) AS drawn (area, created, kind, category, urgency, direction, channel, outcome, stage, followed)
CROSS JOIN LATERAL (SELECT
  NOT waits AND direction = 'GRID' AND outcome = 'CLOSED' AND bench_draw(n, 10) < 0.5,
  waits AND stage = 'REVIEW' AND bench_draw(n, 20) < 0.3,
  NOT waits OR stage = 'FOLLOW_UP',
  CASE WHEN urgency = 'C' THEN 15 WHEN kind = 'CONSULT' THEN 3 WHEN kind IN ('HELP', 'SUGGESTION') THEN 7 ELSE 15 END
) AS known (settled, unrouted, is_done, working_days)
JOIN bench_promise AS promise
  ON promise.day = (created AT TIME ZONE 'Asia/Shanghai')::date AND promise.days = working_days
CROSS JOIN LATERAL (SELECT
  CASE WHEN waits THEN stage NOT IN ('REVIEW', 'NEED_INFO', 'DISPATCHED') ELSE outcome = 'CLOSED' AND NOT settled END,
  CASE WHEN settled THEN NULL WHEN urgency = 'E0' THEN created + interval '24 hours'
    WHEN urgency = 'E1' THEN created + interval '72 hours' ELSE promise.due_at END
) AS with_promise (handled, promised)
CROSS JOIN LATERAL (SELECT
  promised + CASE WHEN bench_draw(n, 11) < 0.03 THEN interval '7 days' ELSE interval '0' END
) AS with_extension (extended)
CROSS JOIN LATERAL (SELECT
  CASE WHEN waits THEN created + bench_draw(n, 12) * (now - created)
    WHEN settled THEN created + interval '30 minutes'
    WHEN outcome = 'ANSWERED' THEN created + interval '20 minutes'
    WHEN outcome <> 'CLOSED' THEN NULL
    WHEN bench_draw(n, 12) < 0.95 THEN created + bench_draw(n, 13) * (extended - created)
    ELSE extended + bench_draw(n, 13) * interval '5 days' END
) AS with_result (done)
CROSS JOIN LATERAL (SELECT
  CASE WHEN outcome = 'TERMINATED' THEN created + bench_draw(n, 14) * 1.2 * (extended - created)
    ELSE coalesce(done, created) + bench_draw(n, 14) * interval '2 days' END
) AS with_end (ended_at)
"""
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'cases' AND schemaname = 'public'
AND indexname NOT IN (SELECT conname FROM pg_constraint)
"""


@dataclass(frozen=True)
class Plenty:
    """How many cases, how many of them wait, in which counties, led by which units."""

    cases: int
    waiting: int
    counties: Sequence[str]
    units: Sequence[int]


async def fill(db: asyncpg.Connection, catalog: Catalog, much: Plenty) -> None:
    """Make them, without indexes, which are made afterwards; statistics are fresh."""
    await db.execute("SET session_replication_role = replica; SET maintenance_work_mem = '512MB'")
    now: datetime = await db.fetchval("SELECT date_trunc('minute', now())")
    await db.execute(_DRAW)
    await _promises(db, catalog, now)
    indexes = await db.fetch(_INDEXES)
    for row in indexes:
        await db.execute(f"DROP INDEX {row['indexname']}")
    request = await db.fetchval(_REQUEST)
    told = (request, 1, much.cases, much.waiting, now, list(much.counties), list(much.units))
    await db.execute(_CASES, *told, timeout=3600)
    for row in indexes:
        await db.execute(row["indexdef"], timeout=3600)
    await db.execute("SET session_replication_role = origin")
    await db.execute("VACUUM ANALYZE cases", timeout=3600)
    await db.execute("CHECKPOINT", timeout=600)


async def _promises(db: asyncpg.Connection, catalog: Catalog, now: datetime) -> None:
    """When a case of each day is due, by the nation's calendar: working days do not count the day they start on."""
    calendar = catalog.calendars.for_area("")
    await db.execute("CREATE TABLE bench_promise (day date, days int, due_at timestamptz, PRIMARY KEY (day, days))")
    rows = []
    for back in range(YEARS * 366):
        start = now - timedelta(days=back)
        for days in WORKING_DAYS:
            rows.append((day_of(start), days, due(Limit.parse(f"{days}wd"), start, calendar).at))
    await db.copy_records_to_table("bench_promise", records=rows)


async def check(session: AsyncSession, catalog: Catalog, much: Plenty, sample: int = 20_000) -> int:
    """Ask the rules about so many of them: each view's judgement, the promise, the rank, what the figures add up to.
    Raises RuntimeError where the SQL says otherwise; how many were asked about."""
    observed = await observed_now(session)
    first = (await session.execute(select(Case.id).order_by(Case.id).limit(1))).scalar_one()
    waits = min(sample // 5, much.waiting)
    ended = random.Random(1).sample(range(much.cases - much.waiting), min(sample - waits, much.cases - much.waiting))
    waiting = random.Random(2).sample(range(much.cases - much.waiting, much.cases), waits)
    ids = [first + place for place in (*ended, *waiting)]
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        cases = {case.id: case for case in await session.scalars(select(Case).where(Case.id.in_(chunk)))}
        if len(cases) != len(chunk):
            raise RuntimeError(f"{len(chunk) - len(cases)} cases are missing")
        for case in cases.values():
            _as_promised(catalog, case, observed)
        for view in View:
            await _as_judged(session, cases, observed, view)
        await _as_measured(session, cases)
        session.expunge_all()
    return len(ids)


def _as_promised(catalog: Catalog, case: Case, observed: datetime) -> None:
    clock = plan(catalog, ClockName.FINISH, timing_of(case), case.created_at)
    if case.accepted_at is not None and (clock is None or clock.due_at != case.finish_due_original):
        raise RuntimeError(f"{case.case_no} is due at {clock and clock.due_at}, not {case.finish_due_original}")
    if case.queue_rank != queue_rank(Status(case.status), Urgency(case.urgency), case.suggested_unit):
        raise RuntimeError(f"{case.case_no} has the rank {case.queue_rank}")


async def _as_judged(session: AsyncSession, cases: dict[int, Case], observed: datetime, view: View) -> None:
    how = judged(view, EVER, observed)
    names = ("exclusion", "responded", "done", "on_time", "first_on_time", "not_yet_due", "kept", "at")
    query = select(Case.id, *(getattr(how, name).label(name) for name in names)).where(how.fell_in)
    said = {row.id: row for row in await session.execute(query.where(Case.id.in_(list(cases))))}
    for case in cases.values():
        ruled, row = standing(facts_of(case), observed, view), said.get(case.id)
        if row is None or ruled.at is None:
            same = row is None and ruled.at is None
        else:
            same = all(getattr(ruled, name) == getattr(row, name) for name in names)
        if not same:
            raise RuntimeError(f"{case.case_no} in view {view}: the rules say {ruled}, the SQL {row}")


async def _as_measured(session: AsyncSession, cases: dict[int, Case]) -> None:
    for basis in BASES:
        ruled: Counter[str] = Counter()
        for case in cases.values():
            found = standing(facts_of(case), FOREVER, basis)
            if found.at is not None:
                for name, amount in measures(facts_of(case), found, basis):
                    ruled[name] += amount
        said: Counter[str] = Counter()
        for row in await session.execute(figures_counted(basis, Case.id.in_(list(cases)))):
            said[row.name] += int(row.amount)
        if +ruled != +said:
            raise RuntimeError(f"basis {basis}: the rules say {ruled - said} more, the SQL {said - ruled}")
