"""`test`: every check of the house in order, each with its time, all of them even when one fails 全部检查."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from manage.standalone.programs import ROOT
from manage.texts import text

_LAUNCHER = "gridcall"  # without .py at its end it is checked only when named
_SIDE_BY_SIDE = ("-n", "logical", "--maxprocesses", "4", "--dist", "loadscope")
"""Tests run in as many processes as there are processors; tests/conftest.py says which of them stay together."""
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command as lint; lint()"
STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ruff check", ("-m", "ruff", "check", ".", _LAUNCHER)),
    ("ruff format", ("-m", "ruff", "format", "--check", ".", _LAUNCHER)),
    ("mypy", ("-m", "mypy")),
    ("import-linter", ("-c", _LINT_IMPORTS)),
    ("generated", ("-m", "manage.generate", "--check")),
    ("web", ("-m", "manage.web_checks")),
    ("pytest", ("-m", "pytest", *_SIDE_BY_SIDE)),
)


def run_checks(pytest_arguments: Sequence[str], say: Callable[[str], None]) -> bool:
    """Run every check, or with arguments only pytest with them; whether all passed."""
    if pytest_arguments:
        return run_python(("-m", "pytest", *pytest_arguments))
    failed = [name for name, arguments in STEPS if not _run_step(name, arguments, say)]
    say(text("test.failed", names=", ".join(failed)) if failed else text("test.passed"))
    return not failed


def run_python(arguments: Sequence[str]) -> bool:
    """Run Python in the project's folder; whether it ended well."""
    told = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=told, check=False).returncode == 0


def _run_step(name: str, arguments: Sequence[str], say: Callable[[str], None]) -> bool:
    say(f"── {name}")
    began = time.monotonic()
    good = run_python(arguments)
    say(text("test.good" if good else "test.bad", name=name, seconds=f"{time.monotonic() - began:.1f}") + "\n")
    return good
