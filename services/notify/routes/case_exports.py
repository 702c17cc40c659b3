"""导出工单清单: asked for, watched, fetched. A list is seen by none but who asked for it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from casework.db import case_exports as rows
from casework.db.accounts import note
from casework.db.models import CaseExport
from casework.kit.errors import Conflict, NotFound
from casework.kit.language import language
from casework.kit.texts import Lang, t
from casework.rules.facts import Actor
from services.notify.bulletins.files import MEDIA, FileKind
from services.notify.case_lists.asked import ListAsked, ListKind, question
from services.notify.case_lists.writing import EXPORTERS
from services.notify.routes.bulletins import FILES
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/reports/exports", tags=["导出 exports"])
Exporter = Annotated[Actor, Depends(Holding(*EXPORTERS))]
InLanguage = Annotated[Lang, Depends(language)]
Id = Annotated[int, Path(ge=1, lt=2**63)]
SHOWN = 20


class ExportView(BaseModel):
    """How far it is: `rows` of `total` (null until counted). `state`: RUNNING, PACKING, DONE, FAILED, EXPIRED;
    `problem` says why it failed. `sha256` and `bytes` are the file's. UTC."""

    id: int
    format: ListKind
    state: str
    rows: int
    total: int | None
    bytes: int | None
    sha256: str | None
    problem: str | None
    created_at: datetime
    expires_at: datetime


@router.post("", status_code=201)
async def export(
    asked: ListAsked, actor: Exporter, session: Transaction, city: TheCity, lang: InLanguage
) -> ExportView:
    """导出: the cases that the reader may read, masked, as a job. A repeat makes another; 409: too many under way."""
    made = await rows.add(session, actor, asked.format, lang, asked.kept())
    if made is None:
        raise Conflict("case_list.problem.too_many", count=rows.AT_ONCE)
    await question(session, city.catalog, asked, made)
    note(session, "cases.export", account_id=actor.account_id, subject=f"case_export:{made.id}", data=asked.kept())
    return _view(made, lang)


@router.get("")
async def exports(actor: Exporter, session: Transaction, lang: InLanguage) -> list[ExportView]:
    """我的导出: the newest first."""
    return [_view(one, lang) for one in await rows.own(session, actor, SHOWN)]


@router.get("/{export_id}")
async def progress(export_id: Id, actor: Exporter, session: Transaction, lang: InLanguage) -> ExportView:
    """进度: rows so far of all."""
    return _view(await _own(session, actor, export_id), lang)


@router.get("/{export_id}/file", response_class=StreamingResponse, responses=FILES)
async def export_file(export_id: Id, actor: Exporter, session: Transaction, city: TheCity) -> StreamingResponse:
    """下载: the whole file, streamed; each download is in the audit log. 409: it is not ready, or past its time."""
    found = await _own(session, actor, export_id)
    if found.state != "DONE":
        code = "gone" if found.state == "EXPIRED" else "not_ready"
        raise Conflict(f"case_list.problem.{code}", rows=found.rows)
    told = {"sha256": found.sha256, "rows": found.rows}
    note(session, "cases.export_download", account_id=actor.account_id, subject=f"case_export:{found.id}", data=told)
    name = f'attachment; filename="cases-{found.id}.{found.format}"'
    headers = {"Content-Disposition": name, "Content-Length": str(found.bytes), "Cache-Control": "no-store"}
    body = rows.blocks(await city.database.pool(), found.id, final=True)
    return StreamingResponse(body, media_type=MEDIA[FileKind(found.format)], headers=headers)


async def _own(session: Transaction, actor: Actor, export_id: int) -> CaseExport:
    found = await rows.one(session, actor, export_id)
    if found is None:
        raise NotFound()
    return found


def _view(row: CaseExport, lang: Lang) -> ExportView:
    why = t(f"case_list.problem.{row.error}", lang) if row.error else None
    return ExportView(
        id=row.id,
        format="xlsx" if row.format == "xlsx" else "csv",
        state=row.state,
        rows=row.rows,
        total=row.total,
        bytes=row.bytes,
        sha256=row.sha256,
        problem=t("case_list.problem.failed", lang, why=why) if why else None,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
