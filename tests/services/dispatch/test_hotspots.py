"""热点: the daily list, made once whoever tries, with the cases behind; and numbers that call again and again."""

import asyncio
from typing import Any

import pytest

from casework.db import hotspots as rows
from casework.journey.city import City
from casework.journey.hotspots import make_list
from casework.rules.words import Role
from services.dispatch.worker import compare_once
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ

PLACE = {"area_code": "510104017001"}
ELSEWHERE = {"area_code": "510104018002"}
_YESTERDAY = "((now() AT TIME ZONE 'Asia/Shanghai' - interval '1 hour')::date - $2::int + time '12:00')"


async def age(city: City, case_no: str, days: int) -> None:
    """As if the case had come at noon of so many days before today (Asia/Shanghai)."""
    db = await city.database.pool()
    at = f"{_YESTERDAY} AT TIME ZONE 'Asia/Shanghai'"
    one = "(SELECT id FROM cases WHERE case_no = $1)"
    await db.execute(f"UPDATE cases SET created_at = {at} WHERE id = {one}", case_no, days)
    await db.execute(f"UPDATE case_likeness SET created_at = {at} WHERE case_id = {one}", case_no, days)


async def came(desk: Desk, days: int, count: int, **more: Any) -> list[str]:
    found = [await desk.receive(**more) for _ in range(count)]
    while await compare_once(desk.city):
        pass
    for case_no in found:
        await age(desk.city, case_no, days)
    return found


async def make_all(city: City) -> int:
    made = 0
    while await make_list(city):
        made += 1
    return made


@pytest.fixture(scope="module")
async def behind(desk: Desk) -> list[str]:
    """Seven cases of one matter in one community yesterday; a steady trickle of another."""
    burst = await came(desk, 1, 7, category="0301", place=PLACE)
    for week in range(9):
        await came(desk, 1 + 7 * week, 1, category="0205", place=ELSEWHERE)
    [void] = await came(desk, 1, 1, category="0301", place=PLACE)
    db = await desk.city.database.pool()
    async with db.acquire() as connection, connection.transaction():
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute("UPDATE cases SET status = 'VOID' WHERE case_no = $1", void)
    return burst


async def test_a_burst_is_listed_with_the_cases_behind_it(desk: Desk, behind: list[str]) -> None:
    assert await make_all(desk.city) == rows.CATCH_UP, "the days before are made up for"
    leader = await desk.of("leader1")
    page = (await leader.get("/hot-spots")).json()
    [spot] = [one for one in page["spots"] if one["category"] == "0301"]
    assert (spot["area_code"], spot["cases"], spot["expected"], spot["days"]) == ("510104017001", 7, 0.0, 7)
    assert spot["history"] == [0] * 8
    assert spot["area_name"].endswith("社区")
    assert not [one for one in page["spots"] if one["category"] == "0205"], "a trickle is no burst"
    first = (await leader.get(f"/hot-spots/{spot['id']}/cases", params={"limit": 4})).json()
    then = (await leader.get(f"/hot-spots/{spot['id']}/cases", params={"limit": 4, "cursor": first["next"]})).json()
    listed = [row["case_no"] for row in (*first["cases"], *then["cases"])]
    assert (listed, then["next"]) == (behind[::-1], None)


async def test_a_list_is_made_once_whoever_tries(desk: Desk, behind: list[str]) -> None:
    city = desk.city
    await make_all(city)
    db = await city.database.pool()
    count = "SELECT count(*) FROM hot_spot"
    before = await db.fetchval(count)
    assert await make_all(city) == 0, "nothing is missing"
    await db.execute("DELETE FROM hot_spot")
    await db.execute("DELETE FROM hot_spot_day WHERE day = (SELECT max(day) FROM hot_spot_day)")
    assert sum(await asyncio.gather(*(make_list(city) for _ in range(4)))) == 1, "two workers make one list"
    assert 0 < await db.fetchval(count) <= before


