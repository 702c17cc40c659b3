"""Joining what runs 接入运行中的系统: a further command gets the same environment as the run's own processes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from manage.standalone.programs import ROOT
from manage.standalone.record import running
from manage.texts import Sorry


def exec_module(module: str, arguments: list[str], *, data: Path | None) -> NoReturn:
    """Become `python -m module`; with `data`, in the environment of the run over that folder.

    Raises: Sorry: nothing runs over it, and neither does the environment name a database of its own.
    """
    told = dict(os.environ)
    if data is not None and "--help" not in arguments:
        run = running(data)
        if run is not None:
            told.update(run.environment)
        elif "DATABASE_URL" not in told:
            raise Sorry("needs_run")
    sys.stdout.flush()
    told["PYTHONPATH"] = os.pathsep.join(filter(None, (str(ROOT), told.get("PYTHONPATH", ""))))
    os.execve(sys.executable, [sys.executable, "-m", module, *arguments], told)  # noqa: S606 - no shell is meant
