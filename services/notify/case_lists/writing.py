"""Case lists are written here 清单写出: one block is one transaction, with the progress that it makes.

A killed worker loses the block at hand, which the next one writes again; nothing is written twice. An XLSX is put
together when all lines are there; if that is cut short, it begins again. Memory is that of one block.
"""

import asyncio
import hashlib
import tempfile
import time
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import case_exports as rows
from casework.db.accounts import active_account
from casework.db.models import CaseExport
from casework.db.reads import case_list
from casework.db.session import own_plans
from casework.journey.city import City
from casework.journey.sign_in import actor_of
from casework.kit.logs import describe, get_logger
from casework.kit.outage import is_outage
from casework.kit.safe_cells import MARK, Cell, csv_line
from casework.kit.texts import DEFAULT_LANG, LANGS, Lang, t
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.notify.bulletins.files import Taker
from services.notify.case_lists.asked import ListAsked, question
from services.notify.case_lists.lines import Lines, head
from services.notify.case_lists.packing import SCRATCH, Packer, packed_lines, sweep

EXPORTERS = frozenset({Role.ANALYST, Role.LEADER, Role.SUPERVISION})
"""导出权: roles that may take lists of cases along."""
BLOCK = 5000
PIECE = 2**20
RENEW = 20
"""Blocks after which a lease is renewed."""


async def step(city: City) -> int:
    """Do one block of the export that has come least far; 0: nothing is left."""
    held: CaseExport | None = None
    try:
        async with city.database.transaction() as session:
            held = await rows.hold(session)
            if held is None:
                return 0
            if held.state == "RUNNING":
                await _write(session, city, held)
                return 1
            actor = await _exporter(session, held)
            if actor is None:
                await rows.fail(session, held.id, "no_right")
                return 1
            await rows.lease(session, held.id)
        await _pack(city, held, actor.login)
    except Exception as error:
        if held is None or is_outage(error):
            raise
        get_logger().error("case_export.failed", export=held.id, **describe(error))
        async with city.database.transaction() as session:
            await rows.fail(session, held.id, "broken")
    return 1


async def forget_old(city: City) -> int:
    """Drop the files whose time is over."""
    async with city.database.transaction() as session:
        return await rows.forget(session)


async def _exporter(session: AsyncSession, export: CaseExport) -> Actor | None:
    """Whose export it is, as far as the account may export now."""
    account = await active_account(session, export.account_id)
    actor = await actor_of(session, account) if account is not None else None
    return actor if actor is not None and actor.roles & EXPORTERS else None


async def _write(session: AsyncSession, city: City, export: CaseExport) -> None:
    actor = await _exporter(session, export)
    if actor is None:
        await rows.fail(session, export.id, "no_right")
        return
    asked, observed = ListAsked.model_validate(export.asked), export.created_at
    wanted = await question(session, city.catalog, asked, export)
    await own_plans(session)
    if export.last_id is None:
        export.total, export.last_id = await case_list.extent(session, actor, wanted, observed)
    found = await case_list.page(session, actor, wanted, observed, export.after_id, export.last_id, BLOCK)
    lang = _lang(export)
    lines = await asyncio.to_thread(Lines(city.catalog, lang).of, found)
    body = await asyncio.to_thread(_block, export.format, lines)
    if export.blocks == 0 and export.format == "csv":
        body = MARK + csv_line([_mark(export, actor.login)]) + csv_line(head(lang)) + body
    await rows.block(session, export.id, export.blocks, body, final=export.format == "csv")
    export.blocks += 1
    export.rows += len(found)
    export.after_id = found[-1].id if found else export.after_id
    if len(found) < BLOCK:
        export.state = "PACKING"


def _block(kind: str, lines: list[list[Cell]]) -> bytes:
    return b"".join(map(csv_line, lines)) if kind == "csv" else packed_lines(lines)


def _lang(export: CaseExport) -> Lang:
    return next((one for one in LANGS if one == export.lang), DEFAULT_LANG)


def _mark(export: CaseExport, login: str) -> str:
    return Taker(login, export.created_at).mark(_lang(export))


async def _pack(city: City, export: CaseExport, login: str) -> None:
    """The file is whole: a CSV is looked at once more for its digest, an XLSX is put together."""
    if export.format == "csv":
        digest, size = hashlib.sha256(), 0
        async for body in rows.blocks(await city.database.pool(), export.id, final=True):
            digest.update(body)
            size += len(body)
        async with city.database.transaction() as session:
            await rows.finish(session, export.id, size, digest.hexdigest())
        return
    await asyncio.to_thread(sweep, Path(tempfile.gettempdir()), time.time())
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder:
        path = Path(folder) / "list.xlsx"
        await _fill(city, export, path, login)
        async with city.database.transaction() as session:
            if await rows.replace(session, export.id):
                await _keep(session, export.id, path)


async def _fill(city: City, export: CaseExport, path: Path, login: str) -> None:
    lang = _lang(export)
    told = (path, t("case_list.sheet", lang), _mark(export, login), head(lang))
    packer, done = await asyncio.to_thread(Packer, *told), 0
    async for body in rows.blocks(await city.database.pool(), export.id, final=False):
        await asyncio.to_thread(packer.add, body)
        done += 1
        if done % RENEW == 0:
            async with city.database.transaction() as session:
                await rows.lease(session, export.id)
    await asyncio.to_thread(packer.close)


async def _keep(session: AsyncSession, export_id: int, path: Path) -> None:
    digest, size, no = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
            size += len(piece)
            await rows.block(session, export_id, no, piece, final=True)
            no += 1
    await rows.finish(session, export_id, size, digest.hexdigest())
