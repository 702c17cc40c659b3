"""The notify service over the module's database, with a gateway in place of the world outside."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import httpx
import pytest
from fastapi import FastAPI

from casework.db import sources
from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.sign_in import sign_in
from casework.kit.settings import Settings
from services.assembly import assemble
from services.notify.app import ROUTERS, TITLE
from services.notify.channels.guard import Guard
from services.notify.channels.message import Channel, Endpoint
from services.notify.channels.post import Poster
from services.notify.channels.sms import Sms
from services.notify.channels.webhook import Webhook
from services.notify.compose import Composer
from services.notify.outbox import Outbox
from tests.conftest import Template
from tests.services.notify.gateway import SECRET, Gateway
from tests.services.notify.life import Life

Client = Callable[[str | None], Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    found = Gateway()
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
async def life(city: City) -> Life:
    """Nothing is owed from tests before."""
    pool = await city.database.pool()
    await pool.execute("UPDATE notice SET state = 'SKIPPED' WHERE state IN ('PENDING', 'DEAD')")
    return Life(city)


@dataclass
class Post:
    """Outboxes whose adapters all end at one gateway. `deadline` in seconds is that of one try."""

    city: City
    gateway: Gateway
    deadline: float = 20.0

    async def upstream_is(self, url: str | None, source: str = "hotline", channel: str = "HOTLINE") -> None:
        """Where write-backs go."""
        async with self.city.database.transaction() as session:
            await sources.put(
                session,
                self.city.keyring,
                name=source,
                channel=channel,
                area_code="510104",
                secrets=[SECRET],
                callback_url=url,
            )

    def outbox(self, name: str, slots: int = 4) -> Outbox:
        poster = Poster(Guard(open_to_all=True), deadline=self.deadline)
        endpoint = Endpoint(self.gateway.url, SECRET)
        channel: Channel = Sms(poster, endpoint) if name == "sms" else Webhook(poster, endpoint)
        composer = Composer(self.city, Sources(self.city.keyring), "http://localhost:8000")
        return Outbox(self.city, name, channel, composer, slots)

    async def send(self, name: str) -> None:
        """All that is due on a channel, to its outcome."""
        outbox = self.outbox(name)
        while await outbox.run_once():
            pass
        await outbox.close()

    async def due_now(self) -> None:
        """Time passes: what waits for its next try, or holds a lease, is due."""
        pool = await self.city.database.pool()
        await pool.execute("UPDATE notice SET next_at = now() WHERE state = 'PENDING'")


@pytest.fixture
async def post(city: City, gateway: Gateway) -> Post:
    found = Post(city, gateway)
    await found.upstream_is(gateway.url)
    return found


@pytest.fixture(scope="module")
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    found = assemble("notify", TITLE, ROUTERS, settings)
    async with found.router.lifespan_context(found):
        yield found


@pytest.fixture
async def client(app: FastAPI, city: City, template: Template, settings: Settings) -> AsyncIterator[Client]:
    """Makes clients: of nobody, or with the session of a seeded account. Each has an address of its own."""
    opened: list[httpx.AsyncClient] = []

    async def make(login: str | None = None) -> httpx.AsyncClient:
        address = (f"10.{id(opened) % 250}.{len(opened)}.{id(make) % 250}", 4000)
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=address)
        found = httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers={"X-GridCall": "1"})
        opened.append(found)
        if login is not None:
            async with city.database.transaction() as session:
                signed = await sign_in(session, login, template.accounts[login])
            assert signed is not None
            found.cookies.set(settings.session_cookie, signed[0])
        return found

    yield make
    for found in opened:
        await found.aclose()
