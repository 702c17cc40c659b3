"""What people do with an import 导入操作: look, say which column is what, start, stop. Within the actor's area."""

from typing import Any

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import import_jobs
from casework.db.accounts import note
from casework.db.models import ImportJob
from casework.journey.city import City
from casework.kit.errors import Conflict, NotFound, Unprocessable
from casework.kit.texts import Lang, t
from casework.rules.facts import Actor
from services.intake.importing.door import stored
from services.intake.importing.heads import fields
from services.intake.importing.mapping import plan_of, shown, to_keep
from services.intake.importing.masks import masked_row
from services.intake.importing.rows import BadRow, Fault, Names, body_of
from services.intake.importing.schemas import (
    FieldAnswer,
    ImportAnswer,
    ImportPage,
    MappingForm,
    PreviewAnswer,
    ProblemAnswer,
)
from services.intake.importing.staging import SHOWN, names_of, refused, unseal
from services.intake.tables.faults import TableRefused
from services.intake.tables.limited import Row


async def found(session: AsyncSession, job_id: int, actor: Actor, *, hold: bool = False) -> ImportJob:
    """The import. Raises NotFound: none, or not in the actor's area."""
    job = await import_jobs.job(session, job_id, actor, hold=hold)
    if job is None:
        raise NotFound("import.not_found")
    return job


def is_own(job: ImportJob, actor: Actor) -> bool:
    """Whether the actor brought it: others see its persons masked."""
    return job.account_id == actor.account_id


def answer(job: ImportJob, actor: Actor) -> dict[str, Any]:
    """What everybody of the area may see of it."""
    told = {name: getattr(job, name) for name in ImportAnswer.model_fields if hasattr(job, name)}
    done = job.taken + job.known + job.supplemented + job.bad
    expires = job.expires_at if job.state != "RUNNING" and job.expires_at.year < 9000 else None
    changed = {"mapping": shown(job.mapping), "masked": not is_own(job, actor), "done": done, "expires_at": expires}
    return {**told, **changed}


def page(city: City, job: ImportJob, actor: Actor, lang: Lang) -> ImportPage:
    """The import with its preview, while its rows are there."""
    known = [FieldAnswer(field=one.name, zh=one.zh, en=one.en) for one in fields().values()]
    return ImportPage(**answer(job, actor), preview=_preview(city, job, actor, lang), fields=known)


def _preview(city: City, job: ImportJob, actor: Actor, lang: Lang) -> PreviewAnswer | None:
    if job.preview_sealed is None:
        return None
    plan, names = plan_of(job.mapping, job.kind), Names(city.catalog)
    rows = [row for row in unseal(city.keyring, job.preview_sealed) if row.number > job.header_row][:SHOWN]
    problems: list[ProblemAnswer] = []
    for row in rows:
        try:
            stored(city.keyring, body_of(plan, names, row.cells))
        except BadRow as bad:
            problems += [_problem(row, fault, lang) for fault in bad.faults]
    cells = [row.cells if is_own(job, actor) else masked_row(job.mapping, row.cells) for row in rows]
    return PreviewAnswer(
        columns=job.mapping["names"], rows=cells, numbers=[row.number for row in rows], problems=problems
    )


def _problem(row: Row, fault: Fault, lang: Lang) -> ProblemAnswer:
    message = t(fault.code, lang, **fault.params)
    return ProblemAnswer(row=row.number, field=fault.field, code=fault.code, message=message)


async def set_mapping(session: AsyncSession, city: City, job: ImportJob, actor: Actor, form: MappingForm) -> None:
    """Say which column holds what, for this file and the next ones of its source.

    Raises Conflict: it has started. Unprocessable: a column or the head's row is not there.
    """
    if job.state != "READY" or job.preview_sealed is None:
        raise Conflict("import.started")
    rows = unseal(city.keyring, job.preview_sealed)
    try:
        names = names_of(rows, form.header_row)
    except TableRefused as error:
        raise refused(error) from None
    missing = [name for name in form.columns if name not in names]
    if missing:
        raise Unprocessable("import.column_unknown", columns="、".join(missing))
    kept = to_keep(job.mapping, form)
    job.rows += _head(rows, job.header_row) - _head(rows, form.header_row)
    job.header_row = form.header_row
    job.mapping = {**kept, "names": names, "columns": form.columns}
    source = await import_jobs.source_named(session, job.source)
    assert source is not None
    source.mapping = {**kept, "columns": {**source.mapping.get("columns", {}), **form.columns}}
    source.mapped_by, source.mapped_at = actor.account_id, func.now()


def _head(rows: list[Row], header_row: int) -> int:
    return sum(row.number <= header_row for row in rows)


async def start(session: AsyncSession, job: ImportJob, actor: Actor) -> None:
    """Let the worker take it. A repeat changes nothing. Raises Conflict: stopped or expired, or no column is words."""
    if job.state in ("RUNNING", "DONE"):
        return
    if job.state != "READY":
        raise Conflict("import.over")
    if not {"title", "text"} & {*job.mapping["columns"].values(), *job.mapping.get("fixed", {})}:
        raise Conflict("import.no_words_column")
    job.state, job.started_at = "RUNNING", func.now()
    source = await import_jobs.source_named(session, job.source)
    assert source is not None
    if not source.mapping:
        source.mapping = {part: kept for part, kept in job.mapping.items() if part != "names"}
    data = {"source": job.source, "rows": job.rows, "kind": job.kind}
    note(session, "IMPORT_STARTED", account_id=actor.account_id, subject=f"import:{job.id}", data=data)
    await session.flush()
    await session.refresh(job)


def note_upload(session: AsyncSession, job: ImportJob, actor: Actor) -> None:
    """The audit line of a file that was brought."""
    data = {"source": job.source, "rows": job.rows, "file": job.file_name}
    note(session, "IMPORT_UPLOADED", account_id=actor.account_id, subject=f"import:{job.id}", data=data)


def note_reading(session: AsyncSession, job: ImportJob, actor: Actor) -> bool:
    """The audit line of a list of errors that is fetched; whether it is to be masked."""
    masked = not is_own(job, actor)
    act = "IMPORT_ERRORS_READ"
    note(session, act, account_id=actor.account_id, subject=f"import:{job.id}", data={"masked": masked})
    return masked
