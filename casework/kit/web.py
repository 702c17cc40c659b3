"""The app factory 应用工厂: how each of the three APIs is put together, alike in every way a caller can see."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from casework.kit.docs_page import DOCS_POLICY, docs_page
from casework.kit.language import language
from casework.kit.logs import configure_once, describe, get_logger
from casework.kit.middleware import Envelope, Guard
from casework.kit.problems import ProblemBody, Translation, answer, as_problem
from casework.kit.schemas import settle_inner, whole_schema
from casework.kit.settings import Settings

Part = Callable[[FastAPI], AbstractAsyncContextManager[None]]
"""A part of the app's life: entered in order before the first request, left in reverse after the last."""
Check = Callable[[], Awaitable[object]]
"""A question of /readyz: returns when its part is there, raises when not."""

MIB = 1024 * 1024
CHECK_SECONDS = 2.0
_NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
_PROBLEM: dict[str, Any] = {
    "description": "RFC 9457 problem details",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}},
}


def create_app(
    *,
    name: str,
    title: str,
    settings: Settings,
    routers: Sequence[APIRouter],
    parts: Sequence[Part] = (),
    checks: Mapping[str, Check] | None = None,
    translation: Translation | None = None,
    body_limit: int = MIB,
    body_limits: Mapping[str, int] | None = None,
) -> FastAPI:
    """Build the API that lives under /api/{name}.

    `parts` open what the app needs; `checks` name what /readyz asks; `translation` reads a service's own exceptions as
    problems; `body_limit` is in bytes, `body_limits` by path prefix below the root. Routes declare their return type.
    """
    configure_once()
    translation = translation or {}
    app = FastAPI(
        title=title,
        openapi_url="/openapi.json" if settings.open_docs else None,
        docs_url=None,
        redoc_url=None,
        lifespan=_life(parts),
        telemetry=_NO_TELEMETRY,
        responses={"4XX": _PROBLEM, "5XX": _PROBLEM},
        middleware=[
            Middleware(Envelope, name=name, settings=settings, translation=translation),
            Middleware(Guard, settings=settings, limit=body_limit, limits=body_limits or {}),
        ],
        exception_handlers={kind: _answer_with(translation) for kind in (HTTPException, RequestValidationError)},
    )
    app.state.settings = settings
    _add_health(app, checks or {})
    if settings.open_docs:
        _add_docs(app)
    for router in routers:
        app.include_router(router)
    return app


def _life(parts: Sequence[Part]) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            for part in parts:
                await stack.enter_async_context(part(app))
            yield

    return life


def _answer_with(translation: Translation) -> Callable[[Request, Any], Coroutine[Any, Any, Response]]:
    async def handle(request: Request, error: Any) -> Response:
        headers = error.headers if isinstance(error, HTTPException) else None
        return answer(as_problem(error, request, translation), request, headers)

    return handle


def _add_health(app: FastAPI, checks: Mapping[str, Check]) -> None:
    async def livez() -> JSONResponse:
        return JSONResponse({"live": True})

    async def readyz() -> JSONResponse:
        found = dict(zip(checks, await asyncio.gather(*map(_passes, checks, checks.values())), strict=True))
        ready = all(found.values())
        headers = {} if ready else {"Retry-After": "2"}
        return JSONResponse({"ready": ready, "checks": found}, status_code=200 if ready else 503, headers=headers)

    app.add_api_route("/livez", livez, include_in_schema=False)
    app.add_api_route("/readyz", readyz, include_in_schema=False)


async def _passes(name: str, check: Check) -> bool:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except Exception as error:
        get_logger().warning("readiness.missing", part=name, **describe(error))
        return False
    return True


def _add_docs(app: FastAPI) -> None:
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        document = plain()
        shape = whole_schema(ProblemBody)
        inner = shape.pop("$defs")
        settle_inner(document)
        document["components"]["schemas"].update({**inner, "ProblemBody": shape})
        return document

    async def docs(request: Request) -> HTMLResponse:
        page = docs_page(app.openapi(), language(request))
        return HTMLResponse(page, headers={"Content-Security-Policy": DOCS_POLICY, "Vary": "Accept-Language"})

    app.openapi = openapi  # type: ignore[method-assign]
    app.add_api_route("/docs", docs, include_in_schema=False)
