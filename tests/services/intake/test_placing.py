"""Where a request belongs: its point's grid, else what its words make certain, never a guess (issue 5 §2, §3)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from casework.db.models import Case, Grid, Request, Source
from casework.journey.city import City
from casework.rules.points import Point, gcj02
from tests.conftest import Town
from tests.services.intake.hotline import Hotline, said

COMMUNITY = "510104017001"
GRID = f"{COMMUNITY}001"
INSIDE, OUTSIDE, AWAY = Point(104.0820, 30.6520), Point(104.0950, 30.6550), Point(104.6794, 31.4675)
NEARBY = Point(104.0845, 30.6520)  # 48 m east of the grid


def square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


@pytest.fixture(scope="module", autouse=True)
async def grids(city: City, town: Town) -> None:
    since = datetime.now(UTC) - timedelta(days=300)
    async with city.database.transaction() as session:
        for code, polygon, until in (
            (GRID, square(104.080, 30.650, 104.084, 30.654), None),
            ("510105002002001", square(104.050, 30.660, 104.054, 30.664), None),
            (f"{COMMUNITY}009", square(104.090, 30.650, 104.094, 30.654), since + timedelta(days=30)),
        ):
            session.add(
                Grid(
                    code=code,
                    area_code=code[:12],
                    name=code,
                    kind="GENERAL",
                    polygon=polygon,
                    valid_from=since,
                    valid_to=until,
                )
            )
    await town.apps["intake"].state.city.places.look()


def at(point: Point, crs: str = "WGS84", **more: Any) -> dict[str, Any]:
    return {"place": {"lon": point.lon, "lat": point.lat, "crs": crs, **more}}


# what is said, the case's area, the flags
PLACES: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("a point in a grid", at(INSIDE), GRID, []),
    ("the same point from a public map", at(gcj02(INSIDE), "GCJ02"), GRID, []),
    ("a point in a grid of the community that is given", at(INSIDE, area_code=COMMUNITY), GRID, []),
    ("another area is given", at(INSIDE, area_code="510104018"), "510104018", ["PLACE_ELSEWHERE"]),
    ("a point of a system that nobody names", at(INSIDE, ""), "510104", []),
    ("outside all grids, next to one", at(NEARBY), COMMUNITY, ["POINT_OUTSIDE_GRIDS"]),
    ("outside all grids, far from any", at(OUTSIDE), "510104", ["POINT_OUTSIDE_GRIDS"]),
    ("outside all grids, and an address", at(OUTSIDE, address="水井坊社区"), COMMUNITY, ["POINT_OUTSIDE_GRIDS"]),
    ("in another county's grid", at(Point(104.052, 30.662)), "510104", ["PLACE_ELSEWHERE"]),
    ("in another city", at(AWAY), "510104", ["PLACE_ELSEWHERE"]),
    ("an address", {"place": "锦官驿街道水井坊社区大慈寺路12号"}, COMMUNITY, []),
    ("an address with a wrong character", {"place": "锦管驿街道大慈寺路"}, "510104017", []),
    ("an address elsewhere", {"place": "绵阳市涪城区普明街道"}, "510104", ["PLACE_ELSEWHERE"]),
    ("an address that leaves it open", {"place": "春熙路附近"}, "510104", ["PLACE_UNSURE"]),
    ("no place at all", {}, "510104", []),
    ("a place in the words", {"text": "住在锦官驿街道，路灯不亮"}, "510104017", []),
    ("an area given, an address elsewhere", {"place": {"area_code": "510104018", "address": "锦官驿街道"}}, "510104018", []),  # noqa: E501
]  # fmt: skip


@pytest.mark.parametrize(("told", "area", "flags"), [row[1:] for row in PLACES], ids=[row[0] for row in PLACES])
async def test_a_request_gets_the_narrowest_certain_area(
    told: dict[str, Any], area: str, flags: list[str], hotline: Hotline, city: City
) -> None:
    case, request = await _sent(hotline, city, said(**told))
    assert (case.area_code, list(request.flags)) == (area, flags)


async def test_an_event_of_the_past_belongs_to_the_grid_of_its_time(hotline: Hotline, city: City) -> None:
    spot, then = Point(104.092, 30.652), datetime.now(UTC) - timedelta(days=290)
    case, _ = await _sent(hotline, city, said(**at(spot), occurred_at=then.isoformat()))
    assert case.area_code == f"{COMMUNITY}009"
    case, request = await _sent(hotline, city, said(**at(spot)))
    assert (case.area_code, list(request.flags)) == ("510104", ["POINT_OUTSIDE_GRIDS"])


async def test_an_event_from_before_there_were_grids_gets_the_grid_of_today(hotline: Hotline, city: City) -> None:
    long_ago = (datetime.now(UTC) - timedelta(days=400)).isoformat()
    case, _ = await _sent(hotline, city, said(**at(INSIDE), occurred_at=long_ago))
    assert case.area_code == GRID


@dataclass
class Knowing:
    """A geocoder that knows one address, or fails at every one."""

    point: Point | None

    async def find(self, address: str, home: str) -> Point | None:
        if self.point is None:
            raise OSError("away")
        return self.point

    async def close(self) -> None:
        """Nothing to give back."""


@pytest.mark.parametrize(("point", "area"), [(INSIDE, GRID), (AWAY, "510104"), (None, "510104")])
async def test_a_geocoder_helps_and_never_hinders(
    point: Point | None, area: str, hotline: Hotline, city: City, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(town.apps["intake"].state.city, "geocoder", Knowing(point))
    case, _ = await _sent(hotline, city, said(place="春熙路附近"))
    assert case.area_code == area


async def test_a_repeat_is_known_again_though_the_grids_have_changed(hotline: Hotline, city: City, town: Town) -> None:
    places = town.apps["intake"].state.city.places
    message = said(**at(Point(104.0985, 30.6585)))
    first = await hotline.send(message)
    async with city.database.transaction() as session:
        polygon = square(104.098, 30.658, 104.099, 30.659)
        session.add(Grid(code=f"{COMMUNITY}077", area_code=COMMUNITY, name="新", kind="GENERAL", polygon=polygon))
    await places.look()
    again = await hotline.send(message)
    assert again.json()["request_no"] == first.json()["request_no"]
    assert not again.json()["supplemented"]
    case, _ = await _sent(hotline, city, said(**at(Point(104.0985, 30.6585))))
    assert case.area_code == f"{COMMUNITY}077"


async def test_the_sources_own_system_is_taken_where_a_message_names_none(
    hotline: Hotline, city: City, town: Town
) -> None:
    async with city.database.transaction() as session:
        await session.execute(update(Source).where(Source.name == "hotline").values(crs="GCJ02"))
    if hasattr(town.apps["intake"].state, "sources"):
        del town.apps["intake"].state.sources  # what it knew of the sources is ten seconds old at most
    drawn = gcj02(INSIDE)
    fresh = said(place={"lon": drawn.lon, "lat": drawn.lat})
    case, request = await _sent(hotline, city, fresh)
    assert (case.area_code, request.crs) == (GRID, "GCJ02")


async def _sent(hotline: Hotline, city: City, message: dict[str, Any]) -> tuple[Case, Request]:
    answer = await hotline.send(message)
    assert answer.status_code == 201, answer.text
    async with city.database.transaction() as session:
        query = select(Case, Request).join(Request, Request.id == Case.request_id)
        row = (await session.execute(query.where(Case.case_no == answer.json()["request_no"]))).one()
        return row[0], row[1]
