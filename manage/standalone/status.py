"""`status`: what runs over a data folder, with the demo accounts 运行状态."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psutil
from rich.console import Console
from rich.table import Table

from manage.standalone.folder import COUNTY_ACCOUNTS, TOWN_ACCOUNTS
from manage.standalone.record import Process, Run, running
from manage.texts import Sorry, text

_SHOWN_IN = ZoneInfo("Asia/Shanghai")


def show_status(data: Path, console: Console) -> None:
    """Print the demo's accounts, the town's many first, then each process: the end is what stays in sight.

    Raises: Sorry: nothing runs there.
    """
    run = running(data)
    if run is None:
        raise Sorry("down.nothing", folder=data)
    for title, name in (("status.town_accounts", TOWN_ACCOUNTS), ("status.accounts", COUNTY_ACCOUNTS)):
        if accounts := _demo_accounts(data / name):
            _print_whole(console, _account_table(accounts, text(title, count=len(accounts))))
    since = _moment(run.supervisor.created)
    console.print(text("status.running", address=run.address, since=since, folder=data), soft_wrap=True)
    _print_whole(console, _processes(run))
    names = {process.name for process in run.processes}
    for store in sorted({"postgres", "valkey"} - names):
        console.print(text("status.outside", name=store))


def _print_whole(console: Console, table: Table) -> None:
    """Print it as wide as it is: a password that is cut off is of no use, in however narrow a window."""
    needed = console.measure(table, options=console.options.update(width=1000)).maximum
    Console(file=console.file, width=max(needed, console.width)).print(table)


def memory_mb(process: psutil.Process, helpers: Sequence[psutil.Process] = ()) -> float:
    """What it and its helpers hold, shared pages counted once (PSS); resident memory where that is not told."""
    total = 0
    for part in (process, *helpers):
        try:
            full = part.memory_full_info()
            total += getattr(full, "pss", full.rss)
        except psutil.Error:
            continue
    return total / 2**20


def _processes(run: Run) -> Table:
    columns = ("process", "pid", "state", "since", "restarts", "memory")
    table = Table(*map(_heading, columns))
    for process in (run.supervisor, *run.processes):
        table.add_row(*_row(process))
    return table


def _row(process: Process) -> tuple[str, ...]:
    alive = process.alive()
    if alive is None:
        return process.name, str(process.pid), text("status.gone"), "", str(process.restarts), ""
    state = text("status.ready" if process.ready else "status.starting")
    helpers = alive.children() if process.name == "postgres" else ()
    memory = f"{memory_mb(alive, helpers):.0f}"
    return process.name, str(process.pid), state, _moment(process.created), str(process.restarts), memory


def _demo_accounts(file: Path) -> list[dict[str, Any]]:
    try:
        return list(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []


def _account_table(accounts: list[dict[str, Any]], title: str) -> Table:
    columns = ("login", "password", "roles", "area", "unit")
    table = Table(*map(_heading, columns), title=title)
    for account in accounts:
        table.add_row(*(_cell(account.get(column)) for column in columns))
    return table


def _heading(column: str) -> str:
    return text(f"status.{column}").replace(" · ", "\n")


def _cell(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _moment(unix: float) -> str:
    return f"{datetime.fromtimestamp(unix, _SHOWN_IN):%Y-%m-%d %H:%M:%S}"
