"""What `up` tells: on the terminal while there is one, and in the folder's own log with the time (UTC)."""

from __future__ import annotations

import contextlib
import sys
from datetime import UTC, datetime
from pathlib import Path


class Console:
    def __init__(self, log: Path) -> None:
        self._log = log

    def say(self, line: str) -> None:
        """Print the line and keep it; a terminal that has gone away is no reason to stop."""
        with self._log.open("a", encoding="utf-8") as log:
            log.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}\n")
        with contextlib.suppress(OSError):
            print(line, flush=True, file=sys.stdout)
