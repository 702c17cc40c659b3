"""A list becomes cases, once, and each row becomes what it would become by the door for one."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from casework.catalog.load import Catalog
from casework.db.session import Database
from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.report import Held
from casework.kit.crypto import Keyring
from manage.standalone.stores import Stores
from services.intake.doors import DOORS, Message
from services.intake.importing.door import DOOR, inbox_source
from services.intake.importing.running import Importer
from services.intake.worker import finish_left
from tests.conftest import Template, Town, at, run_sql
from tests.services.intake.lists import HEAD, as_csv, brought, row, take_all

ROWS = 300
NOT_THE_SAME = {
    "inbox": {"id", "body_sealed", "received_at"},
    "request": {"id", "inbox_id", "request_no", "title_sealed", "text_sealed", "name_sealed", "phone_sealed"},
    "cases": {"id", "request_id", "case_no", "updated_at"},
    "event": {"id", "case_id", "at"},
    "clock": {"id", "case_id"},
    "notice": {"id", "case_id", "created_at", "next_at"},
}
"""Ids and numbers, seals (never twice the same), and the moment of writing, which the database puts."""


def varied(number: int) -> list[str]:
    """Rows that go through every branch: kinds, urgencies, channels, no person, no number, odd values."""
    kinds, urgencies = ("求助", "投诉", "咨询", "表扬", "", "说不清"), {"E0": "E0", "E1": "E1"}
    changed = {
        "诉求性质": kinds[number % len(kinds)],
        "分类": ("占道经营", "0102", "203", "没有这类", "")[number % 5],
        "来电时间": ("2026年11月2日 下午3:04", "46328.5", "昨天", "2026-11-02T08:00:00Z", "")[number % 5],
        "联系电话": ("1.3812345678E+10", "028-85551234", "不知道", "", "13812345678.0")[number % 5],
        "姓名": ("张三", "", "欧阳娜娜")[number % 3],
        "区划代码": ("510104017", "510104", "", "510104999999")[number % 4],
        "诉求内容": f"第{number}件。我叫张三，电话13812345678，路灯不亮。" if number % 7 else "",
    }
    told = row(number, **changed)
    if number % 11 == 0:
        told[0] = ""
    urgency = list(urgencies)[number % 2] if number % 9 == 0 else ""
    return [*told, urgency, ("网格员上报", "微信", "")[number % 3], "2026-11-30" if number % 13 == 0 else ""]


WIDE = (*HEAD, "紧急程度", "来源渠道", "办理期限")


@pytest.fixture(scope="module")
async def agent(town: Town) -> httpx.AsyncClient:
    """The agent who brings lists."""
    return await town.sign_in("intake", "agent1")


@pytest.fixture
async def other(stores: Stores, template: Template, catalog: Catalog) -> AsyncIterator[City]:
    """Another copy of the same town."""
    name = f"test_{secrets.token_hex(4)}"
    await run_sql(stores.database_url, f"CREATE DATABASE {name} TEMPLATE {template.name}")
    city = City(
        catalog,
        Keyring.load(template.settings.keys_file, template.settings.identity_keys_file),
        Database(at(stores.database_url, name)),
    )
    yield city
    await city.database.close()
    await run_sql(stores.database_url, f"DROP DATABASE {name} WITH (FORCE)")


async def rows_of(city: City, table: str) -> list[dict[str, Any]]:
    """The table's rows without what cannot be the same, in the order of the messages."""
    db = await city.database.pool()
    joins = {
        "inbox": "SELECT t.*, t.message_id AS o FROM inbox t",
        "request": "SELECT t.*, i.message_id AS o FROM request t JOIN inbox i ON i.id = t.inbox_id",
        "cases": "SELECT t.*, i.message_id AS o FROM cases t JOIN request r ON r.id = t.request_id "
        "JOIN inbox i ON i.id = r.inbox_id",
    }
    hanging = (
        f"SELECT t.*, i.message_id AS o FROM {table} t JOIN cases c ON c.id = t.case_id "
        "JOIN request r ON r.id = c.request_id JOIN inbox i ON i.id = r.inbox_id"
    )
    found = [dict(one) for one in await db.fetch(joins.get(table, hanging))]
    kept = [{name: value for name, value in one.items() if name not in NOT_THE_SAME[table]} for one in found]
    return sorted(kept, key=lambda one: (one["o"], str(one.get("name")), str(one.get("audience"))))


