"""A hotline of a test: what it would send, signed or forged, and what that left in the database."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
from fastapi import FastAPI

from casework.journey.city import City
from casework.kit.signing import sign
from tests.conftest import Town

PATH = "/hotline/requests"
_numbers = count(1)


def said(**more: Any) -> dict[str, Any]:
    """A message as a hotline sends it, with a number of its own."""
    return {"upstream_no": f"12345-{next(_numbers):06d}", "text": "路灯不亮，老人夜里不敢出门。", **more}


def as_json(message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode()


@dataclass
class Hotline:
    """One source at the door. `app`: another instance of the API than the town's."""

    town: Town
    secret: str
    source: str = "hotline"
    app: FastAPI | None = None

    def new_id(self) -> str:
        return f"{self.source}-{next(_numbers)}"

    def signed(self, body: bytes, message_id: str | None = None, *, late: timedelta = timedelta()) -> dict[str, str]:
        """All headers of an honest message that was signed `late` ago."""
        return {
            "X-GridCall-Source": self.source,
            "content-type": "application/json",
            **sign(message_id or self.new_id(), datetime.now(UTC) - late, body, self.secret),
        }

    async def post(self, body: bytes, headers: dict[str, str]) -> httpx.Response:
        """The message as it is, good or bad."""
        transport = httpx.ASGITransport(app=self.app or self.town.apps["intake"], raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", timeout=60) as client:
            return await client.post(PATH, content=body, headers=headers)

    async def send(self, message: Any, message_id: str | None = None, **headers: str) -> httpx.Response:
        """An honest message."""
        body = message if isinstance(message, bytes) else as_json(message)
        return await self.post(body, {**self.signed(body, message_id), **headers})


async def rows(city: City, *tables: str) -> dict[str, int]:
    """How many rows each table has."""
    db = await city.database.pool()
    return {table: await db.fetchval(f"SELECT count(*) FROM {table}") for table in tables}


async def everything(city: City) -> dict[str, int]:
    """How many rows a message could have left, table by table."""
    return await rows(city, "inbox", "request", "cases", "event", "clock", "notice", "assignment", "supplement")
