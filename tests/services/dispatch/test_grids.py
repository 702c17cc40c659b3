"""The grid registry: made, changed, redrawn, retired, brought in whole or not at all (issue 5 §2)."""

from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from casework.db.models import AuditLog, Grid
from casework.journey.city import City
from casework.rules.points import Point, gcj02
from casework.rules.words import Role
from tests.conftest import Town
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ

ONE, TWO = "510104017001", "510104017002"
Box = tuple[float, float, float, float]


def ring(box: Box) -> list[list[float]]:
    west, south, east, north = box
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(box: Box) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [ring(box)]}


def at(column: int, row: int = 0) -> Box:
    """A block of some 100 m, columns eastward, rows northward."""
    west, south = 104.0800 + column * 0.001, 30.6500 + row * 0.001
    return round(west, 4), round(south, 4), round(west + 0.001, 4), round(south + 0.001, 4)


def feature(box: Box, name: str, community: str = ONE, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": polygon(box),
        "properties": {"community": community, "name": name, **more},
    }


def collection(*features: Any) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


@pytest.fixture(scope="module")
async def dispatcher(desk: Desk) -> httpx.AsyncClient:
    return await desk.of("dispatcher1")


@pytest.fixture(autouse=True)
async def no_grids(city: City) -> None:
    """Each test begins without grids."""
    db = await city.database.pool()
    await db.execute("DELETE FROM grid_worker; DELETE FROM grid")


async def make(client: httpx.AsyncClient, box: Box, **more: Any) -> httpx.Response:
    form = {"community": ONE, "name": "一格", "polygon": polygon(box), "crs": "CGCS2000", **more}
    return await client.post("/grids", json=form)


async def bring(client: httpx.AsyncClient, told: Any, *, apply: bool = True, crs: str = "CGCS2000") -> dict[str, Any]:
    answer = await client.post("/grids/imports", params={"crs": crs, "source": "甲方测绘", "apply": apply}, json=told)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def count(city: City) -> int:
    async with city.database.transaction() as session:
        return int(await session.scalar(select(func.count()).select_from(Grid)) or 0)


async def test_a_new_grid_gets_the_next_code_of_its_community(dispatcher: httpx.AsyncClient) -> None:
    first, second = await make(dispatcher, at(0)), await make(dispatcher, at(1), kind="MICRO")
    assert (first.status_code, second.status_code) == (201, 201)
    assert [first.json()["code"], second.json()["code"]] == [f"{ONE}001", f"{ONE}002"]
    assert second.json()["kind_text"] == "微网格"
    shown = await dispatcher.get(f"/grids/{ONE}001")
    assert shown.json()["polygon"]["type"] == "Polygon"
    assert shown.json()["area_name"] == "四川省成都市锦江区锦官驿街道水井坊社区"


async def test_a_grid_is_changed_by_who_saw_its_newest_version(dispatcher: httpx.AsyncClient, city: City) -> None:
    await employ(city, "walker-a", [Role.GRID_WORKER], ONE)
    await make(dispatcher, at(0))
    said = {"name": "兰桂坊网格", "kind": "GENERAL", "leader": "walker-a", "workers": ["walker-a"]}
    changed = await dispatcher.put(f"/grids/{ONE}001", json={**said, "version": 1})
    assert changed.status_code == 200, changed.text
    assert (changed.json()["leader"]["login"], len(changed.json()["workers"])) == ("walker-a", 1)
    stale = await dispatcher.put(f"/grids/{ONE}001", json={**said, "version": 1})
    assert (stale.status_code, stale.json()["code"]) == (409, "grid.changed")


@pytest.mark.parametrize(
    ("people", "field", "code"),
    [
        ({"leader": "nobody"}, "leader", "grid.no_leader"),
        ({"cadre": "walker-far"}, "cadre", "grid.no_cadre"),
        ({"workers": ["dispatcher1"]}, "workers", "grid.no_workers"),
    ],
)
async def test_a_grid_is_answered_for_by_people_of_its_place(
    people: dict[str, Any], field: str, code: str, dispatcher: httpx.AsyncClient, city: City
) -> None:
    if code == "grid.no_cadre":
        await employ(city, "walker-far", [Role.STREET], "510104018")
    answer = await make(dispatcher, at(0), **people)
    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]
    assert await count(city) == 0


