"""值班: from the suggested unit to the person on duty, with substitutes and load; who keeps whose roster."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from casework.kit.texts import LANGS
from casework.rules.words import Role
from tests.services.dispatch.cases import LEAD, Desk
from tests.services.dispatch.staff import employ

HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
async def keeper(desk: Desk) -> httpx.AsyncClient:
    """The lead of the unit, with three people of hers."""
    await employ(desk.city, "cg.lead", [Role.UNIT_LEAD], "510104", LEAD)
    for login in ("cg.one", "cg.two", "cg.three"):
        await employ(desk.city, login, [Role.UNIT], "510104", LEAD)
    await employ(desk.city, "zj.one", [Role.UNIT], "510104", "510104-ZJ")
    return await desk.of("cg.lead")


@pytest.fixture(autouse=True)
async def _empty(desk: Desk) -> None:
    db = await desk.city.database.pool()
    await db.execute("DELETE FROM duty_shift")


async def shift(
    client: httpx.AsyncClient, login: str, begins: float = -1, ends: float = 4, unit: str = LEAD
) -> httpx.Response:
    now = datetime.now(UTC)
    form = {"login": login, "starts_at": (now + begins * HOUR).isoformat(), "ends_at": (now + ends * HOUR).isoformat()}
    return await client.post(f"/units/{unit}/duty", json=form)


async def who(desk: Desk, case_no: str) -> tuple[str, str, int] | None:
    answer = await (await desk.of("dispatcher1")).get(f"/cases/{case_no}/duty")
    assert answer.status_code == 200, answer.text
    found = answer.json()["on_duty"]
    return (found["name"], found["because"], found["load"]) if found else None


async def test_the_suggestion_names_who_is_on_duty_now(desk: Desk, keeper: httpx.AsyncClient) -> None:
    case_no = await desk.receive()
    assert await who(desk, case_no) is None
    await shift(keeper, "cg.two", begins=2, ends=9)
    assert await who(desk, case_no) is None, "a shift that has not begun"
    assert (await shift(keeper, "cg.one")).status_code == 201
    assert await who(desk, case_no) == ("cg.one", "ON_DUTY", 0)


async def test_of_two_on_duty_the_one_with_less_to_do_is_named(desk: Desk, keeper: httpx.AsyncClient) -> None:
    await shift(keeper, "cg.one", ends=9)
    await shift(keeper, "cg.two")
    for _ in range(2):
        await desk.move("cg.one", await desk.dispatched(), "SIGN")
    await desk.move("cg.two", await desk.dispatched(), "SIGN")
    assert await who(desk, await desk.dispatched()) == ("cg.two", "ON_DUTY", 1)


async def test_a_substitute_stands_in_and_steps_back(desk: Desk, keeper: httpx.AsyncClient) -> None:
    case_no = await desk.receive()
    number = (await shift(keeper, "cg.one")).json()["id"]
    path = f"/duty/{number}/substitute"
    for _ in range(2):
        assert (await keeper.put(path, json={"login": "cg.three"})).status_code == 204
    assert await who(desk, case_no) == ("cg.three", "SUBSTITUTE", 0)
    [row] = (await keeper.get(f"/units/{LEAD}/duty")).json()["shifts"]
    assert (row["name"], row["substitute"]) == ("cg.one", "cg.three")
    await keeper.put(path, json={"login": None})
    assert ((await who(desk, case_no)) or ())[:2] == ("cg.one", "ON_DUTY")
    assert (await keeper.delete(f"/duty/{number}")).status_code == 204
    assert await who(desk, case_no) is None


async def test_where_nobody_is_on_duty_the_unit_above_answers(desk: Desk, keeper: httpx.AsyncClient) -> None:
    db = await desk.city.database.pool()
    above = "(SELECT id FROM unit WHERE code = '510104-ZJ')"
    await db.execute(f"UPDATE unit SET parent_id = {above} WHERE code = $1", LEAD)
    try:
        dispatcher = await desk.of("dispatcher1")
        assert (await shift(dispatcher, "zj.one", unit="510104-ZJ")).status_code == 201
        assert await who(desk, await desk.receive()) == ("zj.one", "UNIT_ABOVE", 0)
    finally:
        await db.execute("UPDATE unit SET parent_id = NULL WHERE code = $1", LEAD)


# who, of which unit, from and to in hours from now, the field and its reason
WRONG: list[tuple[str, float, float, str, str]] = [
    ("zj.one", -1, 4, "login", "duty.not_of_the_unit"),
    ("nobody", -1, 4, "login", "duty.not_of_the_unit"),
    ("cg.one", 4, 1, "ends_at", "duty.ends_before_it_begins"),
    ("cg.one", 0, 24 * 8, "ends_at", "duty.too_long"),
    ("cg.one", -5, -1, "ends_at", "duty.over"),
]


@pytest.mark.parametrize(("login", "begins", "ends", "field", "code"), WRONG)
async def test_a_wrong_shift_is_named_by_its_field(
    desk: Desk, keeper: httpx.AsyncClient, login: str, begins: float, ends: float, field: str, code: str
) -> None:
    said: list[Any] = []
    for language in LANGS:
        keeper.headers["Accept-Language"] = language
        answer = await shift(keeper, login, begins, ends)
        assert answer.status_code == 422
        [fault] = answer.json()["errors"]
        assert (fault["field"], fault["code"]) == (field, code)
        said.append(fault["message"])
    del keeper.headers["Accept-Language"]
    assert said[0] != said[1]
    assert not any("{" in sentence for sentence in said)
    db = await desk.city.database.pool()
    assert await db.fetchval("SELECT count(*) FROM duty_shift") == 0


async def test_a_unit_keeps_its_own_roster_only(desk: Desk, keeper: httpx.AsyncClient) -> None:
    assert (await shift(keeper, "zj.one", unit="510104-ZJ")).status_code == 404
    assert (await keeper.get("/units/510104-ZJ/duty")).status_code == 404
    dispatcher = await desk.of("dispatcher1")
    number = (await shift(dispatcher, "zj.one", unit="510104-ZJ")).json()["id"]
    assert (await keeper.put(f"/duty/{number}/substitute", json={"login": None})).status_code == 404
    assert (await keeper.delete(f"/duty/{number}")).status_code == 404
    assert (await (await desk.of("cg.one")).delete(f"/duty/{number}")).status_code == 403
    assert (await dispatcher.put(f"/duty/{number}/substitute", json={"login": "cg.one"})).status_code == 422
