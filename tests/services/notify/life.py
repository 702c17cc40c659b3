"""Drives cases through their life by the journey itself, as the other services do."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from casework.db import accounts
from casework.db.inbox import Letter
from casework.journey.city import City
from casework.journey.move import move
from casework.journey.report import Entry, Held, Incoming, report
from casework.journey.sign_in import actor_of
from casework.rules import asks
from casework.rules.facts import UPSTREAM, Actor
from casework.rules.words import Channel, Kind

PHONE = "13987654321"
NAME = "欧阳修远"
UNIT, UNIT_LOGIN = "510104-CG", "unit-cg"


@dataclass
class Life:
    """Cases of one city. `source` is where the requests come from."""

    city: City
    source: str = "hotline"

    async def actor(self, login: str) -> Actor:
        """A seeded account as the rules see it."""
        async with self.city.database.transaction() as session:
            found = await accounts.by_login(session, login)
            assert found is not None, login
            return await actor_of(session, found.account)

    async def begin(self, **said: Any) -> str:
        """受理: a request from the hotline; the number of its case."""
        key = secrets.token_hex(8)
        stored = await self.city.inbox_lane.do(Letter(self.source, key, "hotline", key.encode(), b"-"))
        words: dict[str, Any] = {
            "title": "路灯不亮",
            "text": f"水井坊社区路灯不亮，请回电 {PHONE}，我叫{NAME}。",
            "kind": Kind.HELP,
            "category": "0204",
            "area_code": "510104017001",
            "phone": PHONE,
            "name": NAME,
            "upstream_no": f"UP-{key}",
        }
        incoming = Incoming(source=self.source, channel=Channel.HOTLINE, region="510104", **{**words, **said})
        held = Held(stored.id, stored.received_at)
        return (await report(self.city, held, incoming, Entry(asks.Accept(), UPSTREAM))).cases[0].case_no

    async def do(self, case_no: str, login: str, ask: asks.Ask) -> str:
        """One move by a seeded account; the status after it."""
        actor = await self.actor(login)
        async with self.city.database.transaction() as session:
            return (await move(session, self.city, case_no, actor, ask)).status

    async def signed(self, case_no: str) -> None:
        """派单、签收."""
        await self.do(case_no, "dispatcher1", asks.Dispatch(unit=UNIT))
        await self.do(case_no, UNIT_LOGIN, asks.Sign())

    async def filed(self, case_no: str, reply: str = "路灯已修复，今晚亮灯。") -> None:
        """先行联系、提交结果."""
        await self.do(case_no, UNIT_LOGIN, asks.Contact(contacted_at=datetime.now(UTC), way="PHONE", note="已说明"))
        result = asks.FileResult(reply_text=reply, finding="内部结论", factual=True, solved="SOLVED")
        await self.do(case_no, UNIT_LOGIN, result)

    async def in_follow_up(self, **said: Any) -> str:
        """A new case whose result has been accepted."""
        case_no = await self.begin(**said)
        await self.signed(case_no)
        await self.filed(case_no)
        await self.do(case_no, "reviewer1", asks.AcceptResult())
        return case_no
