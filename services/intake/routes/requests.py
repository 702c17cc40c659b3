"""坐席登记 and 一键转紧急: what agents write down. The Idempotency-Key makes a repeated click harmless."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response

from casework.rules.facts import Actor
from casework.rules.words import Role
from services.intake.answers import receipt_answer, status_code
from services.intake.schemas import AgentForm, EmergencyForm, GridReport, ReceiptAnswer
from services.intake.taking import take
from services.intake.who import TheSources
from services.who import Holding, TheCity, TheDoorbell

router = APIRouter(tags=["受理 intake"])
Agent = Annotated[Actor, Depends(Holding(Role.AGENT))]
GridWorker = Annotated[Actor, Depends(Holding(Role.GRID_WORKER))]
Key = Annotated[str, Header(alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$")]
KNOWN = {200: {"model": ReceiptAnswer, "description": "known before: the same receipt again"}}


@router.post("/requests", response_model=ReceiptAnswer, status_code=201, responses=KNOWN)
async def write_down(
    form: AgentForm, request: Request, actor: Agent, key: Key, city: TheCity, sources: TheSources, bell: TheDoorbell
) -> Response:
    """中心接件: an agent's form becomes a case in 待审核. A repeat of the key returns the same receipt."""
    body = await request.body()
    receipt = await take(
        city,
        sources,
        door="agent",
        source=f"account:{actor.account_id}",
        message_id=key,
        body=body,
        account_id=actor.account_id,
    )
    bell.ring("notify", "sms")
    return Response(receipt_answer(receipt), status_code(receipt), media_type="application/json")


@router.post("/emergencies", response_model=ReceiptAnswer, status_code=201, responses=KNOWN)
async def hand_over(
    form: EmergencyForm, request: Request, actor: Agent, key: Key, city: TheCity, sources: TheSources
) -> Response:
    """一键转紧急: to 110, 119, 120, 122 or a utility at once; an empty object is enough (domain.md §10.11)."""
    body = await request.body()
    receipt = await take(
        city,
        sources,
        door="emergency",
        source=f"account:{actor.account_id}",
        message_id=key,
        body=body,
        account_id=actor.account_id,
    )
    return Response(receipt_answer(receipt), status_code(receipt), media_type="application/json")


@router.post("/grid-reports", response_model=ReceiptAnswer, status_code=201, responses=KNOWN)
async def report_from_grid(
    form: GridReport,
    request: Request,
    actor: GridWorker,
    key: Key,
    city: TheCity,
    sources: TheSources,
    bell: TheDoorbell,
) -> Response:
    """网格呼叫+中心响应: settled on the spot, for the community, or a call whose RESPOND clock runs at once."""
    body = await request.body()
    receipt = await take(
        city,
        sources,
        door="grid",
        source=f"account:{actor.account_id}",
        message_id=key,
        body=body,
        account_id=actor.account_id,
    )
    bell.ring("notify", "staff")
    return Response(receipt_answer(receipt), status_code(receipt), media_type="application/json")
