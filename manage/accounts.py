"""Accounts from the command line: the first one, and the demo's with random passwords in a private file."""

import asyncio
import json
import os
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.accounts import note
from casework.db.models import Account, Unit
from casework.db.session import Database
from casework.kit.passwords import hash_password, new_password
from casework.kit.settings import get_settings
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role


class AccountRefused(Exception):
    """The account cannot be made; the text is one sentence for the operator."""


def checked_roles(names: list[str]) -> list[str]:
    """The roles, if one account may hold them together (words.md §5: the three admin roles exclude all others)."""
    unknown = [name for name in names if name not in Role.__members__]
    if unknown or not names:
        raise AccountRefused(f"没有这样的角色 unknown roles: {', '.join(unknown) or '-'}")
    roles = {Role(name) for name in names}
    if roles & OUTSIDE_ROLES:
        raise AccountRefused("CITIZEN、UPSTREAM、SYSTEM 不能作为账号角色 cannot be roles of an account")
    if roles & ADMIN_ROLES and len(roles) > 1:
        raise AccountRefused("三员角色不得与其他角色兼任 an admin role excludes every other role")
    return sorted(names)


async def make_account(
    session: AsyncSession,
    *,
    login: str,
    password: str,
    display_name: str,
    roles: list[str],
    area_code: str,
    unit: str | None = None,
) -> bool:
    """Write an account. False when the login is there already: nothing is changed then."""
    if await session.scalar(select(Account.id).where(Account.login == login)) is not None:
        return False
    unit_id = await session.scalar(select(Unit.id).where(Unit.code == unit)) if unit else None
    if unit and unit_id is None:
        raise AccountRefused(f"没有这个单位 unknown unit: {unit}")
    account = Account(
        login=login,
        display_name=display_name,
        password_hash=hash_password(password),
        roles=checked_roles(roles),
        area_code=area_code,
        unit_id=unit_id,
    )
    session.add(account)
    await session.flush()
    note(session, "ACCOUNT_MADE", account_id=account.id)
    return True


async def create_account(login: str, roles: list[str], area: str, unit: str | None) -> str | None:
    """Make an account in the configured database; its random password, or None when the login is taken."""
    database = Database(get_settings().database_url)
    password = new_password()
    try:
        async with database.transaction() as session:
            made = await make_account(
                session, login=login, password=password, display_name=login, roles=roles, area_code=area, unit=unit
            )
    finally:
        await database.close()
    return password if made else None


def create_account_now(login: str, roles: list[str], area: str, unit: str | None) -> str | None:
    """`create_account` for the command line."""
    return asyncio.run(create_account(login, roles, area, unit))


def write_private(path: Path, content: object) -> None:
    """Write JSON that only the owner can read (0600), whole or not at all."""
    draft = path.with_suffix(".new")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
    draft.replace(path)
