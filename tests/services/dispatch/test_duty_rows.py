"""连续排班: a row for several people, all or none; nobody twice at once; a week shown whole; whom one may choose."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from casework.journey.city import City
from casework.kit.now import SHANGHAI
from casework.kit.texts import LANGS
from casework.rules.words import Role
from tests.services.dispatch.cases import LEAD, Desk
from tests.services.dispatch.staff import employ
from tests.services.dispatch.test_grids import ONE, TWO, at, make

ROWS = f"/units/{LEAD}/duty/rows"


@pytest.fixture(scope="module")
async def keeper(desk: Desk) -> httpx.AsyncClient:
    """The lead of the unit, with two people of hers; others of another unit and of two communities."""
    await employ(desk.city, "row.lead", [Role.UNIT_LEAD], "510104", LEAD)
    for login in ("row.one", "row.two"):
        await employ(desk.city, login, [Role.UNIT], "510104", LEAD)
    await employ(desk.city, "row.other", [Role.UNIT], "510104", "510104-ZJ")
    for login, area in (("row-walker", ONE), ("row-far", TWO)):
        await employ(desk.city, login, [Role.GRID_WORKER], f"{area}008")
    return await desk.of("row.lead")


@pytest.fixture(autouse=True)
async def _empty(city: City) -> None:
    pool = await city.database.pool()
    await pool.execute("DELETE FROM duty_shift; DELETE FROM duty_leave")


def monday() -> datetime:
    """Midnight, Asia/Shanghai, of a Monday that is not begun."""
    today = datetime.now(SHANGHAI).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday())


def form(*logins: str, begins: float = 9, ends: float = 17, **more: Any) -> dict[str, Any]:
    """A row from that Monday on, in hours after its midnight."""
    start = monday()
    told = {"starts_at": start + timedelta(hours=begins), "ends_at": start + timedelta(hours=ends)}
    return {"logins": list(logins), **{name: moment.isoformat() for name, moment in told.items()}, **more}


async def shown(client: httpx.AsyncClient, path: str = f"/units/{LEAD}/duty", **ask: Any) -> dict[str, Any]:
    answer = await client.get(path, params={"first": f"{monday():%Y-%m-%d}", **ask})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_two_people_have_the_same_shift_on_workdays_of_four_weeks(keeper: httpx.AsyncClient) -> None:
    made = await keeper.post(ROWS, json=form("row.one", "row.two", weekdays=[1, 2, 3, 4, 5], weeks=4))
    assert (made.status_code, len(made.json()["ids"])) == (201, 40), made.text
    week = await shown(keeper)
    assert (week["days"], week["keeps"], len(week["shifts"])) == (7, True, 10)
    assert {one["login"] for one in week["shifts"]} == {"row.one", "row.two"}
    assert not any(one["over"] for one in week["shifts"])
    assert len((await shown(keeper, days=28))["shifts"]) == 40
    last = await shown(keeper, first=f"{monday() + timedelta(days=28):%Y-%m-%d}")
    assert last["shifts"] == []


async def test_no_shift_of_a_period_is_left_out(keeper: httpx.AsyncClient, city: City) -> None:
    pool = await city.database.pool()
    query = """INSERT INTO duty_shift (unit_id, account_id, starts_at, ends_at)
        SELECT u.id, a.id, $2::timestamptz + n * interval '30 min', $2::timestamptz + (n + 1) * interval '30 min'
        FROM unit u, account a, generate_series(0, 335) AS n WHERE u.code = $1 AND a.login = 'row.one'"""
    await pool.execute(query, LEAD, monday())
    assert len((await shown(keeper))["shifts"]) == 336


async def test_a_shift_is_shown_on_every_day_that_it_touches(keeper: httpx.AsyncClient) -> None:
    await keeper.post(ROWS, json=form("row.one", begins=22, ends=30))
    for days_on, count in ((-1, 0), (0, 1), (1, 1), (2, 0)):
        day = f"{monday() + timedelta(days=days_on):%Y-%m-%d}"
        assert len((await shown(keeper, first=day, days=1))["shifts"]) == count, days_on


# the form, the field that is named, the reason
WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    ("of another unit", form("row.one", "row.other"), "logins", "duty.not_of_the_unit"),
    ("of no unit", form("row-walker"), "logins", "duty.not_of_the_unit"),
    ("end before start", form("row.one", begins=9, ends=8), "ends_at", "duty.ends_before_it_begins"),
    ("too long", form("row.one", ends=24 * 8), "ends_at", "duty.too_long"),
    ("into the next", form("row.one", ends=34, weekdays=[1, 2]), "ends_at", "duty.runs_into_the_next"),
    ("in years", form("row.one", begins=24 * 380, ends=24 * 381), "starts_at", "duty.too_far"),
]


@pytest.mark.parametrize(("name", "said", "field", "code"), WRONG, ids=[row[0] for row in WRONG])
async def test_a_wrong_row_is_named_by_its_field_and_nothing_is_written(
    keeper: httpx.AsyncClient, city: City, name: str, said: dict[str, Any], field: str, code: str
) -> None:
    sentences = []
    for language in LANGS:
        answer = await keeper.post(ROWS, json=said, headers={"Accept-Language": language})
        assert answer.status_code == 422, name
        [fault] = answer.json()["errors"]
        assert (fault["field"], fault["code"]) == (field, code)
        sentences.append(fault["message"])
    assert sentences[0] != sentences[1]
    assert not any("{" in sentence for sentence in sentences)
    assert await (await city.database.pool()).fetchval("SELECT count(*) FROM duty_shift") == 0


async def test_what_no_calendar_has_is_refused(keeper: httpx.AsyncClient) -> None:
    said = {**form("row.one"), "weekdays": [9]}
    assert (await keeper.post(ROWS, json=said)).json()["errors"][0]["field"] == "weekdays.0"
    for moment in ("9999-12-31T20:00:00Z", "0001-01-01T00:00:00Z"):
        answer = await keeper.post(ROWS, json={**said, "weekdays": [], "starts_at": moment, "ends_at": moment})
        assert answer.status_code == 422
    assert (await keeper.get(f"/units/{LEAD}/duty", params={"first": "9999-12-31"})).status_code == 422


async def test_nobody_is_on_duty_twice_at_once_in_one_place(desk: Desk, keeper: httpx.AsyncClient) -> None:
    assert (await keeper.post(ROWS, json=form("row.one", weekdays=[3]))).status_code == 201
    answer = await keeper.post(ROWS, json=form("row.one", "row.two", begins=16, ends=20, weekdays=[1, 2, 3]))
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    wednesday = monday() + timedelta(days=2)
    assert (fault["field"], fault["code"]) == ("starts_at", "duty.has_a_shift")
    assert "row.one" in fault["message"]
    assert f"{wednesday:%m-%d} 09:00" in fault["message"]
    assert len((await shown(keeper))["shifts"]) == 1, "none of the row was written"
    assert (await keeper.post(ROWS, json=form("row.one", begins=57 + 8, ends=57 + 10))).status_code == 201, "after it"
    single = {**form(begins=57, ends=58), "login": "row.one"}
    del single["logins"]
    refused = await (await desk.of("dispatcher1")).post(f"/units/{LEAD}/duty", json=single)
    assert refused.json()["errors"][0]["code"] == "duty.has_a_shift"


async def test_two_who_plan_the_same_at_once_write_it_once(desk: Desk, keeper: httpx.AsyncClient) -> None:
    other = await desk.of("dispatcher1")
    said = form("row.one", "row.two", weekdays=[1, 2])
    answers = await asyncio.gather(*(client.post(ROWS, json=said) for client in (keeper, other)))
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert len((await shown(keeper))["shifts"]) == 4


async def test_the_week_says_who_is_away_and_who_stands_in(desk: Desk, keeper: httpx.AsyncClient) -> None:
    [number] = (await keeper.post(ROWS, json=form("row.one"))).json()["ids"]
    assert (await keeper.put(f"/duty/{number}/substitute", json={"login": "row.two"})).status_code == 204
    leave = {**form(begins=0, ends=24), "login": "row.one", "reason": "年休假", "substitute": "row.two"}
    del leave["logins"]
    assert (await keeper.post("/leaves", json=leave)).status_code == 201
    week = await shown(await desk.of("row.one"))
    [one] = week["shifts"]
    assert (one["name"], one["substitute"], one["substitute_login"]) == ("row.one", "row.two", "row.two")
    assert [(away["login"], away["substitute"]) for away in week["away"]] == [("row.one", "row.two")]
    assert week["keeps"] is False, "a clerk reads the roster"
    assert "reason" not in week["away"][0], "why is for those who enter leaves"
    assert (await (await desk.of("row.one")).post(ROWS, json=form("row.two"))).status_code == 403


async def test_a_grid_has_a_row_of_its_communitys_workers(desk: Desk, keeper: httpx.AsyncClient, city: City) -> None:
    pool = await city.database.pool()
    await pool.execute("DELETE FROM grid_worker; DELETE FROM grid")
    code = (await make(await desk.of("dispatcher1"), at(0))).json()["code"]
    community = await desk.of("community-017001")
    rows = f"/grids/{code}/duty/rows"
    assert (await community.post(rows, json=form("row-walker", weekdays=[1, 2, 3, 4, 5], weeks=2))).status_code == 201
    assert len((await shown(community, f"/grids/{code}/duty"))["shifts"]) == 5
    for login in ("row-far", "row.one"):
        fault = (await community.post(rows, json=form(login))).json()["errors"][0]
        assert (fault["field"], fault["code"]) == ("logins", "duty.not_of_the_grid")
    assert (await (await desk.of("community-018001")).post(rows, json=form("row-far"))).status_code == 404
    assert (await keeper.post(rows, json=form("row-walker"))).status_code == 403


async def listed(client: httpx.AsyncClient, path: str, key: str, limit: int, **ask: Any) -> list[str]:
    """All that a list holds, page by page."""
    found: list[str] = []
    cursor = ""
    while True:
        answer = await client.get(path, params={**ask, "limit": limit, "cursor": cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) <= limit
        found += [one[key] for one in page["items"]]
        if page["next"] is None:
            return found
        cursor = page["next"]


async def test_leaves_come_page_by_page_soonest_first(keeper: httpx.AsyncClient) -> None:
    for day, login in ((3, "row.one"), (1, "row.two"), (1, "row.lead"), (5, "row.one")):
        said = {**form(begins=24 * day, ends=24 * day + 9), "login": login, "reason": "学习培训"}
        del said["logins"]
        assert (await keeper.post("/leaves", json=said)).status_code == 201
    assert await listed(keeper, "/leaves", "login", 1) == ["row.two", "row.lead", "row.one", "row.one"]
    assert await listed(keeper, "/leaves", "login", 3, words="one") == ["row.one", "row.one"]
    for wrong in ("x", "WzFd", "WyJhIiwgMV0="):
        assert (await keeper.get("/leaves", params={"cursor": wrong})).status_code == 422


async def test_one_chooses_among_the_people_of_the_place_alone(desk: Desk, keeper: httpx.AsyncClient) -> None:
    assert {"row.one", "row.two"} <= set(await listed(keeper, "/duty/people", "login", 1, unit=LEAD))
    assert await listed(keeper, "/duty/people", "login", 9, unit=LEAD, words="row.t") == ["row.two"]
    beside = await listed(keeper, "/duty/people", "login", 50, beside="row.one", words="row.")
    assert beside == ["row.lead", "row.two"], "not oneself, nobody of another unit"
    assert await listed(keeper, "/duty/people", "login", 50, words="row") == ["row.lead", "row.one", "row.two"]
    community = await desk.of("community-017001")
    assert await listed(community, "/duty/people", "login", 50, words="row") == ["row-walker"]
    for ask in ({"unit": "510104-ZJ"}, {"beside": "row.other"}, {"grid": f"{ONE}001"}):
        assert (await keeper.get("/duty/people", params=ask)).status_code == 404, ask


async def test_one_chooses_among_the_units_whose_roster_one_keeps(desk: Desk, keeper: httpx.AsyncClient) -> None:
    assert await listed(keeper, "/duty/units", "code", 5) == [LEAD]
    for login, own in (("row.lead", LEAD), ("dispatcher1", "510104-RX"), ("leader1", None)):
        found = (await (await desk.of(login)).get("/duty/units", params={"words": "no such"})).json()
        assert (found["items"], found["own"] and found["own"]["code"]) == ([], own)
    units = await listed(await desk.of("dispatcher1"), "/duty/units", "code", 7)
    assert len(units) > 7
    assert units == sorted(set(units))
    assert all(code.startswith("510104") for code in units)
    assert await listed(await desk.of("dispatcher1"), "/duty/units", "code", 7, words="510104-ZJ") == ["510104-ZJ"]
