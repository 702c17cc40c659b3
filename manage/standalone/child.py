"""One child process 子进程: started, waited for, restarted with back-off, stopped. Nothing here blocks.

`step` is called again and again by whoever waits: the stores' synchronous start and the supervisor share it.
"""

from __future__ import annotations

import enum
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from manage.standalone.credentials import before_exec

_LONGEST_WAIT_S = 10.0
_STEADY_S = 60.0


class Phase(enum.Enum):
    DOWN = "down"
    STARTING = "starting"
    READY = "ready"
    WAITING = "waiting"  # it ended by itself and starts again after a pause
    STOPPING = "stopping"


@dataclass(frozen=True)
class Program:
    """What to run and how to tell that it works; `ready` answers within a second and may be asked often.

    `once` is for work that comes to an end: it is not started again.
    """

    name: str
    argv: Sequence[str]
    log: Path
    ready: Callable[[Child], bool]
    environment: Mapping[str, str]
    cwd: str = "/"
    stop_signal: signal.Signals = signal.SIGTERM
    grace_s: float = 20.0
    before_exec: Callable[[], None] | None = None
    account: Mapping[str, Any] = field(default_factory=dict)
    once: bool = False


class Child:
    """A program's process and its history; `restarts` counts the times it ended without being asked to."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.phase = Phase.DOWN
        self.restarts = 0
        self.since = 0.0  # Unix time of the present process's start
        self.exit_code: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self.resume_at = 0.0  # monotonic, while waiting
        self._quick_ends = 0
        self._log_start = 0
        self._kill_at = 0.0

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Spawn it now; must be called from the main thread (see `before_exec`)."""
        with self.program.log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                list(self.program.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.program.cwd,
                env=dict(self.program.environment),
                start_new_session=True,  # Ctrl-C reaches the parent only
                preexec_fn=self.program.before_exec or before_exec(dies_by=self.program.stop_signal),
                **self.program.account,
            )
        self.since = time.time()
        self.phase = Phase.STARTING

    def step(self) -> Phase:
        """Look at it once: note readiness or an end, start it again when its pause is over."""
        if self.phase in (Phase.STARTING, Phase.READY) and self._has_ended():
            if self.program.once:
                self.phase = Phase.DOWN
            else:
                self._plan_restart()
        elif self.phase is Phase.STARTING and self.program.ready(self):
            self.phase = Phase.READY
        elif self.phase is Phase.WAITING and time.monotonic() >= self.resume_at:
            self.start()
        elif self.phase is Phase.STOPPING:
            self._look_after_stop()
        return self.phase

    def written(self) -> str:
        """What the present process has written so far."""
        with self.program.log.open("rb") as log:
            log.seek(self._log_start)
            return log.read().decode(errors="replace")

    def ask_to_stop(self, grace_s: float | None = None) -> None:
        """Send the program's stop signal; `step` kills it once its grace is over. A repeat may shorten the grace."""
        if self._process is None or self._has_ended():
            self.phase = Phase.DOWN
        else:
            self._process.send_signal(self.program.stop_signal)
            self._kill_at = time.monotonic() + (self.program.grace_s if grace_s is None else grace_s)
            self.phase = Phase.STOPPING

    def _has_ended(self) -> bool:
        assert self._process is not None
        self.exit_code = self._process.poll()
        return self.exit_code is not None

    def _plan_restart(self) -> None:
        """0.1 s, 0.2 s … 10 s between quick ends; one that ran a minute begins anew.

        The first pauses are short because PostgreSQL, killed, may be refused once or twice while its old backends
        still hold the shared memory.
        """
        self.restarts += 1
        self._quick_ends = 0 if time.time() - self.since > _STEADY_S else self._quick_ends + 1
        self.resume_at = time.monotonic() + min(0.05 * 2**self._quick_ends, _LONGEST_WAIT_S)
        self.phase = Phase.WAITING

    def _look_after_stop(self) -> None:
        assert self._process is not None
        if self._has_ended():
            self.phase = Phase.DOWN
        elif time.monotonic() >= self._kill_at:
            self._process.kill()