async def test_a_list_that_was_killed_half_way_is_made_whole(
    desk: Desk, behind: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    city = desk.city
    await make_all(city)
    db = await city.database.pool()
    await db.execute("DELETE FROM hot_spot_day WHERE day = (SELECT max(day) FROM hot_spot_day)")
    await db.execute("DELETE FROM hot_spot")

    async def killed(*_: Any) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr(rows, "write", killed)
        with pytest.raises(ConnectionError):
            await make_list(city)
    assert await make_list(city) == 1
    assert await db.fetchval("SELECT count(*) FROM hot_spot_case") >= len(behind)


async def test_no_list_is_made_before_the_cases_of_its_day_can_be_counted(desk: Desk, behind: list[str]) -> None:
    city = desk.city
    await make_all(city)
    db = await city.database.pool()
    await db.execute("DELETE FROM hot_spot")
    await db.execute("DELETE FROM hot_spot_day WHERE day = (SELECT max(day) FROM hot_spot_day)")
    await db.execute("DELETE FROM case_likeness")
    await db.execute("UPDATE likeness_reach SET reached = 0")
    assert await make_list(city) == 0, "after an import a list would be empty, and stay so"
    while await compare_once(city):
        pass
    assert await make_list(city) == 1
    assert await db.fetchval("SELECT max(cases) FROM hot_spot") == len(behind)


async def test_another_county_s_hot_spots_are_not_seen(desk: Desk, behind: list[str]) -> None:
    await make_all(desk.city)
    await employ(desk.city, "leader.b", [Role.LEADER], "510105")
    await employ(desk.city, "leader.street", [Role.LEADER], "510104017")
    found = {}
    for login in ("leader1", "leader.b", "leader.street"):
        found[login] = len((await (await desk.of(login)).get("/hot-spots")).json()["spots"])
    assert (found["leader.b"], found["leader1"] >= found["leader.street"] > 0) == (0, True)
    db = await desk.city.database.pool()
    spot_id = await db.fetchval("SELECT max(id) FROM hot_spot")
    assert (await (await desk.of("leader.b")).get(f"/hot-spots/{spot_id}/cases")).status_code == 404
    assert (await (await desk.of("agent1")).get("/hot-spots")).status_code == 403


async def test_pages_follow_one_another(desk: Desk, behind: list[str]) -> None:
    await make_all(desk.city)
    leader = await desk.of("leader1")
    db = await desk.city.database.pool()
    await db.execute(
        "INSERT INTO hot_spot (day, area_code, category, days, cases, expected, score, history) SELECT"
        " (SELECT max(day) FROM hot_spot_day) + 1, '510104017', '01' || n, 7, 9, 1, n / 3, '{1}'"
        " FROM generate_series(10, 40) n"
    )
    whole = [one["id"] for one in (await leader.get("/hot-spots", params={"limit": 200})).json()["spots"]]
    walked: list[int] = []
    cursor: str | None = None
    while cursor is not None or not walked:
        page = (await leader.get("/hot-spots", params={"limit": 7, **({"cursor": cursor} if cursor else {})})).json()
        walked += [one["id"] for one in page["spots"]]
        cursor = page["next"]
    assert (walked, len(walked)) == (whole, 31)
    for wrong in ("x", "1_", "1_99999999999999999999", "nan_x"):
        assert (await leader.get("/hot-spots", params={"cursor": wrong})).status_code == 422


async def test_who_calls_again_and_again_is_listed_and_masked(desk: Desk) -> None:
    person, secret = {"name": "赵反复", "phone": "13577778888"}, {"name": "钱保密", "phone": "13577779999"}
    numbers = [await desk.receive(person=person, text=f"第{n}次反映垃圾没人收") for n in range(4)]
    for n in range(4):
        await desk.receive(person={**secret, "secret": True}, text=f"第{n}次举报")
    answer = await (await desk.of("leader1")).get("/repeat-callers", params={"least": 4})
    [found] = [one for one in answer.json()["callers"] if numbers[0] in one["case_nos"]]
    assert found == {"phone": "135****8888", "cases": 4, "categories": 1, "case_nos": numbers[::-1]}
    assert "赵反复" not in answer.text
    assert "135****9999" not in answer.text
    db = await desk.city.database.pool()
    aged = "UPDATE cases SET accepted_at = accepted_at - interval '31 days' WHERE case_no = $1"
    await db.execute(aged, numbers[0])
    later = (await (await desk.of("leader1")).get("/repeat-callers", params={"least": 4})).json()["callers"]
    assert not [one for one in later if numbers[1] in one["case_nos"]]
