"""`doctor`: whether this machine and this folder can run GridCall, one verdict per line 体检."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from manage.standalone.binaries import postgres_bin, valkey_server
from manage.standalone.folder import NEEDED_MB
from manage.standalone.programs import ROOT, SERVICES, answers
from manage.standalone.record import Run, running
from manage.standalone.stores import discard, start_stores
from manage.standalone.up import must_be_free
from manage.texts import Sorry, text

Verdict = tuple[bool | None, str]  # None: could not be checked


def examine(data: Path, port: int) -> Iterator[Verdict]:
    """Each finding as it is made. Nothing that runs is disturbed; the stores are tried in a folder of their own."""
    run = running(data)
    yield sys.version_info >= (3, 11), text("doctor.python", version=platform.python_version())
    yield _disk(data)
    yield _folder(data)
    yield _lock_matches()
    yield _version("doctor.postgres", lambda: [str(postgres_bin() / "postgres"), "--version"])
    yield _version("doctor.valkey", lambda: [str(valkey_server()), "--version"])
    yield _stores()
    yield _port(port, run)
    if run is None:
        yield None, _not_checked("doctor.migrations", data)
        yield None, _not_checked("doctor.services", data)
        return
    yield _migrations(run)
    serving = int(run.address.rpartition(":")[2])
    yield all(answers(serving, f"/api/{name}/readyz") for name in SERVICES), text("doctor.services")


def _disk(data: Path) -> Verdict:
    free = shutil.disk_usage(_nearest(data)).free // 2**20
    return free >= NEEDED_MB, text("doctor.disk", free=free, needed=NEEDED_MB)


def _folder(data: Path) -> Verdict:
    return os.access(_nearest(data), os.W_OK), text("doctor.folder", folder=data)


def _nearest(path: Path) -> Path:
    """The path itself, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _lock_matches() -> Verdict:
    stamp = Path(sys.prefix) / "gridcall.stamp"
    wanted = hashlib.sha256((ROOT / "requirements.lock").read_bytes()).hexdigest()
    return stamp.is_file() and stamp.read_text().startswith(wanted), text("doctor.lock")


def _version(key: str, argv: Callable[[], list[str]]) -> Verdict:
    try:
        shown = subprocess.run(argv(), capture_output=True, text=True, check=True, timeout=20)
        return True, text(key, version=shown.stdout.strip())
    except (OSError, subprocess.SubprocessError, Sorry) as error:
        return False, text(key, version=error)


def _stores() -> Verdict:
    folder = Path(tempfile.mkdtemp(prefix="gridcall-doctor-"))
    try:
        start_stores(folder, fsync=False).stop()
        return True, text("doctor.stores")
    except Sorry as error:
        return False, f"{text('doctor.stores')}: {error}"
    finally:
        discard(folder)


def _port(port: int, run: Run | None) -> Verdict:
    if run is not None and run.address.endswith(f":{port}"):
        return True, text("doctor.port", port=port)
    try:
        must_be_free(port)
    except Sorry as error:
        return False, str(error)
    return True, text("doctor.port", port=port)


def _migrations(run: Run) -> Verdict:
    checked = subprocess.run(
        [sys.executable, "-m", "manage.prepare", "--check"],
        cwd=ROOT,
        env={**os.environ, **run.environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return checked.returncode == 0, f"{text('doctor.migrations')} {checked.stdout.strip()}".rstrip()


def _not_checked(key: str, data: Path) -> str:
    return f"{text(key)}: {text('doctor.not_run', reason=text('down.nothing', folder=data))}"
