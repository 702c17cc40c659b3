"""The demo's town: its words, its grids, its staff and roster; and when it is refused."""

import itertools
import json
import os
import secrets
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import asyncpg
import pytest

from casework.catalog.load import Catalog
from casework.kit.now import in_shanghai
from casework.kit.passwords import verify_password
from casework.kit.settings import Settings
from casework.rules.words import Kind
from manage.seed.arrivals import Arrivals, Neighbourhood, Outage, moments
from manage.seed.chance import chance
from manage.seed.demo import InUse, NoCounty, seed_demo
from manage.seed.grids import COUNTY_BOX, Box, grid_lines
from manage.seed.sweep import as_json
from manage.seed.texts import matters, words
from manage.standalone.folder import TOWN_ACCOUNTS
from manage.standalone.stores import Stores
from manage.standalone.up import demo_wanted
from tests.conftest import Template, at, run_sql

NOW = datetime(2026, 11, 20, 7, 12, 30, tzinfo=UTC)
COUNTY = "510104"
FEW = 60


@pytest.fixture(autouse=True, scope="module")
def _on_our_own() -> None:
    """The stores of the whole test run are wanted here."""


def communities(catalog: Catalog) -> list[str]:
    return [area.code for street in catalog.areas.children(COUNTY) for area in catalog.areas.children(street.code)]


def test_there_are_words_enough_and_none_is_said_twice(catalog: Catalog) -> None:
    found = matters(catalog)
    assert len({matter.text for matter in found}) == len(found) >= 120
    assert len({matter.category for matter in found}) >= 40
    assert {matter.kind for matter in found} >= {*Kind} - {Kind.OTHER}
    place = words().place(chance("t"), "510104017001", "水井坊社区居委会")
    for matter in found:
        said = words().fill(chance(matter.title), matter.text, place)
        assert "{" not in said
        assert "水井坊社区" in said


def overlap(one: Box, other: Box) -> bool:
    wide = min(one.east, other.east) - max(one.west, other.west)
    high = min(one.north, other.north) - max(one.south, other.south)
    return wide > 1e-9 and high > 1e-9


def test_the_grids_fill_the_county_and_never_overlap(catalog: Catalog) -> None:
    grids = grid_lines(catalog, communities(catalog))
    assert len({grid.code for grid in grids}) == len(grids) == 3 * len(communities(catalog))
    assert all(grid.code.startswith(grid.area) and len(grid.area) == 12 for grid in grids)
    assert not any(overlap(one.box, other.box) for one, other in itertools.combinations(grids, 2))
    whole = (COUNTY_BOX.east - COUNTY_BOX.west) * (COUNTY_BOX.north - COUNTY_BOX.south)
    parts = sum((g.box.east - g.box.west) * (g.box.north - g.box.south) for g in grids)
    assert parts == pytest.approx(whole)


def test_a_polygon_is_one_closed_ring_counter_clockwise() -> None:
    [ring] = Box(104.0, 30.0, 104.1, 30.1).polygon()["coordinates"]
    assert ring[0] == ring[-1]
    assert sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring)) > 0


def test_more_comes_on_working_mornings_than_at_night_or_on_sundays(catalog: Catalog) -> None:
    found = moments(chance("t"), NOW, 20_000, catalog.calendars.for_area(COUNTY))
    assert found == sorted(found) == moments(chance("t"), NOW, 20_000, catalog.calendars.for_area(COUNTY))
    assert NOW - timedelta(days=30) <= found[0]
    assert found[-1] < NOW
    local = [in_shanghai(one) for one in found]
    assert sum(one.hour in (9, 10) for one in local) > 10 * sum(one.hour in (2, 3) for one in local)
    tuesdays, sundays = (sum(one.weekday() == day for one in local) for day in (1, 6))
    assert tuesdays > 1.4 * sundays


def test_the_same_number_is_the_same_message(catalog: Catalog) -> None:
    place = Neighbourhood("510104017001", "水井坊社区居委会", (COUNTY_BOX,))
    arrivals = Arrivals(words(), [m for m in matters(catalog) if not m.from_grid], [], [place])
    calm = [seed for seed in range(200) if chance(seed).random() > 0.5]  # by the hotline: nobody of ours writes it down
    for seed in calm:
        assert arrivals.message(chance(seed), seed, NOW) == arrivals.message(chance(seed), seed, NOW)


