"""Passing a request on to a service that runs apart 转发: streamed both ways, nothing kept.

We are the edge here: what a caller claims in X-Forwarded-* is dropped and our own word put in its place.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from casework.kit.errors import TYPE_PREFIX
from casework.kit.language import language
from manage.texts import both

_HOP_BY_HOP = frozenset(
    (
        *(b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection"),
        *(b"te", b"trailer", b"transfer-encoding", b"upgrade", b"expect"),
    )
)
_OURS_TO_SAY = frozenset(
    (b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"x-forwarded-port", b"forwarded")
)
_SERVERS_OWN = frozenset((b"date", b"server"))
_PATIENCE = httpx.Timeout(None, connect=2.0)  # a stream of events may be silent for long
_NO_LIMIT = httpx.Limits(max_connections=None, max_keepalive_connections=50)


class Proxy:
    """An ASGI app that is the service at `upstream` (an origin such as http://127.0.0.1:28001).

    The prefix under which we are mounted is not passed on: the service's server is told it as its root path.
    """

    def __init__(self, upstream: str) -> None:
        self._upstream = upstream
        self._client = httpx.AsyncClient(timeout=_PATIENCE, limits=_NO_LIMIT, trust_env=False)
        self._client.headers.clear()  # the caller's own headers and no others

    async def close(self) -> None:
        await self._client.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            found = await self._client.send(self._onward(request), stream=True)
        except httpx.ConnectError:
            await _away(request, 503, "unavailable")(scope, receive, send)
        except httpx.HTTPError:
            await _away(request, 502, "bad_gateway")(scope, receive, send)
        else:
            try:
                answer = StreamingResponse(found.aiter_raw(), found.status_code)
                answer.raw_headers = _end_to_end(found.headers.raw, _SERVERS_OWN)
                await answer(scope, receive, send)
            finally:
                await found.aclose()  # also when the caller has gone away in the middle of a stream

    def _onward(self, request: Request) -> httpx.Request:
        query = request.scope["query_string"]
        path = request.scope["raw_path"].removeprefix(request.scope["root_path"].encode())
        target = path + (b"?" + query if query else b"")
        return self._client.build_request(
            request.method,
            httpx.URL(self._upstream).copy_with(raw_path=target),
            headers=_onward_headers(request),
            content=_body(request),
        )


def _onward_headers(request: Request) -> list[tuple[bytes, bytes]]:
    caller = request.client.host if request.client else "unknown"
    return [
        *_end_to_end(request.headers.raw, _OURS_TO_SAY),
        (b"x-forwarded-for", caller.encode()),
        (b"x-forwarded-proto", request.url.scheme.encode()),
    ]


def _end_to_end(headers: list[tuple[bytes, bytes]], dropped: frozenset[bytes]) -> list[tuple[bytes, bytes]]:
    """The headers meant for the other end, with those named by `Connection` and the `dropped` ones left out."""
    lowered = [(name.lower(), value) for name, value in headers]
    named = {part.strip().lower() for name, value in lowered if name == b"connection" for part in value.split(b",")}
    left_out = _HOP_BY_HOP | dropped | named
    return [(name, value) for name, value in lowered if name not in left_out]


def _body(request: Request) -> AsyncIterator[bytes] | None:
    has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
    return request.stream() if has_body else None


def _away(request: Request, status: int, code: str) -> JSONResponse:
    spoken = language(request)[:2]
    return JSONResponse(
        {
            "type": TYPE_PREFIX + code,
            "title": both(f"proxy.title.{status}")[spoken],
            "status": status,
            "detail": both("proxy.away")[spoken],
            "code": code,
            "instance": request.url.path,
        },
        status,
        headers={"Retry-After": "2"},
        media_type="application/problem+json",
    )
