"""What runs over a data folder 运行记录: kept in run.json (0600) for down, status, logs and the next start."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import psutil

from manage.standalone.child import Child, Phase
from manage.standalone.folder import is_held, read_json, write_private_json

_PATIENCE_S = 25.0
_CLOCK_STEP_S = 5.0  # a process's start is reckoned from the boot time, which moves when the clock is set


@dataclass
class Process:
    """One process as it was recorded; `created` tells it from a later one that was given the same pid."""

    name: str
    pid: int
    created: float
    restarts: int = 0
    ready: bool = True

    def alive(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            if process.status() == psutil.STATUS_ZOMBIE:
                return None
            return process if abs(process.create_time() - self.created) < _CLOCK_STEP_S else None
        except psutil.Error:
            return None


@dataclass
class Run:
    """One run: its supervisor, its address and processes, and what a further command needs to join it."""

    supervisor: Process
    address: str
    environment: dict[str, str] = field(default_factory=dict)
    processes: list[Process] = field(default_factory=list)

    def write(self, folder: Path, children: Iterable[Child] = ()) -> None:
        self.processes = [process_of(child) for child in children if child.pid is not None and is_up(child)]
        write_private_json(folder / "run.json", asdict(self))


def this_process(name: str) -> Process:
    me = psutil.Process()
    return Process(name, me.pid, me.create_time())


def process_of(child: Child) -> Process:
    assert child.pid is not None
    try:
        created = psutil.Process(child.pid).create_time()
    except psutil.NoSuchProcess:
        created = child.since
    return Process(child.program.name, child.pid, created, child.restarts, child.phase is Phase.READY)


def is_up(child: Child) -> bool:
    return child.phase in (Phase.STARTING, Phase.READY, Phase.STOPPING)


def last_run(folder: Path) -> Run | None:
    """What the folder's last run recorded, whether or not it still lives."""
    content: dict[str, Any] = read_json(folder / "run.json")
    try:
        return Run(
            supervisor=Process(**content["supervisor"]),
            address=content["address"],
            environment=content["environment"],
            processes=[Process(**process) for process in content["processes"]],
        )
    except (KeyError, TypeError):
        return None


def running(folder: Path) -> Run | None:
    """The run that holds the folder now, if one does."""
    run = last_run(folder)
    return run if run and is_held(folder) and run.supervisor.alive() else None


def end_leftovers(run: Run | None, *, patience_s: float = _PATIENCE_S) -> None:
    """Wait for the processes of a run whose supervisor was killed; they were told to leave when it died.

    Where nothing told them (macOS) they are told now; whoever is still there after `patience_s` seconds is killed.
    """
    if run is None:
        return
    for process in run.processes:
        if found := process.alive():
            _signal(found, signal.SIGINT if process.name == "postgres" else signal.SIGTERM)
    deadline = time.monotonic() + patience_s
    while left := [found for process in run.processes if (found := process.alive())]:
        if time.monotonic() > deadline:
            for found in left:
                _signal(found, signal.SIGKILL)
        time.sleep(0.02)


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return
