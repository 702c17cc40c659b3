"""One signed JSON POST 签名推送: Standard Webhooks headers, no redirects, no proxies, every part of it bounded.

A connection is never kept: a stale one breaks after the message was written, and then nobody knows whether it came.
"""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from casework.kit.now import utcnow
from casework.kit.signing import SecretError, sign
from services.notify.channels.guard import Guard, NotAllowed, Unreachable
from services.notify.channels.message import DEADLINE, Endpoint, Outcome, Result

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 15.0
MOST_ANSWER_BYTES = 64 * 1024
MOST_BODY_BYTES = 256 * 1024
MOST_WAIT_SECONDS = 24 * 3600.0
# what only a proxy between us and them says: the message may have passed it
_UNCLEAR = frozenset({502, 504})


class Failed(Exception):
    """The message was not taken, or nobody knows; `outcome` says which."""

    def __init__(self, result: Result, detail: str) -> None:
        super().__init__(detail)
        self.outcome = Outcome(result, detail)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; `content` only where it was asked for."""

    status: int
    retry_after: float | None
    content: bytes

    def refusal(self) -> Outcome | None:
        """None for 2xx; 410 is for ever (Standard Webhooks 1.0.0), all else may be tried again."""
        if 200 <= self.status < 300:
            return None
        if self.status == 410:
            return Outcome(Result.REFUSED, "http_410")
        result = Result.AMBIGUOUS if self.status in _UNCLEAR else Result.RETRY
        return Outcome(result, f"http_{self.status}", self.retry_after)


class Poster:
    """Sends signed JSON. One for an adapter; close it at the end. `deadline` in seconds covers a whole try,
    `most_answer` are the bytes that an answer may have."""

    def __init__(self, guard: Guard, *, deadline: float = DEADLINE, most_answer: int = MOST_ANSWER_BYTES) -> None:
        self._guard = guard
        self._most_answer = most_answer
        self._deadline = min(deadline, DEADLINE)
        self._client = httpx.AsyncClient(
            timeout=httpx.Timeout(min(ANSWER_SECONDS, deadline), connect=min(CONNECT_SECONDS, deadline)),
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=0),
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "GridCall", "Accept": "application/json"},
        )

    async def post(self, endpoint: Endpoint, msg_id: str, payload: Mapping[str, Any], *, read: bool) -> Answer:
        """Send it once and hear the answer's status, with `read` its content too. Raises: Failed."""
        body = json.dumps(payload, ensure_ascii=False).encode()
        if len(body) > MOST_BODY_BYTES:
            raise Failed(Result.REFUSED, "too_large")
        try:
            signed = sign(msg_id, utcnow(), body, endpoint.secret)
        except SecretError:
            raise Failed(Result.RETRY, "bad_secret") from None
        try:
            async with asyncio.timeout(self._deadline):
                url, host = await self._guard.pin(endpoint.url)
                return await self._exchange(self._request(url, host, body, signed), read)
        except NotAllowed as error:
            raise Failed(Result.REFUSED, error.code) from None
        except Unreachable:
            raise Failed(Result.RETRY, "unresolved") from None
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout):
            raise Failed(Result.RETRY, "not_connected") from None
        except (TimeoutError, httpx.TimeoutException):
            raise Failed(Result.AMBIGUOUS, "no_answer") from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise Failed(Result.AMBIGUOUS, "broke_off") from None

    async def close(self) -> None:
        await self._client.aclose()

    def _request(self, url: httpx.URL, host: str, body: bytes, signed: Mapping[str, str]) -> httpx.Request:
        named = f"[{host}]" if ":" in host else host
        headers = {
            **signed,
            "Content-Type": "application/json; charset=utf-8",
            "Host": named if url.port is None else f"{named}:{url.port}",
        }
        # the certificate must be the name's own, though the connection goes to the address that was looked at
        return self._client.build_request("POST", url, content=body, headers=headers, extensions={"sni_hostname": host})

    async def _exchange(self, request: httpx.Request, read: bool) -> Answer:
        response = await self._client.send(request, stream=True)
        try:
            content = await _content(response, self._most_answer) if read and response.is_success else b""
            return Answer(response.status_code, _retry_after(response.headers.get("retry-after")), content)
        finally:
            await response.aclose()


async def _content(response: httpx.Response, most: int) -> bytes:
    held = bytearray()
    async for part in response.aiter_bytes():
        held += part
        if len(held) > most:
            raise Failed(Result.AMBIGUOUS, "answer_too_large")
    return bytes(held)


def _retry_after(value: str | None) -> float | None:
    """Seconds, whether it was said in seconds or as a date; nothing where it cannot be read."""
    if not value:
        return None
    if value.strip().isdecimal():
        return min(float(value[:12]), MOST_WAIT_SECONDS)
    try:
        wait = (parsedate_to_datetime(value) - utcnow()).total_seconds()
    except (ValueError, TypeError):
        return None
    return min(max(0.0, wait), MOST_WAIT_SECONDS)
