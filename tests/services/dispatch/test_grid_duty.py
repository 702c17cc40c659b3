"""网格值班: who is on duty for a grid, a leave that takes effect at once, and no hole unnoticed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from casework.rules.words import Role
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ
from tests.services.dispatch.test_grids import ONE, TWO, at, make

HOUR = timedelta(hours=1)
COMMUNITY = "community-017001"


@pytest.fixture(scope="module")
async def keeper(desk: Desk) -> httpx.AsyncClient:
    """The community with two walkers of its own, and one of another community."""
    for login, area in (("walker-a", ONE), ("walker-b", ONE), ("walker-z", TWO)):
        await employ(desk.city, login, [Role.GRID_WORKER], f"{area}009", f"{area}-SQ" if area == ONE else None)
    return await desk.of(COMMUNITY)


@pytest.fixture(autouse=True)
async def grid(desk: Desk) -> str:
    """An empty grid of the community; its code."""
    db = await desk.city.database.pool()
    await db.execute("DELETE FROM duty_shift; DELETE FROM duty_leave; DELETE FROM grid_worker; DELETE FROM grid")
    made = await make(await desk.of("dispatcher1"), at(0))
    return str(made.json()["code"])


def span(begins: float, ends: float) -> dict[str, str]:
    now = datetime.now(UTC)
    return {"starts_at": (now + begins * HOUR).isoformat(), "ends_at": (now + ends * HOUR).isoformat()}


async def shift(client: httpx.AsyncClient, grid: str, login: str, begins: float = -1, ends: float = 100) -> Any:
    return await client.post(f"/grids/{grid}/duty", json={"login": login, **span(begins, ends)})


async def leave(client: httpx.AsyncClient, login: str, substitute: str | None, begins: float = -1) -> httpx.Response:
    form = {"login": login, "substitute": substitute, "reason": "年休假", **span(begins, 400)}
    return await client.post("/leaves", json=form)


async def who(client: httpx.AsyncClient, grid: str) -> tuple[str, str] | None:
    found = (await client.get(f"/grids/{grid}/duty")).json()["on_duty"]
    return (found["login"], found["because"]) if found else None


async def holes(client: httpx.AsyncClient, **ask: Any) -> list[Any]:
    answer = await client.get("/duty/gaps", params={"area": ONE, "days": 14, **ask})
    assert answer.status_code == 200, answer.text
    found: list[Any] = answer.json()["items"]
    return found


async def test_a_leave_moves_the_duty_to_the_substitute_at_once(keeper: httpx.AsyncClient, grid: str) -> None:
    assert await who(keeper, grid) is None
    assert (await shift(keeper, grid, "walker-a")).status_code == 201
    assert await who(keeper, grid) == ("walker-a", "ON_DUTY")
    entered = await leave(keeper, "walker-a", "walker-b")
    assert entered.status_code == 201, entered.text
    assert await who(keeper, grid) == ("walker-b", "SUBSTITUTE")
    [row] = (await keeper.get("/leaves")).json()["items"]
    assert (row["login"], row["substitute"], row["reason"]) == ("walker-a", "walker-b", "年休假")
    assert (await keeper.delete(f"/leaves/{row['id']}")).status_code == 204
    assert await who(keeper, grid) == ("walker-a", "ON_DUTY"), "back again"
    assert (await keeper.delete(f"/leaves/{row['id']}")).status_code == 404, "it is over"


async def test_who_stands_in_and_is_away_as_well_is_nobody(keeper: httpx.AsyncClient, grid: str) -> None:
    await shift(keeper, grid, "walker-a")
    await leave(keeper, "walker-a", "walker-b")
    await leave(keeper, "walker-b", None)
    assert await who(keeper, grid) is None


async def test_where_the_roster_names_nobody_one_of_the_grid_answers(desk: Desk, grid: str) -> None:
    dispatcher = await desk.of("dispatcher1")
    people = {"name": "一格", "leader": "walker-a", "workers": ["walker-a", "walker-b"], "version": 1}
    assert (await dispatcher.put(f"/grids/{grid}", json=people)).status_code == 200
    assert await who(dispatcher, grid) == ("walker-a", "OF_THE_GRID")
    await leave(dispatcher, "walker-a", None)
    assert await who(dispatcher, grid) == ("walker-b", "OF_THE_GRID")


async def test_no_hole_of_the_roster_is_unnoticed(keeper: httpx.AsyncClient, grid: str) -> None:
    [found] = await holes(keeper)
    assert (found["grid"], found["now"]) == (grid, None)
    assert len(found["holes"]) >= 8, "every working day of two weeks"
    for number in range(3):
        await shift(keeper, grid, "walker-a", 24 * 6 * number - 1, 24 * 6 * (number + 1) - 1)
    assert await holes(keeper) == []
    await leave(keeper, "walker-a", None, begins=30)
    [found] = await holes(keeper)
    first = datetime.fromisoformat(found["holes"][0]["starts_at"])
    assert first >= datetime.now(UTC) + 29 * HOUR
    assert (found["now"]["login"], found["now"]["because"]) == ("walker-a", "ON_DUTY")


async def test_a_substitute_for_one_shift_is_of_the_community(keeper: httpx.AsyncClient, grid: str) -> None:
    number = (await shift(keeper, grid, "walker-a")).json()["id"]
    refused = await keeper.put(f"/duty/{number}/substitute", json={"login": "walker-z"})
    assert refused.json()["errors"][0]["code"] == "duty.not_of_the_grid"
    assert (await keeper.put(f"/duty/{number}/substitute", json={"login": "walker-b"})).status_code == 204
    assert await who(keeper, grid) == ("walker-b", "SUBSTITUTE")
    assert (await keeper.delete(f"/duty/{number}")).status_code == 204


# what is sent, the field, the reason
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"substitute": "walker-z"}, "substitute", "duty.no_substitute"),
    ({"substitute": "walker-a"}, "substitute", "duty.no_substitute"),
    (span(3, 2), "ends_at", "duty.ends_before_it_begins"),
    (span(-3, -2), "ends_at", "duty.over"),
    (span(0, 24 * 190), "ends_at", "duty.too_long"),
]


@pytest.mark.parametrize(("said", "field", "code"), WRONG)
async def test_a_wrong_leave_is_named_by_its_field(
    keeper: httpx.AsyncClient, said: dict[str, Any], field: str, code: str
) -> None:
    form = {"login": "walker-a", "reason": "年休假", **span(-1, 4), **said}
    sentences = []
    for language in ("zh-CN", "en"):
        answer = await keeper.post("/leaves", json=form, headers={"Accept-Language": language})
        assert answer.status_code == 422, answer.text
        [fault] = answer.json()["errors"]
        assert (fault["field"], fault["code"]) == (field, code)
        sentences.append(fault["message"])
    assert sentences[0] != sentences[1]


async def test_who_is_on_leave_does_not_stand_in(keeper: httpx.AsyncClient) -> None:
    assert (await leave(keeper, "walker-b", None)).status_code == 201
    answer = await leave(keeper, "walker-a", "walker-b")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "duty.substitute_away")


async def test_a_leave_is_entered_once_and_by_who_keeps_the_roster(keeper: httpx.AsyncClient, desk: Desk) -> None:
    assert (await leave(keeper, "walker-a", None)).status_code == 201
    assert (await leave(keeper, "walker-a", None)).json()["code"] == "duty.on_leave_already"
    assert (await leave(keeper, "walker-z", None)).json()["code"] == "duty.person_unknown", "another community's"
    assert (await leave(await desk.of("community-018001"), "walker-a", None)).status_code == 404
    assert (await leave(await desk.of("walker-a"), "walker-a", None)).status_code == 403
    assert (await leave(await desk.of("lead-cg"), "unit-cg", None)).status_code == 201, "a unit's own people"
    assert (await leave(await desk.of("lead-cg"), "unit-zj", None)).status_code == 404


async def test_only_a_walker_of_the_community_is_on_duty_for_its_grid(keeper: httpx.AsyncClient, grid: str) -> None:
    for login in ("walker-z", "unit-cg", "nobody"):
        answer = await shift(keeper, grid, login)
        assert answer.json()["errors"][0]["code"] == "duty.not_of_the_grid"
    assert (await shift(keeper, f"{TWO}001", "walker-z")).status_code == 404
