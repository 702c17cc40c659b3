"""Attachments 附件: declared, arriving part by part, finished, used by a case. The parts say how far an upload is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, Attachment, AttachmentPart, AttachmentUse, Case, Event, Inbox, Request
from casework.db.scope import condition, in_circle
from casework.rules.facts import Actor
from casework.rules.words import Action, Purpose

DOORS = ("grid", "agent", "emergency", "matter")
"""By which records come in that files can be declared for; a message's id names its door (services/intake)."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """An upload as far as it came: its row and its parts in order."""

    row: Attachment
    parts: Sequence[AttachmentPart]

    @property
    def offset(self) -> int:
        """Bytes that have come."""
        return sum(part.size for part in self.parts)


@dataclass(frozen=True, slots=True)
class Found:
    """A finished file with the case that uses it; both None while none does."""

    row: Attachment
    case: Case | None
    request: Request | None


@dataclass(frozen=True, slots=True)
class DayTotal:
    """What an account declared since a moment."""

    files: int
    bytes: int


async def day_total(session: AsyncSession, account_id: int, since: datetime) -> DayTotal:
    """What the account declared since then; the account is held, so that two declarations are counted one by one."""
    await session.execute(select(Account.id).where(Account.id == account_id).with_for_update(key_share=True))
    query = select(func.count(), func.coalesce(func.sum(Attachment.size), 0)).where(
        Attachment.account_id == account_id, Attachment.created_at >= since
    )
    return DayTotal(*(await session.execute(query)).one())


async def declared_for(
    session: AsyncSession, account_id: int, case_id: int | None, record_key: str | None, *, in_use: bool
) -> int:
    """How many files the account has for that case or record, on their way or finished; `in_use`: those used, too."""
    target = Attachment.case_id == case_id if case_id is not None else Attachment.record_key == record_key
    query = select(func.count()).where(Attachment.account_id == account_id, target, Attachment.state != "REFUSED")
    return await session.scalar(query if in_use else query.where(~_used())) or 0


def _used() -> ColumnElement[bool]:
    return exists(select(AttachmentUse.attachment_id).where(AttachmentUse.attachment_id == Attachment.id))


async def own(session: AsyncSession, attachment_id: str, account_id: int, *, hold: bool = False) -> Arrived | None:
    """The account's own upload and its parts; `hold` keeps others from changing it in this transaction."""
    query = select(Attachment).where(Attachment.id == attachment_id, Attachment.account_id == account_id)
    if hold:
        query = query.with_for_update()
    row = await session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        return None
    parts = await session.scalars(
        select(AttachmentPart).where(AttachmentPart.attachment_id == attachment_id).order_by(AttachmentPart.start)
    )
    return Arrived(row, parts.all())


async def drop_parts(session: AsyncSession, attachment_id: str) -> list[str]:
    """Forget the parts; the keys of their files, to be deleted after the commit."""
    gone = await session.scalars(
        delete(AttachmentPart).where(AttachmentPart.attachment_id == attachment_id).returning(AttachmentPart.key)
    )
    return list(gone)


async def seen_elsewhere(session: AsyncSession, digest: bytes, attachment_id: str) -> bool:
    """Whether the same bytes came before as another attachment (重复照片, domain.md §10.16)."""
    query = select(Attachment.id).where(Attachment.digest == digest, Attachment.id != attachment_id).limit(1)
    return await session.scalar(query) is not None


async def number_of(session: AsyncSession, case_id: int) -> str | None:
    """The case's number."""
    found: str | None = await session.scalar(select(Case.case_no).where(Case.id == case_id))
    return found


async def case_of_record(session: AsyncSession, account_id: int, record_key: str) -> str | None:
    """The number of the case that a record has become, once it was sent under that key by that account."""
    query = (
        select(Case.case_no)
        .join(Request, Request.id == Case.request_id)
        .join(Inbox, Inbox.id == Request.inbox_id)
        .where(Inbox.source == f"account:{account_id}", Inbox.message_id.in_([f"{d}:{record_key}" for d in DOORS]))
        .order_by(Case.id)
    )
    found: str | None = await session.scalar(query.limit(1))
    return found


