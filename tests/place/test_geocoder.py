"""An outside geocoder: one conformance for all, and whatever it does the intake goes on."""

import asyncio
from collections.abc import Callable

import httpx
import pytest

from casework.place import geocoder as outside
from casework.place.geocoder import ConsoleGeocoder, Geocoder, HttpGeocoder, locate
from casework.rules.points import Point, distance_m, gcj02

TRUE = Point(104.0817, 30.6571)


def over(answer: Callable[[httpx.Request], httpx.Response]) -> HttpGeocoder:
    return HttpGeocoder("http://geocoder.test/find", _transport=httpx.MockTransport(answer))


def known(request: httpx.Request) -> httpx.Response:
    if request.url.params["address"] != "大慈寺路12号":
        return httpx.Response(404)
    drawn = gcj02(TRUE)
    return httpx.Response(200, json={"lon": drawn.lon, "lat": drawn.lat, "crs": "GCJ02"})


@pytest.mark.parametrize("geocoder", [ConsoleGeocoder(), over(known)], ids=["console", "http"])
async def test_every_geocoder_answers_a_point_or_none(geocoder: Geocoder) -> None:
    found = await geocoder.find("大慈寺路12号", "510104")
    assert found is None or distance_m(found, TRUE) < 1
    assert await geocoder.find("没有这个地方", "510104") is None


async def test_its_point_is_converted_from_the_system_it_names() -> None:
    found = await over(known).find("大慈寺路12号", "510104")
    assert found is not None
    assert distance_m(found, TRUE) < 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"lon": "x", "lat": 1}),
        httpx.Response(200, json={"lon": 999, "lat": 1, "crs": "WGS84"}),
        httpx.Response(200, json={"lon": 104.08, "lat": 30.65, "crs": "MARS"}),
    ],
)
async def test_an_answer_that_makes_no_sense_is_no_answer(answer: httpx.Response) -> None:
    assert await locate(over(lambda _: answer), "大慈寺路", "510104") is None


async def test_a_slow_one_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow:
        async def find(self, address: str, home: str) -> Point | None:
            await asyncio.Event().wait()
            return TRUE

        async def close(self) -> None:
            """Nothing to give back."""

    monkeypatch.setattr(outside, "PATIENCE_S", 0.01)
    assert await locate(Slow(), "大慈寺路", "510104") is None


async def test_after_three_failures_it_is_left_alone() -> None:
    calls = []

    def broken(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        raise httpx.ConnectError("away")

    geocoder = over(broken)
    for _ in range(5):
        assert await locate(geocoder, "大慈寺路", "510104") is None
    assert len(calls) == 3