async def test_new_borders_end_the_grid_and_begin_another(dispatcher: httpx.AsyncClient, city: City) -> None:
    await make(dispatcher, at(0))
    drawn = {"version": 1, "polygon": polygon(at(3)), "crs": "CGCS2000"}
    new = await dispatcher.post(f"/grids/{ONE}001/borders", json=drawn)
    assert (new.status_code, new.json()["code"]) == (201, f"{ONE}002")
    old = (await dispatcher.get(f"/grids/{ONE}001")).json()
    assert old["valid_to"] is not None
    again = await dispatcher.post(f"/grids/{ONE}001/borders", json={**drawn, "version": 2})
    assert (again.status_code, again.json()["code"]) == (409, "grid.ended")
    listed = (await dispatcher.get("/grids", params={"area": ONE})).json()["items"]
    assert [one["code"] for one in listed] == [f"{ONE}002"]
    assert len((await dispatcher.get("/grids", params={"area": ONE, "ended": True})).json()["items"]) == 2
    async with city.database.transaction() as session:
        acts = list(
            await session.scalars(
                select(AuditLog.act).where(AuditLog.subject == f"grid:{ONE}001").order_by(AuditLog.id)
            )
        )
    assert acts[-2:] == ["GRID_CREATED", "GRID_REDRAWN"]


async def test_a_retired_grids_code_is_never_given_again(dispatcher: httpx.AsyncClient) -> None:
    await make(dispatcher, at(0))
    assert (await dispatcher.post(f"/grids/{ONE}001/retire", json={"version": 1})).status_code == 200
    assert (await make(dispatcher, at(0))).json()["code"] == f"{ONE}002"


async def test_the_list_is_paged_by_code(dispatcher: httpx.AsyncClient) -> None:
    await bring(dispatcher, collection(*(feature(at(column), f"{column}格") for column in range(5))))
    first = (await dispatcher.get("/grids", params={"limit": 3})).json()
    rest = (await dispatcher.get("/grids", params={"limit": 3, "cursor": first["next"]})).json()
    codes = [one["code"] for one in (*first["items"], *rest["items"])]
    assert codes == [f"{ONE}{number:03d}" for number in range(1, 6)]
    assert rest["next"] is None


# what is wrong with a polygon, the reason
BOW = {"type": "Polygon", "coordinates": [[[104.08, 30.65], [104.09, 30.66], [104.09, 30.65], [104.08, 30.66], [104.08, 30.65]]]}  # fmt: skip # noqa: E501
BAD_POLYGONS = [
    (BOW, "grid.ring_invalid", [104.085, 30.655]),
    ({"type": "Point", "coordinates": [104.08, 30.65]}, "grid.not_polygon", None),
    ({"type": "Polygon", "coordinates": [[[104.08, 30.65], [104.09, 30.66]]]}, "grid.ring_open", None),
    ({"type": "Polygon", "coordinates": [[["x", "y"]]]}, "grid.ring_open", None),
    ({"type": "Polygon", "coordinates": []}, "grid.ring_open", None),
    ({"type": "Polygon"}, "grid.ring_open", None),
    ({"type": "Polygon", "coordinates": [[[p[1], p[0]] for p in ring(at(0))]]}, "grid.swapped", [30.65, 104.08]),
    (polygon((0.0, 0.0, 1.0, 1.0)), "grid.not_in_china", [0.0, 0.0]),
    (None, "grid.not_polygon", None),
]  # fmt: skip


@pytest.mark.parametrize(("drawn", "code", "place"), BAD_POLYGONS)
async def test_a_wrong_polygon_is_named_with_its_place_and_nothing_changes(
    drawn: Any, code: str, place: list[float] | None, dispatcher: httpx.AsyncClient, city: City
) -> None:
    told = collection(feature(at(0), "好"), {**feature(at(1), "坏"), "geometry": drawn})
    found = await bring(dispatcher, told)
    assert [(one["code"], one["features"], one["at"]) for one in found["faults"]] == [(code, [2], place)]
    assert not found["applied"]
    assert await count(city) == 0


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "grid.not_json"),
        (b"\xff\xfe", "grid.not_json"),
        (b"[" * 5000, "grid.not_json"),
        (b"[]", "grid.not_features"),
        (b"{}", "grid.not_features"),
        (b'{"features": []}', "grid.not_features"),
        (b'{"features": [1]}', "grid.unreadable"),
        (b'{"features": [{"properties": []}]}', "grid.community_unknown"),
    ],
)
async def test_a_file_that_is_no_geojson_is_refused_with_the_reason(
    content: bytes, code: str, dispatcher: httpx.AsyncClient
) -> None:
    answer = await dispatcher.post("/grids/imports", params={"crs": "WGS84", "source": "x"}, content=content)
    assert answer.status_code == 200, answer.text
    assert answer.json()["faults"][0]["code"] == code


