"""What the database itself refuses: a silent change of status, a rewritten history, a second open lead."""

import asyncpg
import pytest

from casework.journey.city import City
from tests.conftest import Town
from tests.journey.test_one_case import MESSAGE, move, send


@pytest.fixture(scope="module")
async def case_no(town: Town) -> str:
    answer = await send(town, "guard-1", {**MESSAGE, "upstream_no": "G-1"})
    return str(answer.json()["cases"][0]["case_no"])


async def test_a_status_cannot_change_without_its_event(city: City, case_no: str) -> None:
    db = await city.database.pool()
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="without an event"):
        await db.execute("UPDATE cases SET status = 'CLOSED' WHERE case_no = $1", case_no)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="without an event"):
        await db.execute("UPDATE cases SET status = 'CLOSED', version = version + 1 WHERE case_no = $1", case_no)
    assert await db.fetchval("SELECT status FROM cases WHERE case_no = $1", case_no) == "REVIEW"


async def test_a_case_cannot_appear_without_its_event(city: City, case_no: str) -> None:
    db = await city.database.pool()
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="without an event"):
        await db.execute(
            "INSERT INTO cases (request_id, case_no, status, direction, level, channel, urgency, area_code, title) "
            "SELECT request_id, 'X', status, direction, level, channel, urgency, area_code, title FROM cases LIMIT 1"
        )


@pytest.mark.parametrize("table", ["event", "audit_log"])
@pytest.mark.parametrize("what", ["UPDATE {} SET at = now()", "DELETE FROM {}"])
async def test_history_is_append_only(city: City, case_no: str, table: str, what: str) -> None:
    db = await city.database.pool()
    await db.execute("INSERT INTO audit_log (act) VALUES ('TEST')")
    with pytest.raises(asyncpg.IntegrityConstraintViolationError, match="append-only"):
        await db.execute(what.format(table))


async def test_one_lead_is_open_at_a_time(town: Town, city: City, case_no: str) -> None:
    dispatcher = await town.sign_in("dispatch", "dispatcher1")
    await move(dispatcher, case_no, "DISPATCH", unit="510104-CG")
    db = await city.database.pool()
    with pytest.raises(asyncpg.UniqueViolationError, match="one_lead"):
        await db.execute(
            "INSERT INTO assignment (case_id, unit_id, kind, hop) SELECT case_id, unit_id, kind, 2 FROM assignment"
        )
