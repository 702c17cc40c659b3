"""Geocoder 地理编码: an outside service that knows where an address lies. Optional, and nothing waits long for it.

One call takes 300 ms at most; after three failures in a row it is left alone for a minute.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, Protocol

import httpx

from casework.kit.logs import describe, get_logger
from casework.rules.points import Point, wgs84

PATIENCE_S = 0.3
_FAILURES = 3
_REST_S = 60.0


class Geocoder(Protocol):
    """`find`: where the address lies, in WGS-84, or None; it may raise and it may be slow, `locate` bears both."""

    async def find(self, address: str, home: str) -> Point | None: ...

    async def close(self) -> None: ...


class ConsoleGeocoder:
    """Writes a log line without the address and knows no place."""

    async def find(self, address: str, home: str) -> Point | None:
        get_logger().info("geocoder.asked", home=home, length=len(address))
        return None

    async def close(self) -> None:
        """Nothing to give back."""


@dataclass
class HttpGeocoder:
    """A bridge to a city's own address service: GET {url}?address=…&area=… answers 200 with
    {"lon": …, "lat": …, "crs": "GCJ02"}, or 404 where it knows none. `crs` is one of WGS84, CGCS2000, GCJ02, BD09."""

    url: str
    _client: httpx.AsyncClient | None = None
    _failures: int = 0
    _rests_until: float = 0.0
    _transport: httpx.AsyncBaseTransport | None = field(default=None, repr=False)

    async def find(self, address: str, home: str) -> Point | None:
        """Raises what httpx raises, and ValueError for an answer that makes no sense."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            point = await self._ask(address, home)
        except BaseException:
            self._failures += 1
            if self._failures >= _FAILURES:
                self._failures, self._rests_until = 0, time.monotonic() + _REST_S
            raise
        self._failures = 0
        return point

    async def _ask(self, address: str, home: str) -> Point | None:
        if self._client is None:
            self._client = httpx.AsyncClient(timeout=PATIENCE_S, transport=self._transport)
        answer = await self._client.get(self.url, params={"address": address, "area": home})
        if answer.status_code == 404:
            return None
        return _read(answer.raise_for_status().json())

    async def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            await self._client.aclose()


def _read(told: Any) -> Point | None:
    if not isinstance(told, dict):
        raise ValueError("an object was expected")
    point = Point(float(told["lon"]), float(told["lat"]))
    if not (-180 <= point.lon <= 180 and -90 <= point.lat <= 90):
        raise ValueError("no point of the earth")
    return wgs84(point, str(told.get("crs")))


async def locate(geocoder: Geocoder, address: str, home: str) -> Point | None:
    """Where it lies, or None: not known, too slow, or away. Never raises."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            return await geocoder.find(address, home)
    except Exception as error:
        get_logger().warning("geocoder.away", **describe(error))
        return None
