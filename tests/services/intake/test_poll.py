"""Upstreams that cannot push: one conformance test for all adapters, the watermark, the nightly look back."""

import os
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from casework.db import polls
from casework.db.polls import Polling
from casework.db.sources import Sources
from casework.journey.city import City
from services.intake.poll import ADAPTERS, FIRST, NIGHTLY, OVERLAP, Folder, Polled, Poller, Upstream, window
from tests.services.intake.lists import HEAD, as_csv, row

NOON = datetime(2026, 1, 23, 4, 0, tzinfo=UTC)


class Memory:
    """The twin: what an upstream holds, in memory."""

    def __init__(self) -> None:
        self.rows: list[tuple[datetime, str]] = []
        self.asked: list[datetime] = []
        self.away = False

    def put(self, number: int, at: datetime) -> None:
        self.rows.append((at, f"L{number:06d}"))

    async def fetch(self, since: datetime) -> AsyncIterator[Polled]:
        self.asked.append(since)
        for at, number in self.rows:
            if at >= since:
                yield Polled({"upstream_no": number, "title": f"{number} 路灯不亮"}, at)
        if self.away:
            raise OSError("the upstream went away")


class Shelf:
    """The folder adapter with a folder to put rows into."""

    def __init__(self, city: City, folder: Path) -> None:
        self._folder = folder
        self.adapter = Folder(city, "shelf", folder, settled=timedelta(0))

    def put(self, number: int, at: datetime) -> None:
        path = self._folder / f"{number}.csv"
        path.write_bytes(as_csv([HEAD, row(number)]))
        os.utime(path, (at.timestamp(), at.timestamp()))


@pytest.fixture(params=["memory", "folder"])
def upstream(request: pytest.FixtureRequest, city: City, tmp_path: Path) -> tuple[Upstream, Memory | Shelf]:
    """Every adapter that is shipped, and the twin that stands for any other."""
    if request.param == "memory":
        twin = Memory()
        return twin, twin
    shelf = Shelf(city, tmp_path)
    return shelf.adapter, shelf


async def test_an_adapter_brings_what_changed_since_and_nothing_older(
    upstream: tuple[Upstream, Memory | Shelf],
) -> None:
    adapter, store = upstream
    for number, at in ((1, NOON - timedelta(hours=2)), (2, NOON), (3, NOON + timedelta(minutes=1))):
        store.put(number, at)
    brought = [one async for one in adapter.fetch(NOON)]
    assert sorted(one.body["upstream_no"] for one in brought) == ["L000002", "L000003"]
    assert all(one.changed_at.tzinfo is not None and one.changed_at >= NOON for one in brought)
    again = [one async for one in adapter.fetch(NOON)]
    assert [one.body for one in again] == [one.body for one in brought]


async def test_an_adapter_with_nothing_brings_nothing(upstream: tuple[Upstream, Memory | Shelf]) -> None:
    adapter, _ = upstream
    assert [one async for one in adapter.fetch(FIRST)] == []


async def polled(city: City, source: str) -> tuple[Memory, Poller]:
    """A source that is asked through the twin."""
    twin = Memory()
    db = await city.database.pool()
    await db.execute("UPDATE poll_source SET active = false")
    await polls.put(db, source, "510104", "memory", "-")
    return twin, Poller(city, Sources(city.keyring), {"memory": lambda _city, _polling: twin})


async def count(city: City, source: str) -> int:
    db = await city.database.pool()
    found: int = await db.fetchval("SELECT count(*) FROM request WHERE source = $1", f"import:{source}")
    return found


async def watermark(city: City, source: str) -> datetime | None:
    db = await city.database.pool()
    found: datetime | None = await db.fetchval("SELECT watermark FROM poll_source WHERE source = $1", source)
    return found


async def test_each_round_asks_from_the_watermark_with_an_overlap_and_takes_each_row_once(city: City) -> None:
    twin, poller = await polled(city, "rounds")
    twin.put(1, NOON)
    assert await poller.run_once(every=0) == 1
    assert await watermark(city, "rounds") == NOON
    twin.put(2, NOON - timedelta(minutes=5))  # appeared late
    twin.put(3, NOON + timedelta(minutes=5))
    assert await poller.run_once(every=0) == 1
    assert (twin.asked[0], twin.asked[-1]) == (FIRST, NOON - OVERLAP)
    assert await count(city, "rounds") == 3
    assert await watermark(city, "rounds") == NOON + timedelta(minutes=5)


