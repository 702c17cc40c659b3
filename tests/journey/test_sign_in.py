"""Who gets in and for how long: passwords, the lock, sessions (tests/services/dispatch/test_cross_site.py: cookies)."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import func, select, update

from casework.db.models import Account, AuditLog, Session
from casework.journey.city import City
from casework.kit import passwords
from services.dispatch.routes import session as session_route
from tests.conftest import Town

HALF_AN_HOUR, HALF_A_DAY = timedelta(minutes=30), timedelta(hours=12)
REFUSED = (401, "sign_in.refused")
WRONG = "not-the-password-0"
_addresses = count(1)


def door(town: Town, address: str | None = None, app: Any = None) -> httpx.AsyncClient:
    """A browser at an address of its own."""
    client = (address or f"10.0.{next(_addresses)}.1", 40000)
    transport = httpx.ASGITransport(app=app or town.apps["dispatch"], client=client, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=town.settings.public_url, headers={"X-GridCall": "1"})


async def sign_in(town: Town, login: str, password: str | None = None) -> tuple[httpx.AsyncClient, httpx.Response]:
    client = door(town)
    secret = town.template.accounts.get(login, WRONG) if password is None else password
    return client, await client.post("/session", json={"login": login, "password": secret})


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def change(city: City, table: Any, login: str, **values: Any) -> None:
    """As if time had passed, or an administrator had acted, for one account."""
    async with city.database.transaction() as session:
        account = select(Account.id).where(Account.login == login).scalar_subquery()
        column = Account.id if table is Account else table.account_id
        await session.execute(update(table).where(column == account).values(**values))


async def account_of(city: City, login: str) -> Account:
    async with city.database.transaction() as session:
        return (await session.scalars(select(Account).where(Account.login == login))).one()


async def acts(city: City, login: str) -> list[str]:
    async with city.database.transaction() as session:
        account = select(Account.id).where(Account.login == login).scalar_subquery()
        lines = select(AuditLog.act).where(AuditLog.account_id == account, AuditLog.act != "ACCOUNT_MADE")
        return list(await session.scalars(lines.order_by(AuditLog.id)))


# 口令 passwords


async def test_every_password_is_kept_as_argon2id_only(town: Town, city: City) -> None:
    async with city.database.transaction() as session:
        kept = dict((await session.execute(select(Account.login, Account.password_hash))).all())
    assert len(kept) > 40
    for login, stored in kept.items():
        parameters = extract_parameters(stored)
        assert (parameters.type.name, parameters.memory_cost >= 19 * 1024) == ("ID", True)
        assert town.template.accounts[login] not in stored
    assert len(set(kept.values())) == len(kept), "each has a salt of its own"


class CountingHasher:
    """The hasher, with what it was asked to verify."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher()
        self.asked: list[str] = []

    def verify(self, stored: str, password: str) -> bool:
        self.asked.append(stored)
        return self._hasher.verify(stored, password)


async def _lock(city: City, login: str) -> None:
    await change(city, Account, login, locked_until=func.now() + HALF_AN_HOUR)


async def _disable(city: City, login: str) -> None:
    await change(city, Account, login, active=False)


# the account, what befell it before, the password that is tried
ALIKE = [
    ("somebody who is not there", "no-such-login", None, WRONG),
    ("a wrong password", "agent1", None, WRONG),
    ("an empty password", "agent1", None, ""),
    ("a password of a thousand", "agent1", None, "p" * 1000),
    ("a locked account with a wrong password", "unit-gs", _lock, WRONG),
    ("a locked account with the right password", "unit-gs", _lock, None),
    ("a disabled account with the right password", "unit-rq", _disable, None),
    ("a disabled account with a wrong password", "unit-rq", _disable, WRONG),
]


