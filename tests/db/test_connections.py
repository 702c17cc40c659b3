"""Connections of the screens and the workflow: what the server closed, or a gateway forgot, is never worked with."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_connection

from casework.db import session as sessions
from casework.db.session import Database
from casework.kit.settings import Settings


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """A pool of one connection, so that it is known which one is used."""
    database = Database(settings.database_url, size=1)
    yield database
    await database.close()


async def _served_by(database: Database) -> int:
    async with database.transaction() as session:
        return int((await session.execute(text("SELECT pg_backend_pid()"))).scalar_one())


async def test_a_connection_that_the_server_closed_is_replaced(database: Database) -> None:
    first = await _served_by(database)
    await (await database.pool()).execute("SELECT pg_terminate_backend($1, 5000)", first)
    await asyncio.sleep(0.05)
    assert await _served_by(database) != first


async def test_one_in_use_is_used_again_unasked(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await _served_by(database)
    monkeypatch.setattr(AsyncAdapt_asyncpg_connection, "ping", _forgotten)
    assert await _served_by(database) == first


async def test_one_that_lay_idle_is_asked_and_replaced(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    first = await _served_by(database)
    monkeypatch.setattr(sessions, "IDLE_S", -1.0)
    assert await _served_by(database) == first
    with monkeypatch.context() as patched:
        patched.setattr(AsyncAdapt_asyncpg_connection, "ping", _forgotten)
        patched.setattr(sessions, "IDLE_S", 0.05)
        await asyncio.sleep(0.1)
        assert await _served_by(database) != first


def _forgotten(connection: AsyncAdapt_asyncpg_connection) -> None:
    """The gateway between has forgotten the connection."""
    connection._handle_exception(asyncpg.ConnectionDoesNotExistError("connection was closed in the middle"))
