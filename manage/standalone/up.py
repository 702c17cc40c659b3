"""`up`: everything on one machine 一机启动, in order: stores, preparation, services; stopped in the opposite order."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Sequence
from pathlib import Path

from manage.standalone import programs
from manage.standalone.child import Child, Program
from manage.standalone.console import Console
from manage.standalone.folder import TOWN_ACCOUNTS, DataFolder
from manage.standalone.logs import keep_bounded
from manage.standalone.record import Run, end_leftovers, last_run, this_process
from manage.standalone.stores import Stores, free_port, plan_stores
from manage.standalone.supervisor import StopAsked, Supervisor
from manage.texts import Sorry, text
from manage.web_build import is_built

_STORES_LIMIT_S = 90.0
_SERVICES_LIMIT_S = 60.0


def up(data: Path, port: int, *, apart: bool, demo: bool, alive: float | None) -> None:
    """Run GridCall over the data folder until Ctrl-C, SIGTERM or `down`; its address is http://localhost:{port}.

    `demo`: a first run gets the demo town. `alive`: acts a minute of the simulated townspeople, None without them.

    Raises: Sorry: the folder, the port or one of the programs does not allow it.
    """
    began = time.monotonic()
    folder = DataFolder.hold(data)
    console = Console(folder.log("gridcall"))
    try:
        end_leftovers(last_run(folder.path))
        must_be_free(port)
        run = Run(this_process("gridcall"), address=f"http://localhost:{port}")
        run.write(folder.path)
        keep_bounded(folder.path / "logs")
        with _supervisor(folder, console, run) as supervisor, contextlib.suppress(StopAsked):
            _start_everything(supervisor, folder, console, run, port, apart=apart, demo=demo)
            if alive is not None:
                townspeople = Child(programs.alive({**os.environ, **run.environment}, folder.path / "logs", alive))
                supervisor.start([townspeople], limit_s=_SERVICES_LIMIT_S, ends=3)
            console.say("")
            console.say(text("up.running", seconds=f"{time.monotonic() - began:.1f}", address=run.address))
            demo_lines = ("up.try_demo",) if (folder.path / TOWN_ACCOUNTS).exists() else ()
            for line in ("up.try_accounts", *demo_lines, "up.try_api", "up.try_stop"):
                console.say("  " + text(line, address=run.address))
            supervisor.watch()
            console.say(text("up.stopping"))
        console.say(text("up.stopped"))
    finally:
        (folder.path / "run.json").unlink(missing_ok=True)
        folder.release()


def _supervisor(folder: DataFolder, console: Console, run: Run) -> Supervisor:
    def changed(children: Sequence[Child]) -> None:
        run.write(folder.path, children)

    return Supervisor(folder.path / "logs", console.say, changed)


def _start_everything(
    supervisor: Supervisor, folder: DataFolder, console: Console, run: Run, port: int, *, apart: bool, demo: bool
) -> None:
    console.say(text("up.stores", folder=folder.path))
    stores = plan_stores(folder)
    _start_stores(supervisor, console, stores)
    run.environment = programs.environment(
        os.environ, data=folder.path, port=port, database_url=stores.database_url, redis_url=stores.redis_url
    )
    told = {**os.environ, **run.environment}
    logs = folder.path / "logs"
    pages = _begin_pages(supervisor, console, Child(programs.pages_build(told, logs)))
    console.say(text("up.prepare"))
    wanted = demo_wanted(folder.path, demo=demo)
    preparation = Child(programs.preparation(told, logs))
    if code := supervisor.run_once(preparation):
        raise Sorry("up.prepare_failed", code=code, log=preparation.program.log)
    if wanted.exists():
        _seed(supervisor, console, Child(programs.seeding(told, logs)))
        wanted.unlink()
    console.say(text("up.services"))
    for group in _services(told, logs, port, apart=apart):
        supervisor.start([Child(program) for program in group], limit_s=_SERVICES_LIMIT_S, ends=3)
    if pages:
        failed = supervisor.finish(pages)
        console.say(pages.written().strip().splitlines()[-1] if failed else text("web.built"))


def _begin_pages(supervisor: Supervisor, console: Console, build: Child) -> Child | None:
    """Begin to build the pages where their sources have changed. `GRIDCALL_PAGES=skip`: they stay as they are."""
    if os.environ.get("GRIDCALL_PAGES") == "skip" or is_built():
        return None
    console.say(text("web.building"))
    supervisor.beside(build)
    return build


def demo_wanted(folder: Path, *, demo: bool) -> Path:
    """The mark that the demo is owed: set on the first run, kept until it is written, dropped by `--no-demo`."""
    mark = folder / "demo-wanted"
    if not demo:
        mark.unlink(missing_ok=True)
    elif not (folder / "prepared").exists():
        mark.touch()
    return mark


def _seed(supervisor: Supervisor, console: Console, seeding: Child) -> None:
    console.say(text("up.demo"))
    if code := supervisor.run_once(seeding):
        raise Sorry("up.demo_failed", code=code, log=seeding.program.log)


def _start_stores(supervisor: Supervisor, console: Console, stores: Stores) -> None:
    for note in stores.notes:
        console.say(note)
    supervisor.start(stores.children, limit_s=_STORES_LIMIT_S, ends=10)
    for check in stores.checks:
        check()


def _services(told: dict[str, str], logs: Path, port: int, *, apart: bool) -> list[list[Program]]:
    """The groups in the order of their start; within a group all start at once."""
    if not apart:
        return [[*programs.workers(told, logs), programs.one_front(told, logs, port)]]
    ports: dict[str, int] = {}
    for name in programs.SERVICES:
        ports[name] = free_port(None, taken=ports.values())
    apis = [*programs.workers(told, logs), *programs.apart(told, logs, ports)]
    return [apis, [programs.proxying_front(told, logs, port, ports)]]


def must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError as error:
            raise Sorry("up.port_not_allowed", port=port) from error
        except OSError as error:
            raise Sorry("up.port_busy", port=port, another=free_port(None)) from error
