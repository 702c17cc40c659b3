"""The hotline's door: one signed webhook (Standard Webhooks), answered only after the commit."""

from fastapi import APIRouter, Request, Response

from casework.kit.errors import UnsupportedType
from casework.kit.now import utcnow
from casework.kit.ratelimit import RateLimit
from casework.kit.schemas import whole_schema
from casework.kit.signing import SignatureRefused, verify
from services.intake.answers import receipt_answer, status_code
from services.intake.schemas import HotlineMessage, ReceiptAnswer
from services.intake.taking import take
from services.intake.who import hall_of

router = APIRouter(tags=["热线 hotline"])
SOURCE = "X-GridCall-Source"
RATE = "600/second"
limiter = RateLimit()


@router.post(
    "/hotline/requests",
    response_model=ReceiptAnswer,
    status_code=201,
    responses={200: {"model": ReceiptAnswer, "description": "known before: the same receipt again"}},
    openapi_extra={
        "parameters": [{"name": SOURCE, "in": "header", "schema": {"type": "string", "default": "hotline"}}],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": whole_schema(HotlineMessage)}},
        },
    },
)
async def receive(request: Request) -> Response:
    """中心接件. Signed with webhook-id, webhook-timestamp, webhook-signature over the raw body; ±5 minutes.

    The same webhook-id again, or the same upstream number with the same words: 200 with the same numbers. The same
    webhook-id with another body: 409. Other words under a known upstream number: 200, a supplement.
    """
    hall = hall_of(request)
    known = await hall.sources.find(await hall.city.database.pool(), request.headers.get(SOURCE, "hotline"))
    body = await request.body()
    message_id = verify(request.headers, body, known.secrets if known else [], utcnow())
    if known is None:
        raise SignatureRefused()
    limiter.check(known.name, RATE)
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise UnsupportedType(expected="application/json")
    receipt = await take(hall.city, hall.sources, door="hotline", source=known.name, message_id=message_id, body=body)
    hall.doorbell.ring("notify", "sms")
    return Response(receipt_answer(receipt), status_code(receipt), media_type="application/json")
