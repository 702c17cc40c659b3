"""上报文件: cities' frozen months, brought to the province as a CSV or XLSX file."""

import hashlib
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from sqlalchemy import func, select

from casework.db.models import CollectedMonth
from casework.journey.city import City
from casework.journey.collecting import FILE, Told, keep
from casework.journey.sign_in import actor_of_token
from casework.kit.errors import FieldFault, Unauthenticated, Unprocessable
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.intake.importing.months import MOST_TOLD, FileRead, read_months
from services.intake.importing.reading_turn import reading_turn
from services.intake.importing.staging import refused
from services.intake.importing.upload import Upload
from services.intake.tables.faults import TableRefused
from services.intake.tables.limited import Row, reading
from services.who import Holding, TheCity

router = APIRouter(prefix="/statistics", tags=["统计接口 statistics"])
_may = Holding(Role.ANALYST, Role.LEADER)
_FILE = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_FORM: dict[str, Any] = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FILE}}}}
Sha256 = Annotated[str | None, Query(pattern=r"^[0-9a-fA-F]{64}$")]


class MonthTaken(BaseModel):
    """A prefecture's month. `known`: it was told before, with the same figures, and nothing was written."""

    area: str
    month: str
    version: int
    known: bool
    sums_hash: str


class FileTaken(BaseModel):
    """What was taken of a file, and its SHA-256."""

    file: str
    sha256: str
    months: list[MonthTaken]


async def bringer(request: Request, city: TheCity) -> Actor:
    """Who brings it, asked in a transaction of its own: a file may take longer to come than one may stay open."""
    token = request.cookies.get(request.app.state.settings.session_cookie)
    async with city.database.transaction() as session:
        actor = await actor_of_token(session, token) if token else None
    if actor is None:
        raise Unauthenticated()
    return await _may(actor)


@router.post("/months", status_code=201, response_model=FileTaken, openapi_extra=_FORM)
async def months(
    request: Request, city: TheCity, actor: Annotated[Actor, Depends(bringer)], sha256: Sha256 = None
) -> FileTaken:
    """上报月份: columns 月份, 区划, 指标, 分子, 分母 and, where it is not ours, 定义版本. All of the file or nothing.

    A month with other figures than before is a further version; the same file again changes nothing. `sha256`: the
    file's hash as its sender told it. 422 lists what is wrong, row by row.
    """
    upload = Upload(request)
    async with reading_turn():
        rows, found = await _read(upload)
    if sha256 is not None and sha256.lower() != found:
        raise Unprocessable(fields=[FieldFault("sha256", "statistics.wrong_hash", {"found": found})])
    taken = await _keep(city, actor, rows, upload.name[:200], found)
    return FileTaken(file=upload.name[:200], sha256=found, months=taken)


async def _read(upload: Upload) -> tuple[list[Row], str]:
    """The file's rows and its SHA-256. Raises Unprocessable."""
    digest = hashlib.sha256()
    try:
        async with reading() as table:
            async for part in upload.parts():
                digest.update(part)
                await table.write(part)
            await table.about()
            return [row async for row in table.rows()], digest.hexdigest()
    except TableRefused as error:
        raise refused(error) from None


async def _keep(city: City, actor: Actor, rows: list[Row], name: str, digest: str) -> list[MonthTaken]:
    async with city.database.transaction() as session:
        now: datetime = (await session.execute(select(func.now()))).scalar_one()
        read = read_months(rows, city.catalog.areas, actor.area, day_of(now).replace(day=1))
        _refuse(read)
        kept = [await keep(session, told) for told in _told(read, actor, name, digest)]
        return [_shown(one, known=not new) for one, new in kept]


def _refuse(read: FileRead) -> None:
    if read.faults:
        raise Unprocessable("statistics.bad_rows", fields=read.faults[:MOST_TOLD], count=len(read.faults))


def _told(read: FileRead, actor: Actor, name: str, digest: str) -> list[Told]:
    by = actor.account_id
    return [
        Told(one.area, one.month, one.sums, one.definition, FILE, name, digest, by=by)
        for _, one in sorted(read.months.items())
    ]


def _shown(one: CollectedMonth, *, known: bool) -> MonthTaken:
    month: date = one.month
    return MonthTaken(area=one.area, month=f"{month:%Y-%m}", version=one.version, known=known, sums_hash=one.sums_hash)
