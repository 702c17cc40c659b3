"""What administrators read: the accounts of their area, and the audit log. Reading changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, AuditLog, Unit
from casework.rules.facts import Actor

PROVINCE_DIGITS = 2


@dataclass(frozen=True, slots=True)
class Entry:
    """审计记录, with the login and name of who did it; None: the system, or nobody known."""

    log: AuditLog
    login: str | None
    name: str | None


async def accounts_page(
    session: AsyncSession, actor: Actor, *, words: str = "", after: str = "", limit: int
) -> Sequence[tuple[Account, str | None]]:
    """The accounts of the actor's area with their unit's name, by login. `words`: a part of login, name or unit."""
    query = (
        select(Account, Unit.name)
        .outerjoin(Unit, Unit.id == Account.unit_id)
        .where(Account.area_code.startswith(actor.area, autoescape=True), Account.login > after)
        .order_by(Account.login)
        .limit(limit)
    )
    if words:
        parts = (Account.login, Account.display_name, Unit.name)
        query = query.where(or_(*(part.icontains(words, autoescape=True) for part in parts)))
    return [(account, unit) for account, unit in await session.execute(query)]


async def audit_page(
    session: AsyncSession,
    actor: Actor,
    *,
    act: str | None = None,
    login: str | None = None,
    subject: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[Entry]:
    """What accounts of the actor's area did, newest first; what nobody's account did is for the whole province's."""
    within = Account.area_code.startswith(actor.area, autoescape=True)
    seen = or_(within, AuditLog.account_id.is_(None)) if len(actor.area) <= PROVINCE_DIGITS else within
    query = (
        select(AuditLog, Account.login, Account.display_name)
        .outerjoin(Account, Account.id == AuditLog.account_id)
        .where(seen)
        .order_by(AuditLog.id.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(AuditLog.id < before)
    if act:
        query = query.where(AuditLog.act == act)
    if login:
        query = query.where(Account.login == login)
    if subject:
        query = query.where(AuditLog.subject == subject)
    return [Entry(*row) for row in await session.execute(query)]
