"""`import FILE`: a list of requests as CSV or XLSX 导入, by hand: shown, agreed to, taken, with its errors as a file.

It works on the database of the run. Killed, its rows are taken by the intake worker; run again, it says known before.
`--watch` has a folder asked for lists from now on, by the intake worker.
"""

import asyncio
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from casework.db import accounts, import_jobs, polls
from casework.db.models import ImportJob
from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.sign_in import actor_of
from casework.kit.errors import Problem
from casework.kit.settings import SettingsError, get_settings
from casework.kit.texts import t
from casework.rules.facts import Actor
from casework.rules.words import Role
from manage.texts import Sorry, text
from services.assembly import open_city
from services.intake.importing import desk, problems
from services.intake.importing.heads import fields
from services.intake.importing.running import Importer
from services.intake.importing.schemas import ImportPage, MappingForm
from services.intake.importing.staging import stage
from services.intake.poll import ADAPTERS, FOLDER

File = Annotated[str, typer.Argument(help=text("help.import_file"))]
Source = Annotated[str, typer.Option("--source", help=text("help.import_source"))]
Login = Annotated[str, typer.Option("--as", help=text("help.import_as"))]
Sheet = Annotated[str | None, typer.Option("--sheet", help=text("help.import_sheet"))]
MappingFile = Annotated[Path | None, typer.Option("--mapping", help=text("help.import_mapping"), exists=True)]
Errors = Annotated[Path | None, typer.Option("--errors", help=text("help.import_errors"))]
Yes = Annotated[bool, typer.Option("--yes", "-y", help=text("help.import_yes"))]
Watch = Annotated[bool, typer.Option("--watch", help=text("help.import_watch"))]
By = Annotated[str, typer.Option("--by", help=text("help.import_by"))]
_PART = 256 * 1024
_NAME = r"[a-z0-9][a-z0-9-]{1,39}"


@dataclass(frozen=True)
class OnDisk:
    """A file of this machine, on its way in as an upload is."""

    path: Path

    @property
    def name(self) -> str:
        """Its own name."""
        return self.path.name

    async def parts(self) -> AsyncIterator[bytes]:
        """Its bytes, part by part."""
        with self.path.open("rb") as file:
            while part := await asyncio.to_thread(file.read, _PART):
                yield part


@dataclass(frozen=True)
class Asked:
    """What the command line said."""

    place: str
    source: str
    login: str
    sheet: str | None
    mapping: Path | None
    errors: Path | None
    yes: bool

    @property
    def path(self) -> Path:
        """The file or folder of this machine."""
        return Path(self.place)


def import_file(
    place: File,
    source: Source,
    login: Login = "agent1",
    sheet: Sheet = None,
    mapping: MappingFile = None,
    errors: Errors = None,
    yes: Yes = False,
    watch: Watch = False,
    by: By = FOLDER,
) -> None:
    asked = Asked(place, source, login, sheet, mapping, errors, yes)
    try:
        if not re.fullmatch(_NAME, source):
            raise Sorry("import.source_bad", source=source)
        asyncio.run(_watch(asked, by) if watch else _import(asked))
    except (Sorry, SettingsError) as sorry:
        typer.echo(str(sorry), err=True)
        raise typer.Exit(1) from None
    except Problem as problem:
        for lang in ("zh-CN", "en"):
            typer.echo(t(problem.code, lang, **problem.params), err=True)
        raise typer.Exit(1) from None


async def _actor(city: City, login: str) -> Actor:
    async with city.database.transaction() as session:
        found = await accounts.by_login(session, login)
        actor = await actor_of(session, found.account) if found is not None else None
    if actor is None or not actor.roles & {Role.AGENT, Role.DISPATCHER}:
        raise Sorry("import.no_account", login=login)
    return actor


async def _import(asked: Asked) -> None:
    if not asked.path.is_file():
        raise Sorry("import.no_file", path=asked.place)
    city = open_city(get_settings())
    try:
        actor = await _actor(city, asked.login)
        job_id = await stage(city, actor, asked.source, OnDisk(asked.path), asked.sheet)
        async with city.database.transaction() as session:
            job = await desk.found(session, job_id, actor, hold=True)
            desk.note_upload(session, job, actor)
            if asked.mapping is not None:
                await desk.set_mapping(session, city, job, actor, _form(asked.mapping))
                await session.flush()
            _show(desk.page(city, job, actor, "zh-CN"))
        if not asked.yes and not typer.confirm(text("import.agree", rows=job.rows)):
            await import_jobs.stop(await city.database.pool(), job_id)
            return
        async with city.database.transaction() as session:
            await desk.start(session, await desk.found(session, job_id, actor, hold=True), actor)
        await _take(city, actor, job_id, asked)
    finally:
        await city.database.close()


def _form(path: Path) -> MappingForm:
    try:
        return MappingForm.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise Sorry("import.mapping_bad", path=path, fault=error.errors()[0]["loc"]) from None


def _show(page: ImportPage) -> None:
    assert page.preview is not None
    called = {one.name: f"{one.zh} {one.name}" for one in fields().values()}
    heads = (text("import.column"), text("import.field"))
    table = Table(*heads, title=f"{page.file_name} · {page.kind} {page.encoding or page.sheet}")
    for place, column in enumerate(page.preview.columns):
        example = next((row[place] for row in page.preview.rows if place < len(row) and row[place]), "")
        table.add_row(f"{column}  ({example[:24]})", called.get(page.mapping.columns.get(column) or "", "-"))
    console = Console()
    console.print(table)
    for problem in page.preview.problems:
        console.print(f"{problem.row}: {problem.message}", markup=False)


async def _take(city: City, actor: Actor, job_id: int, asked: Asked) -> None:
    importer, done = Importer(city, Sources(city.keyring)), False
    while not done:
        if not await importer.run_once():
            await asyncio.sleep(0.5)  # the worker has the last blocks
        job = await _job(city, actor, job_id)
        done = job.state != "RUNNING"
        counts = {name: getattr(job, name) for name in ("taken", "known", "supplemented", "bad")}
        typer.echo(text("import.progress", rows=job.rows, done=sum(counts.values()), **counts))
    if job.bad and asked.errors is not None:
        own_only = os.open(asked.errors, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(own_only, "wb") as file:
            async for part in problems.as_csv(city, job, masked=False):
                file.write(part)
    if job.bad:
        typer.echo(text("import.errors", bad=job.bad, path=asked.errors or "--errors FILE"))


async def _job(city: City, actor: Actor, job_id: int) -> ImportJob:
    async with city.database.transaction() as session:
        return await desk.found(session, job_id, actor)


async def _watch(asked: Asked, by: str) -> None:
    if by not in ADAPTERS:
        raise Sorry("import.no_adapter", by=by, known="、".join(ADAPTERS))
    if by == FOLDER and not asked.path.is_dir():
        raise Sorry("import.no_folder", path=asked.path)
    city = open_city(get_settings())
    try:
        actor = await _actor(city, asked.login)
        known = await import_jobs.source_of(await city.database.pool(), asked.source)
        if known is not None and not (known.area_code.startswith(actor.area) or actor.area.startswith(known.area_code)):
            raise Sorry("import.other_area", source=asked.source)
        location = str(asked.path.resolve()) if by == FOLDER else asked.place
        await polls.put(await city.database.pool(), asked.source, actor.area, by, location)
    finally:
        await city.database.close()
    typer.echo(text("import.watched", path=asked.place, source=asked.source))


def main() -> None:
    app = typer.Typer(add_completion=False)
    app.command(help=text("help.import"))(import_file)
    app(prog_name="./gridcall import")


if __name__ == "__main__":
    main()
