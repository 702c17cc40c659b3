"""坐席登记 and 一键转紧急: what agents write down. The Idempotency-Key makes a repeated click harmless."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, Response

from casework.rules.facts import Actor
from casework.rules.words import Role
from services.intake.answers import receipt_answer, status_code
from services.intake.schemas import AgentForm, EmergencyForm, GridReport, MatterForm, ReceiptAnswer
from services.intake.taking import take
from services.intake.who import Hall, hall_of
from services.who import Holding

router = APIRouter(tags=["受理 intake"])
Agent = Annotated[Actor, Depends(Holding(Role.AGENT))]
Street = Annotated[Actor, Depends(Holding(Role.STREET, Role.COMMUNITY))]
GridWorker = Annotated[Actor, Depends(Holding(Role.GRID_WORKER))]
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$")]
KNOWN: dict[int | str, dict[str, Any]] = {
    200: {"model": ReceiptAnswer, "description": "known before: the same receipt again"}
}


@dataclass(frozen=True, slots=True)
class Inside:
    """A form sent by somebody signed in, on its way to its door."""

    request: Request
    key: str
    hall: Hall

    async def take(self, door: str, actor: Actor, *, bell: str) -> Response:
        """Store and report it; ring for what it makes owed."""
        receipt = await take(
            self.hall.city,
            self.hall.sources,
            door=door,
            source=f"account:{actor.account_id}",
            # a form that is sent again as an emergency is another message
            message_id=f"{door}:{self.key}",
            body=await self.request.body(),
            account_id=actor.account_id,
        )
        self.hall.doorbell.ring("notify", bell)
        return Response(receipt_answer(receipt), status_code(receipt), media_type="application/json")


async def from_inside(request: Request, key: Key) -> Inside:
    """The form's way in."""
    return Inside(request, key, hall_of(request))


FromInside = Annotated[Inside, Depends(from_inside)]


@router.post("/requests", response_model=ReceiptAnswer, status_code=201, responses=KNOWN)
async def write_down(form: AgentForm, inside: FromInside, actor: Agent) -> Response:
    """中心接件: an agent's form becomes a case in 待审核. A repeat of the key returns the same receipt."""
    return await inside.take("agent", actor, bell="sms")


@router.post("/emergencies", response_model=ReceiptAnswer, status_code=201, responses=KNOWN)
async def hand_over(form: EmergencyForm, inside: FromInside, actor: Agent) -> Response:
    """一键转紧急: to 110, 119, 120, 122 or a utility at once; an empty object is enough (domain.md §10.11)."""
    return await inside.take("emergency", actor, bell="staff")


@router.post("/grid-reports", response_model=ReceiptAnswer, status_code=201, responses=KNOWN)
async def report_from_grid(form: GridReport, inside: FromInside, actor: GridWorker) -> Response:
    """网格呼叫+中心响应: settled on the spot, for the community, or a call whose RESPOND clock runs at once."""
    return await inside.take("grid", actor, bell="staff")


@router.post("/matters", response_model=ReceiptAnswer, status_code=201, responses=KNOWN)
async def open_matter(form: MatterForm, inside: FromInside, actor: Street) -> Response:
    """街镇立件: a matter of one's own, in 办理中 at one's own unit, which may whistle for it at once."""
    return await inside.take("matter", actor, bell="staff")