async def test_a_batch_writes_what_the_door_for_one_writes(agent: httpx.AsyncClient, city: City, other: City) -> None:
    told = await brought(agent, as_csv([WIDE, *map(varied, range(ROWS))]), "both-ways")
    await take_all(agent, city, told["id"])
    batch = await (await city.database.pool()).fetch(
        "SELECT * FROM inbox WHERE source = 'import:both-ways' ORDER BY id"
    )
    assert len(batch) == ROWS
    pool = await other.database.pool()
    for one in batch:
        body = city.keyring.open_bytes(one["body_sealed"], "inbox.body")
        sealed = other.keyring.seal_bytes(body, "inbox.body")
        values = (one["source"], one["message_id"], DOOR, one["digest"], sealed, one["account_id"], one["received_at"])
        inbox_id = await pool.fetchval(
            "INSERT INTO inbox (source, message_id, door, digest, body_sealed, account_id, received_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            *values,
        )
        held = Held(inbox_id, one["received_at"])
        await DOORS[DOOR](other, Sources(other.keyring), Message(held, one["source"], body, one["account_id"]))
    for table in NOT_THE_SAME:
        ours, theirs = await rows_of(city, table), await rows_of(other, table)
        assert len(ours) == len(theirs) > ROWS / 2, table
        for mine, single in zip(ours, theirs, strict=True):
            assert mine == single, table
    ours, theirs = await counts(city), await counts(other)
    assert {table: (count, theirs[table]) for table, count in ours.items() if count != theirs[table]} == {}


async def counts(city: City) -> dict[str, int]:
    """How many rows every table has, but for the import's own and the signing in: a batch may forget none."""
    db = await city.database.pool()
    tables = await db.fetch(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition "
        "AND relnamespace = 'public'::regnamespace"
    )
    others = {name for (name,) in tables if not name.startswith("import_")} - {"session", "audit_log", "number_block"}
    return {name: await db.fetchval(f"SELECT count(*) FROM {name}") for name in sorted(others)}


async def test_a_list_brought_again_says_known_before(agent: httpx.AsyncClient, city: City) -> None:
    file = as_csv([HEAD, *(row(n) for n in range(50)), row(50, 工单编号="")])
    first = await take_all(agent, city, (await brought(agent, file, "again"))["id"])
    again = await take_all(agent, city, (await brought(agent, file, "again"))["id"])
    assert (first["taken"], first["known"]) == (51, 0)
    assert (again["taken"], again["known"], again["supplemented"], again["bad"]) == (0, 51, 0, 0)


async def test_a_row_twice_in_one_list_is_one_case(agent: httpx.AsyncClient, city: City) -> None:
    rows = [row(n) for n in range(30)]
    done = await take_all(agent, city, (await brought(agent, as_csv([HEAD, *rows, *rows]), "twice"))["id"])
    assert (done["taken"], done["known"]) == (30, 30)


async def test_other_words_under_a_known_number_supplement_it(agent: httpx.AsyncClient, city: City) -> None:
    rows = [row(n) for n in range(3)]
    await take_all(agent, city, (await brought(agent, as_csv([HEAD, *rows]), "later"))["id"])
    rows[1] = row(1, 诉求内容="又坏了两盏，共三盏不亮。")
    rows[2] = row(2, 地址="另一处写法")  # the same words with another address: nothing new was said
    changed = as_csv([HEAD, *rows])
    done = await take_all(agent, city, (await brought(agent, changed, "later"))["id"])
    assert (done["taken"], done["known"], done["supplemented"]) == (0, 2, 1)
    done = await take_all(agent, city, (await brought(agent, changed, "later"))["id"])
    assert (done["known"], done["supplemented"]) == (3, 0)


