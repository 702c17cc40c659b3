"""The ground a measurement stands on: its own PostgreSQL and Valkey, durable (fsync on), in a folder that is removed."""

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from casework.kit.settings import Settings, read_settings
from manage.prepare import prepare
from manage.standalone.programs import environment
from manage.standalone.stores import Stores, free_port, start_stores


@dataclass(frozen=True)
class Ground:
    """`told`: the environment of every GridCall process over it; `port`: where its API may listen."""

    folder: Path
    stores: Stores
    settings: Settings
    told: Mapping[str, str]
    port: int

    @property
    def dsn(self) -> str:
        """The database as asyncpg is told it."""
        return plain(self.stores.database_url)


def plain(url: str) -> str:
    """SQLAlchemy's address of a database, as asyncpg reads it."""
    return url.replace("postgresql+asyncpg://", "postgresql://")


@contextmanager
def ground() -> Iterator[Ground]:
    """Stores of our own, whatever the environment names, migrated and seeded as by a first start."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory(prefix="gridcall-bench-") as name, start_stores(Path(name)) as stores:
        folder, port = Path(name), free_port(None)
        told = environment(
            os.environ, data=folder, port=port, database_url=stores.database_url, redis_url=stores.redis_url
        )
        settings = read_settings(
            database_url=stores.database_url,
            redis_url=stores.redis_url,
            data=folder,
            keys_file=told["GRIDCALL_KEYS_FILE"],
            mode=told["GRIDCALL_MODE"],
            public_url=told["GRIDCALL_PUBLIC_URL"],
        )
        prepare(settings)
        yield Ground(folder, stores, settings, told, port)
