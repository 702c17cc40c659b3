"""A small HTTP server that behaves as outside systems do, well or badly, and remembers what it was sent."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from casework.kit.signing import verify

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

ANSWERS = {
    "ok": b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 17\r\n\r\n" + b'{"accepted":true}',
    "empty": b"HTTP/1.1 204 No Content\r\n\r\n",
    "busy": b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n",
    "busy_date": b"HTTP/1.1 503 Down\r\nRetry-After: Fri, 01 Jan 2100 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n",
    "error": b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n",
    "proxy": b"HTTP/1.1 504 Gateway Timeout\r\nContent-Length: 0\r\n\r\n",
    "gone": b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n",
    "redirect": b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n",
    "garbage": b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n<html>OK<",
    "never": b'HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{"accepted":false}',
    "not_http": b"SSH-2.0-nobody\r\n\r\n",
    "huge": b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + b"x" * 900_000,
    "stops_short": b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{",
}


@dataclass(frozen=True)
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self.body)
        return said

    @property
    def id(self) -> str:
        """The webhook-id, its signature proven."""
        return verify(self.headers, self.body, [SECRET], datetime.now(UTC))


@dataclass
class Gateway:
    """`behave` names the answer of each request: a key of ANSWERS, `hang` or `reset`."""

    behave: Callable[[Received], str] = lambda _received: "ok"
    received: list[Received] = field(default_factory=list)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        self.released.set()
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            received = await _read(reader)
            self.received.append(received)
            self.arrived.set()
            await self._answer(writer, self.behave(received))
        writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, how: str) -> None:
        if how == "reset":
            writer.transport.abort()
        elif how == "hang":
            await self.released.wait()
        else:
            writer.write(ANSWERS[how])
            await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Received:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    request, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Received(request.split(" ")[1], headers, await reader.readexactly(int(headers["content-length"])))
