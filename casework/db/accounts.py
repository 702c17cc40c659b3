"""Accounts 账号 and sessions 会话: who may sign in, who is signed in. Times by the database's clock."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Account, AuditLog, Session

TRIES = 5
LOCKED_FOR = timedelta(minutes=30)
IDLE_FOR = timedelta(minutes=30)
LASTS_FOR = timedelta(hours=12)
ONE_TIME_FOR = timedelta(hours=72)
"""A password that was handed out is exchanged for the person's own by then."""
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Found:
    """An account that was asked for, and whether it is locked now (5 tries, 30 minutes).

    `stale`: its one-time password was not exchanged in time.
    """

    account: Account
    locked: bool
    stale: bool


async def by_login(session: AsyncSession, login: str) -> Found | None:
    """The active account of that login, held for this transaction so that tries are counted one by one."""
    locked = func.coalesce(Account.locked_until > func.now(), False)
    stale = func.coalesce(Account.once_until <= func.now(), False)
    query = select(Account, locked, stale).where(Account.login == login, Account.active).with_for_update()
    row = (await session.execute(query)).one_or_none()
    return Found(*row) if row is not None else None


async def active_account(session: AsyncSession, account_id: int) -> Account | None:
    """The account, while it is active."""
    found = await session.get(Account, account_id)
    return found if found is not None and found.active else None


async def count_failure(session: AsyncSession, account: Account) -> bool:
    """One more wrong password; True when it locks the account."""
    account.failed_tries += 1
    if account.failed_tries < TRIES:
        return False
    account.failed_tries = 0
    await session.execute(update(Account).where(Account.id == account.id).values(locked_until=func.now() + LOCKED_FOR))
    return True


async def open_session(session: AsyncSession, account: Account, token_digest: bytes) -> None:
    """A session that ends after 30 idle minutes, or 12 hours."""
    account.failed_tries = 0
    account.locked_until = None
    await session.execute(delete(Session).where(Session.account_id == account.id, Session.expires_at < func.now()))
    values = {"token_digest": token_digest, "account_id": account.id, "expires_at": func.now() + LASTS_FOR}
    session.add(Session(**values))


async def of_session(session: AsyncSession, token_digest: bytes) -> Account | None:
    """Whose session it is; None when it is unknown, idle too long, over, or the account is no longer active."""
    query = (
        select(Account, (Session.seen_at < func.now() - SEEN_EVERY).label("stale"))
        .join(Session, Session.account_id == Account.id)
        .where(
            Session.token_digest == token_digest,
            Session.expires_at > func.now(),
            Session.seen_at > func.now() - IDLE_FOR,
            Account.active,
        )
    )
    row = (await session.execute(query)).one_or_none()
    if row is None:
        return None
    if row.stale:
        await session.execute(update(Session).where(Session.token_digest == token_digest).values(seen_at=func.now()))
    found: Account = row[0]
    return found


async def close_session(session: AsyncSession, token_digest: bytes) -> None:
    """Sign out; a repeat changes nothing."""
    await session.execute(delete(Session).where(Session.token_digest == token_digest))


async def end_sessions(session: AsyncSession, account_id: int) -> None:
    """Whoever is signed in with the account is signed out now; a repeat changes nothing."""
    await session.execute(delete(Session).where(Session.account_id == account_id))


async def login_taken(session: AsyncSession, login: str) -> bool:
    """Whether any account has that login; nobody else makes one of it before this transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"login:{login}", 0))))
    return await session.scalar(select(Account.id).where(Account.login == login)) is not None


def note(
    session: AsyncSession,
    act: str,
    *,
    account_id: int | None = None,
    subject: str | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """One line in the audit log."""
    session.add(AuditLog(act=act, account_id=account_id, subject=subject, data=data or {}))
