"""区划: the tree level by level and by words, one's own area only."""

from typing import Any

import httpx
import pytest

from casework.rules.words import Role
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ
from tests.services.dispatch.test_grids import ONE, TWO, at, make


@pytest.fixture(scope="module")
async def dispatcher(desk: Desk) -> httpx.AsyncClient:
    return await desk.of("dispatcher1")


async def areas(client: httpx.AsyncClient, **ask: Any) -> dict[str, Any]:
    answer = await client.get("/areas", params=ask)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def codes(page: dict[str, Any]) -> list[str]:
    return [one["code"] for one in page["items"]]


async def test_the_tree_opens_at_ones_own_area_level_by_level(dispatcher: httpx.AsyncClient) -> None:
    top = await areas(dispatcher)
    assert [one["code"] for one in top["path"]] == ["510104"]
    assert all(len(code) == 9 and code.startswith("510104") for code in codes(top))
    street = await areas(dispatcher, parent="510104017")
    assert [one["code"] for one in street["path"]] == ["510104", "510104017"]
    assert ONE in codes(street)
    assert not next(one for one in street["items"] if one["code"] == ONE)["below"]


async def test_each_area_says_how_many_grids_stand_in_it(desk: Desk, dispatcher: httpx.AsyncClient) -> None:
    await (await desk.city.database.pool()).execute("DELETE FROM grid_cadre; DELETE FROM grid_worker; DELETE FROM grid")
    ended = (await make(dispatcher, at(0))).json()
    await make(dispatcher, at(1))
    await make(dispatcher, at(2), community=TWO)
    await dispatcher.post(f"/grids/{ended['code']}/retire", json={"version": 1})
    street = await areas(dispatcher, parent="510104017")
    numbers = {one["code"]: one["grids"] for one in [*street["path"], *street["items"]]}
    assert (numbers["510104"], numbers["510104017"], numbers[ONE], numbers[TWO]) == (2, 2, 1, 1)


async def test_areas_are_found_by_a_part_of_name_or_code_page_by_page(dispatcher: httpx.AsyncClient) -> None:
    whole = codes(await areas(dispatcher, words="510104017"))
    assert whole[0] == "510104017"
    assert ONE in whole
    found, cursor = [], ""
    while cursor is not None:
        page = await areas(dispatcher, words="510104017", cursor=cursor, limit=2)
        found, cursor = [*found, *codes(page)], page["next"]
    assert found == whole
    named = await areas(dispatcher, words="社区")
    assert named["items"]
    assert all("社区" in one["name"] for one in named["items"])


async def test_another_county_is_neither_opened_nor_found_nor_outlined(
    desk: Desk, dispatcher: httpx.AsyncClient
) -> None:
    assert await areas(dispatcher, parent="510105") == {"path": [], "items": [], "next": None}
    assert codes(await areas(dispatcher, words="510105")) == []
    assert (await dispatcher.get("/areas/outline", params={"code": "510105"})).json() == {"outline": None}
    await employ(desk.city, "place-admin", [Role.SYS_ADMIN], "510104017")
    admin = await desk.of("place-admin")
    assert [one["code"] for one in (await areas(admin))["path"]] == ["510104017"]
    assert codes(await areas(admin, parent="510104")) == []


async def test_the_outline_is_the_countys(dispatcher: httpx.AsyncClient) -> None:
    told = (await dispatcher.get("/areas/outline", params={"code": ONE})).json()
    assert told["outline"]["type"] in ("Polygon", "MultiPolygon")


async def test_only_communities_are_offered_where_one_is_asked_for(dispatcher: httpx.AsyncClient) -> None:
    found, cursor = [], ""
    while cursor is not None:
        page = await areas(dispatcher, level="COMMUNITY", cursor=cursor, limit=100)
        assert page["path"] == []
        found, cursor = [*found, *codes(page)], page["next"]
    assert {ONE, TWO} <= set(found)
    assert all(len(code) == 12 and code.startswith("510104") for code in found)
    assert codes(await areas(dispatcher, level="COMMUNITY", words=ONE)) == [ONE]
    assert codes(await areas(dispatcher, level="STREET", words=ONE)) == []
