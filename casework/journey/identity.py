"""举报人身份: what tells who reported lies under the identity keys, apart from all others (domain.md §1.8 举报保密)."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Inbox, Request, Supplement
from casework.journey.city import City
from casework.journey.writing import Writing
from casework.kit.crypto import Keyring
from casework.rules.guarding import is_guarded
from casework.rules.words import Kind

BODY, SUPPLEMENT = "inbox.body", "supplement.text"
_SEALED = ("title", "text", "name", "phone")


def guard(w: Writing) -> None:
    """The case is taken for a report from now on, if it is one: it stays one whatever it is taken for later."""
    category = w.city.catalog.categories.get(w.case.category or "")
    kind = Kind(w.case.kind) if w.case.kind else None
    if is_guarded(kind, category is not None and category.confidential):
        w.case.guarded = True
        seal_apart(w.city.keyring, w.request)


def seal_apart(keyring: Keyring, request: Request) -> None:
    """All that tells who it is goes under the identity keys, and no index finds the phone. A repeat changes nothing."""
    if request.guarded:
        return
    for name in _SEALED:
        sealed = getattr(request, f"{name}_sealed")
        if sealed is not None:
            again = keyring.identity.seal(keyring.open(sealed, f"request.{name}"), f"request.{name}")
            setattr(request, f"{name}_sealed", again)
    request.phone_index, request.guarded, request.secret = None, True, True


async def seal_all_of(session: AsyncSession, city: City, request: Request) -> None:
    """What came in for a request that has become guarded: its messages and what was added to it."""
    query = select(Supplement).where(Supplement.request_id == request.id)
    added = list(await session.scalars(query))
    for supplement in added:
        said = city.keyring.open(supplement.text_sealed, SUPPLEMENT)
        supplement.text_sealed = city.keyring.identity.seal(said, SUPPLEMENT)
    await seal_messages(session, city, [request.inbox_id, *(one.inbox_id for one in added if one.inbox_id is not None)])


async def seal_messages(session: AsyncSession, city: City, inbox_ids: Collection[int]) -> None:
    """The stored messages go under the identity keys, each once."""
    for message in await session.scalars(select(Inbox).where(Inbox.id.in_(inbox_ids))):
        body = city.keyring.open_bytes(message.body_sealed, BODY)
        message.body_sealed = city.keyring.identity.seal_bytes(body, BODY)
