"""Connections: one SQLAlchemy engine for workflow and screens, one plain asyncpg pool for the intake's door."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import event, func, select, true
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

SERVER_SETTINGS = {
    "timezone": "UTC",
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    # a process that was stopped in a transaction must not hold its locks for ever (reliability.md §1.3)
    "idle_in_transaction_session_timeout": "15s",
}

IDLE_S = 15.0
"""Seconds after which a connection is asked before it is used: a gateway between may have forgotten it in silence."""


OWN_PLANS = func.set_config("plan_cache_mode", "force_custom_plan", true())
"""Asked for beside anything else, it does what own_plans does."""


class Database:
    """The database as one process sees it. Nothing connects before it is asked."""

    def __init__(self, url: str, *, size: int = 10) -> None:
        self.engine: AsyncEngine = create_async_engine(
            url,
            pool_size=size,
            max_overflow=5,
            pool_timeout=10,
            hide_parameters=True,
            connect_args={"server_settings": SERVER_SETTINGS},
        )
        _mind_the_idle(self.engine)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self._url = url.replace("postgresql+asyncpg://", "postgresql://")
        self._size = size
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self._sessions.begin() as session:
            yield session

    async def pool(self) -> asyncpg.Pool:
        """The plain pool, opened at first use; callers that come at once share one."""
        if self._pool is None:
            async with self._opening:
                if self._pool is None:
                    self._pool = await self._open_pool()
        return self._pool

    async def _open_pool(self) -> asyncpg.Pool:
        return await asyncpg.create_pool(
            self._url,
            min_size=1,
            max_size=self._size,
            timeout=10,
            command_timeout=30,
            server_settings=SERVER_SETTINGS,
            reset=_as_it_is,
        )

    async def close(self) -> None:
        """Give all connections back."""
        if self._pool is not None:
            await self._pool.close()
            self._pool = None
        await self.engine.dispose()


def _mind_the_idle(engine: AsyncEngine) -> None:
    """A connection that is closed is never handed out, nor one that lay idle without being asked whether it stands.

    SQLAlchemy's own way asks before every use, three journeys to the server for each request; a connection that the
    server closed is known without asking.
    """

    def came_back(connection: Any, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = time.monotonic()

    def goes_out(connection: Any, record: ConnectionPoolEntry, _: Any) -> None:
        if connection.driver_connection.is_closed():
            raise InvalidatePoolError
        if time.monotonic() - record.info.get("idle_since", math.inf) > IDLE_S:
            try:
                connection.ping()
            except engine.dialect.loaded_dbapi.Error as error:
                raise InvalidatePoolError from error

    event.listen(engine.sync_engine, "checkin", came_back)
    event.listen(engine.sync_engine, "checkout", goes_out)


async def own_plans(session: AsyncSession) -> None:
    """What this transaction asks from here on is planned for its own period; a plan that fits every period reads every
    case."""
    await session.execute(select(OWN_PLANS))


async def _as_it_is(connection: asyncpg.Connection) -> None:
    """A connection goes back to the pool without the reset of its session, a whole journey to the server: who takes one
    sets nothing, listens to nothing and leaves no lock behind. An open transaction is rolled back all the same."""
