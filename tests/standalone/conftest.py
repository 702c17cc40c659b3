"""What the tests of the one-machine mode share: a language, a way to ask the database, a way to end what is left."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from manage.standalone.binaries import postgres_bin

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True, scope="module")
def _on_our_own() -> Iterator[None]:
    """Sentences in English, and no stores of the developer's or of the whole test run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRIDCALL_LANG", "en")
        patch.setenv("GRIDCALL_PAGES", "skip")
        for name in ("DATABASE_URL", "REDIS_URL", "GRIDCALL_NO_USERNS", "PG_BIN"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def sql() -> Callable[[str, str], str]:
    """Runs one statement against a database URL, by psql; its output."""

    def run(url: str, statement: str) -> str:
        plain = url.replace("+asyncpg", "")
        psql = [str(postgres_bin() / "psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, plain]
        return subprocess.run(psql, capture_output=True, text=True, check=True).stdout.strip()

    return run


@pytest.fixture
def gone() -> Callable[[list[int]], bool]:
    """Whether all these processes have ended, given half a minute."""

    def wait(pids: list[int]) -> bool:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if not any(_lives(pid) for pid in pids):
                return True
            time.sleep(0.02)
        return False

    return wait


@pytest.fixture
def python() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts Python with the project on its path; whatever still runs at the end of the test is killed."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        told = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **environment}
        pipe = subprocess.PIPE
        process = subprocess.Popen([sys.executable, *arguments], env=told, stdout=pipe, stderr=pipe, text=True)
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
