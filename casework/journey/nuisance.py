"""The block list is kept by two persons 骚扰名单: one proposes, another decides for a limited time.

A block keeps no request out and hides nothing: the number is shown as blocked (domain.md §1.8 恶意占线).
"""

from datetime import timedelta

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import callers, cases
from casework.db.accounts import note
from casework.db.models import CallerBlock
from casework.journey.city import City
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.kit.masking import mask_text, normal_phone
from casework.rules.decide import Refused
from casework.rules.facts import Actor

MOST_DAYS = 30


def number_of(phone: str) -> str:
    """The number in its one form. Raises Unprocessable naming the field."""
    number = normal_phone(phone)
    if number is None:
        raise Unprocessable(fields=[FieldFault("phone", "caller.not_a_number")])
    return number


async def propose(
    session: AsyncSession, city: City, actor: Actor, phone: str, reason: str, case_no: str | None
) -> CallerBlock:
    """Put a number up for the list; a second proposal of the same number returns the first.

    Raises: NotFound: the case that shows it is not there or not in the actor's scope. Unprocessable: no number.
    """
    number = number_of(phone)
    if case_no is not None and await cases.find(session, case_no, actor) is None:
        raise NotFound("case_not_found")
    index = city.keyring.blind_index(number, "request.phone")
    known = await callers.live_row(session, index, actor.area)
    if known is not None:
        return known
    block = CallerBlock(
        phone_index=index,
        phone_sealed=city.keyring.seal(number, "caller_block.phone"),
        area_code=actor.area,
        reason=mask_text(reason),
        case_no=case_no,
        proposed_by=actor.account_id,
    )
    session.add(block)
    await session.flush()
    note(session, "BLOCK_PROPOSED", account_id=actor.account_id, subject=f"caller_block:{block.id}")
    await session.refresh(block)
    return block


async def decide_block(
    session: AsyncSession, actor: Actor, block_id: int, *, approve: bool, days: int, words: str
) -> CallerBlock:
    """A second person blocks for some days (at most 30) or refuses. Raises NotFound, Refused."""
    block = await _held(session, actor, block_id)
    if block.state != "PROPOSED":
        raise Refused("BLOCK_SETTLED")
    if block.proposed_by == actor.account_id:
        raise Refused("SECOND_PERSON_NEEDED")
    block.state = "BLOCKED" if approve else "REFUSED"
    return await _settle(session, actor, block, words, timedelta(days=days) if approve else None)


async def lift(session: AsyncSession, actor: Actor, block_id: int, words: str) -> CallerBlock:
    """End a block before its time. Raises NotFound, Refused."""
    block = await _held(session, actor, block_id)
    if block.state != "BLOCKED":
        raise Refused("BLOCK_SETTLED")
    block.state = "LIFTED"
    return await _settle(session, actor, block, words, None)


async def _held(session: AsyncSession, actor: Actor, block_id: int) -> CallerBlock:
    block = await callers.one_block(session, block_id, actor.area)
    if block is None:
        raise NotFound()
    return block


async def _settle(
    session: AsyncSession, actor: Actor, block: CallerBlock, words: str, lasts: timedelta | None
) -> CallerBlock:
    block.decided_by = actor.account_id
    block.decision_note = mask_text(words)
    block.decided_at = func.now()
    if lasts is not None:
        block.until = func.now() + lasts
    note(session, f"BLOCK_{block.state}", account_id=actor.account_id, subject=f"caller_block:{block.id}")
    await session.flush()
    await session.refresh(block)
    return block
