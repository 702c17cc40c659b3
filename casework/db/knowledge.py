"""知识条目 in the database: items and their versions within a scope, written version by version.

Lock order: the item, then its versions, then the counts of grams, of which the total ("") comes first: publishing
takes turns there.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Boolean, ColumnElement, Text, and_, case, cast, exists, false, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import TSVECTOR, distinct_on
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from casework.db.models import Account, KnowledgeComplaint, KnowledgeItem, KnowledgeUse, KnowledgeVersion, Unit
from casework.rules.facts import Actor
from casework.rules.knowledge import READERS, Item, ItemState
from casework.rules.knowledge_words import widening
from casework.rules.words import UNIT_ROLES, Role

V = KnowledgeVersion
IN_FORCE = text("knowledge_version.state = 'PUBLISHED'")
"""Word for word as in the index ix_knowledge_version_grams."""


@dataclass(frozen=True, slots=True)
class Row:
    """A version of an item with its unit, the complaints about it, and the cases answered from the item."""

    version: KnowledgeVersion
    unit: Unit
    complaints: int = 0
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Held:
    """An item that this transaction holds, its newest version, and the database's time (UTC)."""

    item: KnowledgeItem
    version: KnowledgeVersion
    now: datetime


def near(area: str, column: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Areas that hold this one, it, and those below it: a code is a prefix of the codes it holds."""
    return or_(column.in_(widening(area)), column.startswith(area, autoescape=True))


def readable(actor: Actor) -> ColumnElement[bool]:
    """Which versions an actor may read: what was ever in force, in areas that hold its own or lie in it; the keeper of
    knowledge also what is being written in its area, a unit all of its own."""
    ways: list[ColumnElement[bool]] = []
    if actor.roles & READERS and actor.area:
        ways.append(and_(V.published_at.is_not(None), near(actor.area, V.area_code)))
    if Role.KNOWLEDGE in actor.roles and actor.area:
        ways.append(V.area_code.startswith(actor.area, autoescape=True))
    if actor.roles & UNIT_ROLES and actor.units:
        ways.append(V.unit_id.in_(actor.units))
    return or_(*ways) if ways else false()


def as_item(version: KnowledgeVersion, complaints: int = 0) -> Item:
    """A version as the rules see it."""
    return Item(
        state=ItemState(version.state),
        area=version.area_code,
        unit_id=version.unit_id,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        reviewed_at=version.reviewed_at,
        author_id=version.author_id,
        complaints=complaints,
    )


COMPLAINTS = (
    select(func.count(KnowledgeComplaint.id))
    .where(KnowledgeComplaint.item_id == V.item_id, KnowledgeComplaint.version == V.version)
    .correlate(V)
    .scalar_subquery()
)
USES = select(func.count(KnowledgeUse.id)).where(KnowledgeUse.item_id == V.item_id).correlate(V).scalar_subquery()


def tsvector(stored: str) -> ColumnElement[str]:
    """The value of `grams`, of the text that rules/knowledge_words.py makes."""
    return cast(cast(literal(stored), Text), TSVECTOR)


async def now_of(session: AsyncSession) -> datetime:
    """The database's time (UTC)."""
    now: datetime | None = await session.scalar(select(func.now()))
    assert now is not None
    return now


async def people_of(session: AsyncSession, accounts: Collection[int]) -> dict[int, str]:
    """The display names of accounts, by id."""
    query = select(Account.id, Account.display_name).where(Account.id.in_(accounts))
    return {row.id: row.display_name for row in await session.execute(query)}


async def lock(session: AsyncSession, item_id: int) -> Held | None:
    """Take an item for this transaction, with its newest version, whoever asks; None when there is none."""
    item = await session.get(KnowledgeItem, item_id, with_for_update=True, populate_existing=True)
    if item is None:
        return None
    query = select(V, func.now()).where(V.item_id == item_id, V.version == item.latest)
    version, now = (await session.execute(query.execution_options(populate_existing=True))).one()
    return Held(item, version, now)


async def is_readable(session: AsyncSession, actor: Actor, item_id: int) -> bool:
    """Whether the actor may read any version of the item."""
    return bool(await session.scalar(select(exists().where(V.item_id == item_id, readable(actor)))))


async def version_of(session: AsyncSession, item_id: int, version: int) -> KnowledgeVersion | None:
    """One version of an item, whoever asks."""
    found: KnowledgeVersion | None = await session.scalar(select(V).where(V.item_id == item_id, V.version == version))
    return found


async def shown(session: AsyncSession, actor: Actor, item_id: int) -> Row | None:
    """The version that a reader is shown: the one in force, else the newest that it may read."""
    in_force: ColumnElement[bool] = case((V.state == ItemState.PUBLISHED.value, True), else_=False).cast(Boolean)
    query = select(V, Unit, COMPLAINTS, USES).join(Unit, Unit.id == V.unit_id)
    query = query.where(V.item_id == item_id, readable(actor)).order_by(in_force.desc(), V.version.desc()).limit(1)
    found = (await session.execute(query)).one_or_none()
    return Row(*found) if found is not None else None


async def versions(session: AsyncSession, actor: Actor, item_id: int) -> list[Row]:
    """All versions that the actor may read, newest first."""
    query = select(V, Unit, COMPLAINTS).join(Unit, Unit.id == V.unit_id)
    query = query.where(V.item_id == item_id, readable(actor)).order_by(V.version.desc())
    return [Row(*row) for row in await session.execute(query)]


async def page(
    session: AsyncSession,
    actor: Actor,
    *,
    state: ItemState | None,
    unit: str | None,
    category: str | None,
    before: int | None,
    limit: int,
) -> list[Row]:
    """Items by their newest readable version in that state (any: the newest of all), newest items first."""
    newest = select(V.id).where(readable(actor)).ext(distinct_on(V.item_id)).order_by(V.item_id, V.version.desc())
    if state is not None:
        newest = newest.where(V.state == state.value)
    query = select(V, Unit, COMPLAINTS, USES).join(Unit, Unit.id == V.unit_id).where(V.id.in_(newest))
    if unit is not None:
        query = query.where(Unit.code == unit)
    if category is not None:
        query = query.where(V.category.startswith(category, autoescape=True))
    if before is not None:
        query = query.where(V.item_id < before)
    return [Row(*row) for row in await session.execute(query.order_by(V.item_id.desc()).limit(limit))]


_COUNT = text(
    "INSERT INTO knowledge_gram (gram, items) "
    "SELECT gram, :by FROM (SELECT unnest(tsvector_to_array(grams)) AS gram FROM knowledge_version WHERE id = :id "
    "UNION ALL SELECT '') AS of_it ORDER BY gram COLLATE \"C\" "
    "ON CONFLICT (gram) DO UPDATE SET items = knowledge_gram.items + excluded.items"
)


async def put_in_force(session: AsyncSession, held: Held) -> None:
    """The newest version takes the place of the one in force."""
    await take_out_of_force(session, held)
    held.version.state, held.version.published_at = ItemState.PUBLISHED.value, held.now
    held.item.published = held.version.version
    await session.flush()
    await session.execute(_COUNT, {"id": held.version.id, "by": 1})


async def take_out_of_force(session: AsyncSession, held: Held) -> None:
    """The version in force, if there is one, is not any more."""
    if held.item.published is None:
        return
    old = await version_of(session, held.item.id, held.item.published)
    assert old is not None
    await session.execute(_COUNT, {"id": old.id, "by": -1})
    old.state, held.item.published = ItemState.RETIRED.value, None
    await session.flush()


async def add_miss(session: AsyncSession, area: str, words: str) -> None:
    """One more search that found nothing; `words` are masked already."""
    await session.execute(_MISS, {"area": area, "words": words})


_MISS = text(
    "INSERT INTO knowledge_miss (area_code, words) VALUES (:area, :words) "
    "ON CONFLICT (area_code, words) DO UPDATE SET times = knowledge_miss.times + 1, last_at = now()"
)
