"""通报: a month's or a week's bulletin as a file."""

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from casework.db.accounts import note
from casework.db.reads.supervisor import observed_now
from casework.kit.language import language
from casework.kit.texts import Lang
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.notify.bulletins.files import MEDIA, FileKind, Taker, file_of
from services.notify.bulletins.making import area_of, make, spell_of
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/reports/bulletins", tags=["通报 bulletins"])
Exporter = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.LEADER, Role.SUPERVISION))]
InLanguage = Annotated[Lang, Depends(language)]
FILES: dict[int | str, dict[str, Any]] = {200: {"content": {media: {} for media in MEDIA.values()}}}


class BulletinAsked(BaseModel):
    """`period`: a month `2026-06` or a week `2026-W25`. `area`: within the reader's scope; left out: all of it."""

    model_config = ConfigDict(extra="forbid")

    period: Annotated[str, Field(max_length=10, examples=["2026-06", "2026-W25"])]
    area: Annotated[str | None, Field(pattern=r"^[0-9A-Z]{2,12}$")] = None
    format: FileKind = FileKind.XLSX


@router.get("", response_class=Response, responses=FILES)
async def bulletin(
    asked: Annotated[BulletinAsked, Query()], actor: Exporter, session: Transaction, city: TheCity, lang: InLanguage
) -> Response:
    """导出通报: the bulletin as XLSX, PDF or CSV, marked with who and when; each is in the audit log."""
    area, spell = area_of(city, actor, asked.area), await spell_of(session, asked.period)
    found = await make(session, city, actor, area, spell, lang)
    taker = Taker(actor.login, await observed_now(session))
    file = await file_of(found, asked.format, taker.mark(lang))
    told = {"format": asked.format.value, "sha256": hashlib.sha256(file).hexdigest()}
    note(session, "bulletin.export", account_id=actor.account_id, subject=f"bulletin:{area}:{spell.code}", data=told)
    return file_response(file, asked.format, f"bulletin-{area}-{spell.code}")


def file_response(file: bytes, kind: FileKind, name: str) -> Response:
    """A file to be saved, kept by no cache."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind.value}"', "Cache-Control": "no-store"}
    return Response(file, media_type=MEDIA[kind], headers=headers)
