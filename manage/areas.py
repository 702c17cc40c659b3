"""`areas import FILE`: a new version of the divisions 区划换版, shown first, written only with `--apply`.

The file is a whole areas.csv; what a retired area was merged into may stand in it (columns valid_to, merged_into).
The new areas.csv goes into the city's catalogue folder in one step, after the whole catalogue was read with it.
"""

import asyncio
import os
import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from casework.catalog.area_versions import AreaChange, as_file, changes
from casework.catalog.faults import Faults
from casework.catalog.load import load
from casework.catalog.problems import CatalogError
from casework.catalog.read_areas import AreaLines, read_area_lines
from casework.catalog.sources import Sources
from casework.db.areas import Touched, touched
from casework.db.session import Database
from casework.kit.now import shanghai_day, utcnow
from casework.kit.settings import Settings, SettingsError, get_settings
from manage.texts import Sorry, text

File = Annotated[Path, typer.Argument(help=text("help.areas_file"), exists=True, dir_okay=False)]
Apply = Annotated[bool, typer.Option("--apply", help=text("help.areas_apply"))]
On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help=text("help.areas_on"))]
From = Annotated[str, typer.Option("--source", help=text("help.areas_source"))]


@dataclass(frozen=True)
class NewVersion:
    """What the file would change, what hangs on each changed code, and the areas.csv that it becomes."""

    changes: list[AreaChange]
    touched: dict[str, Touched]
    file: str


def import_areas(path: File, apply: Apply = False, on: On = None, source: From = "") -> None:
    try:
        settings = get_settings()
        day = on.date() if on is not None else shanghai_day(utcnow())
        new = asyncio.run(examine(settings, path, day, source or path.name))
        _show(new)
        if apply and day > shanghai_day(utcnow()):
            raise Sorry("areas.not_yet", day=day)
        if apply:
            typer.echo(text("areas.applied", path=write(settings, new)))
        elif new.changes:
            typer.echo(text("areas.dry"))
    except CatalogError as wrong:
        typer.echo("\n".join(wrong.problems), err=True)
        typer.echo(text("areas.refused"), err=True)
        raise typer.Exit(1) from None
    except (Sorry, SettingsError) as sorry:
        typer.echo(str(sorry), err=True)
        raise typer.Exit(1) from None


async def examine(settings: Settings, path: Path, on: date, source: str) -> NewVersion:
    """What the file would do; nothing is written. Raises CatalogError with every fault."""
    old, new = _lines(Sources(settings.catalog)), _lines_of(path)
    found = changes(old, new)
    file = as_file(old, new, found, on, source)
    _must_fit(settings, file)
    database = Database(settings.database_url)
    try:
        async with database.transaction() as session:
            hangs = await touched(session, [one.code for one in found])
    finally:
        await database.close()
    return NewVersion(found, hangs, file)


def write(settings: Settings, new: NewVersion) -> Path:
    """Put the file into the city's folder, in one step. Raises Sorry: there is no such folder."""
    if settings.catalog is None or not settings.catalog.is_dir():
        raise Sorry("areas.no_folder")
    path = settings.catalog / "areas.csv"
    beside = path.with_suffix(".new")
    with beside.open("w", encoding="utf-8", newline="") as file:
        file.write(new.file)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    return path


def _lines(sources: Sources) -> AreaLines:
    faults = Faults()
    found = read_area_lines(sources, faults)
    if faults.lines:
        raise CatalogError(faults.lines)
    return found


def _lines_of(path: Path) -> AreaLines:
    """The file under its own name, wherever it lies."""

    class Alone(Sources):
        def path(self, name: str) -> Path:
            return path

    faults = Faults()
    found = read_area_lines(Alone(None), faults, path.name)
    if not faults.lines and not found.names:
        faults.add("empty", path.name)
    if faults.lines:
        raise CatalogError(faults.lines)
    return found


def _must_fit(settings: Settings, file: str) -> None:
    """Nothing else of the catalogue names an area that would be gone. Raises CatalogError."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / "catalog"
        if settings.catalog is not None and settings.catalog.is_dir():
            shutil.copytree(settings.catalog, trial)
        trial.mkdir(exist_ok=True)
        (trial / "areas.csv").write_text(file, "utf-8")
        load(trial)


def _show(new: NewVersion) -> None:
    for one in new.changes:
        hangs = new.touched[one.code]
        counts = {"cases": hangs.cases, "units": hangs.units, "grids": hangs.grids, "accounts": hangs.accounts}
        line = text(f"areas.{one.became}", code=one.code, name=one.name, now=one.now or "?", now_name=one.now_name)
        typer.echo(f"{line} {text('areas.touches', **counts)}" if hangs else line)
    counted = Counter(one.became.value for one in new.changes)
    typer.echo(text("areas.total", **{name: counted[name] for name in ("ADDED", "RETIRED", "RENAMED", "MOVED")}))


def main() -> None:
    app = typer.Typer(add_completion=False, no_args_is_help=True, help=text("help.areas"))
    app.command("import", help=text("help.areas_import"))(import_areas)
    app.callback()(lambda: None)
    app(prog_name="./gridcall areas")


if __name__ == "__main__":
    main()
