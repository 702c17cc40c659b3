"""按月分区: what is written finds its month, and a month that nobody made loses nothing."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import date

import asyncpg
import pytest
from alembic import command

from casework.db import months
from casework.db.months import Made, missing
from casework.journey.city import City
from casework.journey.parting_months import make_months
from manage.prepare import migrations
from manage.standalone.stores import Stores
from tests.conftest import Town, at, run_sql
from tests.journey.test_one_case import MESSAGE, send

BEFORE = "20261123_sampling"


@pytest.fixture
async def db(city: City) -> AsyncIterator[asyncpg.Connection]:
    async with (await city.database.pool()).acquire() as connection:
        yield connection


@pytest.fixture(scope="module")
async def case_no(town: Town) -> str:
    answer = await send(town, "months-1", {**MESSAGE, "upstream_no": "M-1"})
    return str(answer.json()["cases"][0]["case_no"])


@pytest.mark.parametrize(
    ("parts", "today", "made"),
    [
        (["event_to_2026_11", "event_strays"], (2026, 11, 23), ["2026-11", "2026-12", "2027-01", "2027-02"]),
        (["event_to_2026_12"], (2026, 11, 23), ["2026-12", "2027-01", "2027-02"]),
        (["event_to_2026_11", "event_2026_11", "event_2026_12"], (2026, 11, 30), ["2027-01", "2027-02"]),
        (["event_to_2026_11", "event_2027_02"], (2026, 11, 1), []),
        (["event_to_2026_11", "event_2027_02"], (2026, 12, 1), ["2027-03"]),
        (["event_2026_08"], (2026, 11, 1), ["2026-09", "2026-10", "2026-11", "2026-12", "2027-01", "2027-02"]),
        ([], (2026, 11, 23), []),  # it is not parted
    ],
)
def test_the_present_month_and_three_more_are_made(
    parts: list[str], today: tuple[int, int, int], made: list[str]
) -> None:
    assert [f"{month:%Y-%m}" for month in missing("event", parts, date(*today))] == made


async def test_a_prepared_database_has_its_months_and_no_strays(city: City, db: asyncpg.Connection) -> None:
    assert await make_months(city) == 0
    assert await months.strays(db) == {}


async def test_each_row_lies_in_its_month_and_a_case_is_read_across_them(db: asyncpg.Connection, case_no: str) -> None:
    case_id = await db.fetchval("SELECT id FROM cases WHERE case_no = $1", case_no)
    [newest] = [part for part in await _parts(db, "event") if part == f"event_{await _month_ahead(db, 2)}"]
    for months_ahead in (-30, 2):
        await db.execute(
            "INSERT INTO event (case_id, action, role, at) VALUES ($1, 'NOTE', 'SYS', "
            "(now() AT TIME ZONE 'Asia/Shanghai' + $2 * interval '1 month') AT TIME ZONE 'Asia/Shanghai')",
            case_id,
            months_ahead,
        )
    rows = await db.fetch("SELECT tableoid::regclass::text FROM event WHERE case_id = $1 ORDER BY id", case_id)
    lie = [row[0] for row in rows]
    assert lie[-2].startswith("event_to_")
    assert lie[-1] == newest
    assert len(lie) > 2


async def test_a_key_repeated_after_the_months_end_makes_no_second_event(
    town: Town, db: asyncpg.Connection, case_no: str
) -> None:
    dispatcher = await town.sign_in("dispatch", "dispatcher1")
    await db.execute(
        "INSERT INTO event (case_id, action, role, at, request_key) "
        "SELECT id, 'NOTE', 'SYS', now() - interval '2 months', 'tapped-twice' FROM cases WHERE case_no = $1",
        case_no,
    )
    before = await db.fetchrow("SELECT status, version FROM cases WHERE case_no = $1", case_no)
    told = {"action": "DISPATCH", "unit": "510104-CG"}
    headers = {"Idempotency-Key": "tapped-twice"}
    answer = await dispatcher.post(f"/cases/{case_no}/moves", json=told, headers=headers)
    assert answer.status_code == 200
    assert await db.fetchrow("SELECT status, version FROM cases WHERE case_no = $1", case_no) == before


async def test_within_a_month_the_database_itself_refuses_a_version_twice(db: asyncpg.Connection, case_no: str) -> None:
    again = (
        "INSERT INTO event (case_id, action, role, version) SELECT id, 'NOTE', 'SYS', 1 FROM cases WHERE case_no = $1"
    )
    with pytest.raises(asyncpg.UniqueViolationError, match="version"):
        await db.execute(again, case_no)


async def test_what_nobody_made_a_month_for_is_kept_and_comes_home(city: City, db: asyncpg.Connection) -> None:
    [far] = await db.fetchrow("SELECT (date_trunc('month', now()) + interval '7 months')::date")
    await db.execute("INSERT INTO audit_log (act, at) VALUES ('STRAY', $1::date + time '12:00')", far)
    assert await months.strays(db) == {"audit_log": 1}
    made = await months.make_ahead(db, far)
    assert Made(f"audit_log_{far:%Y_%m}", 1) in made
    assert sum(one.brought_home for one in made) == 1
    assert await months.strays(db) == {}
    assert (
        await db.fetchval("SELECT tableoid::regclass::text FROM audit_log WHERE act = 'STRAY'")
        == f"audit_log_{far:%Y_%m}"
    )
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
        await db.execute("DELETE FROM audit_log WHERE act = 'STRAY'")
    assert await months.make_ahead(db, far) == []


async def test_a_grown_table_is_parted_and_joined_again_with_every_row(stores: Stores) -> None:
    url = at(stores.database_url, f"grown_{secrets.token_hex(4)}")
    await run_sql(stores.database_url, f"CREATE DATABASE {url.rsplit('/', 1)[1]}")
    await _migrate(url, command.upgrade, BEFORE)
    await run_sql(
        url, "INSERT INTO audit_log (act, at) SELECT 'OLD', now() - n * interval '9 days' FROM generate_series(0, 99) n"
    )
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    counted = "SELECT count(*), count(DISTINCT id), max(id), min(at), max(at) FROM audit_log"
    there = await connection.fetchrow(counted)
    await _migrate(url, command.upgrade, "head")
    assert await connection.fetchrow(counted) == there
    assert await connection.fetchval("INSERT INTO audit_log (act) VALUES ('NEW') RETURNING id") == there[2] + 1
    await connection.execute("INSERT INTO audit_log (act, at) VALUES ('NEW', now() + interval '40 days')")
    await _migrate(url, command.downgrade, BEFORE)
    assert (await connection.fetchrow(counted))[0] == there[0] + 2
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
        await connection.execute("DELETE FROM audit_log")
    await connection.close()


async def _migrate(url: str, way: object, revision: str) -> None:
    config = migrations()
    config.attributes["url"] = url
    await asyncio.to_thread(way, config, revision)  # type: ignore[arg-type]


async def _parts(db: asyncpg.Connection, table: str) -> list[str]:
    rows = await db.fetch("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass($1)", table)
    return [row[0] for row in rows]


async def _month_ahead(db: asyncpg.Connection, months_ahead: int) -> str:
    return str(
        await db.fetchval(
            "SELECT to_char(now() AT TIME ZONE 'Asia/Shanghai' + $1 * interval '1 month', 'YYYY_MM')", months_ahead
        )
    )