@pytest.mark.parametrize(
    ("second", "codes"),
    [
        (feature(at(1), ""), ["grid.name_missing"]),
        (feature(at(1), "二", kind="蜂窝"), ["grid.kind_unknown"]),
        (feature(at(1), "二", community="510104017999"), ["grid.community_unknown"]),
        (feature(at(1), "二", community="510105002002"), ["grid.community_unknown"]),  # another county's
        (feature((104.0805, 30.65, 104.0815, 30.651), "二"), ["grid.overlap"]),
    ],
)
async def test_each_fault_keeps_the_whole_file_out(
    second: dict[str, Any], codes: list[str], dispatcher: httpx.AsyncClient, city: City
) -> None:
    found = await bring(dispatcher, collection(feature(at(0), "一"), second))
    assert [one["code"] for one in found["faults"]] == codes
    assert await count(city) == 0


async def test_an_overlap_is_told_with_its_size_and_place(dispatcher: httpx.AsyncClient) -> None:
    told = collection(feature(at(0), "一"), feature((104.0805, 30.65, 104.0815, 30.651), "二"))
    fault = (await bring(dispatcher, told))["faults"][0]
    assert fault["features"] == [1, 2]
    assert fault["at"] == [104.08075, 30.6505]
    assert "平方米" in fault["message"]


async def test_kinds_may_lie_over_one_another(dispatcher: httpx.AsyncClient) -> None:
    told = collection(
        feature(at(0), "一"),
        feature((104.0802, 30.6502, 104.0806, 30.6506), "学校", kind="专属网格"),
        feature((104.0807, 30.6507, 104.0809, 30.6509), "一栋", kind="MICRO"),
        feature((104.0800, 30.6500, 104.0900, 30.6600), "责任", kind="DUTY"),
    )
    found = await bring(dispatcher, told)
    assert not found["faults"]
    assert len(found["made"]) == 4


async def test_gaps_and_strays_are_remarks(dispatcher: httpx.AsyncClient) -> None:
    around = [(c, r) for c in range(3) for r in range(3) if (c, r) != (1, 1)]
    told = collection(
        *(feature(at(*place), f"{place}") for place in around),
        feature(at(30), "远"),
        feature((101.7, 26.5, 101.701, 26.501), "外", community=TWO),
    )
    found = await bring(dispatcher, told)
    assert not found["faults"]
    assert [(one["code"], one["features"]) for one in found["remarks"]] == [
        ("grid.gap", []),
        ("grid.stray", [9]),
        ("grid.stray_county", [10]),
    ]
    assert found["remarks"][0]["at"] == [104.0815, 30.6515]


async def test_a_dry_run_says_what_would_be_and_writes_nothing(dispatcher: httpx.AsyncClient, city: City) -> None:
    told = collection(feature(at(0), "一"), feature(at(1), "二"))
    planned = await bring(dispatcher, told, apply=False)
    assert (planned["applied"], planned["made"], await count(city)) == (False, [f"{ONE}001", f"{ONE}002"], 0)
    done = await bring(dispatcher, told)
    assert (done["applied"], done["made"]) == (True, planned["made"])


async def test_a_second_version_keeps_what_did_not_change(dispatcher: httpx.AsyncClient) -> None:
    await bring(dispatcher, collection(feature(at(0), "一"), feature(at(1), "二")))
    same = await bring(dispatcher, collection(feature(at(0), "一"), feature(at(1), "二")))
    assert (same["made"], same["kept"], same["ended"]) == ([], [f"{ONE}001", f"{ONE}002"], [])
    next_ = await bring(dispatcher, collection(feature(at(0), "一"), feature(at(2), "三")))
    assert (next_["made"], next_["kept"], next_["ended"]) == ([f"{ONE}003"], [f"{ONE}001"], [f"{ONE}002"])


async def test_grids_are_numbered_from_north_to_south_and_west_to_east(dispatcher: httpx.AsyncClient) -> None:
    told = collection(feature(at(1, 0), "东南"), feature(at(0, 0), "西南"), feature(at(1, 1), "东北"), feature(at(0, 1), "西北"))  # fmt: skip # noqa: E501
    await bring(dispatcher, told)
    names = [one["name"] for one in (await dispatcher.get("/grids")).json()["items"]]
    assert names == ["西北", "东北", "西南", "东南"]