async def usable(
    session: AsyncSession,
    ids: Collection[str],
    account_id: int | None,
    case_id: int | None,
    purposes: Collection[Purpose],
) -> list[Attachment]:
    """Those of the files that the account may use for the case: finished, for such a purpose, and either the
    account's own and used nowhere, or the case's already. Held, so that the sweep cannot take them."""
    if not ids:
        return []
    fresh = and_(
        AttachmentUse.attachment_id.is_(None),
        Attachment.account_id == account_id,
        or_(Attachment.case_id.is_(None), Attachment.case_id == case_id),
    )
    ways = [fresh] if case_id is None else [fresh, AttachmentUse.case_id == case_id]
    query = (
        select(Attachment)
        .outerjoin(AttachmentUse, AttachmentUse.attachment_id == Attachment.id)
        .where(Attachment.id.in_(ids), Attachment.state == "READY", Attachment.purpose.in_(purposes), or_(*ways))
        .order_by(Attachment.id)
        .with_for_update(read=True, key_share=True, of=Attachment)
    )
    return list(await session.scalars(query))


async def used_ids(session: AsyncSession, ids: Collection[str]) -> set[str]:
    """Those of the files that a case uses."""
    query = select(AttachmentUse.attachment_id).where(AttachmentUse.attachment_id.in_(ids))
    return set(await session.scalars(query))


async def find(session: AsyncSession, attachment_id: str, actor: Actor) -> Found | None:
    """A finished file that the actor may know of: of a case in the actor's scope, or the actor's own and not used."""
    query = (
        select(Attachment, Case, Request)
        .outerjoin(AttachmentUse, AttachmentUse.attachment_id == Attachment.id)
        .outerjoin(Case, Case.id == AttachmentUse.case_id)
        .outerjoin(Request, Request.id == Case.request_id)
        .where(Attachment.id == attachment_id, Attachment.state == "READY")
        .where(
            or_(and_(Case.id.is_not(None), condition(actor), in_circle(actor)), and_(Case.id.is_(None), _mine(actor)))
        )
    )
    row = (await session.execute(query)).one_or_none()
    return Found(*row) if row is not None else None


def _mine(actor: Actor) -> ColumnElement[bool]:
    return Attachment.account_id == (actor.account_id if actor.account_id is not None else -1)


async def of_case(session: AsyncSession, case_id: int) -> list[tuple[Attachment, AttachmentUse]]:
    """The files of a case, in the order of use. Look at the scope first: this does not."""
    query = (
        select(Attachment, AttachmentUse)
        .join(AttachmentUse, AttachmentUse.attachment_id == Attachment.id)
        .where(AttachmentUse.case_id == case_id)
        .order_by(AttachmentUse.used_at, Attachment.id)
    )
    return [(row, use) for row, use in await session.execute(query)]


async def public_result(session: AsyncSession, case_id: int) -> list[Attachment]:
    """The pictures that belong to the last result which the review let through and that its unit made public."""
    accepted = (
        select(func.max(Event.version)).where(Event.case_id == case_id, Event.action == Action.ACCEPT_RESULT.value)
    ).scalar_subquery()
    query = (
        select(Event.data)
        .where(Event.case_id == case_id, Event.action == Action.FILE_RESULT.value, Event.version < accepted)
        .order_by(Event.version.desc())
    )
    filed = await session.scalar(query.limit(1))
    named: list[str] = (filed or {}).get("attachments", [])
    pictures = await session.scalars(
        select(Attachment)
        .join(AttachmentUse, AttachmentUse.attachment_id == Attachment.id)
        .where(Attachment.id.in_(named), AttachmentUse.case_id == case_id)
        .where(Attachment.public, Attachment.media == "IMAGE", Attachment.purpose == Purpose.RESULT.value)
    )
    return sorted(pictures, key=lambda row: named.index(row.id))


async def refuse(session: AsyncSession, attachment_id: str, code: str) -> None:
    """The file cannot be taken; why is kept, and told again to whoever asks again."""
    await session.execute(
        update(Attachment)
        .where(Attachment.id == attachment_id, Attachment.state == "UPLOADING")
        .values(state="REFUSED", fault=code, finished_at=func.now())
    )