async def test_a_known_number_changed_within_the_same_list_supplements_it(agent: httpx.AsyncClient, city: City) -> None:
    rows = [row(1), row(2), row(1, 诉求内容="补充：现在全黑了。")]
    done = await take_all(agent, city, (await brought(agent, as_csv([HEAD, *rows]), "within"))["id"])
    assert (done["taken"], done["supplemented"], done["state"]) == (2, 1, "DONE")


async def test_two_workers_share_a_list_and_double_nothing(agent: httpx.AsyncClient, city: City) -> None:
    told = await brought(agent, as_csv([HEAD, *(row(n % 900) for n in range(2000))]), "shared-work")
    assert (await agent.post(f"/imports/{told['id']}/start")).status_code == 200

    async def work() -> None:
        importer = Importer(city, Sources(city.keyring))
        while await importer.run_once():
            pass

    await asyncio.gather(work(), work(), work())
    await work()
    done = (await agent.get(f"/imports/{told['id']}")).json()
    assert (done["state"], done["taken"], done["known"], done["bad"]) == ("DONE", 900, 1100, 0)
    db = await city.database.pool()
    assert await db.fetchval("SELECT count(*) FROM request WHERE source = 'import:shared-work'") == 900


async def test_what_a_list_brings_to_a_hotline_is_the_hotlines_own(agent: httpx.AsyncClient, city: City) -> None:
    """One set of numbers: what the hotline pushed is known when its list is imported."""
    done = await take_all(agent, city, (await brought(agent, as_csv([HEAD, row(7)]), "hotline"))["id"])
    assert done["taken"] == 1
    db = await city.database.pool()
    assert await db.fetchval("SELECT source FROM request WHERE upstream_no = 'L000007' AND source = 'hotline'")
    assert await db.fetchval("SELECT channel FROM request WHERE source = 'hotline' LIMIT 1") == "HOTLINE"


async def test_a_row_left_in_the_inbox_is_finished_by_the_worker(city: City) -> None:
    """A poll's row whose process was killed between storing it and reporting it."""
    db = await city.database.pool()
    await db.execute("INSERT INTO import_source (name, area_code) VALUES ('left-behind', '510104')")
    body = '{"title":"留下的","upstream_no":"X1"}'.encode()
    await db.execute(
        "INSERT INTO inbox (source, message_id, door, digest, body_sealed, received_at) "
        "VALUES ($1, 'X1', $2, 'd', $3, now() - interval '1 minute')",
        *(inbox_source("left-behind"), DOOR, city.keyring.seal_bytes(body, "inbox.body")),
    )
    assert await finish_left(city, Sources(city.keyring)) == 1
    assert await db.fetchval("SELECT count(*) FROM request WHERE source = 'import:left-behind'") == 1


async def test_official_is_our_receipt_and_the_told_time_stays_beside_it(agent: httpx.AsyncClient, city: City) -> None:
    rows = [row(1, 来电时间="2020年1月2日 下午3:04")]
    await take_all(agent, city, (await brought(agent, as_csv([HEAD, *rows]), "old-times"))["id"])
    found: asyncpg.Record = await (await city.database.pool()).fetchrow(
        "SELECT r.received_at, r.occurred_at, c.accepted_at, c.created_at, e.role, e.account_id, now() AS now "
        "FROM request r JOIN cases c ON c.request_id = r.id JOIN event e ON e.case_id = c.id "
        "WHERE r.source = 'import:old-times'"
    )
    assert f"{found['occurred_at']:%Y-%m-%d %H:%M}" == "2020-01-02 07:04"
    assert found["accepted_at"] == found["created_at"] == found["received_at"]
    assert (found["now"] - found["received_at"]).total_seconds() < 600
    assert found["role"] == "UPSTREAM"
    assert found["account_id"] is not None
