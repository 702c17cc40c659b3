"""向市州取数: the province asks a city for its frozen months over the network, signed both ways, and misses none."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from casework.db import sources
from casework.journey.city import City
from casework.journey.freezing import freeze
from casework.kit.now import utcnow
from casework.kit.signing import new_secret, sign
from casework.rules.words import Role
from services.notify.channels.guard import Guard
from services.notify.channels.message import Endpoint
from services.notify.channels.post import Answer, Poster
from services.notify.pulling import Puller
from tests.conftest import Town
from tests.services.dispatch.staff import at_work, employ
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_reports import KEPT

AT_ONCE = timedelta()
SECRET = new_secret()


@pytest.fixture(scope="module")
async def feed(app: FastAPI, city: City) -> AsyncIterator[str]:
    """The city's notify service on a real port; it knows the province as a source, and a hotline."""
    async with city.database.transaction() as session:
        await plant(session, [Planted(KEPT) for _ in range(3)])
        for name, channel in (("province", "PROVINCE"), ("some-hotline", "HOTLINE")):
            await sources.put(
                session, city.keyring, name=name, channel=channel, area_code="5101", secrets=[SECRET, new_secret()]
            )
    for month in (5, 6, 7):
        await freeze(city, "5101", date(2026, month, 1))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/statistics/feed"
    server.should_exit = True
    with suppress(asyncio.CancelledError):
        await running


@pytest.fixture(scope="module")
async def province(town: Town, city: City) -> AsyncIterator[httpx.AsyncClient]:
    await employ(city, "province-analyst", [Role.ANALYST], "51")
    async with await at_work(town, city, "notify", "province-analyst") as client:
        yield client


@pytest.fixture(scope="module")
async def poster() -> AsyncIterator[Poster]:
    found = Poster(Guard(open_to_all=True))
    yield found
    await found.close()


async def register(province: httpx.AsyncClient, url: str, source: str = "province", secret: str = SECRET) -> None:
    form = {"url": url, "source": source, "secret": secret}
    answer = await province.put("/statistics/cities/5101", json=form)
    assert answer.status_code == 200, answer.text
    assert secret not in answer.text


async def standing(province: httpx.AsyncClient) -> dict[str, Any]:
    [found] = (await province.get("/statistics/cities")).json()["cities"]
    return dict(found)


async def months(province: httpx.AsyncClient) -> list[tuple[str, int, str]]:
    told = (await province.get("/statistics/months", params={"from": "2026-01", "to": "2026-12"})).json()
    return [(one["month"], one["version"], one["origin"]) for one in told["series"]]


@dataclass
class Changed:
    """Asks as the poster does; `change` spoils what came."""

    poster: Poster
    change: Any
    heard: list[Answer] = field(default_factory=list)

    async def post(self, endpoint: Endpoint, msg_id: str, payload: Mapping[str, Any], *, read: bool) -> Answer:
        answer = await self.poster.post(endpoint, msg_id, payload, read=read)
        self.heard.append(answer)
        return Answer(answer.status, answer.retry_after, self.change(self, answer.content))


def another(_: Changed, content: bytes) -> bytes:
    told = json.loads(content)
    return json.dumps({**told, "payload": told["payload"].replace('"version": 1', '"version": 2')}).encode()


def of_before(asker: Changed, content: bytes) -> bytes:
    return asker.heard[0].content


async def test_an_answer_that_was_changed_or_repeated_is_not_taken(
    city: City, feed: str, province: httpx.AsyncClient, poster: Poster
) -> None:
    await register(province, feed)
    for change, problem in ((another, "not_proven"), (lambda _, content: b"{}", "unreadable")):
        assert await Puller(city, Changed(poster, change)).run_once(AT_ONCE) == 0
        assert (await standing(province))["problem"] == problem
    assert await months(province) == []
    assert await Puller(city, Changed(poster, of_before)).run_once(AT_ONCE) == 1
    assert (await standing(province))["problem"] == "other_question"
    assert [month for month, _, _ in await months(province)] == ["2026-05"]


async def test_months_are_pulled_from_the_watermark_and_once(
    city: City, feed: str, province: httpx.AsyncClient, poster: Poster
) -> None:
    await register(province, feed)
    puller = Puller(city, poster)
    assert await puller.run_once(AT_ONCE) == 2
    assert await months(province) == [("2026-05", 1, "PULL"), ("2026-06", 1, "PULL"), ("2026-07", 1, "PULL")]
    found = await standing(province)
    assert (found["problem"], found["watermark"] >= 3) == (None, True)
    assert await puller.run_once(AT_ONCE) == 0, "nothing new"
    assert await puller.run_once() == 0, "not its turn"

    pool = await city.database.pool()
    await pool.execute("UPDATE statistics_city SET watermark = 0")
    assert await puller.run_once(AT_ONCE) == 3
    assert len(await months(province)) == 3, "what is told again changes nothing"

    async with city.database.transaction() as session:
        await plant(session, [Planted(KEPT)])
    await freeze(city, "5101", date(2026, 6, 1))
    assert await puller.run_once(AT_ONCE) == 1
    assert ("2026-06", 2, "PULL") in await months(province)


@pytest.mark.parametrize(
    ("source", "secret", "problem"),
    [
        ("province", new_secret(), "http_401"),
        ("nobody", SECRET, "http_401"),
        ("some-hotline", SECRET, "http_401"),  # a hotline reads no months
    ],
    ids=["another secret", "another source", "a hotline"],
)
async def test_who_is_not_the_province_is_told_nothing(
    source: str, secret: str, problem: str, city: City, feed: str, province: httpx.AsyncClient, poster: Poster
) -> None:
    await register(province, feed, source, secret)
    assert await Puller(city, poster).run_once(AT_ONCE) == 0
    assert (await standing(province))["problem"] == problem


async def test_a_city_that_cannot_be_reached_says_so_and_is_asked_again(
    city: City, feed: str, province: httpx.AsyncClient, poster: Poster
) -> None:
    await register(province, "http://127.0.0.1:9/statistics/feed")
    assert await Puller(city, poster).run_once(AT_ONCE) == 0
    assert (await standing(province))["problem"] == "not_connected"
    await register(province, feed)
    await Puller(city, poster).run_once(AT_ONCE)
    assert (await standing(province))["problem"] is None


async def test_what_is_registered_is_checked_and_only_the_province_does(
    town: Town, city: City, province: httpx.AsyncClient, feed: str
) -> None:
    form = {"url": "ftp://x", "source": "province", "secret": "no"}
    answer = await province.put("/statistics/cities/5199", json=form)
    assert {one["field"] for one in answer.json()["errors"]} == {"area", "url", "secret"}
    assert (await province.put("/statistics/cities/4401", json=form)).status_code == 403
    async with await town.sign_in("notify", "leader5101") as own:
        assert (await own.get("/statistics/cities")).status_code == 403
    async with town.api("notify") as nobody:
        assert (await nobody.post("/statistics/feed", content=b"{")).status_code == 400
        unsigned = await nobody.post("/statistics/feed", json={"source": "province", "after": 0})
        assert unsigned.status_code == 401
        body = json.dumps({"source": "province", "after": -1}).encode()
        signed = sign("q", utcnow(), body, SECRET)
        assert (await nobody.post("/statistics/feed", content=body, headers=signed)).status_code == 400
