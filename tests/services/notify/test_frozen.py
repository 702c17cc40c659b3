"""月度冻结: a frozen month stays what it was, changes stand beside it, and both can be made again (domain.md §6)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import select

from casework.catalog.timing import load_calendars
from casework.db.models import Unit
from casework.journey.city import City
from casework.journey.freezing import cut_off_day, freeze, freeze_due
from casework.rules import asks
from casework.rules.calendars import day_of
from casework.rules.rates import DEFINITION_VERSION
from casework.rules.words import Status
from tests.conftest import Town
from tests.services.notify.life import Life
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_reports import DUE, KEPT

WAITS = replace(KEPT, status=Status.FOLLOW_UP, ended_at=None, ended_as=None, first_unit_id=1)
LATE = replace(KEPT, completed_at=DUE + timedelta(hours=1), first_completed_at=DUE + timedelta(hours=1))
OPEN = replace(KEPT, status=Status.HANDLING, completed_at=None, first_completed_at=None, ended_at=None, ended_as=None)


@pytest.fixture(scope="module")
async def june(city: City) -> list[str]:
    """domain.md §6: 200 due in June at unit X; 2 void, 4 merged children; 185 kept, 5 late, 4 open."""
    async with city.database.transaction() as session:
        unit_id = await session.scalar(select(Unit.id).where(Unit.code == "510104-CG"))
        facts = [WAITS] * 3 + [KEPT] * 182 + [LATE] * 5 + [OPEN] * 4
        facts += [replace(KEPT, status=Status.VOID)] * 2 + [replace(OPEN, status=Status.MERGED)] * 4
        assert len(facts) == 200
        return await plant(session, [Planted(one, unit_id=unit_id) for one in facts])


@pytest.fixture(scope="module")
async def analyst(town: Town, june: list[str]) -> AsyncIterator[httpx.AsyncClient]:
    async with await town.sign_in("notify", "leader5101") as client:
        yield client


async def versions(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await client.get("/reports/frozen", params={"from": "2026-06"})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["series"]
    return found


async def test_the_worked_example_is_frozen_at_95_36_and_restated_at_93_81(
    city: City, june: list[str], analyst: httpx.AsyncClient
) -> None:
    made = await analyst.post("/reports/frozen", json={"month": "2026-06"})
    assert made.status_code == 201, made.text
    frozen = made.json()
    headline = frozen["total"]["views"]["A"]
    assert (headline["numerator"], headline["denominator"]) == (185, 194)
    assert round(100 * headline["rate"], 2) == 95.36
    assert headline["excluded"] == {"VOID": 2, "MERGED": 4}
    assert (frozen["version"], frozen["restated"], frozen["cases"]) == (1, False, 200)
    assert frozen["definition"] == DEFINITION_VERSION

    again = (await analyst.post("/reports/frozen", json={"month": "2026-06"})).json()
    assert again["id"] == frozen["id"], "what has not changed makes no version"

    for case_no in june[:3]:  # follow-up finds them not done: 返工 through the real path
        await Life(city).do(case_no, "followup1", asks.Rework(note="现场未处理"))
    restated = (await analyst.post("/reports/frozen", json={"month": "2026-06"})).json()
    headline = restated["total"]["views"]["A"]
    assert (headline["numerator"], headline["denominator"]) == (182, 194)
    assert round(100 * headline["rate"], 2) == 93.81
    assert headline["first_on_time"] == 185
    assert (restated["version"], restated["restated"]) == (2, True)

    first, second = await versions(analyst)
    assert (first["data_hash"], first["total"]) == (frozen["data_hash"], frozen["total"])
    assert second["data_hash"] != first["data_hash"]
    now = (await analyst.get("/reports/completion", params={"from": "2026-06"})).json()
    assert (now["total"]["numerator"], now["total"]["denominator"]) == (182, 194)


async def test_every_frozen_figure_can_be_made_again(city: City, analyst: httpx.AsyncClient) -> None:
    for one in await versions(analyst):
        proof = (await analyst.get(f"/reports/frozen/{one['id']}/verification")).json()
        assert proof == {"id": one["id"], "data_same": True, "figures_same": True}


async def test_a_county_sees_its_part_and_others_none(town: Town, analyst: httpx.AsyncClient) -> None:
    [first, *_] = await versions(analyst)
    async with await town.sign_in("notify", "analyst1") as county:
        [own, *_] = await versions(county)
        assert own["total"]["views"] == first["total"]["views"]
        assert [row["area"] for row in own["rows"]] == ["510104"]
        elsewhere = await county.get("/reports/frozen", params={"from": "2026-06", "area": "510105"})
        assert elsewhere.status_code == 403


@pytest.mark.parametrize(
    "statement", ["UPDATE month_freeze SET cases = 1", "DELETE FROM month_freeze", "DELETE FROM frozen_case"]
)
async def test_the_database_refuses_to_change_what_is_frozen(city: City, june: list[str], statement: str) -> None:
    pool = await city.database.pool()
    await freeze(city, "5101", date(2026, 6, 1))
    with pytest.raises(asyncpg.PostgresError, match="append"):
        await pool.execute(statement)


async def test_a_spoilt_copy_is_seen(city: City, analyst: httpx.AsyncClient) -> None:
    pool = await city.database.pool()
    [first, *_] = await versions(analyst)
    await pool.execute("ALTER TABLE frozen_case DISABLE TRIGGER frozen_case_append_only")
    spoil = "UPDATE frozen_case SET signed_in_time = NOT signed_in_time WHERE freeze_id = $1 AND case_id ="
    spoil += " (SELECT min(case_id) FROM frozen_case WHERE freeze_id = $1)"
    await pool.execute(spoil, first["id"])
    proof = (await analyst.get(f"/reports/frozen/{first['id']}/verification")).json()
    assert (proof["data_same"], proof["figures_same"]) == (False, False)
    await pool.execute(spoil, first["id"])
    await pool.execute("ALTER TABLE frozen_case ENABLE TRIGGER frozen_case_append_only")


async def test_a_month_that_is_not_over_is_refused_with_the_latest_that_is(analyst: httpx.AsyncClient) -> None:
    now = day_of(datetime.now(UTC))
    answer = await analyst.post("/reports/frozen", json={"month": f"{now:%Y-%m}"})
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["field"] == "month"
    assert f"{now.replace(day=1) - timedelta(days=1):%Y-%m}" in fault["message"]


async def test_a_county_may_not_freeze(town: Town, june: list[str]) -> None:
    async with await town.sign_in("notify", "analyst1") as county:
        assert (await county.post("/reports/frozen", json={"month": "2026-06"})).status_code == 403


async def test_the_last_month_is_frozen_by_itself_once_its_cut_off_has_come(city: City, june: list[str]) -> None:
    last = day_of(datetime.now(UTC)).replace(day=1) - timedelta(days=1)
    pool = await city.database.pool()
    await freeze_due(city)
    count = "SELECT count(*) FROM month_freeze WHERE month = $1"
    today = day_of(datetime.now(UTC))
    due = today >= cut_off_day(city.catalog.calendars.for_area("5101"), today, 5)
    assert (await pool.fetchval(count, last.replace(day=1)) > 0) is due
    assert await freeze_due(city) == 0


@pytest.mark.parametrize(
    ("month", "working_day", "is_on"),
    [
        (date(2026, 11, 9), 1, date(2026, 11, 2)),  # November begins on a Sunday
        (date(2026, 11, 9), 5, date(2026, 11, 6)),
        (date(2026, 10, 31), 1, date(2026, 10, 8)),  # after the national holidays
        (date(2026, 1, 1), 1, date(2026, 1, 4)),  # a Sunday that is worked
    ],
)
def test_the_cut_off_is_a_working_day_of_the_next_month(month: date, working_day: int, is_on: date) -> None:
    assert cut_off_day(load_calendars().for_area("5101"), month, working_day) == is_on
