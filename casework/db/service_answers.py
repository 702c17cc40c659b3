"""Answers 服务评价 written and looked at; the counts of the day that limit them."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import ServiceAnswer, ServiceLook, ServiceQuota
from casework.rules.facts import Actor

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class NewAnswer:
    """The columns of an answer that comes in."""

    point_id: int
    area_code: str
    grade: str
    service: str | None
    words_sealed: bytes | None
    key_digest: bytes


async def add(session: AsyncSession, new: NewAnswer) -> bool:
    """Write the answer; False where the point has one of this key already (waits for one that is being written)."""
    values = {name: getattr(new, name) for name in NewAnswer.__slots__}
    query = insert(ServiceAnswer).values(**values).on_conflict_do_nothing().returning(ServiceAnswer.id)
    return await session.scalar(query) is not None


async def count_up(session: AsyncSession, point_id: int, day: date, caller: bytes, most: int) -> bool:
    """One more answer of that day; False when `most` are counted already, and nothing is."""
    new = insert(ServiceQuota).values(day=day, point_id=point_id, caller=caller, answers=1)
    more = new.on_conflict_do_update(
        index_elements=[ServiceQuota.day, ServiceQuota.point_id, ServiceQuota.caller],
        set_={"answers": ServiceQuota.answers + 1},
        where=ServiceQuota.answers < most,
    ).returning(ServiceQuota.answers)
    return await session.scalar(more) is not None


async def forget_days(session: AsyncSession, today: date) -> int:
    """Delete counts of days before `today`, with the callers' digests; how many went (some thousand at a time)."""
    row = tuple_(ServiceQuota.day, ServiceQuota.point_id, ServiceQuota.caller)
    old = select(ServiceQuota.day, ServiceQuota.point_id, ServiceQuota.caller).where(ServiceQuota.day < today)
    gone = delete(ServiceQuota).where(row.in_(old.limit(_AT_ONCE).with_for_update(skip_locked=True)))
    return len((await session.execute(gone.returning(ServiceQuota.point_id))).all())


async def find(session: AsyncSession, actor: Actor, answer_id: int, *, hold: bool = False) -> ServiceAnswer | None:
    """An answer of the scope; `hold`: locked for this transaction."""
    mine = ServiceAnswer.area_code.startswith(actor.area or "-", autoescape=True)
    query = select(ServiceAnswer).where(ServiceAnswer.id == answer_id, mine)
    found: ServiceAnswer | None = await session.scalar(query.with_for_update() if hold else query)
    return found


async def add_look(session: AsyncSession, answer_id: int, account_id: int, note: str) -> bool:
    """What was done about the answer, which is held; False where the same person said the same before."""
    mine = select(ServiceLook.id).where(ServiceLook.answer_id == answer_id, ServiceLook.by == account_id)
    if await session.scalar(mine.where(ServiceLook.note == note).limit(1)) is not None:
        return False
    session.add(ServiceLook(answer_id=answer_id, by=account_id, note=note))
    await session.flush()
    return True
