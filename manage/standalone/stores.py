"""The two stores 数据存储: real PostgreSQL and real Valkey over a data folder, or the ones named by the environment.

`DATABASE_URL` and `REDIS_URL`, each for itself, replace the server that would be started here.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from manage.standalone import postgres, valkey
from manage.standalone.binaries import postgres_bin, valkey_server
from manage.standalone.child import Child, Phase
from manage.standalone.folder import NEEDED_MB, DataFolder, read_json, write_private_json
from manage.standalone.identity import identity_for
from manage.texts import Sorry, text

_START_LIMIT_S = 60.0
_FORMAT = 1


@dataclass
class Stores:
    """Where the stores are; `children` holds those that this run started. A context manager: leaving it stops them."""

    database_url: str  # postgresql+asyncpg://…
    redis_url: str
    children: list[Child]
    folder: DataFolder
    checks: list[Callable[[], None]] = field(default_factory=list)  # asked once when the children are ready
    notes: list[str] = field(default_factory=list)  # what the person at the keyboard should know

    def stop(self) -> None:
        """Stop what was started and give the folder free; a repeat changes nothing."""
        for child in self.children:
            child.ask_to_stop()
        while any(child.step() is not Phase.DOWN for child in self.children):
            time.sleep(0.01)
        self.folder.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def start_stores(data: Path, *, fsync: bool = True, needed_mb: int = NEEDED_MB) -> Stores:
    """Start what is needed over the folder and wait until it answers. Main thread only: children die with it.

    `fsync=False` is for tests: quicker, and not durable. Kept data is found again at the next start.
    Raises: Sorry: the folder is in use, cannot be written or is nearly full, or a server does not start.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError("the stores are tied to the thread that starts them: start them from the main thread")
    stores = plan_stores(DataFolder.hold(data, needed_mb=needed_mb), fsync=fsync)
    try:
        start_children(stores.children)
        for check in stores.checks:
            check()
    except BaseException:
        stores.stop()
        raise
    return stores


def discard(data: Path) -> None:
    """Remove a data folder that no run holds, and the database that was moved out of it for nobody."""
    if moved := read_json(data / "state.json").get("pg_moved_to"):
        shutil.rmtree(Path(moved).parent, ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


def plan_stores(folder: DataFolder, *, fsync: bool = True) -> Stores:
    """Make ready what the stores need (passwords, ports, the database's files), without starting them.

    Raises: Sorry: see `start_stores`; the folder is given free then.
    """
    try:
        stores = Stores(os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""), [], folder)
        state = _state(folder)
        if stores.database_url:
            stores.database_url = with_driver(stores.database_url)
        else:
            _plan_postgres(stores, state, fsync=fsync)
        if not stores.redis_url:
            _plan_valkey(stores, state, fsync=fsync)
        return stores
    except BaseException:
        folder.release()
        raise


def start_children(children: list[Child]) -> None:
    """Start all at once and wait for all. Raises: Sorry: one is not ready within a minute, with its last log line."""
    for child in children:
        child.start()
    deadline = time.monotonic() + _START_LIMIT_S
    while waiting := [child for child in children if child.step() is not Phase.READY]:
        if time.monotonic() > deadline:
            raise no_start(waiting[0])
        time.sleep(0.01)


def no_start(child: Child) -> Sorry:
    lines = child.program.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return Sorry("stores.no_start", name=child.program.name, log=child.program.log, last=lines[-1] if lines else "")


def with_driver(url: str) -> str:
    """The database's address as SQLAlchemy wants it, whichever of the usual schemes was given."""
    scheme, found, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}" if found and scheme in ("postgres", "postgresql") else url


def _plan_postgres(stores: Stores, state: dict[str, Any], *, fsync: bool) -> None:
    folder = stores.folder
    ours = folder.path / "pg"
    if (ours / "PG_VERSION").exists() and "pg_password" not in read_json(folder.state_file):
        raise Sorry("data.state_lost", folder=folder.path)
    identity = identity_for(postgres_bin(), ours, state.get("pg_moved_to"))
    if identity.data != ours:
        state["pg_moved_to"] = str(identity.data)
        stores.notes.append(text("stores.moved", folder=identity.data))
    state["pg_port"] = free_port(state.get("pg_port"))
    write_private_json(folder.state_file, state)
    identity.take_over(ours)
    postgres.clear_leftover(identity)
    postgres.create(identity, state["pg_password"], fsync=fsync)
    stores.children.append(Child(postgres.program(identity, state["pg_port"], folder.log("postgres"), fsync=fsync)))
    stores.checks.append(lambda: postgres.check_chinese(identity, state["pg_port"], state["pg_password"]))
    stores.database_url = (
        f"postgresql+asyncpg://{postgres.USER}:{state['pg_password']}@127.0.0.1:{state['pg_port']}/{postgres.DATABASE}"
    )


def _plan_valkey(stores: Stores, state: dict[str, Any], *, fsync: bool) -> None:
    folder = stores.folder
    state["valkey_port"] = free_port(state.get("valkey_port"))
    write_private_json(folder.state_file, state)
    stores.children.append(
        Child(
            valkey.program(
                valkey_server(),
                folder.path / "valkey",
                state["valkey_port"],
                state["valkey_password"],
                folder.log("valkey"),
                fsync=fsync,
            )
        )
    )
    stores.redis_url = f"redis://:{state['valkey_password']}@127.0.0.1:{state['valkey_port']}/0"


def _state(folder: DataFolder) -> dict[str, Any]:
    kept = read_json(folder.state_file)
    return {
        "format": _FORMAT,
        "pg_password": secrets.token_urlsafe(24),
        "valkey_password": secrets.token_urlsafe(24),
        **kept,
    }


def free_port(preferred: int | None, *, taken: Collection[int] = ()) -> int:
    """The port used last if it is free, else a random one below the range that outgoing connections take."""
    candidates = [preferred] if preferred else []
    for port in (*candidates, *(20000 + secrets.randbelow(12000) for _ in range(50))):
        if port in taken:
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise Sorry("stores.no_port")
