"""The kept sums say what the cases say, at every moment: before folding, while two fold, after a kill; and a recount
finds what was changed past them."""

import asyncio
import importlib.util
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from casework.db import rollups
from casework.db.reads import rolled
from casework.db.reads.questions import By, Question
from casework.db.reads.supervisor import completion, counted
from casework.journey.city import City
from casework.journey.recounting import ACT, recount_nightly
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.rollups import NOTHING, SUMMED_VIEWS, Delta, contribution, deltas
from casework.rules.tallies import Period, Tally
from casework.rules.words import Channel, Kind, Role
from services.dispatch.worker import fold_once
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_completion_sql import JUNE, NOW, PROVINCE, SUMMER, Chance, by_the_rules

ROWS = 3000
MOMENTS = (NOW, NOW - timedelta(days=40), datetime(2027, 1, 1, tzinfo=UTC))
MIGRATION = Path(__file__).resolve().parents[3] / "migrations" / "versions" / "20261123_rates.py"
SUMMER_BY_MONTH = Question(View.A, SUMMER, By.MONTH)
Sums = dict[str | None, Tally]


def questions() -> Iterator[Question]:
    for view in SUMMED_VIEWS:
        for by in (By.PROVINCE, By.CITY, By.COUNTY, By.MONTH):
            yield Question(view, JUNE, by)
        for area in ("51", "5101", "510104", "5101Z1", "50", "52"):
            yield Question(view, SUMMER, By.COUNTY, area=area)


@pytest.fixture(scope="module")
async def rows(city: City) -> list[Planted]:
    chance = Chance(61)
    made = [chance.row([]) for _ in range(ROWS)]
    async with city.database.transaction() as session:
        await plant(session, made)
    return made


@pytest.fixture
async def pool(city: City, rows: list[Planted]) -> asyncpg.Pool:
    """Every case's own deltas as its first move would have left them, none of them folded yet."""
    found = await city.database.pool()
    await found.execute("TRUNCATE rate_delta, rate_rollup, figure_rollup")
    lines = [line for row in rows for line in deltas(NOTHING, contribution(row.facts, row.area))]
    await found.copy_records_to_table("rate_delta", columns=Delta._fields, records=lines)
    return found


async def ask(city: City, question: Question, observed: datetime = NOW) -> tuple[Sums, Sums]:
    """What the kept sums say, and what the cases say."""
    async with city.database.transaction() as session:
        assert rolled.can_answer(PROVINCE, question)
        kept = await rolled.completion(session, PROVINCE, question, observed)
        return kept, await counted(session, PROVINCE, question, observed, city.catalog.calendars)


async def agree(city: City, moments: tuple[datetime, ...] = MOMENTS) -> None:
    for question in questions():
        for observed in moments:
            kept, cases = await ask(city, question, observed)
            assert kept == cases, (question, observed)


async def waiting(pool: asyncpg.Pool) -> int:
    return int(await pool.fetchval("SELECT count(*) FROM rate_delta"))


async def differences(city: City) -> list[rollups.Difference | rollups.FigureDifference]:
    async with city.database.transaction() as session:
        return await rollups.recount(session)


async def test_sums_and_cases_agree_before_between_and_after_folding(city: City, pool: asyncpg.Pool) -> None:
    await agree(city)
    assert await rollups.fold(pool, limit=ROWS) == ROWS
    assert await waiting(pool) > 0
    await agree(city, MOMENTS[:1])
    while await fold_once(city):
        pass
    assert await waiting(pool) == 0
    await agree(city)
    assert await differences(city) == []


@pytest.mark.parametrize("view", SUMMED_VIEWS)
async def test_the_report_says_what_the_rules_say_whatever_is_folded(
    city: City, pool: asyncpg.Pool, rows: list[Planted], view: View
) -> None:
    await rollups.fold(pool, limit=ROWS)
    for observed in MOMENTS[:1]:
        question = Question(view, SUMMER, By.CITY)
        async with city.database.transaction() as session:
            told = await completion(session, PROVINCE, question, observed, city.catalog.calendars)
        assert told == by_the_rules(rows, PROVINCE, question, city.catalog.calendars, {})
        assert sum(one.not_yet_due for one in told.values()) > 0 or view is View.C


