"""Uploads 上传附件: declared, sent in pieces that may be sent again, finished once. How far an upload is, the stored
parts say, so a killed API or a lost connection costs the piece at hand and no more (reliability.md F19, F20).
"""

import hashlib
from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import evidence
from casework.db.evidence import Arrived
from casework.db.models import Attachment, AttachmentPart
from casework.journey.city import City
from casework.journey.declaring import wrong
from casework.journey.evidence import join, joining
from casework.journey.examine import SEEN_BEFORE, Refusal, Seen, examine
from casework.journey.sealed_files import discard, kept, opened
from casework.kit.errors import Conflict, NotFound
from casework.kit.now import utcnow
from casework.kit.pictures import MOST_PIXELS
from casework.kit.storage import Storage
from casework.rules.facts import Actor

MOST_PARTS = 1000


class WrongOffset(Conflict):
    """409: the upload stands elsewhere; the Upload-Offset header says where."""

    default_code = "attachment.bad_offset"

    def headers(self) -> dict[str, str]:
        """Where the upload goes on."""
        return {"Upload-Offset": str(self.params["offset"])}


class _Overtaken(Conflict):
    """Somebody else finished the same upload first."""


async def progress(session: AsyncSession, actor: Actor, attachment_id: str, *, hold: bool = False) -> Arrived:
    """How far the actor's own upload is. Raises: NotFound."""
    found = await evidence.own(session, attachment_id, actor.account_id or -1, hold=hold)
    if found is None:
        raise NotFound("attachment.not_found")
    return found


async def take_piece(city: City, storage: Storage, actor: Actor, attachment_id: str, start: int, piece: bytes) -> int:
    """Keep a piece that begins at `start`; how far the upload is then. The same piece again changes nothing.

    Raises: NotFound, WrongOffset, Conflict (finished, too many pieces), Unprocessable (more than was declared),
    StorageFull and StorageAway: nothing of the piece was kept.
    """
    digest = hashlib.sha256(piece).digest()
    async with city.database.transaction() as session:
        arrived = await progress(session, actor, attachment_id)
    if not piece or _is_there(arrived, start, digest):
        return arrived.offset
    _check_next(arrived, start, len(piece))
    async with kept(city, storage, attachment_id, [piece]) as (key,), city.database.transaction() as session:
        arrived = await progress(session, actor, attachment_id, hold=True)
        _check_next(arrived, start, len(piece))
        session.add(AttachmentPart(attachment_id=attachment_id, start=start, size=len(piece), digest=digest, key=key))
    return start + len(piece)


def _is_there(arrived: Arrived, start: int, digest: bytes) -> bool:
    return any((part.start, part.digest) == (start, digest) for part in arrived.parts)


def _check_next(arrived: Arrived, start: int, size: int) -> None:
    """The piece comes next, and there is room for it."""
    if arrived.row.state != "UPLOADING":
        raise Conflict("attachment.finished")
    if start != arrived.offset:
        raise WrongOffset(offset=arrived.offset)
    if start + size > arrived.row.size:
        raise wrong("content", "attachment.over_size", size=arrived.row.size)
    if len(arrived.parts) >= MOST_PARTS:
        raise Conflict("attachment.too_many_parts")


async def finish(city: City, storage: Storage, actor: Actor, attachment_id: str) -> Attachment:
    """All bytes have come: verify them, find out what they are, make the copies to serve. A repeat returns the same.

    A file whose case or record is there already joins it (补充附件). A file that cannot be taken is REFUSED for good
    and its parts are deleted. Raises: NotFound, Conflict (not complete), Unprocessable naming the field, StorageFull.
    """
    async with city.database.transaction() as session:
        arrived = await progress(session, actor, attachment_id)
    row = arrived.row
    if row.state == "REFUSED":
        raise wrong("content", row.fault or "attachment.unknown_type", limit=MOST_PIXELS // 1_000_000)
    if row.state == "READY":
        return row
    if arrived.offset < row.size:
        raise Conflict("attachment.incomplete", offset=arrived.offset, size=row.size)
    try:
        content = b"".join([await opened(city, storage, part.key) for part in arrived.parts])
        return await _complete(city, storage, actor, row, content)
    except Refusal as refused:
        await _refuse(city, storage, attachment_id, refused.code)
        raise wrong(refused.field, refused.code, **refused.params) from None
    except _Overtaken:
        return await finish(city, storage, actor, attachment_id)


async def _complete(city: City, storage: Storage, actor: Actor, row: Attachment, content: bytes) -> Attachment:
    seen = await examine(content, row)
    async with (
        kept(city, storage, row.id, [content, *seen.copies]) as keys,
        city.database.transaction() as session,
    ):
        case = await joining(session, actor, row)  # the case is locked before what hangs on it
        held = (await progress(session, actor, row.id, hold=True)).row
        if held.state != "UPLOADING":
            raise _Overtaken
        await _write(session, held, seen, keys)
        left_over = await evidence.drop_parts(session, row.id)
        if case is not None:
            await join(session, case, held, actor)
        await session.flush()
    await discard(storage, left_over)
    return held


async def _write(session: AsyncSession, row: Attachment, seen: Seen, keys: Sequence[str]) -> None:
    for name, value in seen.columns.items():
        setattr(row, name, value)
    if await evidence.seen_elsewhere(session, seen.digest, row.id):
        row.flags = [*row.flags, SEEN_BEFORE]
    row.original_key, row.served_key, row.thumbnail_key = (*keys, None, None)[:3]
    row.state, row.finished_at = "READY", utcnow()


async def _refuse(city: City, storage: Storage, attachment_id: str, code: str) -> None:
    async with city.database.transaction() as session:
        await evidence.refuse(session, attachment_id, code)
        left_over = await evidence.drop_parts(session, attachment_id)
    await discard(storage, left_over)