async def test_no_refusal_tells_whether_there_is_such_a_login(
    town: Town, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasher = CountingHasher()
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    answers, cost = [], []
    for what, login, befell, password in ALIKE:
        if befell is not None:
            await befell(city, login)
        hasher.asked.clear()
        _, answer = await sign_in(town, login, password)
        assert refusal(answer) == REFUSED, what
        body = {key: value for key, value in answer.json().items() if key != "instance"}
        headers = {key: value for key, value in answer.headers.items() if key != "x-request-id"}
        answers.append((body, headers))
        cost.append([extract_parameters(stored) for stored in hasher.asked])
    assert all(answer == answers[0] for answer in answers)
    assert all(asked == cost[0] for asked in cost), "the same work, whoever is asked for"
    assert len(cost[0]) == 1


async def test_an_unknown_login_is_noted_without_what_was_typed(town: Town, city: City) -> None:
    typed = "my-password-by-mistake"
    await sign_in(town, typed, WRONG)
    async with city.database.transaction() as session:
        lines = (await session.scalars(select(AuditLog).where(AuditLog.act == "SIGN_IN_REFUSED"))).all()
    assert [line for line in lines if line.account_id is None]
    assert not [line for line in lines if typed in f"{line.subject}{line.data}"]


# 锁定 the lock


async def test_five_wrong_tries_lock_for_half_an_hour(town: Town, city: City) -> None:
    login = "unit-zj"
    for _ in range(5):
        assert refusal((await sign_in(town, login, WRONG))[1]) == REFUSED
    assert refusal((await sign_in(town, login))[1]) == REFUSED, "the right password does not open a locked account"
    held = await account_of(city, login)
    async with city.database.transaction() as session:
        left = held.locked_until - await session.scalar(select(func.now()))
    assert timedelta(minutes=29) < left <= HALF_AN_HOUR
    assert await acts(city, login) == [*["SIGN_IN_FAILED"] * 4, "ACCOUNT_LOCKED", "SIGN_IN_REFUSED"]

    await sign_in(town, login, WRONG)
    assert (await account_of(city, login)).locked_until == held.locked_until, "a try while locked does not prolong it"
    await change(city, Account, login, locked_until=func.now())
    assert (await sign_in(town, login))[1].status_code == 200
    assert (await account_of(city, login)).failed_tries == 0


async def test_a_right_password_forgets_the_wrong_ones(town: Town, city: City) -> None:
    for password in (WRONG, WRONG, WRONG, WRONG, None, WRONG, WRONG, WRONG, WRONG, None):
        answer = (await sign_in(town, "unit-sw", password))[1]
        assert answer.status_code == (200 if password is None else 401)


async def test_tries_at_once_are_counted_one_by_one(town: Town, city: City) -> None:
    await asyncio.gather(*(sign_in(town, "unit-jt", WRONG) for _ in range(12)))
    noted = await acts(city, "unit-jt")
    assert noted.count("SIGN_IN_FAILED") == 4
    assert noted.count("ACCOUNT_LOCKED") == 1
    assert noted.count("SIGN_IN_REFUSED") == 7


async def test_one_address_may_not_try_account_after_account(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_route, "RATE", "20/minute")
    async with door(town, "192.0.2.7") as client:
        tried = [await client.post("/session", json={"login": f"x{i}", "password": "x"}) for i in range(25)]
        assert [answer.status_code for answer in tried] == [401] * 20 + [429] * 5
        assert int(tried[-1].headers["retry-after"]) > 0
    async with door(town, "192.0.2.8") as other:
        assert (await other.post("/session", json={"login": "x", "password": "x"})).status_code == 401


# 会话 sessions


async def test_a_session_opens_all_three_apis(town: Town) -> None:
    client, answer = await sign_in(town, "dispatcher1")
    assert answer.json()["login"] == "dispatcher1"
    assert (await client.get("/session")).json() == answer.json()
    for service, path in (("dispatch", "/queue/counts"), ("notify", "/notices")):
        async with town.api(service) as elsewhere:
            assert (await elsewhere.get(path)).status_code == 401
            elsewhere.cookies = client.cookies
            assert (await elsewhere.get(path)).status_code == 200


async def test_each_sign_in_has_a_token_of_its_own_and_the_database_has_none(town: Town, city: City) -> None:
    name = town.settings.session_cookie
    tokens = [(await sign_in(town, "agent2"))[0].cookies[name] for _ in range(3)]
    assert len(set(tokens)) == 3
    assert min(map(len, tokens)) >= 43, "256 bits"
    async with city.database.transaction() as session:
        kept = [bytes(row) for row in await session.scalars(select(Session.token_digest))]
    for token in tokens:
        assert passwords.token_digest(token) in kept
        assert token.encode() not in b"".join(kept)


async def test_a_token_that_somebody_chose_is_not_taken_on(town: Town) -> None:
    client, name = door(town), town.settings.session_cookie
    client.cookies.set(name, "chosen-by-an-attacker", domain="localhost.local", path="/")
    secret = town.template.accounts["agent1"]
    answer = await client.post("/session", json={"login": "agent1", "password": secret})
    assert answer.status_code == 200
    assert answer.cookies[name] != "chosen-by-an-attacker"
    stranger = door(town)
    stranger.cookies.set(name, "chosen-by-an-attacker")
    assert (await stranger.get("/session")).status_code == 401


@pytest.fixture
async def signed(town: Town, city: City) -> AsyncIterator[httpx.AsyncClient]:
    """reviewer2, just signed in."""
    client, answer = await sign_in(town, "reviewer2")
    assert answer.status_code == 200
    yield client
    await client.aclose()


async def still_in(client: httpx.AsyncClient) -> bool:
    return (await client.get("/session")).status_code == 200


# what happens to the session, whether it still counts
LIVES = [
    ("idle for 29 minutes", {"seen_at": func.now() - timedelta(minutes=29)}, True),
    ("idle for 30 minutes", {"seen_at": func.now() - HALF_AN_HOUR}, False),
    ("in use, opened almost 12 hours ago", {"expires_at": func.now() + timedelta(minutes=1)}, True),
    ("in use, opened 12 hours ago", {"expires_at": func.now()}, False),
]


@pytest.mark.parametrize(("values", "counts"), [row[1:] for row in LIVES], ids=[row[0] for row in LIVES])
async def test_a_session_ends_by_itself(
    signed: httpx.AsyncClient, city: City, values: dict[str, Any], counts: bool
) -> None:
    await change(city, Session, "reviewer2", **values)
    assert await still_in(signed) is counts


async def test_a_session_lasts_twelve_hours_from_its_beginning(signed: httpx.AsyncClient, city: City) -> None:
    async with city.database.transaction() as session:
        query = select(Session.expires_at - Session.created_at).join(Account, Account.id == Session.account_id)
        lengths = set(await session.scalars(query.where(Account.login == "reviewer2")))
    assert lengths == {HALF_A_DAY}


async def test_use_keeps_a_session_awake(town: Town, city: City) -> None:
    client, _ = await sign_in(town, "supervision1")
    for _ in range(3):
        await change(city, Session, "supervision1", seen_at=func.now() - timedelta(minutes=20))
        assert await still_in(client)


async def test_signing_out_kills_the_session_at_once(signed: httpx.AsyncClient, town: Town, city: City) -> None:
    other, _ = await sign_in(town, "reviewer2")
    stolen = door(town)
    stolen.cookies.set(town.settings.session_cookie, signed.cookies[town.settings.session_cookie])
    assert await still_in(stolen)
    await change(city, Session, "reviewer2", seen_at=func.now() - timedelta(minutes=5))
    answer = await signed.delete("/session")
    assert answer.status_code == 204
    assert 'gridcall="";' in answer.headers["set-cookie"]
    assert not await still_in(stolen)
    assert await still_in(other), "the session in the other browser is its own"
    assert (await signed.delete("/session")).status_code == 401


async def test_a_disabled_account_is_out_everywhere(signed: httpx.AsyncClient, town: Town, city: City) -> None:
    await change(city, Account, "reviewer2", active=False)
    assert not await still_in(signed)
    answer = await signed.post("/cases/x/moves", json={"action": "TRANSFER"})
    assert answer.status_code == 401
    await change(city, Account, "reviewer2", active=True)


async def test_a_role_that_was_taken_away_is_gone_at_once(signed: httpx.AsyncClient, city: City) -> None:
    assert (await signed.get("/units")).status_code == 200
    await change(city, Account, "reviewer2", roles=["KNOWLEDGE"])
    assert (await signed.get("/units")).status_code == 403
    await change(city, Account, "reviewer2", roles=["REVIEWER"])


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "' OR 1=1 --", "é", "a" * 5000])
async def test_a_made_up_token_opens_nothing(town: Town, token: str) -> None:
    async with door(town) as client:
        header = f"{town.settings.session_cookie}={token}".encode("latin-1")
        assert (await client.get("/session", headers={b"cookie": header})).status_code == 401