async def test_a_round_that_breaks_off_moves_nothing_and_is_asked_again(city: City) -> None:
    twin, poller = await polled(city, "breaks-off")
    twin.put(1, NOON)
    twin.away = True
    with pytest.raises(OSError, match="went away"):
        await poller.run_once(every=0)
    assert await watermark(city, "breaks-off") is None
    twin.away = False
    await poller.run_once(every=0)
    assert await watermark(city, "breaks-off") == NOON
    assert await count(city, "breaks-off") == 1


async def test_a_source_has_its_turn_once_in_its_time(city: City) -> None:
    twin, poller = await polled(city, "turns")
    assert await poller.run_once(every=3600) == 1
    assert await poller.run_once(every=3600) == 0
    assert len(twin.asked) == 1


async def test_a_row_without_words_is_refused_and_the_others_are_taken(city: City) -> None:
    twin, poller = await polled(city, "odd-rows")
    twin.put(1, NOON)

    async def fetch(since: datetime) -> AsyncIterator[Polled]:
        yield Polled({"upstream_no": "X"}, NOON)
        yield Polled({"title": "路灯", "place": {"area_code": "510107"}}, NOON)
        async for one in Memory.fetch(twin, since):
            yield one

    twin.fetch = fetch  # type: ignore[method-assign]
    await poller.run_once(every=0)
    assert await count(city, "odd-rows") == 1
    assert await watermark(city, "odd-rows") == NOON


def turn(now: datetime, mark: datetime | None, swept: str | None) -> Polling:
    day = datetime.fromisoformat(swept).date() if swept else None
    return Polling("s", "memory", "-", mark, day, "510104", now)


WINDOWS = [
    # now (UTC)                         swept on       asked from                      sweeps
    (NOON, "2026-01-23", NOON - timedelta(hours=1) - OVERLAP, None),  # noon, done this night
    (NOON, "2026-01-22", NOON - NIGHTLY, "2026-01-23"),  # noon, not yet done today
    (NOON, None, NOON - NIGHTLY, "2026-01-23"),
    # 01:30 in Shanghai is before the night's hour, though the day is a new one
    (NOON - timedelta(hours=10, minutes=30), "2026-01-22", NOON - timedelta(hours=1) - OVERLAP, None),
    # 02:00 in Shanghai
    (NOON - timedelta(hours=10), "2026-01-22", NOON - timedelta(hours=34), "2026-01-23"),
]


@pytest.mark.parametrize(("now", "swept", "since", "sweeps"), WINDOWS)
def test_once_a_night_the_last_24_hours_are_asked_for(
    now: datetime, swept: str | None, since: datetime, sweeps: str | None
) -> None:
    asked, day = window(turn(now, NOON - timedelta(hours=1), swept))
    assert asked == since
    assert (day.isoformat() if day else None) == sweeps


async def test_a_file_put_into_a_watched_folder_becomes_cases(city: City, tmp_path: Path) -> None:
    db = await city.database.pool()
    await db.execute("UPDATE poll_source SET active = false")
    await polls.put(db, "watched", "510104", "folder", str(tmp_path))
    (tmp_path / "a.csv").write_bytes(as_csv([HEAD, row(1), row(2)], "gb18030"))
    (tmp_path / "b.csv").write_bytes(b"\x89PNG\r\n\x1a\n")  # told in the log, in nobody's way
    (tmp_path / "c.txt").write_bytes(b"x")
    old = time.time() - 60
    for path in tmp_path.iterdir():
        os.utime(path, (old, old))
    poller = Poller(city, Sources(city.keyring), ADAPTERS)
    assert await poller.run_once(every=0) == 1
    assert await poller.run_once(every=0) == 1
    assert await count(city, "watched") == 2


async def test_a_file_that_is_still_written_is_left_alone(city: City, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(as_csv([HEAD, row(1)]))
    assert [one async for one in Folder(city, "fresh", tmp_path).fetch(FIRST)] == []
