"""通报计划: each period goes out once, to those it is for, whatever becomes of the worker."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from casework.db import bulletins as rows
from casework.journey.city import City
from casework.rules.calendars import day_of
from casework.rules.spells import Pace, Spell, following, holding, last_over
from services.notify.bulletins import issuing
from services.notify.bulletins.issuing import issue_due
from tests.conftest import Town
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_reports import KEPT

FORM = {"name": "每周通报", "pace": "WEEK", "formats": ["csv", "xlsx"], "recipients": ["analyst1", "leader1"]}


def weeks_back(count: int) -> list[Spell]:
    """The last weeks that are over, oldest first."""
    newest = last_over(Pace.WEEK, day_of(datetime.now(UTC)))
    found = [holding(Pace.WEEK, newest.first - timedelta(days=7 * (count - 1)))]
    while found[-1] != newest:
        found.append(following(found[-1]))
    return found


@pytest.fixture(scope="module")
async def analyst(town: Town, city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with city.database.transaction() as session:
        await plant(session, [Planted(KEPT)] * 3)
    async with await town.sign_in("notify", "analyst1") as client:
        yield client


@pytest.fixture
async def plan(analyst: httpx.AsyncClient, city: City) -> AsyncIterator[dict[str, Any]]:
    """A weekly schedule that is three weeks old; ended afterwards."""
    answer = await analyst.post("/reports/bulletins/schedules", json=FORM)
    assert answer.status_code == 201, answer.text
    await since(city, answer.json()["id"], weeks_back(3)[0].period.start)
    yield answer.json()
    await analyst.delete(f"/reports/bulletins/schedules/{answer.json()['id']}")


async def since(city: City, schedule_id: int, at: datetime) -> None:
    pool = await city.database.pool()
    await pool.execute("UPDATE bulletin_schedule SET made_at = $2 WHERE id = $1", schedule_id, at)


async def went_out(city: City, plan: dict[str, Any]) -> list[str]:
    pool = await city.database.pool()
    found = await pool.fetch("SELECT period FROM bulletin_issue WHERE schedule_id = $1 ORDER BY id", plan["id"])
    return [row["period"] for row in found]


async def all_out(city: City) -> None:
    while await issue_due(city):
        pass


async def test_every_week_since_it_was_planned_goes_out_once_oldest_first(city: City, plan: dict[str, Any]) -> None:
    await all_out(city)
    await all_out(city)
    assert await went_out(city, plan) == [week.code for week in weeks_back(3)]


async def test_two_workers_at_once_send_each_week_once(city: City, plan: dict[str, Any]) -> None:
    await asyncio.gather(*(all_out(city) for _ in range(3)))
    await all_out(city)
    assert await went_out(city, plan) == [week.code for week in weeks_back(3)]


async def test_a_worker_killed_in_the_middle_repeats_nothing_and_loses_nothing(
    city: City, plan: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, made = issuing.file_of, 0

    async def killed(*given: Any) -> bytes:
        nonlocal made
        made += 1
        if made == 4:  # the second week's second file
            raise asyncio.CancelledError
        return await real(*given)

    monkeypatch.setattr(issuing, "file_of", killed)
    with pytest.raises(asyncio.CancelledError):
        await all_out(city)
    monkeypatch.setattr(issuing, "file_of", real)
    assert await went_out(city, plan) == [weeks_back(3)[0].code]
    await all_out(city)
    assert await went_out(city, plan) == [week.code for week in weeks_back(3)]
    pool = await city.database.pool()
    told = "SELECT count(*) FROM notice n JOIN bulletin_issue i ON n.params ->> 'item' = i.id::text"
    told += " WHERE n.topic = 'BULLETIN_OUT' AND i.schedule_id = $1"
    assert await pool.fetchval(told, plan["id"]) == 3 * 2


async def test_one_that_cannot_be_made_is_put_off_and_holds_up_no_other(
    city: City, plan: dict[str, Any], analyst: httpx.AsyncClient
) -> None:
    bad = (await analyst.post("/reports/bulletins/schedules", json={**FORM, "name": "坏计划"})).json()
    pool = await city.database.pool()
    spoil = "UPDATE bulletin_schedule SET formats = '{doc}', made_at = $2 WHERE id = $1"
    await pool.execute(spoil, bad["id"], weeks_back(3)[0].period.start)
    await all_out(city)
    assert await went_out(city, plan) == [week.code for week in weeks_back(3)]
    assert await went_out(city, bad) == []
    row = await pool.fetchrow(
        "SELECT failures, retry_at > now() AS later FROM bulletin_schedule WHERE id = $1", bad["id"]
    )
    assert row is not None
    assert (row["failures"], row["later"]) == (1, True)
    await analyst.delete(f"/reports/bulletins/schedules/{bad['id']}")


async def test_recipients_are_told_and_take_the_very_bytes_that_were_kept(
    city: City, town: Town, plan: dict[str, Any]
) -> None:
    await all_out(city)
    async with await town.sign_in("notify", "leader1") as leader:
        [newest, *_] = (await leader.get("/reports/bulletins/issues")).json()["items"]
        assert newest["period"] == weeks_back(3)[-1].code
        assert set(newest["files"]) == {"csv", "xlsx"}
        file = await leader.get(f"/reports/bulletins/issues/{newest['id']}/files/csv")
        assert hashlib.sha256(file.content).hexdigest() == newest["files"]["csv"]
        assert "通报计划“每周通报”" in file.content.decode("utf-8-sig")
        mine = (await leader.get("/notices/mine")).json()["items"]
        assert newest["title"] in next(one["text"] for one in mine if one["topic"] == rows.TOPIC)
    pool = await city.database.pool()
    count = "SELECT count(*) FROM audit_log WHERE act = 'bulletin.download' AND subject = $1"
    assert await pool.fetchval(count, f"bulletin_issue:{newest['id']}") == 1


async def test_who_is_no_recipient_and_no_supervisor_sees_none(city: City, town: Town, plan: dict[str, Any]) -> None:
    await all_out(city)
    pool = await city.database.pool()
    issue_id = await pool.fetchval("SELECT max(id) FROM bulletin_issue")
    async with await town.sign_in("notify", "dispatcher1") as other:
        assert (await other.get("/reports/bulletins/issues")).json()["items"] == []
        assert (await other.get(f"/reports/bulletins/issues/{issue_id}/files/csv")).status_code == 404


async def test_an_ended_schedule_sends_nothing_and_what_went_out_stays(
    city: City, plan: dict[str, Any], analyst: httpx.AsyncClient
) -> None:
    assert await issue_due(city) == 1
    for _ in range(2):
        assert (await analyst.delete(f"/reports/bulletins/schedules/{plan['id']}")).status_code == 204
    await all_out(city)
    assert await went_out(city, plan) == [weeks_back(3)[0].code]
    assert plan["id"] not in [one["id"] for one in (await analyst.get("/reports/bulletins/schedules")).json()]


@pytest.mark.parametrize("statement", ["UPDATE bulletin_file SET body = ''", "DELETE FROM bulletin_issue"])
async def test_what_went_out_is_never_changed(city: City, plan: dict[str, Any], statement: str) -> None:
    await all_out(city)
    pool = await city.database.pool()
    with pytest.raises(asyncpg.PostgresError, match="append"):
        await pool.execute(statement)


async def test_a_month_goes_out_frozen_or_when_the_freeze_is_long_due(city: City, analyst: httpx.AsyncClient) -> None:
    month = holding(Pace.MONTH, last_over(Pace.MONTH, day_of(datetime.now(UTC))).first - timedelta(days=1))
    form = {**FORM, "name": "月报", "pace": "MONTH", "formats": ["csv"]}
    made = (await analyst.post("/reports/bulletins/schedules", json=form)).json()
    await since(city, made["id"], month.period.start)
    await all_out(city)
    assert (await went_out(city, made))[:1] == [month.code], "it was never frozen, and its cut-off is long past"
    await analyst.delete(f"/reports/bulletins/schedules/{made['id']}")


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"recipients": ["nobody.at.all"]}, 422, "recipients"),
        ({"recipients": ["sysadmin"]}, 422, "recipients"),  # an administrator reads no figures
        ({"recipients": []}, 422, "recipients"),
        ({"formats": ["doc"]}, 422, "formats"),
        ({"area": "510105"}, 403, None),
        ({}, 409, None),  # there is one of that name
    ],
)
async def test_a_wrong_plan_is_refused_by_name(
    analyst: httpx.AsyncClient, plan: dict[str, Any], change: dict[str, Any], status: int, field: str | None
) -> None:
    answer = await analyst.post("/reports/bulletins/schedules", json={**FORM, **change})
    assert answer.status_code == status, answer.text
    if field is not None:
        assert answer.json()["errors"][0]["field"].startswith(field)


async def listed(analyst: httpx.AsyncClient, **ask: Any) -> list[str]:
    """Whom a schedule may name, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        answer = await analyst.get("/reports/bulletins/recipients", params={"limit": 7, **ask, "cursor": cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= 7
        found += [one["login"] for one in page["items"]]
        if page["next"] is None:
            return found
        cursor = page["next"]


async def test_the_planner_chooses_among_those_who_may_get_it(analyst: httpx.AsyncClient, plan: dict[str, Any]) -> None:
    everybody = await listed(analyst)
    assert everybody == sorted(set(everybody))
    assert {"analyst1", "leader1", "leader5101", "analyst51"} <= set(everybody), "of the area, and above it"
    assert not {"sysadmin1", "secadmin1", "auditadmin1"} & set(everybody), "an administrator reads no figures"
    assert await listed(analyst, words="leader1") == ["leader1"]
    assert await listed(analyst, words="督导", area="510104") == ["analyst1", "analyst51"]
    answer = await analyst.get("/reports/bulletins/recipients", params={"area": "510105"})
    assert answer.status_code == 403
    assert [one["login"] for one in plan["recipients"]] == ["analyst1", "leader1"]
    assert all(one["name"] for one in plan["recipients"])
    assert plan["area_name"].endswith("锦江区")
