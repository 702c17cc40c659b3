"""The web behind the one port 网页: the plain pages, the citizen's page, and the built apps.

`/` is the start page; `/t` and `/c` are the citizen's pages and `/p` is what a service point's poster opens, which the
notify service writes; `/desk`, `/unit` … and
`/field` with all below them are the built apps, whose own router reads the rest of the path; every other path is a file
of the built web or the plain one.
"""

from __future__ import annotations

import mimetypes
import os
from collections.abc import Mapping
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_WEB = Path(__file__).resolve().parents[2] / "web"
DESK_PAGES = ("desk", "unit", "followup", "supervisor", "admin")
APPS = {**dict.fromkeys(DESK_PAGES, "desk.html"), "field": "field.html"}
"""The first step of a path, and the built page that answers for all below it."""
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self)",
    "Cache-Control": "no-cache",
}
_OWN_WORKER = {"Service-Worker-Allowed": "/field"}  # its script lies below the page that it serves
_FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}  # their names change with their content


def page_routes(web: Path = _WEB) -> list[BaseRoute]:
    """The routes of the pages, to stand after those of the APIs. The built web may come later than they do."""
    plain, built = web / "static", web / "dist"

    async def start_page(_request: Request) -> Response:
        return FileResponse(plain / "index.html", headers=_HEADERS)

    return [
        Route("/", start_page),
        Mount("/static", _WithHeaders(StaticFiles(directory=plain))),
        *(Mount(f"/{name}", _WithHeaders(_Layers(built / name), _FOREVER)) for name in ("assets", "field-assets")),
        *(route for name, page in APPS.items() for route in _app_routes(name, _App(built / name, built / page, plain))),
        Mount("/", _WithHeaders(_Layers(built, plain))),
    ]


def citizen_routes(services: Mapping[str, ASGIApp]) -> list[BaseRoute]:
    """The citizen's pages 市民页: `/t` and `/c`, as messages say, `/p`, as posters do; notify's, if it is here."""
    if "notify" not in services:
        return []
    page = _Citizens(services["notify"])
    return [Route(path, page) for path in ("/t", "/t/{token}", "/c", "/c/{token}", "/p/{token}")]


class _Citizens:
    """Asks the service as nobody: whoever is signed in here in another tab is not told to it."""

    def __init__(self, notify: ASGIApp) -> None:
        self._notify = notify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked: str = scope["path"]
        path = asked if asked.startswith("/p/") else "/t" + asked[2:]
        headers = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
        await self._notify({**scope, "path": path, "raw_path": path.encode(), "headers": headers}, receive, send)


def _app_routes(name: str, app: ASGIApp) -> list[BaseRoute]:
    dressed = _WithHeaders(app, _OWN_WORKER if name == "field" else None)
    return [Route(f"/{name}", dressed), Mount(f"/{name}", dressed)]


class _Layers(StaticFiles):
    """Files of the first folder that has them, gzipped where a packed copy lies beside and the caller takes it."""

    def __init__(self, *folders: Path) -> None:
        super().__init__(directory=folders[-1], check_dir=False)
        self.all_directories = [*folders]
        self.config_checked = True  # the built folder may appear and be replaced while we run

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        packed = Path(f"{full_path}.gz")
        if "gzip" not in Headers(scope=scope).get("accept-encoding", "") or not packed.is_file():
            return super().file_response(full_path, stat_result, scope, status_code)
        kind = mimetypes.guess_type(str(full_path))[0]
        answer = super().file_response(packed, packed.stat(), scope, status_code)
        if kind:
            answer.headers["Content-Type"] = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Vary"] = "Accept-Encoding"
        return answer


class _App(_Layers):
    """A built app: the file that the path names below the app's own folder, else the app's page."""

    def __init__(self, own: Path, page: Path, plain: Path) -> None:
        super().__init__(own)
        self._page = page
        self._unbuilt = plain / "unbuilt.html"

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            return await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404:
                raise
        if not self._page.is_file():
            return FileResponse(self._unbuilt, 503, headers={"Retry-After": "5"})
        return self.file_response(self._page, self._page.stat(), scope)


class _WithHeaders:
    """Adds the pages' security headers where the answer does not set them itself; `also` to what was found."""

    def __init__(self, app: ASGIApp, also: dict[str, str] | None = None) -> None:
        self._app = app
        self._also = also or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                also = self._also if message["status"] in (200, 206, 304) else {}
                for name, value in {**_HEADERS, **also}.items():
                    headers.setdefault(name, value)
                message = {**message, "headers": Headers(headers).raw}
            await send(message)

        await self._app(scope, receive, send_with_headers)
