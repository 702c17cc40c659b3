"""The web behind one port, with the way to APIs that run apart 分开运行的前端.

`GRIDCALL_UPSTREAMS` (JSON) says where each service is; the supervisor sets it.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.routing import Mount

from manage.standalone.pages import page_routes
from manage.standalone.proxy import Proxy


def apart_front(upstreams: Mapping[str, str]) -> Starlette:
    """An app that passes `/api/{name}/…` on to the origin named for it; the pages are at every other path."""
    proxies = {name: Proxy(origin) for name, origin in upstreams.items()}

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        for proxy in proxies.values():
            await proxy.close()

    mounts = [Mount(f"/api/{name}", proxy) for name, proxy in proxies.items()]
    return Starlette(routes=[*mounts, *page_routes()], lifespan=lifespan)


app = apart_front(json.loads(os.environ.get("GRIDCALL_UPSTREAMS", "{}")))
