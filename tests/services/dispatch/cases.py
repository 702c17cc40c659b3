"""Cases of a test, brought to where a test begins."""

from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy import select

from casework.db.models import Case, Clock, Event, Notice
from casework.journey.city import City
from tests.conftest import Town
from tests.journey.test_one_case import move
from tests.services.dispatch.staff import at_work
from tests.services.intake.hotline import Hotline, said

LAMP = {"title": "路灯不亮", "text": "水井坊社区的路灯已三天不亮。", "kind": "求助", "category": "0204"}
CITIZEN = {"name": "张三丰", "phone": "13812345678"}
HERE = {"area_code": "510104017001"}
LEAD = "510104-CG"


def now() -> str:
    return datetime.now(UTC).isoformat()


class Desk:
    """The seeded county's people at their screens; clients are opened when they are first needed."""

    def __init__(self, town: Town, city: City) -> None:
        self.town, self.city = town, city
        self._open: dict[tuple[str, str], httpx.AsyncClient] = {}

    async def of(self, login: str, service: str = "dispatch") -> httpx.AsyncClient:
        if (login, service) not in self._open:
            self._open[login, service] = await at_work(self.town, self.city, service, login)
        return self._open[login, service]

    async def ask(self, login: str, case_no: str, action: str, **said: Any) -> httpx.Response:
        """One move, allowed or not."""
        client = await self.of(login)
        headers = said.pop("headers", {})
        return await client.post(f"/cases/{case_no}/moves", json={"action": action, **said}, headers=headers)

    async def move(self, login: str, case_no: str, action: str, **said: Any) -> dict[str, Any]:
        """One move that must succeed."""
        return await move(await self.of(login), case_no, action, **said)

    async def receive(self, **more: Any) -> str:
        """A case in 待审核; its number."""
        hotline = Hotline(self.town, self.town.template.hotline_secret)
        answer = await hotline.send(said(**{**LAMP, "person": CITIZEN, "place": HERE, **more}))
        assert answer.status_code == 201, answer.text
        return str(answer.json()["request_no"])

    async def dispatched(self, **more: Any) -> str:
        """A case in 待签收, with the lead."""
        case_no = await self.receive(**more)
        await self.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
        return case_no

    async def handling(self, **more: Any) -> str:
        """A case in 办理中."""
        case_no = await self.dispatched(**more)
        await self.move("unit-cg", case_no, "SIGN")
        return case_no

    async def filed(self, **more: Any) -> str:
        """A case in 结果待审, the citizen reached before."""
        case_no = await self.handling(**more)
        await self.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
        await self.move("unit-cg", case_no, "FILE_RESULT", reply_text="路灯已修复。", factual=True, solved="SOLVED")
        return case_no

    async def followed_up(self, **more: Any) -> str:
        """A case in 待回访."""
        case_no = await self.filed(**more)
        await self.move("reviewer1", case_no, "ACCEPT_RESULT")
        return case_no

    async def case(self, case_no: str) -> Case:
        async with self.city.database.transaction() as session:
            return (await session.scalars(select(Case).where(Case.case_no == case_no))).one()

    async def events(self, case_no: str) -> list[Event]:
        async with self.city.database.transaction() as session:
            query = select(Event).join(Case, Case.id == Event.case_id).where(Case.case_no == case_no)
            return list(await session.scalars(query.order_by(Event.id)))

    async def clocks(self, case_no: str) -> dict[str, str]:
        """The clocks that ever ran and the state of the last cycle of each."""
        async with self.city.database.transaction() as session:
            query = select(Clock).join(Case, Case.id == Clock.case_id).where(Case.case_no == case_no)
            return {clock.name: clock.state for clock in await session.scalars(query.order_by(Clock.id))}

    async def told(self, case_no: str, topic: str) -> set[str]:
        """Who is owed a notice of a topic."""
        async with self.city.database.transaction() as session:
            query = select(Notice.audience).join(Case, Case.id == Notice.case_id)
            return set(await session.scalars(query.where(Case.case_no == case_no, Notice.topic == topic)))
