"""The command line 命令行 behind `./gridcall`: each command in a few lines, its work in a module of its own."""

from __future__ import annotations

import contextlib
import itertools
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from manage.checks import run_checks
from manage.standalone.doctor import examine
from manage.standalone.down import down as stop_run
from manage.standalone.join import exec_module
from manage.standalone.logs import follow, last_lines
from manage.standalone.programs import ROOT
from manage.standalone.status import show_status
from manage.standalone.up import up as run_everything
from manage.texts import Sorry, text

app = typer.Typer(name="gridcall", help=text("help.gridcall"), no_args_is_help=True, add_completion=False)

Data = Annotated[Path, typer.Option("--data", help=text("help.data"), file_okay=False, resolve_path=True)]
Port = Annotated[int, typer.Option("--port", help=text("help.port"), min=1, max=65535)]
_DATA = ROOT / "var"
_PASSES_ON = {"allow_extra_args": True, "ignore_unknown_options": True}


def main() -> None:
    """Run the command; what the person must settle is one sentence and exit code 1."""
    try:
        app(prog_name="./gridcall")
    except Sorry as sorry:
        typer.echo(str(sorry), err=True)
        raise SystemExit(1) from None


@app.command(help=text("help.up"))
def up(
    data: Data = _DATA,
    port: Port = 8000,
    apart: Annotated[bool, typer.Option("--apart", help=text("help.apart"))] = False,
    no_demo: Annotated[bool, typer.Option("--no-demo", help=text("help.no_demo"))] = False,
    alive: Annotated[bool, typer.Option("--alive", help=text("help.alive"))] = False,
    pace: Annotated[float, typer.Argument(help=text("help.pace"), min=0.1, max=120)] = 6.0,
) -> None:
    run_everything(data, port, apart=apart, demo=not no_demo, alive=pace if alive else None)


@app.command(help=text("help.down"))
def down(data: Data = _DATA) -> None:
    typer.echo(stop_run(data))


@app.command(help=text("help.status"))
def status(data: Data = _DATA) -> None:
    show_status(data, Console())


@app.command(help=text("help.logs"))
def logs(
    name: Annotated[str | None, typer.Argument(help=text("help.logs_name"))] = None,
    data: Data = _DATA,
    followed: Annotated[bool, typer.Option("-f", "--follow", help=text("help.logs_follow"))] = False,
    lines: Annotated[int, typer.Option("-n", "--lines", help=text("help.logs_lines"), min=0)] = 20,
) -> None:
    found = {log.stem: log for log in sorted((data / "logs").glob("*.log"))}
    if not found:
        raise Sorry("logs.none", folder=data)
    if name is not None and name not in found:
        raise Sorry("logs.unknown", name=name, names=" ".join(found))
    shown = [found[name]] if name else list(found.values())
    ended = ((log, line) for log in shown for line in last_lines(log, lines))
    with contextlib.suppress(KeyboardInterrupt):
        for entry in itertools.chain(ended, follow(shown) if followed else ()):
            if entry is not None:
                typer.echo(entry[1] if name else f"{entry[0].stem}: {entry[1]}")


@app.command(help=text("help.doctor"))
def doctor(data: Data = _DATA, port: Port = 8000) -> None:
    bad = 0
    for good, verdict in examine(data, port):
        typer.echo(f"{'·' if good is None else '✓' if good else '✗'} {verdict}")
        bad += good is False
    typer.echo(text("doctor.bad", count=bad) if bad else text("doctor.good"))
    raise typer.Exit(1 if bad else 0)


@app.command(help=text("help.test"), context_settings=_PASSES_ON, add_help_option=False)
def test(context: typer.Context) -> None:
    raise typer.Exit(0 if run_checks(context.args, typer.echo) else 1)


@app.command(help=text("help.bench"), context_settings=_PASSES_ON, add_help_option=False)
def bench(context: typer.Context) -> None:
    exec_module("bench", context.args, data=None)


@app.command(help=text("help.replay"), context_settings=_PASSES_ON, add_help_option=False)
def replay(context: typer.Context, data: Data = _DATA) -> None:
    exec_module("manage.replay", context.args, data=data)


@app.command("import", help=text("help.import"), context_settings=_PASSES_ON, add_help_option=False)
def import_file(context: typer.Context, data: Data = _DATA) -> None:
    exec_module("manage.import_file", context.args, data=data)


@app.command(help=text("help.seed"), context_settings=_PASSES_ON, add_help_option=False)
def seed(context: typer.Context, data: Data = _DATA) -> None:
    exec_module("manage.seed_demo", context.args, data=data)


@app.command("create-admin", help=text("help.create_admin"), context_settings=_PASSES_ON, add_help_option=False)
def create_admin(context: typer.Context, data: Data = _DATA) -> None:
    exec_module("manage.create_admin", context.args, data=data)


@app.command(help=text("help.grids"), context_settings=_PASSES_ON, add_help_option=False)
def grids(context: typer.Context, data: Data = _DATA) -> None:
    exec_module("manage.grids", context.args, data=data)


@app.command(help=text("help.areas"), context_settings=_PASSES_ON, add_help_option=False)
def areas(context: typer.Context, data: Data = _DATA) -> None:
    exec_module("manage.areas", context.args, data=data)


@app.command(help=text("help.source"), context_settings=_PASSES_ON, add_help_option=False)
def source(context: typer.Context, data: Data = _DATA) -> None:
    exec_module("manage.source", context.args, data=data)


@app.command(help=text("help.pictures"), context_settings=_PASSES_ON, add_help_option=False)
def pictures(context: typer.Context, data: Data = _DATA) -> None:
    exec_module("manage.pictures", context.args, data=data)


@app.command(help=text("help.permit"), context_settings=_PASSES_ON, add_help_option=False)
def permit(context: typer.Context, data: Data = _DATA) -> None:
    exec_module("manage.permit", context.args, data=data)


@app.command(help=text("help.train"), context_settings=_PASSES_ON, add_help_option=False)
def train(context: typer.Context, data: Data = _DATA) -> None:
    exec_module("manage.train", context.args, data=data)
