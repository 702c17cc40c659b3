"""Finding a person's requests 来电历史 by the exact phone number, through the blind index; the number is never stored
in clear."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Request
from casework.db.scope import visible
from casework.kit.crypto import Keyring
from casework.kit.masking import normal_phone
from casework.rules.facts import Actor


async def cases_of_phone(
    session: AsyncSession, keyring: Keyring, actor: Actor, phone: str, *, limit: int = 100
) -> list[Case]:
    """The newest cases of a phone number within the actor's scope; none for what is no number."""
    number = normal_phone(phone)
    if number is None:
        return []
    indexes = keyring.blind_indexes(number, "request.phone")
    query = select(Case).join(Request, Request.id == Case.request_id).where(Request.phone_index.in_(indexes))
    return list(await session.scalars(visible(query, actor).order_by(Case.id.desc()).limit(limit)))
