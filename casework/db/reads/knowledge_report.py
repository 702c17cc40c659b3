"""知识库报告: items that need their unit, matters that were answered in writing without an item, words not found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.knowledge import COMPLAINTS, IN_FORCE, USES, Row, V, as_item, readable
from casework.db.knowledge_mending import is_stale
from casework.db.models import Case, KnowledgeComplaint, KnowledgeMiss, KnowledgeUse, Unit
from casework.rules.facts import Actor
from casework.rules.knowledge import Stale, stale
from casework.rules.words import UNIT_ROLES, Role

OF_AREA = frozenset({Role.KNOWLEDGE, Role.ANALYST, Role.SUPERVISION, Role.LEADER})
"""Who is told of a whole area; units are told of their own items."""
PERIOD = timedelta(days=90)
"""How far back answers and searches are counted."""
MOST = 100
"""Lines of each list of what is missing, the most frequent first."""


@dataclass(frozen=True, slots=True)
class StaleRow:
    """An item in force that needs its unit, and why."""

    row: Row
    why: list[Stale]


@dataclass(frozen=True, slots=True)
class Missing:
    """What the knowledge base lacks. `written`: category code (None: without one) and number of cases answered without
    an item. `words`: masked words that found nothing, how often, when last."""

    written: Sequence[tuple[str | None, int]]
    words: Sequence[tuple[str, int, datetime]]
    answered: int
    answered_from_items: int


async def stale_page(session: AsyncSession, actor: Actor, *, now: datetime, after: int, limit: int) -> list[StaleRow]:
    """Items in force in the actor's area, or of its units, that need mending; by number, above `after`."""
    query = (
        select(V, Unit, COMPLAINTS, USES)
        .join(Unit, Unit.id == V.unit_id)
        .where(IN_FORCE, V.item_id > after, _told_of(actor), readable(actor), is_stale(now))
        .order_by(V.item_id)
        .limit(limit)
    )
    rows = [Row(*row) for row in await session.execute(query)]
    return [StaleRow(row, stale(as_item(row.version, row.complaints), now)) for row in rows]


def _told_of(actor: Actor) -> ColumnElement[bool]:
    ways: list[ColumnElement[bool]] = []
    if actor.roles & OF_AREA and actor.area:
        ways.append(V.area_code.startswith(actor.area, autoescape=True))
    if actor.roles & UNIT_ROLES and actor.units:
        ways.append(V.unit_id.in_(actor.units))
    return or_(*ways) if ways else false()


async def complaints_of(session: AsyncSession, item_id: int, version: int) -> list[KnowledgeComplaint]:
    """What readers said is wrong with a version, oldest first."""
    query = select(KnowledgeComplaint).where(
        KnowledgeComplaint.item_id == item_id, KnowledgeComplaint.version == version
    )
    return list(await session.scalars(query.order_by(KnowledgeComplaint.id)))


async def missing(session: AsyncSession, actor: Actor, *, now: datetime) -> Missing | None:
    """Of the actor's area over PERIOD; None for who is not told of a whole area. Counts only, no case is named."""
    if not (actor.roles & OF_AREA and actor.area):
        return None
    answered = and_(
        text("cases.ended_as = 'ANSWERED'"),  # as in the index ix_cases_answered
        Case.ended_at >= now - PERIOD,
        Case.area_code.startswith(actor.area, autoescape=True),
    )
    from_items = func.count().filter(Case.reason_code.is_not(None))
    total, named = (await session.execute(select(func.count(), from_items).where(answered))).one()
    count = func.count()
    written = select(Case.category, count).where(answered, Case.reason_code.is_(None)).group_by(Case.category)
    words = select(KnowledgeMiss.words, KnowledgeMiss.times, KnowledgeMiss.last_at).where(
        KnowledgeMiss.last_at >= now - PERIOD, KnowledgeMiss.area_code.startswith(actor.area[:6], autoescape=True)
    )
    return Missing(
        [(code, n) for code, n in await session.execute(written.order_by(count.desc(), Case.category).limit(MOST))],
        [
            (said, times, at)
            for said, times, at in await session.execute(
                words.order_by(KnowledgeMiss.times.desc(), KnowledgeMiss.id.desc()).limit(MOST)
            )
        ],
        total,
        named,
    )


async def most_used(session: AsyncSession, actor: Actor, *, now: datetime, limit: int = 20) -> list[tuple[Row, int]]:
    """The items that most cases of PERIOD were answered from, of the actor's area or units."""
    count = func.count(KnowledgeUse.id)
    of_period = (
        select(KnowledgeUse.item_id, count.label("times"))
        .where(KnowledgeUse.at >= now - PERIOD)
        .group_by(KnowledgeUse.item_id)
        .subquery()
    )
    query = (
        select(V, Unit, of_period.c.times)
        .join(Unit, Unit.id == V.unit_id)
        .join(of_period, of_period.c.item_id == V.item_id)
        .where(IN_FORCE, _told_of(actor), readable(actor))
        .order_by(of_period.c.times.desc(), V.item_id)
        .limit(limit)
    )
    return [(Row(version, unit), times) for version, unit, times in await session.execute(query)]
