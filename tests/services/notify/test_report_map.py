"""The borders that the supervisors' map is drawn from: counties and grids, within the reader's scope."""

from datetime import UTC, datetime
from typing import Any

import pytest

from casework.db.models import Grid
from casework.journey.city import City
from casework.rules.words import GridKind
from tests.conftest import Town

COUNTIES = 20
"""Chengdu's, as the shipped polygons have them."""
HERE, THERE = "510104017001", "510105001001"


def square(east: float) -> dict[str, Any]:
    west, south = 104.0 + east, 30.6
    ring = [[west, south], [west + 0.01, south], [west + 0.01, south + 0.01], [west, south + 0.01], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture(scope="module")
async def grids(city: City) -> None:
    """Two grids of one county, one that stands no more, one 责任网格, and one of the county beside."""
    rows = [
        *[Grid(code=f"{HERE}M{n:02d}", area_code=HERE, kind=GridKind.GENERAL, name=f"图格{n}") for n in (1, 2, 3)],
        Grid(code=f"{HERE}M04", area_code=HERE, kind=GridKind.DUTY, name="责任网格"),
        Grid(code=f"{THERE}M01", area_code=THERE, kind=GridKind.GENERAL, name="邻县"),
    ]
    rows[2].valid_from, rows[2].valid_to = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)
    async with city.database.transaction() as session:
        for place, row in enumerate(rows):
            row.polygon = square(place / 50)
        session.add_all(rows)


async def told(town: Town, login: str, **ask: str | int) -> dict[str, Any]:
    async with await town.sign_in("notify", login) as client:
        answer = await client.get("/reports/map", params=ask)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("login", "area", "count", "among"),
    [
        ("leader5101", None, COUNTIES, "锦江区"),  # a city sees its counties
        ("analyst51", "5101", COUNTIES, "锦江区"),  # the province those of the city that it asks for
        ("analyst1", None, 1, "锦江区"),  # a county itself
        ("analyst1", "51", 1, "锦江区"),  # and no more, however wide it asks
        ("analyst1", "510105", 0, None),  # nothing of another
        ("leader5101", "510104017", 1, "锦江区"),  # a street lies in its county
    ],
)
async def test_the_counties_of_the_readers_area(
    town: Town, login: str, area: str | None, count: int, among: str | None
) -> None:
    shapes = (await told(town, login, **({"area": area} if area else {})))["shapes"]
    assert len(shapes) == count
    assert among is None or among in [shape["name"] for shape in shapes]
    assert all(shape["polygon"]["type"] in ("Polygon", "MultiPolygon") for shape in shapes)


async def test_the_grids_that_stand_page_by_page_without_those_that_hold_no_cases(town: Town, grids: None) -> None:
    asked: dict[str, str | int] = {"by": "grid", "area": HERE, "limit": 1}
    codes, cursor = [], ""
    while True:
        page = await told(town, "leader5101", **asked, cursor=cursor)
        codes += [shape["code"] for shape in page["shapes"] if "M" in shape["code"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert codes == [f"{HERE}M01", f"{HERE}M02"]
    assert "锦江区" in page["area_name"]


async def test_no_grid_of_another_county(town: Town, grids: None) -> None:
    shapes = (await told(town, "analyst1", by="grid"))["shapes"]
    assert f"{HERE}M01" in [shape["code"] for shape in shapes]
    assert not [shape for shape in shapes if shape["code"].startswith(THERE)]
    assert (await told(town, "analyst1", by="grid", area=THERE[:6]))["shapes"] == []


async def test_an_area_that_there_is_not_is_named(town: Town) -> None:
    async with await town.sign_in("notify", "analyst1") as client:
        answer = await client.get("/reports/map", params={"area": "999999"})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["area"]
