"""The data folder 数据目录: one run at a time (flock), private to its owner, with the state that must outlive a run."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import shutil
from pathlib import Path
from typing import IO, Any

from manage.texts import Sorry

NEEDED_MB = 500
COUNTY_ACCOUNTS = "demo-accounts.json"
"""The accounts that a first run makes, with their random passwords (0600)."""
TOWN_ACCOUNTS = "demo-town-accounts.json"
"""Those that the demo adds, likewise."""


class DataFolder:
    """A run's hold on its data folder; `release` gives it up, and so does the death of the process."""

    def __init__(self, path: Path, lock: IO[str]) -> None:
        self.path = path
        self._lock = lock

    @classmethod
    def hold(cls, path: Path, *, needed_mb: int = NEEDED_MB) -> DataFolder:
        """Create the folder if need be and take it.

        Raises: Sorry: it cannot be written, belongs to someone else, its disk is nearly full, or it is in use.
        """
        path = path.expanduser().resolve()
        try:
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
            _must_be_ours(path)
            _must_have_room(path, needed_mb)
            (path / "logs").mkdir(exist_ok=True, mode=0o700)
            lock = open_private(path / ".lock", "a")
        except OSError as error:
            raise Sorry("data.read_only", folder=path, reason=error.strerror) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise Sorry("data.in_use", folder=path) from error
        return cls(path, lock)

    def release(self) -> None:
        self._lock.close()

    @property
    def state_file(self) -> Path:
        return self.path / "state.json"

    def log(self, name: str) -> Path:
        return self.path / "logs" / f"{name}.log"


def is_held(path: Path) -> bool:
    """Whether a run holds the folder now."""
    try:
        with (path / ".lock").open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def open_private(path: Path, mode: str) -> IO[str]:
    """Open for writing ("w") or appending ("a") as a file that only its owner may read."""
    flags = os.O_CREAT | os.O_WRONLY | (os.O_TRUNC if mode == "w" else os.O_APPEND)
    return os.fdopen(os.open(path, flags, 0o600), mode, encoding="utf-8")


def write_private_json(path: Path, content: dict[str, Any]) -> None:
    """Replace the file at one stroke: after a power cut it is the old one or the new one, never half of it."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    with open_private(beside, "w") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """The file's content; empty when it is missing or not JSON."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _must_be_ours(path: Path) -> None:
    owner = path.stat().st_uid
    if owner == os.geteuid():
        return
    try:
        name = pwd.getpwuid(owner).pw_name
    except KeyError:
        name = str(owner)
    raise Sorry("data.not_yours", folder=path, owner=name)


def _must_have_room(path: Path, needed_mb: int) -> None:
    free_mb = shutil.disk_usage(path).free // 2**20
    if free_mb < needed_mb:
        raise Sorry("data.disk_full", folder=path, free=free_mb, needed=needed_mb)
