"""What surrounds every request 请求外壳: its id, security headers, the last catch-all, the size limit, the CSRF guard.

Plain ASGI, so that a request pays microseconds. ASVS 5.0 3.4, 3.5; security.md §2.6 lines 10 and 22.
"""

import logging
import os
import re
from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import urlsplit

from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from casework.kit.errors import Forbidden, TooLarge
from casework.kit.logs import REQUEST_ID, SERVICE, describe, get_logger
from casework.kit.problems import BodyTooLarge, Translation, answer, as_problem
from casework.kit.settings import Settings

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
CSRF_HEADER = "X-GridCall"
API_POLICY = b"default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_ID = re.compile(rb"[A-Fa-f0-9\-]{16,64}")  # hex only: nothing personal may come in by this door into the log
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_UNLESS_SET = ((b"cache-control", b"no-store"), (b"content-security-policy", API_POLICY))


class Envelope:
    """Gives a request its id (X-Request-ID in and out) and the answer its headers; answers whatever was raised.

    The app lives at /api/{name}; a gateway may hand the path on with that or without.
    """

    def __init__(self, app: ASGIApp, *, name: str, settings: Settings, translation: Translation) -> None:
        self.app = app
        self._name = name
        self._root = f"/api/{name}"
        self._translation = translation
        self._debug = bool(get_logger().is_enabled_for(logging.DEBUG))
        hsts = settings.secure and not settings.open_docs
        self._always = _ALWAYS + (((b"strict-transport-security", b"max-age=31536000"),) if hsts else ())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope["root_path"] = scope.get("root_path") or self._root
        request_id = _request_id(scope)
        service, mark = SERVICE.set(self._name), REQUEST_ID.set(request_id.decode())
        status = 0

        async def send_dressed(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                self._dress(message, request_id)
            await send(message)

        try:
            await self.app(scope, receive, send_dressed)
        except ClientDisconnect:
            get_logger().debug("request.left")
        except Exception as error:
            if status:
                get_logger().error("request.broke_off", **describe(error))
            else:
                request = Request(scope, receive)
                await answer(as_problem(error, request, self._translation), request)(scope, receive, send_dressed)
        finally:
            if self._debug:
                get_logger().debug("request", method=scope["method"], status=status)
            REQUEST_ID.reset(mark)
            SERVICE.reset(service)

    def _dress(self, message: Message, request_id: bytes) -> None:
        headers = list(message["headers"])
        names = {name for name, _ in headers}
        headers += self._always
        headers += (pair for pair in _UNLESS_SET if pair[0] not in names)
        headers.append((b"x-request-id", request_id))
        message["headers"] = headers


class Guard:
    """Refuses bodies over the limit and, where a session cookie comes along, requests that another site made.

    A request without the session cookie (webhooks, a citizen's link) carries no one's rights and passes.
    `limits` gives path prefixes, below the service's root, that may send more or less than `limit` bytes.
    """

    def __init__(self, app: ASGIApp, *, settings: Settings, limit: int, limits: Mapping[str, int]) -> None:
        self.app = app
        self._cookie = settings.session_cookie.encode() + b"="
        self._origin = settings.public_url
        self._scheme = urlsplit(settings.public_url).scheme
        self._limit = limit
        self._limits = tuple(limits.items())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS:
            headers: dict[bytes, bytes] = dict(scope["headers"])
            if any(name == b"cookie" and self._is_session(value) for name, value in scope["headers"]):
                self._refuse_cross_site(headers)
            receive = self._limited(scope, headers, receive)
        await self.app(scope, receive, send)

    def _is_session(self, cookies: bytes) -> bool:
        return any(part.lstrip().startswith(self._cookie) for part in cookies.split(b";"))

    def _refuse_cross_site(self, headers: Mapping[bytes, bytes]) -> None:
        if headers.get(b"sec-fetch-site", b"same-origin") != b"same-origin":
            raise Forbidden("csrf.cross_site")
        origin = headers.get(b"origin")
        if origin is not None and not self._is_ours(origin.decode("latin-1"), headers):
            raise Forbidden("csrf.cross_site")
        if headers.get(CSRF_HEADER.lower().encode()) != b"1":
            raise Forbidden("csrf.no_header")

    def _is_ours(self, origin: str, headers: Mapping[bytes, bytes]) -> bool:
        return origin in {self._origin, f"{self._scheme}://{headers.get(b'host', b'').decode('latin-1')}"}

    def _limited(self, scope: Scope, headers: Mapping[bytes, bytes], receive: Receive) -> Receive:
        limit = self._limit_of(scope)
        length = headers.get(b"content-length", b"")
        if length.isdigit() and b"transfer-encoding" not in headers:
            if int(length) > limit:
                raise TooLarge(limit=limit)
            return receive
        return _counted(receive, limit)

    def _limit_of(self, scope: Scope) -> int:
        if not self._limits:
            return self._limit
        path = scope["path"].removeprefix(scope.get("root_path", ""))
        return next((limit for prefix, limit in self._limits if path.startswith(prefix)), self._limit)


def _counted(receive: Receive, limit: int) -> Callable[[], Awaitable[Message]]:
    """A `receive` that counts: for bodies that do not say their length."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise BodyTooLarge(limit)
        return message

    return counting


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _ID.fullmatch(value):
            return bytes(value)
    return os.urandom(12).hex().encode()
