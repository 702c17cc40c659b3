"""The supervisor 守护: one thread, one loop that sleeps until a child ends, a pause is over or somebody says stop.

It has one thread on purpose: a child is tied to the thread that started it (credentials.py).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from manage.standalone.child import Child, Phase
from manage.standalone.logs import keep_bounded
from manage.standalone.stores import no_start
from manage.texts import text

_TICK_STARTING_S = 0.02
_TICK_IDLE_S = 30.0
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopAsked(Exception):
    """Somebody pressed Ctrl-C or sent SIGTERM while we were starting."""


class Supervisor:
    """Keeps children running in the order in which they were started and stops them in the opposite order."""

    def __init__(self, logs: Path, say: Callable[[str], None], changed: Callable[[Sequence[Child]], None]) -> None:
        self._logs = logs
        self._say = say
        self._changed = changed
        self._groups: list[list[Child]] = []
        self._asked = 0
        self._handlers: dict[signal.Signals, Any] = {}
        self._wake, self._waker = os.pipe()
        os.set_blocking(self._wake, False)
        os.set_blocking(self._waker, False)

    def __enter__(self) -> Supervisor:
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        for number in _STOP_SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:  # nohup has its way
                self._handlers[number] = signal.signal(number, self._on_stop_signal)
        self._handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)  # its arrival wakes the loop
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        signal.set_wakeup_fd(-1)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        os.close(self._wake)
        os.close(self._waker)

    @property
    def children(self) -> list[Child]:
        return [child for group in self._groups for child in group]

    def start(self, children: list[Child], *, limit_s: float, ends: int) -> None:
        """Start a group at once and wait until each is ready.

        Raises: StopAsked. Sorry: one ended `ends` times or was not ready within `limit_s` seconds.
        """
        self._groups.append(children)
        for child in children:
            child.start()
        self._changed(self.children)
        deadline = time.monotonic() + limit_s
        while waiting := [child for child in children if child.phase is not Phase.READY]:
            if self._asked:
                raise StopAsked
            for child in waiting:
                if child.restarts >= ends or time.monotonic() > deadline:
                    raise no_start(child)
            self._sleep()
            self._look()

    def run_once(self, child: Child) -> int:
        """Run a piece of work to its end, passing on what it writes; its exit code. Raises: StopAsked."""
        self._groups.append([child])
        child.start()
        told = 0
        while True:
            ended = child.step() is Phase.DOWN
            lines = child.written().splitlines(keepends=True)
            whole = lines if ended or not lines or lines[-1].endswith("\n") else lines[:-1]
            for line in whole[told:]:
                self._say(line.rstrip())
            told = len(whole)
            if ended:
                self._groups.pop()
                return child.exit_code or 0
            self._look()
            if self._asked:
                raise StopAsked
            self._sleep(0.1)

    def beside(self, child: Child) -> None:
        """Start a piece of work that goes on beside what follows; `finish` waits for it."""
        self._groups.append([child])
        child.start()

    def finish(self, child: Child) -> int:
        """Wait until the work started by `beside` has come to its end; its exit code. Raises: StopAsked."""
        while child.phase is not Phase.DOWN:
            self._look()
            if self._asked:
                raise StopAsked
            self._sleep(0.1)
        self._groups.remove([child])
        return child.exit_code or 0

    def watch(self) -> None:
        """Keep everything running until somebody says stop."""
        while not self._asked:
            self._look()
            keep_bounded(self._logs)
            self._sleep()

    def stop(self) -> None:
        """Stop the group started last first; a second Ctrl-C takes the services' time to finish away."""
        asked = self._asked
        while self._groups:
            group = self._groups[-1]
            for child in group:
                child.ask_to_stop()
            while any([child.step() is not Phase.DOWN for child in group]):
                self._sleep(_TICK_STARTING_S)
                if self._asked > asked and len(self._groups) > 1:
                    for child in group:
                        child.ask_to_stop(grace_s=0)
            self._groups.pop()
        self._changed([])

    def _on_stop_signal(self, _number: int, _frame: object) -> None:
        self._asked += 1

    def _look(self) -> None:
        """Step every child, tell what changed."""
        moved = False
        for child in self.children:
            before, restarts = child.phase, child.restarts
            child.step()
            moved = moved or child.phase is not before
            if child.restarts > restarts:
                self._say(text("up.ended", name=child.program.name, code=child.exit_code))
            elif before is Phase.STARTING and child.phase is Phase.READY and restarts:
                self._say(text("up.back", name=child.program.name))
        if moved:
            self._changed(self.children)

    def _sleep(self, longest_s: float = _TICK_IDLE_S) -> None:
        for child in self.children:
            if child.phase in (Phase.STARTING, Phase.STOPPING):
                longest_s = min(longest_s, _TICK_STARTING_S)
            elif child.phase is Phase.WAITING:
                longest_s = min(longest_s, max(0.0, child.resume_at - time.monotonic()))
        with contextlib.suppress(InterruptedError):
            select.select([self._wake], [], [], longest_s)
        with contextlib.suppress(BlockingIOError):
            while os.read(self._wake, 512):
                pass
