"""Signing in and out 登录: one uniform refusal, a lock after five tries, a session that lives in PostgreSQL."""

import asyncio

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import accounts, cadres, units
from casework.db.models import Account
from casework.kit.errors import FieldFault, Forbidden, Unprocessable
from casework.kit.passwords import hash_password, new_token, password_faults, token_digest, verify_password
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, Permission, Role


async def sign_in(session: AsyncSession, login: str, password: str) -> tuple[str, Account] | None:
    """A new session's token and its account, or None: unknown, wrong or locked, without saying which.

    The failure is counted in this transaction: commit it even when the answer is None.
    Raises Forbidden: the password was handed out; it only serves to choose one's own.
    """
    account = await _proven(session, login, password)
    if account is not None and account.once_until is not None:
        raise Forbidden("sign_in.one_time")
    return await _enter(session, account) if account is not None else None


async def choose_password(session: AsyncSession, login: str, password: str, chosen: str) -> tuple[str, Account] | None:
    """设置新口令: the person's own in the place of the present or one-time one; as `sign_in`, all else signed out.

    Raises Unprocessable: the chosen one is too weak, or the present one again.
    """
    account = await _proven(session, login, password)
    if account is None:
        return None
    faults = password_faults(chosen, login=login, field="chosen")
    if faults or chosen == password:
        raise Unprocessable(fields=faults or [FieldFault("chosen", "password.same")])
    account.password_hash, account.once_until = await asyncio.to_thread(hash_password, chosen), None
    await accounts.end_sessions(session, account.id)
    accounts.note(session, "PASSWORD_CHOSEN", account_id=account.id, subject=f"account:{login}")
    return await _enter(session, account)


async def _proven(session: AsyncSession, login: str, password: str) -> Account | None:
    """The account whose password it is; None: unknown, wrong, locked, or a one-time password that is over."""
    found = await accounts.by_login(session, login)
    stored = found.account.password_hash if found else None
    right = await asyncio.to_thread(verify_password, stored, password)
    if found is None or found.locked or found.stale:
        accounts.note(session, "SIGN_IN_REFUSED", account_id=found.account.id if found else None)
        return None
    if not right:
        locks = await accounts.count_failure(session, found.account)
        accounts.note(session, "ACCOUNT_LOCKED" if locks else "SIGN_IN_FAILED", account_id=found.account.id)
        return None
    return found.account


async def _enter(session: AsyncSession, account: Account) -> tuple[str, Account]:
    token = new_token()
    await accounts.open_session(session, account, token_digest(token))
    accounts.note(session, "SIGNED_IN", account_id=account.id)
    return token, account


async def actor_of_token(session: AsyncSession, token: str) -> Actor | None:
    """Who a session's token stands for, with the units of the scope; None when it does not count any more."""
    account = await accounts.of_session(session, token_digest(token))
    return await actor_of(session, account) if account is not None else None


async def actor_of(session: AsyncSession, account: Account) -> Actor:
    """The account as the rules see it."""
    below = await units.with_children(session, account.unit_id) if account.unit_id is not None else frozenset()
    roles = frozenset(Role(role) for role in account.roles)
    return Actor(
        roles=roles,
        account_id=account.id,
        area=account.area_code,
        unit_id=account.unit_id,
        units=below,
        login=account.login,
        grids=await cadres.grids_of(session, account.id) if roles & UNIT_ROLES else frozenset(),
        permissions=frozenset(Permission(name) for name in account.permissions),
    )


async def sign_out(session: AsyncSession, token: str) -> None:
    """End a session; a repeat changes nothing."""
    await accounts.close_session(session, token_digest(token))
