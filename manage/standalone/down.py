"""`down`: stop what runs over a data folder, from another terminal 停止."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from manage.standalone.folder import is_held
from manage.standalone.record import end_leftovers, running
from manage.texts import Sorry, text

_PATIENCE_S = 120.0


def down(data: Path, *, patience_s: float = _PATIENCE_S) -> str:
    """Stop it and wait until nothing is left; what to tell. A supervisor that does not stop in time is killed.

    Raises: Sorry: nothing runs there, or what holds the folder is no `up`.
    """
    run = running(data)
    supervisor = run.supervisor.alive() if run else None
    if run is None or supervisor is None:
        raise Sorry("data.in_use" if is_held(data) else "down.nothing", folder=data)
    supervisor.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    while run.supervisor.alive():
        if time.monotonic() > deadline:
            supervisor.kill()
            end_leftovers(run)
            return text("down.killed")
        time.sleep(0.05)
    return text("down.done")
