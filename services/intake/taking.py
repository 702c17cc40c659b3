"""Taking a message in 收件: stored first, then read and reported, answered with its receipt. A repeat gets the same."""

from dataclasses import replace

from fastapi.exceptions import RequestValidationError

from casework.db import inbox
from casework.db.accounts import note
from casework.db.inbox import Letter, Stored
from casework.db.requests import Receipt, receipt_of
from casework.db.sources import Sources
from casework.journey.city import City
from casework.journey.report import BODY, Held
from casework.kit.crypto import digest
from casework.kit.errors import Conflict, Problem
from casework.kit.logs import get_logger
from casework.rules.decide import Refused
from services.intake.doors import DOORS, Message


async def take(
    city: City, sources: Sources, *, door: str, source: str, message_id: str, body: bytes, account_id: int | None = None
) -> Receipt:
    """Store the raw body, sealed and committed, then make of it what it is.

    The same (source, message id) again returns the same receipt; with another body it raises Conflict and is noted in
    the audit log. A message that cannot be used is kept, marked REJECTED, and raises what is wrong with it; sent again,
    it is tried again.
    """
    seen = city.keyring.blind_indexes(digest(body).hex(), BODY)
    letter = Letter(source, message_id, door, seen[0], city.keyring.seal_bytes(body, BODY), account_id)
    stored = await city.inbox_lane.do(letter)
    if stored.digest not in seen:
        await _alert(city, stored, source)
        raise Conflict("webhook.id_reused")
    if stored.state == "DONE":
        found = await receipt_of(await city.database.pool(), city.keyring, stored.id)
        return replace(found, repeated=True)
    message = Message(Held(stored.id, stored.received_at, body), source, body, account_id)
    await city.fresh()
    return await enter(city, sources, door, message)


async def enter(city: City, sources: Sources, door: str, message: Message) -> Receipt:
    """Read and report a stored message. What can never become a case is marked REJECTED, its bytes stay."""
    try:
        return await DOORS[door](city, sources, message)
    except (RequestValidationError, Refused, Problem) as error:
        code = error.code if isinstance(error, (Refused, Problem)) else "unprocessable"
        await inbox.reject(await city.database.pool(), message.held.inbox_id, code)
        raise


async def _alert(city: City, stored: Stored, source: str) -> None:
    get_logger().warning("webhook.id_reused", source=source, inbox_id=stored.id)
    await inbox.count_conflict(await city.database.pool(), stored.id)
    async with city.database.transaction() as session:
        note(session, "MESSAGE_ID_REUSED", subject=f"inbox:{stored.id}")
