"""常用语 and 我的视图: what people at the desk keep for themselves or for their area."""

from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, func, literal, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.knowledge import near
from casework.db.models import Account, SavedView, StandardText
from casework.rules.facts import Actor

Kept = TypeVar("Kept", StandardText, SavedView)


async def kept_for(session: AsyncSession, kind: type[Kept], actor: Actor) -> Sequence[tuple[Kept, str]]:
    """One's own and those shared in the areas that one belongs to, each with its owner's name; own ones first."""
    query = (
        select(kind, Account.display_name)
        .join(Account, Account.id == kind.account_id)
        .where(_for(kind, actor))
        .order_by(kind.account_id != actor.account_id, kind.id)
    )
    return [(row, name) for row, name in await session.execute(query)]


def _for(kind: type[Kept], actor: Actor) -> ColumnElement[bool]:
    around = literal(actor.area).like(func.concat(kind.area_code, "%"))
    return or_(kind.account_id == actor.account_id, and_(kind.shared, around))


async def own(session: AsyncSession, kind: type[Kept], kept_id: int, actor: Actor) -> Kept | None:
    """One's own, to be changed; None when it is nobody's or somebody else's."""
    return (
        await session.scalars(select(kind).where(kind.id == kept_id, kind.account_id == actor.account_id))
    ).one_or_none()


async def shared_in(session: AsyncSession, text_id: int, area: str) -> StandardText | None:
    """A text that is shared in the area or in a part of it, held for this transaction."""
    lies = StandardText.area_code.startswith(area, autoescape=True)
    query = select(StandardText).where(StandardText.id == text_id, StandardText.shared, lies)
    return (await session.scalars(query.with_for_update())).one_or_none()


async def find_texts(
    session: AsyncSession, actor: Actor, words: str, after: int, limit: int
) -> tuple[list[tuple[StandardText, str]], int]:
    """常用语 that one owns, and those shared in areas that hold one's own or lie in it, with their owners' names: a
    page from the newest on, and how many there are in all. `words` stand in the title or the body."""
    shared = and_(StandardText.shared, near(actor.area, StandardText.area_code))
    wanted = or_(StandardText.account_id == actor.account_id, shared)
    if words:
        holds = [column.contains(words, autoescape=True) for column in (StandardText.title, StandardText.body)]
        wanted = and_(wanted, or_(*holds))
    total = await session.scalar(select(func.count()).select_from(StandardText).where(wanted)) or 0
    query = select(StandardText, Account.display_name).join(Account, Account.id == StandardText.account_id)
    query = query.where(wanted, StandardText.id < after) if after else query.where(wanted)
    rows = await session.execute(query.order_by(StandardText.id.desc()).limit(limit))
    return [(row, name) for row, name in rows], total


async def owner_of(session: AsyncSession, row: StandardText) -> str:
    """The name of the account that wrote it first."""
    return (await session.scalars(select(Account.display_name).where(Account.id == row.account_id))).one()


async def how_many(session: AsyncSession, kind: type[Kept], actor: Actor) -> int:
    """How many one has."""
    query = select(func.count()).select_from(kind).where(kind.account_id == actor.account_id)
    return await session.scalar(query) or 0


async def write(session: AsyncSession, row: Kept, values: dict[str, Any]) -> Kept:
    """Write it with these values; `updated_at` is now."""
    for name, value in values.items():
        setattr(row, name, value)
    row.updated_at = func.now()
    session.add(row)
    await session.flush()
    await session.refresh(row)
    return row


async def name_taken(session: AsyncSession, name: str, actor: Actor, but: int | None = None) -> bool:
    """Whether another of one's own views has that name."""
    query = select(SavedView.id).where(SavedView.account_id == actor.account_id, SavedView.name == name)
    return (await session.scalar(query.where(SavedView.id != (but or 0)))) is not None