def test_an_outage_is_told_of_by_its_neighbourhood_alone_and_only_while_it_lasts(catalog: Catalog) -> None:
    places = [Neighbourhood(f"51010401700{n}", f"第{n}社区居委会", (COUNTY_BOX,)) for n in range(1, 6)]
    said, out = [m for m in matters(catalog) if not m.from_grid], Outage.yesterday(NOW, places[3].area)
    arrivals = Arrivals(words(), said, [], places, out)
    calm = [seed for seed in range(600) if chance(seed).random() > 0.5]  # by the hotline

    def told(at: datetime) -> Counter[str]:
        messages = [arrivals.message(chance(seed), seed, at) for seed in calm]
        return Counter(one.place.area for one in messages if one.category == "0301")

    there, before = told(out.begins), told(out.begins - timedelta(hours=1))
    assert there[out.area] > 20 + max(before.values())
    assert max(there[place.area] for place in places if place.area != out.area) <= max(before.values())
    assert told(out.ends) == before


async def test_times_in_json_are_written_as_postgresql_does(stores: Stores) -> None:
    connection = await asyncpg.connect(stores.database_url.replace("+asyncpg", ""), server_settings={"timezone": "UTC"})
    for micro in (0, 1, 120_000, 999_999, 100):
        moment = NOW.replace(microsecond=micro)
        said = await connection.fetchval("SELECT jsonb_build_object('at', $1::timestamptz)", moment)
        assert json.loads(said)["at"] == as_json(moment)
    await connection.close()


@pytest.fixture(scope="module")
async def counties(
    stores: Stores, template: Template, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Callable[[], Awaitable[Settings]]]:
    """Makes a county as a first run leaves it, in a database and a folder of its own."""
    names: list[str] = []

    async def make() -> Settings:
        names.append(f"town_{secrets.token_hex(4)}")
        await run_sql(stores.database_url, f"CREATE DATABASE {names[-1]} TEMPLATE {template.name}")
        own = {"database_url": at(stores.database_url, names[-1]), "data": tmp_path_factory.mktemp("town")}
        return template.settings.model_copy(update=own)

    yield make
    for name in names:
        await run_sql(stores.database_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
async def seeded(counties: Callable[[], Awaitable[Settings]]) -> Settings:
    """A town of sixty cases."""
    settings = await counties()
    await seed_demo(settings, count=FEW, now=NOW)
    return settings


async def fetch(settings: Settings, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))
    try:
        return await connection.fetch(query)
    finally:
        await connection.close()


async def test_every_unit_has_somebody_every_grid_a_leader_and_every_hour_somebody_on_duty(seeded: Settings) -> None:
    idle = await fetch(seeded, "SELECT code FROM unit u WHERE NOT EXISTS (SELECT FROM account WHERE unit_id = u.id)")
    assert idle == []
    leaderless = await fetch(seeded, "SELECT code FROM grid WHERE leader_id IS NULL")
    assert leaderless == []
    desk = await fetch(
        seeded,
        "SELECT s.starts_at, s.ends_at FROM duty_shift s JOIN unit u ON u.id = s.unit_id"
        " WHERE u.department = 'RX' ORDER BY s.starts_at",
    )
    assert all(one["ends_at"] == other["starts_at"] for one, other in itertools.pairwise(desk))
    assert desk[0]["starts_at"] < NOW - timedelta(days=6)
    assert desk[-1]["ends_at"] > NOW + timedelta(days=6)


async def test_the_towns_people_can_sign_in_and_only_the_owner_can_read_how(seeded: Settings) -> None:
    file = seeded.data / TOWN_ACCOUNTS
    assert file.stat().st_mode & 0o777 == 0o600
    held = {row["login"]: row["password_hash"] for row in await fetch(seeded, "SELECT * FROM account")}
    made = json.loads(file.read_text("utf-8"))
    assert {account["login"] for account in made} < set(held)
    assert verify_password(held[made[0]["login"]], made[0]["password"])


