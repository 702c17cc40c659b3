"""What a process knows of places follows the database: without a restart, and without anybody waiting."""

import asyncio
from datetime import UTC, datetime

import pytest

from casework.db import grids
from casework.db.models import Grid
from casework.journey import whereabouts
from casework.journey.city import City
from casework.journey.whereabouts import Whereabouts
from casework.rules.points import Point

SPOT = Point(104.0815, 30.6515)
BOX = [[104.081, 30.651], [104.082, 30.651], [104.082, 30.652], [104.081, 30.652], [104.081, 30.651]]


async def draw(city: City, number: int) -> str:
    code = f"510104017001{number:03d}"
    async with city.database.transaction() as session:
        polygon = {"type": "Polygon", "coordinates": [BOX]}
        session.add(Grid(code=code, area_code=code[:12], name=code, kind="GENERAL", polygon=polygon))
    return code


async def found(places: Whereabouts) -> str | None:
    held = (await places.grids()).at(SPOT, datetime.now(UTC))
    return held.code if held else None


async def test_every_process_sees_a_change_after_one_poll(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    places = [Whereabouts(city.catalog, city.database) for _ in range(2)]
    assert [await found(one) for one in places] == [None, None]
    code = await draw(city, 1)
    assert [await found(one) for one in places] == [None, None]  # looked a moment ago
    monkeypatch.setattr(whereabouts, "LOOK_EVERY_S", 0.0)
    for one in places:
        await found(one)  # asks, and does not wait for the answer
        assert one._looking is not None
        await one._looking
        assert await found(one) == code
        await asyncio.wait([one._looking])


async def test_while_the_database_is_away_the_old_index_answers(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Whereabouts(city.catalog, city.database)
    before = await found(places)

    async def away(_: object) -> int:
        raise OSError("away")

    monkeypatch.setattr(grids, "version", away)
    monkeypatch.setattr(whereabouts, "LOOK_EVERY_S", 0.0)
    for _ in range(3):
        assert await found(places) == before
        assert places._looking is not None
        await places._looking


async def test_an_unchanged_registry_is_not_read_again(city: City) -> None:
    places = Whereabouts(city.catalog, city.database)
    index = await places.grids()
    await places.look()
    assert await places.grids() is index


async def test_the_names_are_built_once_for_all_of_a_process(city: City) -> None:
    one, other = Whereabouts(city.catalog, city.database), Whereabouts(city.catalog, city.database)
    assert await one.gazetteer() is await other.gazetteer()
