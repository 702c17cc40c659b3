"""The load: a closed loop of connections that send ready-made requests as fast as they are answered.

It parses no more of an answer than its status and length, because it shares the machine with what it measures.
"""

import asyncio
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

_HEAD_ENDS = b"\r\n\r\n"
_LENGTH = b"content-length:"


@dataclass
class Round:
    """What one round saw: `seconds` as a whole, each answer's time in seconds, how often each status came."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.times) / self.seconds


def http_post(url: str, headers: dict[str, str], body: bytes) -> bytes:
    """The request as it goes over the wire."""
    parts = urlsplit(url)
    lines = [f"POST {parts.path} HTTP/1.1", f"Host: {parts.netloc}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in {"Content-Type": "application/json", **headers}.items()]
    return "\r\n".join(lines).encode() + _HEAD_ENDS + body


async def drive(port: int, requests: list[bytes], connections: int) -> Round:
    """Send every request once. Raises: ConnectionError: the server hung up."""
    loop = asyncio.get_running_loop()
    seen, waiting = Round(), deque(requests)
    made = [await loop.create_connection(lambda: _Sender(waiting, seen), "127.0.0.1", port) for _ in range(connections)]
    senders = [sender for _, sender in made]
    began = time.perf_counter()
    for sender in senders:
        sender.send_next()
    await asyncio.gather(*(sender.done for sender in senders))
    seen.seconds = time.perf_counter() - began
    return seen


class _Sender(asyncio.Protocol):
    def __init__(self, waiting: deque[bytes], seen: Round) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        self._seen = seen
        self._got = b""
        self._sent_at = 0.0

    def connection_made(self, transport: Any) -> None:
        self._transport: asyncio.Transport = transport

    def send_next(self) -> None:
        if not self._waiting:
            self._transport.close()
            self.done.set_result(None)
            return
        self._sent_at = time.perf_counter()
        self._transport.write(self._waiting.popleft())

    def data_received(self, data: bytes) -> None:
        self._got += data
        end = self._got.find(_HEAD_ENDS)
        if end < 0:
            return
        head = self._got[:end].lower()
        at = head.index(_LENGTH) + len(_LENGTH)
        if len(self._got) < end + len(_HEAD_ENDS) + int(head[at:].split(b"\r\n", 1)[0]):
            return
        self._seen.times.append(time.perf_counter() - self._sent_at)
        self._seen.statuses[int(head[9:12])] += 1
        self._got = b""
        self.send_next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.done.done():
            self.done.set_exception(error or ConnectionError("the server hung up"))