async def test_the_same_moment_gives_the_same_town(
    seeded: Settings, counties: Callable[[], Awaitable[Settings]]
) -> None:
    twin = await counties()
    await seed_demo(twin, count=FEW, now=NOW)
    shown = "SELECT title, status, version, area_code, created_at, finish_due, completed_at FROM cases ORDER BY id"
    assert [tuple(row) for row in await fetch(seeded, shown)] == [tuple(row) for row in await fetch(twin, shown)]


async def test_a_second_seeding_is_refused_and_changes_nothing(seeded: Settings) -> None:
    with pytest.raises(InUse):
        await seed_demo(seeded, count=FEW, now=NOW)
    assert (await fetch(seeded, "SELECT count(*) AS n FROM cases"))[0]["n"] == FEW


async def test_a_database_without_the_county_is_refused(counties: Callable[[], Awaitable[Settings]]) -> None:
    elsewhere = await counties()
    await run_sql(elsewhere.database_url, "UPDATE unit SET active = false")
    with pytest.raises(NoCounty):
        await seed_demo(elsewhere, count=FEW, now=NOW)


async def test_by_hand_it_refuses_in_one_sentence_and_on_a_first_start_it_stands_aside(seeded: Settings) -> None:
    told = {
        **os.environ,
        "DATABASE_URL": seeded.database_url,
        "GRIDCALL_DATA": str(seeded.data),
        "GRIDCALL_KEYS_FILE": str(seeded.keys_file),
        "GRIDCALL_MODE": "demo",
        "GRIDCALL_LANG": "en",
    }
    by_hand = [sys.executable, "-m", "manage.seed_demo", "demo"]
    refused = subprocess.run(by_hand, env=told, capture_output=True, text=True)
    assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (1, "", 1)
    assert "nothing was written" in refused.stderr
    first = subprocess.run([*by_hand, "--first"], env=told, capture_output=True, text=True)
    assert (first.returncode, first.stdout) == (0, "")
    production = subprocess.run(by_hand, env={**told, "GRIDCALL_MODE": "production"}, capture_output=True, text=True)
    assert production.returncode == 1
    assert "production" in production.stderr


@pytest.mark.parametrize(
    ("prepared", "owed", "demo", "afterwards"),
    [
        (False, False, True, True),  # the first run -> wanted
        (False, False, False, False),  # the first run with --no-demo -> not
        (True, False, True, False),  # a later run -> never again
        (True, True, True, True),  # the first run was killed before it was written -> still owed
        (True, True, False, False),  # and then --no-demo -> dropped
    ],
)
def test_the_demo_is_owed_by_the_first_run_until_it_is_written(
    prepared: bool, owed: bool, demo: bool, afterwards: bool, tmp_path: Path
) -> None:
    for name, there in (("prepared", prepared), ("demo-wanted", owed)):
        if there:
            (tmp_path / name).touch()
    assert demo_wanted(tmp_path, demo=demo).exists() is afterwards


async def test_the_towns_grids_have_their_affairs(seeded: Settings) -> None:
    """Substitutes and leaves, admitted items, packaged cadres: so that their pages are not empty."""
    for table in ("duty_leave", "grid_item", "grid_cadre", "group_leader"):
        assert await fetch(seeded, f"SELECT 1 FROM {table}"), table
    assert len(await fetch(seeded, "SELECT 1 FROM duty_shift WHERE substitute_id IS NOT NULL")) > 5
    assert not await fetch(seeded, "SELECT 1 FROM grid_item WHERE asked_by = decided_by")


async def test_the_towns_services_are_rated_and_one_bad_grade_still_waits(seeded: Settings) -> None:
    """So that the figure, the drill-down and the task are not empty."""
    points = await fetch(seeded, "SELECT point_id, count(*) FROM service_answer GROUP BY point_id")
    assert len(points) == 2
    bad = "SELECT a.id FROM service_answer a WHERE grade IN ('BAD', 'VERY_BAD')"
    looked = "SELECT 1 FROM service_look l WHERE l.answer_id = a.id"
    assert len(await fetch(seeded, f"{bad} AND EXISTS ({looked})")) == 1
    assert len(await fetch(seeded, f"{bad} AND NOT EXISTS ({looked})")) == 1
