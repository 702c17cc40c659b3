"""Log files 日志 of the data folder: bounded, shown, followed."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

LARGEST = 20 * 2**20
_POLL_S = 0.3


def keep_bounded(folder: Path, *, largest: int = LARGEST) -> None:
    """Move what is in each larger log to NAME.log.1 and empty it, so that each takes at most about twice `largest`.

    The files are open for appending by running processes, so they are emptied in place, never renamed.
    """
    for log in folder.glob("*.log"):
        if log.stat().st_size > largest:
            shutil.copyfile(log, log.with_name(f"{log.name}.1"))
            log.with_name(f"{log.name}.1").chmod(0o600)
            os.truncate(log, 0)


def last_lines(log: Path, count: int) -> list[str]:
    """The log's last lines, oldest first; it reads no more of the file than its last mebibyte."""
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - 2**20))
        return file.read().decode(errors="replace").splitlines()[-count:] if count else []


def follow(logs: list[Path], *, poll_s: float = _POLL_S) -> Iterator[tuple[Path, str] | None]:
    """Every whole line written from now on, and None after each look; it ends when the caller stops asking."""
    seen = {log: log.stat().st_size for log in logs}
    while True:
        for log, position in seen.items():
            start = position if log.stat().st_size >= position else 0  # it was emptied
            with log.open("rb") as file:
                file.seek(start)
                whole = [line for line in file.read().splitlines(keepends=True) if line.endswith(b"\n")]
            seen[log] = start + sum(map(len, whole))
            for line in whole:
                yield log, line.decode(errors="replace").rstrip()
        yield None
        time.sleep(poll_s)