async def test_a_file_does_not_lie_over_a_standing_grid_elsewhere(dispatcher: httpx.AsyncClient, city: City) -> None:
    await make(dispatcher, at(0), community=TWO)
    found = await bring(dispatcher, collection(feature(at(0), "一")))
    assert [one["code"] for one in found["faults"]] == ["grid.overlap_standing"]
    assert f"{TWO}001" in found["faults"][0]["message"]
    assert await count(city) == 1


async def test_a_file_in_another_system_is_converted_and_finds_the_same_point(
    dispatcher: httpx.AsyncClient, town: Town
) -> None:
    drawn = [list(gcj02(Point(*corner))) for corner in ring(at(0))]
    told = collection({**feature(at(0), "一"), "geometry": {"type": "Polygon", "coordinates": [drawn]}})
    await bring(dispatcher, told, crs="GCJ02")
    await town.apps["dispatch"].state.city.places.look()
    inside = {"lon": 104.0805, "lat": 30.6505}
    found = (await dispatcher.get("/grids/at", params={**inside, "crs": "CGCS2000"})).json()
    assert (found["grid"], found["outside"]) == (f"{ONE}001", False)
    taken_as_it_is = (await dispatcher.get("/grids/at", params={**inside, "crs": "GCJ02"})).json()
    assert (taken_as_it_is["grid"], taken_as_it_is["outside"]) == (None, True)  # some 375 m off


async def test_a_point_outside_all_grids_falls_back_and_is_flagged(dispatcher: httpx.AsyncClient, town: Town) -> None:
    await make(dispatcher, at(0))
    await town.apps["dispatch"].state.city.places.look()
    near = {"lon": 104.0815, "lat": 30.6505, "crs": "WGS84"}
    found = (await dispatcher.get("/grids/at", params=near)).json()
    assert (found["grid"], found["area_code"], found["outside"]) == (None, ONE, True)
    far = (await dispatcher.get("/grids/at", params={**near, "lon": 104.0817, "lat": 30.6571})).json()
    assert (far["grid"], far["area_code"], far["outside"]) == (None, "510104", True)


async def test_an_address_is_matched_for_the_desk(dispatcher: httpx.AsyncClient) -> None:
    found = (await dispatcher.get("/places/match", params={"text": "锦管驿街道水井坊社区大慈寺路"})).json()
    assert (found["certain"], found["unsure"]) == (ONE, False)
    assert found["candidates"][0]["words"] == ["锦管驿街道", "水井坊社区"]
    open_ = (await dispatcher.get("/places/match", params={"text": "春熙路附近"})).json()
    assert (open_["certain"], open_["unsure"]) == (None, True)
    assert open_["candidates"][0]["area_name"].endswith("春熙路街道")


async def test_an_import_says_of_each_grid_what_becomes_of_it(dispatcher: httpx.AsyncClient) -> None:
    await bring(dispatcher, collection(*(feature(at(place), f"{place}格") for place in range(3))))
    next_file = collection(
        feature(at(0), "0格"), feature((104.081, 30.65, 104.0815, 30.651), "1格"), feature(at(5), "新格")
    )
    told = await bring(dispatcher, next_file, apply=False)
    lines = [(one["number"], one["became"], one["code"][-3:], one["instead_of"]) for one in told["grids"]]
    assert [line[:2] for line in lines] == [(1, "KEPT"), (2, "CHANGED"), (3, "NEW")]
    assert (lines[0][3], lines[1][3], lines[2][3]) == (None, f"{ONE}002", None)
    assert [(one["code"], one["name"]) for one in told["gone"]] == [(f"{ONE}003", "2格")]
    assert [one["polygon"] is None for one in told["grids"]] == [True, False, False]
    done = await bring(dispatcher, next_file)
    assert (done["grids"], done["gone"]) == (told["grids"], told["gone"])
    again = await bring(dispatcher, next_file)
    assert {one["became"] for one in again["grids"]} == {"KEPT"}
    assert again["gone"] == []


async def test_a_file_with_a_fault_says_nothing_of_what_would_become(dispatcher: httpx.AsyncClient) -> None:
    told = await bring(dispatcher, collection(feature(at(0), "甲"), feature(at(0), "乙")), apply=True)
    assert (told["applied"], told["grids"], told["gone"]) == (False, [], [])
