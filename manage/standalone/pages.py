"""The web behind the one port 网页: the built web if there is one, else the plain start pages.

`/` is the start page, `/c/{token}` the citizen's page; every other path is a file of the web's folder, or 404.
"""

from __future__ import annotations

from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_WEB = Path(__file__).resolve().parents[2] / "web"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
_CITIZEN_HEADERS = {**_HEADERS, "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


def page_routes(web: Path = _WEB) -> list[BaseRoute]:
    """The routes of the pages, to stand after those of the APIs."""
    plain = web / "static"
    root = web / "dist" if (web / "dist" / "index.html").is_file() else plain

    async def start_page(_request: object) -> FileResponse:
        return FileResponse(root / "index.html", headers=_HEADERS)

    async def citizen_page(_request: object) -> FileResponse:
        return FileResponse(plain / "citizen.html", headers=_CITIZEN_HEADERS)

    return [
        Route("/", start_page),
        Route("/c", citizen_page),
        Route("/c/{token}", citizen_page),
        Mount("/static", _WithHeaders(StaticFiles(directory=plain))),
        Mount("/", _WithHeaders(_Layers(root, plain))),
    ]


class _Layers(StaticFiles):
    """Files of the first folder that has them."""

    def __init__(self, *folders: Path) -> None:
        super().__init__(directory=folders[0])
        self.all_directories = [*folders]


class _WithHeaders:
    """Adds the pages' security headers where the answer does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message["headers"])
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                message = {**message, "headers": Headers(headers).raw}
            await send(message)

        await self._app(scope, receive, send_with_headers)
