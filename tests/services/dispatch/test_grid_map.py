"""网格地图: polygons of the scope, borders looked at before they are drawn, and who may answer for a grid."""

from typing import Any

import httpx
import pytest

from casework.journey.city import City
from casework.rules.points import Point, gcj02
from casework.rules.words import Role
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ
from tests.services.dispatch.test_grids import ONE, TWO, Box, at, count, make, polygon


@pytest.fixture(scope="module")
async def dispatcher(desk: Desk) -> httpx.AsyncClient:
    return await desk.of("dispatcher1")


@pytest.fixture(autouse=True)
async def no_grids(city: City) -> None:
    """Each test begins without grids."""
    db = await city.database.pool()
    await db.execute("DELETE FROM grid_cadre; DELETE FROM grid_worker; DELETE FROM grid")


async def check(client: httpx.AsyncClient, box: Box | dict[str, Any], **more: Any) -> dict[str, Any]:
    shape = box if isinstance(box, dict) else polygon(box)
    form = {"community": ONE, "polygon": shape, "crs": "CGCS2000", **more}
    answer = await client.post("/grids/check", json=form)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def names(remarks: list[dict[str, Any]]) -> list[str]:
    return [one["code"] for one in remarks]


async def test_the_polygons_of_a_county_come_page_by_page(dispatcher: httpx.AsyncClient) -> None:
    made = [(await make(dispatcher, at(place))).json() for place in range(3)]
    await dispatcher.post(f"/grids/{made[1]['code']}/retire", json={"version": 1})
    first = (await dispatcher.get("/grids/shapes", params={"area": "510104", "limit": 1})).json()
    rest = (await dispatcher.get("/grids/shapes", params={"area": "510104", "cursor": first["next"]})).json()
    shown = [*first["items"], *rest["items"]]
    assert [one["code"] for one in shown] == [made[0]["code"], made[2]["code"]]
    assert shown[0]["polygon"] == made[0]["polygon"]
    assert rest["next"] is None


async def test_polygons_are_not_asked_for_by_the_whole_city(dispatcher: httpx.AsyncClient) -> None:
    assert (await dispatcher.get("/grids/shapes", params={"area": "5101"})).status_code == 422


async def test_a_crossed_ring_is_told_with_its_place(dispatcher: httpx.AsyncClient) -> None:
    crossed = [[104.08, 30.65], [104.081, 30.651], [104.081, 30.65], [104.08, 30.651], [104.08, 30.65]]
    told = await check(dispatcher, {"type": "Polygon", "coordinates": [crossed]})
    assert (names(told["faults"]), told["polygon"], told["size"]) == (["grid.ring_invalid"], None, 0)
    lon, lat = told["faults"][0]["at"]
    assert (round(lon, 4), round(lat, 4)) == (104.0805, 30.6505)


async def test_an_overlap_is_told_with_its_place_and_the_grid_that_is_redrawn_is_none(
    city: City, dispatcher: httpx.AsyncClient
) -> None:
    code = (await make(dispatcher, at(0))).json()["code"]
    wider = (104.0800, 30.6500, 104.0815, 30.6510)
    told = await check(dispatcher, wider)
    assert names(told["faults"]) == ["grid.overlap_standing"]
    assert code in told["faults"][0]["message"]
    assert 104.08 < told["faults"][0]["at"][0] < 104.081
    assert names((await check(dispatcher, wider, grid=code))["faults"]) == []
    assert names((await check(dispatcher, wider, kind="MICRO"))["faults"]) == []
    assert await count(city) == 1


async def test_a_gap_that_the_new_borders_leave_is_a_remark_with_its_place(dispatcher: httpx.AsyncClient) -> None:
    for column in range(3):
        for row in range(3):
            if (column, row) not in ((1, 1), (2, 2)):
                await make(dispatcher, at(column, row))
    closing = await check(dispatcher, at(2, 2))
    assert names(closing["remarks"]) == ["grid.gap"]
    assert closing["remarks"][0]["at"] == [104.0815, 30.6515]
    assert names((await check(dispatcher, at(9, 9), community=TWO))["remarks"]) == []
    await make(dispatcher, at(2, 2))
    assert names((await check(dispatcher, at(1, 1)))["remarks"]) == []


async def test_a_grid_far_from_its_community_is_a_stray(dispatcher: httpx.AsyncClient) -> None:
    await make(dispatcher, at(0))
    assert names((await check(dispatcher, at(30)))["remarks"]) == ["grid.stray"]


async def test_other_coordinate_systems_are_answered_in_cgcs2000(dispatcher: httpx.AsyncClient) -> None:
    spots = [gcj02(Point(lon, lat)) for lon, lat in polygon(at(0))["coordinates"][0]]
    given = {"type": "Polygon", "coordinates": [[[spot.lon, spot.lat] for spot in spots]]}
    told = await check(dispatcher, given, crs="GCJ02")
    lons = [round(lon, 4) for lon, _ in told["polygon"]["coordinates"][0]]
    assert {104.08, 104.081} == set(lons)
    assert 10_000 < told["size"] < 11_500


async def test_a_community_of_elsewhere_and_a_grid_that_is_none_are_named(dispatcher: httpx.AsyncClient) -> None:
    form = {"community": "510105001001", "polygon": polygon(at(0)), "crs": "CGCS2000"}
    answer = await dispatcher.post("/grids/check", json=form)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "community")
    answer = await dispatcher.post("/grids/check", json={**form, "community": ONE, "grid": f"{ONE}999"})
    assert (answer.status_code, answer.json()["code"]) == (404, "grid.not_found")


async def test_who_may_answer_for_a_grid_is_offered_and_then_taken(desk: Desk, dispatcher: httpx.AsyncClient) -> None:
    await employ(desk.city, "map-walker", [Role.GRID_WORKER], f"{ONE}001")
    await employ(desk.city, "map-walker-far", [Role.GRID_WORKER], f"{TWO}001")
    await employ(desk.city, "map-elsewhere", [Role.COMMUNITY], "510105001001")
    await employ(desk.city, "map-admin", [Role.SYS_ADMIN], "510104")

    async def offered(**ask: Any) -> list[str]:
        answer = await dispatcher.get("/grids/people", params={"place": ONE, "limit": 200, **ask})
        return [one["login"] for one in answer.json()["items"]]

    workers = await offered(words="map-")
    assert workers == ["map-walker"]
    leaders = await offered(part="leader")
    assert {"map-walker", "dispatcher1"} <= set(leaders)
    assert not {"map-walker-far", "map-elsewhere", "map-admin"} & set(leaders)
    made = await make(dispatcher, at(0), leader=leaders[0], cadre=leaders[-1], workers=workers)
    assert made.status_code == 201, made.text
    first = (await dispatcher.get("/grids/people", params={"place": ONE, "part": "leader", "limit": 1})).json()
    assert first["next"] == first["items"][0]["login"]


async def test_grids_are_found_by_a_part_of_name_or_code(dispatcher: httpx.AsyncClient) -> None:
    code = (await make(dispatcher, at(0), name="水井坊一格")).json()["code"]
    await make(dispatcher, at(1), name="合江亭一格")
    for words in ("水井", code):
        found = (await dispatcher.get("/grids", params={"words": words})).json()
        assert [one["code"] for one in found["items"]] == [code]
