"""People of a test: accounts in the database, and clients that are signed in without asking for a password."""

from collections.abc import Sequence

import httpx
from sqlalchemy import select

from casework.db.accounts import open_session
from casework.db.models import Account, Unit
from casework.journey.city import City
from casework.kit.passwords import new_token, token_digest
from casework.rules.words import Role
from tests.conftest import Town


async def employ(city: City, login: str, roles: Sequence[Role], area: str, unit: str | None = None) -> int:
    """A new account, which no password opens; its id."""
    async with city.database.transaction() as session:
        unit_id = await session.scalar(select(Unit.id).where(Unit.code == unit)) if unit else None
        assert unit is None or unit_id is not None, f"no unit {unit}"
        account = Account(
            login=login,
            display_name=login,
            password_hash="none",
            roles=[role.value for role in roles],
            area_code=area,
            unit_id=unit_id,
        )
        session.add(account)
        await session.flush()
        return account.id


async def at_work(town: Town, city: City, service: str, login: str) -> httpx.AsyncClient:
    """A client of the service with a session of the account."""
    token = new_token()
    async with city.database.transaction() as session:
        account = (await session.scalars(select(Account).where(Account.login == login))).one()
        await open_session(session, account, token_digest(token))
    client = town.api(service)
    client.cookies.set(town.settings.session_cookie, token)
    return client
