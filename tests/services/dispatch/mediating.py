"""Disputes of a test, brought to where a test begins; people as the seeded county has them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select, update

from casework.db.models import Dispute, DisputeEvent, DisputeTimer
from casework.kit.now import shanghai_day
from casework.rules.words import Role
from tests.services.dispatch.cases import Desk, now
from tests.services.dispatch.staff import employ

COMMUNITY = "510104017001"
ZHANG = {"side": "APPLICANT", "name": "张三丰", "phone": "13812340001", "id_no": "510104198001010017"}
LI = {"side": "RESPONDENT", "name": "李四光", "phone": "13812340002"}
LEAK = {"kind": "02", "claim": "楼上李四光家漏水，张三丰请求赔偿。", "parties": [ZHANG, LI]}


class Centre:
    """The community's and the street's centre at work."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    async def staff(self) -> None:
        """Two mediators of the community and one of the street, beside the county's own."""
        for login, area in (("tiao1", COMMUNITY), ("tiao2", COMMUNITY), ("tiao-street", COMMUNITY[:9])):
            await employ(self.desk.city, login, [Role.MEDIATOR], area)

    async def report(self, login: str = "tiao1", **more: Any) -> str:
        """A clue; its number."""
        clue = {"text": "楼上漏水，两家争吵。", "origin": "INSPECTION", "area_code": COMMUNITY, **more}
        answer = await (await self.desk.of(login)).post("/disputes", json=clue)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["dispute_no"])

    async def ask(self, login: str, dispute_no: str, action: str, **said: Any) -> httpx.Response:
        """One move, allowed or not."""
        headers = said.pop("headers", {})
        client = await self.desk.of(login)
        return await client.post(f"/disputes/{dispute_no}/moves", json={"action": action, **said}, headers=headers)

    async def move(self, login: str, dispute_no: str, action: str, **said: Any) -> str:
        """One move that must succeed; the status after it."""
        answer = await self.ask(login, dispute_no, action, **said)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["status"])

    async def refused(self, login: str, dispute_no: str, action: str, code: str, **said: Any) -> None:
        """One move that must not, and why not."""
        answer = await self.ask(login, dispute_no, action, **said)
        told = answer.json()
        codes = {told["code"], *(fault["code"] for fault in told.get("errors", []))}
        assert answer.status_code in (403, 409, 422), answer.text
        assert f"refused.DISPUTE.{code}" in codes, answer.text

    async def asked(self, **more: Any) -> str:
        """A dispute at M20."""
        dispute_no = await self.report()
        await self.move("tiao1", dispute_no, "REGISTER", **{**LEAK, **more})
        await self.move("tiao1", dispute_no, "SCREEN")
        await self.move("tiao1", dispute_no, "SUITABLE")
        return dispute_no

    async def accepted(self, **more: Any) -> str:
        """A dispute at M30."""
        dispute_no = await self.asked(**more)
        for party in (1, 2):
            await self.move("tiao1", dispute_no, "RECORD_WILL", party=party, willing=True)
        return dispute_no

    async def mediated(self, **more: Any) -> str:
        """A dispute at M40, with one session."""
        dispute_no = await self.accepted(**more)
        await self.move("tiao1", dispute_no, "TAKE")
        said = {"held_at": now(), "place": "社区调解室", "present": [1, 2], "note": "双方到场，张三丰电话13812340001。"}
        await self.move("tiao1", dispute_no, "HOLD_SESSION", **said)
        return dispute_no

    async def agreed(self, form: str = "WRITTEN", **more: Any) -> str:
        """A dispute at M50."""
        dispute_no = await self.mediated(**more)
        terms = {"facts": "李四光家水管老化漏水", "terms": "李四光赔偿张三丰两千元", "way": "转账"}
        day = (shanghai_day(datetime.now(UTC)) + timedelta(days=10)).isoformat()
        await self.move("tiao1", dispute_no, "AGREE", form=form, perform_by=day, **terms)
        return dispute_no

    async def binding(self, form: str = "WRITTEN", **more: Any) -> str:
        """A dispute at M60."""
        dispute_no = await self.agreed(form, **more)
        for party in (1, 2):
            await self.move("tiao1", dispute_no, "SIGN_AGREEMENT", party=party)
        return dispute_no

    async def page(self, dispute_no: str, login: str = "tiao1") -> dict[str, Any]:
        """The dispute's page as somebody sees it."""
        answer = await (await self.desk.of(login)).get(f"/disputes/{dispute_no}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def clocks(self, dispute_no: str) -> dict[str, str]:
        """The last cycle of each clock and its state."""
        return {clock["name"]: clock["state"] for clock in (await self.page(dispute_no))["clocks"]}

    async def row(self, dispute_no: str) -> Dispute:
        async with self.desk.city.database.transaction() as session:
            return (await session.scalars(select(Dispute).where(Dispute.dispute_no == dispute_no))).one()

    async def events(self, dispute_no: str) -> list[DisputeEvent]:
        async with self.desk.city.database.transaction() as session:
            query = select(DisputeEvent).join(Dispute, Dispute.id == DisputeEvent.dispute_id)
            found = await session.scalars(query.where(Dispute.dispute_no == dispute_no).order_by(DisputeEvent.id))
            return list(found)

    async def shift(self, dispute_no: str, name: str, due_at: datetime) -> None:
        """Put a running clock's end elsewhere, so that a test need not wait."""
        dispute = await self.row(dispute_no)
        async with self.desk.city.database.transaction() as session:
            which = (DisputeTimer.dispute_id == dispute.id, DisputeTimer.name == name, DisputeTimer.state == "RUNNING")
            await session.execute(update(DisputeTimer).where(*which).values(due_at=due_at))