async def test_two_folders_at_once_fold_each_line_once_and_no_reader_sees_a_gap(city: City, pool: asyncpg.Pool) -> None:
    lines = await waiting(pool)
    _, expected = await ask(city, SUMMER_BY_MONTH)
    seen: list[Sums] = []

    async def folder() -> int:
        done = 0
        while folded := await rollups.fold(pool, limit=97):
            done += folded
        return done

    async def reader(folders: "asyncio.Future[list[int]]") -> None:
        while not folders.done():
            async with city.database.transaction() as session:
                seen.append(await rolled.completion(session, PROVINCE, SUMMER_BY_MONTH, NOW))

    folders = asyncio.gather(folder(), folder())
    await reader(folders)
    assert sum(await folders) == lines
    assert len(seen) > 1
    assert all(sums == expected for sums in seen)
    assert await differences(city) == []


async def test_a_folder_that_is_killed_has_folded_nothing(city: City, pool: asyncpg.Pool) -> None:
    lines = await waiting(pool)
    async with pool.acquire() as doomed:
        work = doomed.transaction()
        await work.start()
        assert await rollups.fold(doomed, limit=500) == 500
        await pool.fetchval("SELECT pg_terminate_backend($1)", doomed.get_server_pid())
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)):
            await doomed.fetchval("SELECT 1")
    assert await waiting(pool) == lines
    await agree(city, MOMENTS[:1])
    while await fold_once(city):
        pass
    assert await differences(city) == []


async def test_a_folder_passes_by_what_another_holds(city: City, pool: asyncpg.Pool) -> None:
    lines = await waiting(pool)
    async with pool.acquire() as slow, slow.transaction():
        assert await slow.execute("SELECT FROM rate_delta ORDER BY id LIMIT 10 FOR UPDATE") == "SELECT 10"
        assert await rollups.fold(pool, limit=10 * ROWS) == lines - 10
    assert await rollups.fold(pool, limit=10 * ROWS) == 10


async def test_the_migration_adds_up_what_was_there(city: City, pool: asyncpg.Pool) -> None:
    fill = migration()._FILL
    await pool.execute("TRUNCATE rate_delta, rate_rollup")
    assert len(await differences(city)) > 100
    await pool.execute(fill)
    assert [one for one in await differences(city) if isinstance(one, rollups.Difference)] == []


async def test_the_migration_ranks_as_the_rules_do(city: City, pool: asyncpg.Pool) -> None:
    ranked = "SELECT array_agg((id, queue_rank) ORDER BY id) FROM cases"
    before = await pool.fetchval(ranked)
    await pool.execute("UPDATE cases SET queue_rank = NULL")
    assert await pool.fetchval(ranked) != before
    await pool.execute(migration()._RANK)
    assert await pool.fetchval(ranked) == before


def migration() -> ModuleType:
    spec = importlib.util.spec_from_file_location("rates_migration", MIGRATION)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


async def test_a_recount_finds_and_adds_what_was_changed_past_the_sums(city: City, pool: asyncpg.Pool) -> None:
    """A case whose deadline somebody moves by hand, and a sum that somebody spoils."""
    while await fold_once(city):
        pass
    case = "SELECT id, finish_due FROM cases WHERE status = 'CLOSED' AND kind <> 'PRAISE' AND accepted_at IS NOT NULL "
    case_id, due = await pool.fetchrow(case + "AND finish_due BETWEEN '2026-05-05' AND '2026-05-20' LIMIT 1")
    await pool.execute("UPDATE cases SET finish_due = $2 WHERE id = $1", case_id, datetime(2030, 1, 9, tzinfo=UTC))
    spoilt = "UPDATE rate_rollup SET kept = kept - 3 WHERE view = 'C' AND month = '2026-06-01' AND area = '510104'"
    await pool.execute(spoilt + " AND reason = ''")
    found = await differences(city)
    views = [one for one in found if isinstance(one, rollups.Difference)]
    moved = {(one.month, one.cases) for one in views if one.view is View.A}
    assert moved == {(date(2026, 5, 1), -1), (date(2030, 1, 1), 1)}
    figures = {(one.month, one.name, one.amount) for one in found if isinstance(one, rollups.FigureDifference)}
    assert {(date(2026, 5, 1), "COMPLETION:d", -1), (date(2030, 1, 1), "COMPLETION:d", 1)} <= figures
    assert [(one.area, one.kept) for one in views if one.view is View.C and one.month == date(2026, 6, 1)] == [
        ("510104", 3)
    ]
    assert await recount_nightly(city) == len(found)
    assert await differences(city) == []
    await agree(city, MOMENTS[:1])
    line = await pool.fetchrow("SELECT data FROM audit_log WHERE act = $1 ORDER BY id DESC", ACT)
    assert f'"differences": {len(found)}' in line["data"]
    assert '"month": "2030-01"' in line["data"]
    await pool.execute("UPDATE cases SET finish_due = $2 WHERE id = $1", case_id, due)


