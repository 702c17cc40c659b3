"""The demo's desks 演示席位: signed in through the public API with the demo's accounts, one session each."""

import json
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from casework.kit.now import utcnow
from casework.kit.signing import sign
from casework.rules.words import Role
from manage.prepare import HOTLINE_FILE
from manage.standalone.folder import COUNTY_ACCOUNTS, TOWN_ACCOUNTS

SIGN_INS = 12
"""Sign-ins a minute: fewer than the door allows from one address, so that people can still sign in beside us."""


class Busy(Exception):
    """Nobody more can sign in just now; another act must do."""


class Away(Exception):
    """The system does not answer, or not now."""


class Desks:
    """Who may act, and their sessions. `answer` speaks for one of them."""

    def __init__(self, address: str, folder: Path, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(base_url=address, headers={"X-GridCall": "1"}, timeout=30, transport=transport)
        self._accounts = {account["login"]: account for account in _accounts(folder)}
        self._hotline: dict[str, str] = json.loads((folder / HOTLINE_FILE).read_text("utf-8"))
        self._cookies: dict[str, dict[str, str]] = {}
        self._signed: deque[float] = deque(maxlen=SIGN_INS)

    def logins(self, role: Role) -> list[str]:
        """Everybody who has that role."""
        return [login for login, account in self._accounts.items() if role.value in account["roles"]]

    def area_of(self, login: str) -> str:
        """The account's area."""
        return str(self._accounts[login]["area"])

    def clerk_of(self, unit: str) -> str | None:
        """Who works for the unit, by its code."""
        clerks = {Role.UNIT.value, Role.STREET.value, Role.COMMUNITY.value}
        found = (name for name, a in self._accounts.items() if a["unit"] == unit and clerks & set(a["roles"]))
        return next(found, None)

    async def call_in(self, message: Mapping[str, Any]) -> httpx.Response:
        """A caller: the hotline's signed webhook."""
        body = json.dumps(message, ensure_ascii=False).encode()
        signed = sign(f"alive-{uuid4().hex}", utcnow(), body, self._hotline["secret"])
        headers = {**signed, "content-type": "application/json", "X-GridCall-Source": self._hotline["source"]}
        return await self._send("POST", "/api/intake/hotline/requests", content=body, headers=headers)

    async def answer(self, login: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> httpx.Response:
        """What the API answers this person; who is not signed in any more signs in again. Raises: Busy, Away."""
        if login not in self._cookies:
            await self._sign_in(login)
        answer = await self._as(login, method, path, body)
        if answer.status_code == 401:
            await self._sign_in(login)
            answer = await self._as(login, method, path, body)
        return answer

    async def _as(self, login: str, method: str, path: str, body: Mapping[str, Any] | None) -> httpx.Response:
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies[login].items())
        headers = {"cookie": cookies, "Idempotency-Key": f"alive-{uuid4().hex}"}
        return await self._send(method, path, json=body, headers=headers)

    async def _sign_in(self, login: str) -> None:
        if len(self._signed) == SIGN_INS and time.monotonic() - self._signed[0] < 60:
            raise Busy
        self._signed.append(time.monotonic())
        asked = {"login": login, "password": self._accounts[login]["password"]}
        answer = await self._send("POST", "/api/dispatch/session", json=asked)
        self._http.cookies.clear()
        if answer.status_code != 200:
            raise Away(f"{login} {answer.status_code}")
        self._cookies[login] = dict(answer.cookies)

    async def _send(self, method: str, path: str, **said: Any) -> httpx.Response:
        try:
            answer = await self._http.request(method, path, **said)
        except httpx.TransportError as error:
            raise Away(type(error).__name__) from error
        if answer.status_code == 429 or answer.status_code >= 500:
            raise Away(str(answer.status_code))
        return answer

    async def close(self) -> None:
        """Leave the sessions to run out: a restart comes back soon."""
        await self._http.aclose()


def _accounts(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for name in (COUNTY_ACCOUNTS, TOWN_ACCOUNTS):
        path = folder / name
        found += json.loads(path.read_text("utf-8")) if path.exists() else []
    return found
