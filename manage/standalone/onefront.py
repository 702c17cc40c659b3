"""The three APIs and the web behind one port, in one process 合一前端: `uvicorn manage.standalone.onefront:app`.

A mounted app's lifespan does not run by itself, so ours enters all three.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from manage.standalone.pages import page_routes
from services.dispatch.app import app as dispatch
from services.intake.app import app as intake
from services.notify.app import app as notify


def one_front(services: Mapping[str, FastAPI]) -> Starlette:
    """An app that holds each service under `/api/{name}`; the pages are at every other path."""

    @asynccontextmanager
    async def lifespans(_app: Starlette) -> AsyncIterator[dict[str, object]]:
        states: dict[str, object] = {}
        async with AsyncExitStack() as stack:
            for service in services.values():
                states.update(await stack.enter_async_context(service.router.lifespan_context(service)) or {})
            yield states

    mounts = [Mount(f"/api/{name}", service) for name, service in services.items()]
    return Starlette(routes=[*mounts, *page_routes()], lifespan=lifespans)


app = one_front({"intake": intake, "dispatch": dispatch, "notify": notify})
