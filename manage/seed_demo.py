"""`seed demo`: the demo's staff, grids and 30 days of cases 演示数据, written into a system that has none yet.

`--first` is how the first `up` asks: where the demo does not belong, nothing is done and that is no failure.
"""

import asyncio
import time
from typing import Annotated, Literal

import typer

from casework.kit.settings import Mode, SettingsError, get_settings
from manage.seed.demo import CASES, InUse, NoCounty, seed_demo
from manage.standalone.folder import COUNTY_ACCOUNTS
from manage.texts import text

What = Annotated[Literal["demo"], typer.Argument(help=text("help.seed_what"))]
First = Annotated[bool, typer.Option("--first", hidden=True)]
Cases = Annotated[int, typer.Option(min=1, max=50_000, envvar="GRIDCALL_DEMO_CASES", help=text("help.seed_cases"))]


def seed(what: What, first: First = False, cases: Cases = CASES) -> None:
    try:
        settings = get_settings()
        if settings.mode is Mode.PRODUCTION:
            raise SettingsError(text("seed.production"))
        if first and not (settings.data / COUNTY_ACCOUNTS).exists():
            return  # somebody else's database: its county is not ours to fill
        began = time.monotonic()
        seeded = asyncio.run(seed_demo(settings, count=cases, said=_progress))
    except (InUse, NoCounty) as refused:
        typer.echo(text("seed.in_use" if isinstance(refused, InUse) else "seed.no_county"), err=not first)
        raise typer.Exit(0 if first else 1) from None
    except SettingsError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(text("seed.done", cases=seeded.cases, rows=seeded.rows, seconds=f"{time.monotonic() - began:.1f}"))


def _progress(done: int, of: int) -> None:
    typer.echo(text("seed.progress", done=done, of=of))


def main() -> None:
    app = typer.Typer(add_completion=False)
    app.command(help=text("help.seed"))(seed)
    app(prog_name="./gridcall seed")


if __name__ == "__main__":
    main()
