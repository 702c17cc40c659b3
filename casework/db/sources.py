"""Upstream sources 来源系统: who may call the hotline's door, and with which secrets."""

import json
import time
from dataclasses import dataclass

import asyncpg
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Source
from casework.kit.crypto import Keyring

AGE_S = 10.0

_ALL = "SELECT name, channel, area_code, secrets_sealed, callback_url, crs FROM source WHERE active"


@dataclass(frozen=True, slots=True)
class KnownSource:
    """A source with its secrets open, newest first. `area_code`: where its requests come in when they do not say;
    `crs`: in which coordinate system its points are when they do not say."""

    name: str
    channel: str
    area_code: str
    secrets: tuple[str, ...]
    callback_url: str | None
    crs: str | None = None


class Sources:
    """The active sources as this process knows them; read again when older than ten seconds, so a rotation is soon
    everywhere."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring
        self._known: dict[str, KnownSource] = {}
        self._read_at: float | None = None

    async def find(self, db: asyncpg.Pool, name: str) -> KnownSource | None:
        """The active source of that name."""
        if self._read_at is None or time.monotonic() - self._read_at > AGE_S:
            rows = await db.fetch(_ALL)
            self._known = {row["name"]: self._open(row) for row in rows}
            self._read_at = time.monotonic()
        return self._known.get(name)

    def _open(self, row: asyncpg.Record) -> KnownSource:
        secrets = json.loads(self._keyring.open(row["secrets_sealed"], "source.secrets"))
        return KnownSource(
            row["name"], row["channel"], row["area_code"], tuple(secrets), row["callback_url"], row["crs"]
        )


async def find_row(session: AsyncSession, keyring: Keyring, name: str) -> KnownSource | None:
    """The source of that name, active or not, held for this transaction."""
    row = await session.get(Source, name, with_for_update=True)
    if row is None:
        return None
    secrets = json.loads(keyring.open(row.secrets_sealed, "source.secrets"))
    return KnownSource(row.name, row.channel, row.area_code, tuple(secrets), row.callback_url, row.crs)


async def put(
    session: AsyncSession,
    keyring: Keyring,
    *,
    name: str,
    channel: str,
    area_code: str,
    secrets: list[str],
    callback_url: str | None = None,
    crs: str | None = None,
) -> None:
    """Write a source; a repeat replaces it."""
    sealed = keyring.seal(json.dumps(secrets), "source.secrets")
    said = {"channel": channel, "area_code": area_code, "callback_url": callback_url, "crs": crs}
    await session.merge(Source(name=name, secrets_sealed=sealed, **said))
