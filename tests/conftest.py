"""Real PostgreSQL and Valkey for every test: one server for the run, one migrated and seeded template, a database
copied from it for each test module. Fakes stand only at the outer edge."""

import asyncio
import json
import os
import secrets
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path
from zlib import crc32

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from casework.catalog.load import Catalog, load
from casework.db.session import Database
from casework.journey.city import City
from casework.kit.crypto import Keyring
from casework.kit.settings import Settings, read_settings
from manage.prepare import HOTLINE_FILE, prepare
from manage.standalone.folder import COUNTY_ACCOUNTS
from manage.standalone.stores import Stores, start_stores
from services.assembly import assemble

# the service modules read their settings when they are imported; tests give each app its own
NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"
os.environ.setdefault("DATABASE_URL", NOWHERE)


class Together(LoadScopeScheduling):
    """Which tests stay in one of the processes that run side by side: a file's, which share a database, and all of the
    browser's, which share the one running system."""

    def _split_scope(self, nodeid: str) -> str:
        return "browser" if nodeid.startswith("tests/browser/") else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Together:
    """Asked for by `-n`, as `./gridcall test` does (manage/checks.py)."""
    return Together(config, log)


SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The evaluation data beside the project; tests that need it say so when it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is not there: the evaluation data lies beside the project, not in it")
    return SHARED_DATA


@pytest.fixture(scope="session")
def stores() -> Iterator[Stores]:
    """The two servers of this run."""
    if os.environ["DATABASE_URL"] == NOWHERE:
        del os.environ["DATABASE_URL"]
    with tempfile.TemporaryDirectory(prefix="gridcall-tests-") as folder, start_stores(Path(folder), fsync=False) as up:
        os.environ["DATABASE_URL"] = NOWHERE
        yield up


@dataclass(frozen=True)
class Template:
    """A prepared database to copy: its name, the keys it was sealed with, the seeded accounts and hotline secret."""

    name: str
    settings: Settings
    accounts: dict[str, str]
    hotline_secret: str


def at(url: str, name: str) -> str:
    """The same server, another database."""
    return f"{url.rsplit('/', 1)[0]}/{name}"


async def run_sql(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg://", "postgresql://"))
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """The shipped catalogue."""
    return load()


@pytest.fixture(scope="session")
def template(stores: Stores, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """One database, migrated by the real migrations and seeded as a first run does."""
    folder = tmp_path_factory.mktemp("prepared")
    name = f"template_{secrets.token_hex(4)}"
    asyncio.run(run_sql(stores.database_url, f"CREATE DATABASE {name}"))
    settings = read_settings(
        database_url=at(stores.database_url, name),
        redis_url=stores.redis_url,
        data=folder,
        keys_file=folder / "keys.json",
        mode="demo",
        public_url="http://localhost:8000",
    )
    prepare(settings)
    accounts = json.loads((folder / COUNTY_ACCOUNTS).read_text("utf-8"))
    hotline = json.loads((folder / HOTLINE_FILE).read_text("utf-8"))
    return Template(name, settings, {a["login"]: a["password"] for a in accounts}, hotline["secret"])


@pytest.fixture(scope="module")
async def settings(stores: Stores, template: Template) -> AsyncIterator[Settings]:
    """Settings of a fresh copy of the template, dropped when the module is done."""
    name = f"test_{secrets.token_hex(4)}"
    await run_sql(stores.database_url, f"CREATE DATABASE {name} TEMPLATE {template.name}")
    yield template.settings.model_copy(update={"database_url": at(stores.database_url, name)})
    await run_sql(stores.database_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
async def city(settings: Settings, catalog: Catalog) -> AsyncIterator[City]:
    """The city over the module's database."""
    found = City(
        catalog, Keyring.load(settings.keys_file, settings.identity_keys_file), Database(settings.database_url)
    )
    yield found
    await found.database.close()


def address_of_the_test() -> str:
    """Each test calls from an address of its own: what one asks is not counted against the next."""
    return str(ip_address(0x0A000001 + crc32(os.environ["PYTEST_CURRENT_TEST"].split(" ")[0].encode()) % 0xFFFFF0))


@dataclass
class Town:
    """The three APIs over one database, without a network: `api` for a client, `sign_in` for one with a session."""

    settings: Settings
    template: Template
    apps: dict[str, FastAPI] = field(default_factory=dict)

    def api(self, service: str) -> httpx.AsyncClient:
        """A client that is nobody."""
        app, address = self.apps[service], address_of_the_test()
        transport = httpx.ASGITransport(app=app, client=(address, 123), raise_app_exceptions=False)
        return httpx.AsyncClient(
            transport=transport, base_url="http://localhost:8000", headers={"X-GridCall": "1"}, timeout=30
        )

    async def sign_in(self, service: str, login: str) -> httpx.AsyncClient:
        """A client of the service with the session of a seeded account."""
        async with self.api("dispatch") as door:
            answer = await door.post("/session", json={"login": login, "password": self.template.accounts[login]})
            assert answer.status_code == 200, answer.text
            cookies = door.cookies
        client = self.api(service)
        client.cookies = cookies
        return client


@pytest.fixture(scope="module")
async def town(settings: Settings, template: Template) -> AsyncIterator[Town]:
    """The real apps, started."""
    town = Town(settings, template)
    async with AsyncExitStack() as stack:
        for service in ("intake", "dispatch", "notify"):
            parts = import_module(f"services.{service}.app")
            app = assemble(service, parts.TITLE, parts.ROUTERS, settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            town.apps[service] = app
        yield town
