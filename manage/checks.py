"""`test`: every check of the house in order, each with its time, all of them even when one fails 全部检查."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable

from manage.standalone.programs import ROOT
from manage.texts import text

_STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", ("ruff", "check")),
    ("ruff format", ("ruff", "format", "--check")),
    ("mypy", ("mypy",)),
    ("import-linter", ("importlinter",)),
    ("generated", ("manage.generate", "--check")),
    ("pytest", ("pytest",)),
)


def run_checks(pytest_arguments: list[str], say: Callable[[str], None]) -> bool:
    """Run every check, or with arguments only pytest with them; whether all passed."""
    if pytest_arguments:
        return _run(("pytest", *pytest_arguments))
    failed = []
    for name, module in _STEPS:
        say(f"── {name}")
        began = time.monotonic()
        good = _run(module)
        say(f"── {name}: {'ok' if good else 'FAILED'} ({time.monotonic() - began:.1f} s)\n")
        if not good:
            failed.append(name)
    say(text("test.failed", names=", ".join(failed)) if failed else text("test.passed"))
    return not failed


def _run(module: tuple[str, ...]) -> bool:
    told = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, "-m", *module], cwd=ROOT, env=told, check=False).returncode == 0
