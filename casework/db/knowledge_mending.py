"""催更 in the database: items in force that need their unit, and the one notice a month that says so."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.knowledge import COMPLAINTS, IN_FORCE, V, as_item, now_of
from casework.db.models import KnowledgeItem, KnowledgeMend, KnowledgeMiss, Notice, Unit
from casework.rules.calendars import day_of
from casework.rules.knowledge import COMPLAINTS as COMPLAINTS_FROM
from casework.rules.knowledge import NEAR_DAYS, Stale, item_no, review_due_before, stale
from casework.rules.words import Role

TOPIC = "KNOWLEDGE_MEND"
MISSES_KEPT = timedelta(days=180)


def is_stale(now: datetime) -> ColumnElement[bool]:
    """The items of which `rules.knowledge.stale` says why (tests hold the two against each other)."""
    return or_(
        V.valid_to <= literal(day_of(now) + timedelta(days=NEAR_DAYS)),
        V.reviewed_at < literal(review_due_before(now)),
        V.reviewed_at.is_(None),
        COMPLAINTS >= COMPLAINTS_FROM,
    )


async def tell_units(session: AsyncSession, *, limit: int) -> int:
    """One notice to the unit of each stale item that was not told this month (Asia/Shanghai); how many."""
    now = await now_of(session)
    period = f"{day_of(now):%Y-%m}"
    told = exists().where(KnowledgeMend.item_id == V.item_id, KnowledgeMend.period == period)
    query = (
        select(V, COMPLAINTS)
        .join(KnowledgeItem, KnowledgeItem.id == V.item_id)
        .join(Unit, Unit.id == V.unit_id)
        .where(IN_FORCE, Unit.active, ~told, is_stale(now))
        .order_by(V.item_id)
        .limit(limit)
        .with_for_update(of=KnowledgeItem, skip_locked=True)
    )
    found = [(version, stale(as_item(version, count), now)) for version, count in await session.execute(query)]
    due = [(version, why) for version, why in found if why]
    count = 0
    for version, why in due:
        mend = insert(KnowledgeMend).values(item_id=version.item_id, period=period, reasons=[r.value for r in why])
        if await session.scalar(mend.on_conflict_do_nothing().returning(KnowledgeMend.item_id)) is not None:
            session.add(_notice(version, why))
            count += 1
    return count


async def forget_misses(session: AsyncSession) -> None:
    """Words that nobody has searched for in MISSES_KEPT are dropped."""
    await session.execute(delete(KnowledgeMiss).where(KnowledgeMiss.last_at < func.now() - MISSES_KEPT))


def _notice(version: V, why: list[Stale]) -> Notice:
    params = {"item": item_no(version.item_id), "title": version.title, "stale": [reason.value for reason in why]}
    return Notice(
        case_id=None, audience=Role.UNIT.value, channel="staff", topic=TOPIC, unit_id=version.unit_id, params=params
    )
