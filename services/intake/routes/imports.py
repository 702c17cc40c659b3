"""导入: lists of requests as CSV or XLSX. Upload, look, map the columns, start; the worker takes the rows."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse

from casework.db import import_jobs
from casework.db.accounts import note
from casework.journey.sign_in import actor_of_token
from casework.kit.errors import NotFound, Unauthenticated
from casework.kit.language import language
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.intake.importing import desk, problems
from services.intake.importing.reading_turn import reading_turn
from services.intake.importing.schemas import ImportAnswer, ImportList, ImportPage, MappingForm, SourceName
from services.intake.importing.staging import stage
from services.intake.importing.upload import Upload
from services.who import Holding, TheCity, TheDoorbell, Transaction

router = APIRouter(prefix="/imports", tags=["导入 imports"])
_may = Holding(Role.AGENT, Role.DISPATCHER)
Importer = Annotated[Actor, Depends(_may)]
PAGE = 50
_FILE = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_FORM: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}}
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


async def uploader(request: Request, city: TheCity) -> Actor:
    """Who uploads, asked in a transaction of its own: a file may take longer to come than one may stay open."""
    token = request.cookies.get(request.app.state.settings.session_cookie)
    async with city.database.transaction() as session:
        actor = await actor_of_token(session, token) if token else None
    if actor is None:
        raise Unauthenticated()
    return await _may(actor)


@router.post("", status_code=201, response_model=ImportPage, openapi_extra=_FORM)
async def upload(
    request: Request,
    city: TheCity,
    actor: Annotated[Actor, Depends(uploader)],
    source: Annotated[SourceName, Query(examples=["county-12345"])],
    sheet: Annotated[str | None, Query(max_length=100)] = None,
) -> ImportPage:
    """上传: the file (`file` of the form, at most 100 MB) is read and shown; nothing is taken yet.

    A file that cannot be used answers 422 with one sentence; 413 beyond 100 MB; 503 while other files are read.
    """
    async with reading_turn():
        job_id = await stage(city, actor, source, Upload(request), sheet)
    async with city.database.transaction() as session:
        job = await desk.found(session, job_id, actor)
        desk.note_upload(session, job, actor)
        return desk.page(city, job, actor, language(request))


@router.get("", response_model=ImportList)
async def imports(session: Transaction, actor: Importer, before: int | None = None) -> ImportList:
    """导入列表: the imports of one's area, newest first."""
    found = await import_jobs.jobs(session, actor, before=before, limit=PAGE + 1)
    items = [ImportAnswer(**desk.answer(job, actor)) for job in found[:PAGE]]
    return ImportList(items=items, next=items[-1].id if len(found) > PAGE else None)


@router.get("/{job_id}", response_model=ImportPage)
async def one(request: Request, job_id: int, city: TheCity, session: Transaction, actor: Importer) -> ImportPage:
    """导入详情: how far it is, and the preview while its rows are there; masked for others than its bringer."""
    return desk.page(city, await desk.found(session, job_id, actor), actor, language(request))


@router.put("/{job_id}/mapping", response_model=ImportPage)
async def set_mapping(
    request: Request, job_id: int, form: MappingForm, city: TheCity, session: Transaction, actor: Importer
) -> ImportPage:
    """列映射: which column holds what, kept for the source's next file. 409 once the import has started."""
    job = await desk.found(session, job_id, actor, hold=True)
    await desk.set_mapping(session, city, job, actor, form)
    return desk.page(city, job, actor, language(request))


@router.post("/{job_id}/start", response_model=ImportAnswer)
async def start(job_id: int, session: Transaction, actor: Importer, bell: TheDoorbell) -> ImportAnswer:
    """开始导入. A repeat changes nothing; rows that were imported before are counted as known."""
    job = await desk.found(session, job_id, actor, hold=True)
    await desk.start(session, job, actor)
    bell.ring("intake", "imports")
    return ImportAnswer(**desk.answer(job, actor))


@router.delete("/{job_id}", response_model=ImportAnswer)
async def stop(job_id: int, city: TheCity, session: Transaction, actor: Importer) -> ImportAnswer:
    """停止导入: no further row is taken and the rest is deleted; what was taken stays. A repeat changes nothing."""
    job = await desk.found(session, job_id, actor)
    if await import_jobs.stop(await city.database.pool(), job.id):
        note(session, "IMPORT_STOPPED", account_id=actor.account_id, subject=f"import:{job.id}")
    await session.refresh(job)
    return ImportAnswer(**desk.answer(job, actor))


@router.get("/{job_id}/errors.{kind}", response_class=Response, responses={200: {"content": {_TYPES["xlsx"]: {}}}})
async def errors(
    job_id: int, kind: Literal["csv", "xlsx"], city: TheCity, session: Transaction, actor: Importer
) -> Response:
    """错误清单: the rows that were not taken and why; for 7 days, masked for others than its bringer."""
    job = await desk.found(session, job_id, actor)
    if job.expires_at.year >= 9000:
        raise NotFound("import.errors_expired")
    masked = desk.note_reading(session, job, actor)
    name = {"Content-Disposition": f'attachment; filename="import-{job_id}-errors.{kind}"'}
    if kind == "xlsx":
        content = await problems.as_xlsx(city, job, masked=masked)
        return Response(content, media_type=_TYPES[kind], headers=name)
    return StreamingResponse(problems.as_csv(city, job, masked=masked), media_type=_TYPES[kind], headers=name)
