"""Declaring an upload 申报附件: what is said of a file before it comes, and how much may come at all."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import cases, evidence
from casework.db.models import Attachment
from casework.journey.evidence import JOIN_BY_THEMSELVES
from casework.kit.errors import FieldFault, Forbidden, NotFound, Problem, TooMany, Unprocessable
from casework.kit.labels import clean_label
from casework.kit.now import in_shanghai, utcnow
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Moment, Purpose, Role

MIB = 1024 * 1024
MOST_BYTES, MOST_FILES = 10 * MIB, 9
"""10 MB each, 9 per record (words.md §6)."""
DAY_FILES, DAY_BYTES = 500, 1024 * MIB
"""What one account may declare in a day of Asia/Shanghai (ASVS 5.2.4)."""
MAY_UPLOAD = frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES - {Role.ANALYST, Role.LEADER, Role.KNOWLEDGE}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What is said of a file before it comes. `case_no` or `record_key`: the case, or the Idempotency-Key of the record
    that is not sent yet. `digest`: SHA-256. `said`: place and time as the client knows them, kept as they are."""

    name: str
    size: int
    purpose: Purpose
    case_no: str | None = None
    record_key: str | None = None
    digest: bytes | None = None
    moment: Moment | None = None
    public: bool = False
    said: dict[str, Any] | None = None


async def declare(session: AsyncSession, actor: Actor, file: Declaration) -> Attachment:
    """A new upload, of which nothing has come yet. Does not commit.

    Raises: Forbidden, NotFound (the case), Unprocessable naming the field, TooMany when the day's share is used up.
    """
    if not actor.roles & MAY_UPLOAD or actor.account_id is None:
        raise Forbidden("attachment.role")
    if file.size <= 0:
        raise wrong("size", "attachment.empty")
    if file.size > MOST_BYTES:
        raise wrong("size", "attachment.too_large", limit=MOST_BYTES // MIB)
    if (file.case_no is None) == (file.record_key is None):
        raise wrong("case_no", "attachment.one_target")
    case = await cases.find(session, file.case_no, actor) if file.case_no else None
    if file.case_no and case is None:
        raise NotFound("case_not_found")
    await _check_shares(session, actor.account_id, file, case.id if case else None)
    row = Attachment(
        id=secrets.token_hex(16),
        account_id=actor.account_id,
        case_id=case.id if case else None,
        record_key=file.record_key,
        purpose=file.purpose.value,
        moment=file.moment.value if file.moment else None,
        public=file.public and file.purpose is Purpose.RESULT,
        label=clean_label(file.name),
        size=file.size,
        declared_digest=file.digest,
        declared=file.said or {},
        state="UPLOADING",
    )
    session.add(row)
    await session.flush()
    return row


async def _check_shares(session: AsyncSession, account_id: int, file: Declaration, case_id: int | None) -> None:
    """The day's share of the account, and the nine of the record; declarations of one account are counted in turn."""
    now = utcnow()
    today = in_shanghai(now).replace(hour=0, minute=0, second=0, microsecond=0)
    total = await evidence.day_total(session, account_id, today)
    if total.files >= DAY_FILES or total.bytes + file.size > DAY_BYTES:
        wait = int((today + timedelta(days=1) - now).total_seconds()) + 1
        raise TooMany("attachment.too_often", retry_after=wait)
    in_use = case_id is None or file.purpose in JOIN_BY_THEMSELVES
    have = await evidence.declared_for(session, account_id, case_id, file.record_key, in_use=in_use)
    if have >= MOST_FILES:
        raise wrong("record_key" if case_id is None else "case_no", "attachment.too_many", limit=MOST_FILES)


def wrong(field: str, code: str, **params: Any) -> Problem:
    """422 with one sentence, and the field that it is about."""
    return Unprocessable(code, fields=[FieldFault(field, code, params)], **params)
