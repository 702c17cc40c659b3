"""The one port 一个端口: the APIs under `/api/{name}` and the pages at every other path."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from manage.standalone.pages import citizen_routes, page_routes
from manage.standalone.proxy import Proxy


def one_front(services: Mapping[str, FastAPI]) -> Starlette:
    """An app that holds each service in this process.

    A mounted app's lifespan does not run by itself, so ours enters each of them.
    """

    @asynccontextmanager
    async def lifespans(_app: Starlette) -> AsyncIterator[dict[str, Any]]:
        states: dict[str, Any] = {}
        async with AsyncExitStack() as stack:
            for service in services.values():
                kept: Mapping[str, Any] | None
                kept = await stack.enter_async_context(service.router.lifespan_context(service))
                states.update(kept or {})
            yield states

    mounts = [Mount(f"/api/{name}", service) for name, service in services.items()]
    return Starlette(routes=[*mounts, *citizen_routes(services), *page_routes()], lifespan=lifespans)


def apart_front(upstreams: Mapping[str, str]) -> Starlette:
    """An app that passes each service's requests on to the origin named for it, without the prefix."""
    proxies = {name: Proxy(origin) for name, origin in upstreams.items()}

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        for proxy in proxies.values():
            await proxy.close()

    mounts = [Mount(f"/api/{name}", proxy) for name, proxy in proxies.items()]
    return Starlette(routes=[*mounts, *citizen_routes(proxies), *page_routes()], lifespan=lifespan)
