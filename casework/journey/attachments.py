"""Looking at attachments 查看附件: each read is authorised through the case's scope; originals leave a line in the
audit log before they leave the house. No transaction waits while a store is read."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import accounts, cases, citizens, evidence
from casework.db.evidence import Found
from casework.db.models import Attachment, AttachmentUse, Case, Request
from casework.journey.citizen import LONGEST_TOKEN, LinkExpired
from casework.journey.city import City
from casework.journey.evidence import FROM_CITIZEN
from casework.journey.reveal import MAY_REVEAL
from casework.journey.sealed_files import opened
from casework.kit.crypto import digest
from casework.kit.errors import Forbidden, NotFound
from casework.kit.sniff import EXTENSIONS, JPEG
from casework.kit.storage import Storage
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, Media, Purpose


@dataclass(frozen=True, slots=True)
class File:
    """Bytes to answer with. `inline`: a picture made by us, which a page may show; anything else is for saving."""

    content: bytes
    media_type: str
    label: str
    inline: bool

    @property
    def extension(self) -> str:
        """The ending that is true for the bytes."""
        return EXTENSIONS[self.media_type]


def may_see(row: Attachment, request: Request | None, actor: Actor) -> bool:
    """保密: what a citizen sent may show who it is, so of a secret request units see only what they sent themselves."""
    hidden = request is not None and request.secret and actor.roles & UNIT_ROLES
    return not (hidden and Purpose(row.purpose) in FROM_CITIZEN) or row.account_id == actor.account_id


def _may_see_original(found: Found, actor: Actor) -> bool:
    """An original says where and with what it was made: who may see names may see it, units not of hidden persons."""
    row, request = found.row, found.request
    if row.account_id == actor.account_id:
        return True
    hidden = request is not None and (request.secret or request.anonymous) and Purpose(row.purpose) in FROM_CITIZEN
    return bool(actor.roles & MAY_REVEAL) and not (hidden and actor.roles & UNIT_ROLES)


async def see(session: AsyncSession, actor: Actor, attachment_id: str) -> Found:
    """A finished file that the actor may look at. Raises: NotFound, also where it is not for this actor."""
    found = await evidence.find(session, attachment_id, actor)
    if found is None or not may_see(found.row, found.request, actor):
        raise NotFound("attachment.not_found")
    return found


async def of_case(session: AsyncSession, actor: Actor, case_no: str) -> list[tuple[Attachment, AttachmentUse]]:
    """The case's files that the actor may look at, in the order of use. Raises: NotFound outside the scope."""
    case = await cases.find(session, case_no, actor)
    if case is None:
        raise NotFound("case_not_found")
    request = await session.get(Request, case.request_id)
    return [(row, use) for row, use in await evidence.of_case(session, case.id) if may_see(row, request, actor)]


async def serve(city: City, storage: Storage, actor: Actor, attachment_id: str, *, small: bool = False) -> File:
    """The copy to look at. A picture's is made anew and holds no metadata; audio and PDF are the files themselves,
    so that reading them is noted. Raises: NotFound: not there, not for this actor, or nothing small of it."""
    async with city.database.transaction() as session:
        row = (await see(session, actor, attachment_id)).row
        if row.media != Media.IMAGE and not small:
            accounts.note(session, "ATTACHMENT_READ", account_id=actor.account_id, subject=row.id)
    if row.media == Media.IMAGE:
        return await _copy(city, storage, row, small=small)
    if small:
        raise NotFound("attachment.no_thumbnail")
    return File(await opened(city, storage, row.original_key or ""), row.media_type or "", row.label, inline=False)


async def _copy(city: City, storage: Storage, row: Attachment, *, small: bool) -> File:
    key = row.thumbnail_key if small else row.served_key
    return File(await opened(city, storage, key or ""), JPEG, row.label, inline=True)


async def original(city: City, storage: Storage, actor: Actor, attachment_id: str, purpose: str) -> File:
    """查看原件: the file as it came, for a stated purpose. Raises: NotFound; Forbidden, which is noted as well."""
    async with city.database.transaction() as session:
        found = await see(session, actor, attachment_id)
        allowed = _may_see_original(found, actor)
        act = "ORIGINAL_READ" if allowed else "ORIGINAL_REFUSED"
        accounts.note(session, act, account_id=actor.account_id, subject=attachment_id, data={"purpose": purpose})
    if not allowed:
        raise Forbidden("attachment.original_forbidden")
    row = found.row
    return File(await opened(city, storage, row.original_key or ""), row.media_type or "", row.label, inline=False)


async def public_pictures(session: AsyncSession, token: str) -> list[Attachment]:
    """What a citizen's link shows: pictures of the accepted result that the unit made public.

    Raises: NotFound, LinkExpired.
    """
    return await evidence.public_result(session, (await _opened_by(session, token)).id)


async def public_picture(city: City, storage: Storage, token: str, attachment_id: str, *, small: bool = False) -> File:
    """One of them, without its label. Raises: NotFound, LinkExpired."""
    async with city.database.transaction() as session:
        rows = await public_pictures(session, token)
    row = next((row for row in rows if row.id == attachment_id), None)
    if row is None:
        raise NotFound("attachment.not_found")
    found = await _copy(city, storage, row, small=small)
    return File(found.content, found.media_type, "picture", inline=True)


async def _opened_by(session: AsyncSession, token: str) -> Case:
    linked = await citizens.by_link(session, digest(token)) if len(token) <= LONGEST_TOKEN else None
    if linked is None:
        raise NotFound("citizen.link_unknown")
    if linked.expired:
        raise LinkExpired()
    case = await citizens.by_number(session, linked.case_no)
    assert case is not None, "a link points at its case"
    return case