async def test_a_recount_is_made_once_a_night(city: City, pool: asyncpg.Pool) -> None:
    await pool.execute("ALTER TABLE audit_log DISABLE TRIGGER audit_log_append_only")
    lines = "SELECT count(*) FROM audit_log WHERE act = $1"
    await pool.execute("DELETE FROM audit_log WHERE act = $1", ACT)
    await asyncio.gather(recount_nightly(city), recount_nightly(city))
    await recount_nightly(city)
    assert await pool.fetchval(lines, ACT) == 1
    await pool.execute("UPDATE audit_log SET at = at - interval '1 day' WHERE act = $1", ACT)
    await recount_nightly(city)
    assert await pool.fetchval(lines, ACT) == 2
    await pool.execute("ALTER TABLE audit_log ENABLE TRIGGER audit_log_append_only")


WIDE = Question(View.A, JUNE, By.COUNTY)
UNIT_TOO = Actor(frozenset({Role.LEADER, Role.UNIT_LEAD}), area="51", units=frozenset({1}))


@pytest.mark.parametrize(
    ("actor", "question", "kept"),
    [
        (PROVINCE, WIDE, True),
        (Actor(frozenset({Role.LEADER}), area="510104"), WIDE, True),  # a county, whole
        (Actor(frozenset({Role.LEADER}), area="510104017"), WIDE, False),  # a street within one
        (UNIT_TOO, WIDE, False),  # sees more than an area
        (Actor(frozenset({Role.ANALYST})), WIDE, False),  # sees nothing
        (PROVINCE, Question(View.A, JUNE, By.COUNTY, area="5101"), True),
        (PROVINCE, Question(View.A, JUNE, By.COUNTY, area="510104017"), False),
        (PROVINCE, Question(View.D, JUNE, By.COUNTY), False),  # the stock
        (PROVINCE, Question(View.A, JUNE, By.STREET), False),
        (PROVINCE, Question(View.A, JUNE, By.UNIT), False),
        (PROVINCE, Question(View.A, JUNE, By.COUNTY, kind=Kind.HELP), False),
        (PROVINCE, Question(View.A, JUNE, By.COUNTY, channel=Channel.WEB), False),
        (PROVINCE, Question(View.A, JUNE, By.COUNTY, category="01"), False),
        (PROVINCE, Question(View.A, JUNE, By.COUNTY, units=frozenset()), False),
        (PROVINCE, Question(View.A, Period(JUNE.start, NOW), By.COUNTY), False),  # half a month
        (PROVINCE, Question(View.A, Period(JUNE.start + timedelta(hours=8), JUNE.end), By.COUNTY), False),
    ],
)
def test_the_sums_answer_only_what_they_are_fine_enough_for(actor: Actor, question: Question, kept: bool) -> None:
    assert rolled.can_answer(actor, question) is kept


async def test_a_reader_of_one_county_gets_that_county(city: City, pool: asyncpg.Pool) -> None:
    leader = Actor(frozenset({Role.LEADER}), area="510104")
    async with city.database.transaction() as session:
        told = await completion(session, leader, WIDE, NOW, city.catalog.calendars)
        everywhere = await completion(session, PROVINCE, WIDE, NOW, city.catalog.calendars)
    assert told == {"510104": everywhere["510104"]}


async def test_the_cases_still_in_time_are_found_by_indexes(city: City, pool: asyncpg.Pool) -> None:
    plan: list[Any] = []
    async with city.database.transaction() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        query = rolled._in_time(Question(View.B, SUMMER, By.COUNTY), NOW, ["51"])
        sql = query.compile(city.database.engine, compile_kwargs={"literal_binds": True})
        plan = list(await session.scalars(text(f"EXPLAIN {sql}")))
    assert "Seq Scan" not in "\n".join(plan)


async def test_the_headlines_cases_still_in_time_are_answered_by_one_index_alone(city: City) -> None:
    async with city.database.transaction() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        await session.execute(text("SET LOCAL enable_bitmapscan = off"))
        query = rolled._in_time(Question(View.A, SUMMER, By.COUNTY), NOW, ["51"])
        sql = query.compile(city.database.engine, compile_kwargs={"literal_binds": True})
        plan = list(await session.scalars(text(f"EXPLAIN {sql}")))
    assert "Index Only Scan using ix_cases_in_time" in "\n".join(plan)
