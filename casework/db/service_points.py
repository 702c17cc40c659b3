"""Service points 社区服务点: the rows of an actor's area, and the one that a poster's code opens."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import ServicePoint
from casework.rules.facts import Actor


def in_scope(actor: Actor) -> ColumnElement[bool]:
    """The points of an actor's area."""
    return ServicePoint.area_code.startswith(actor.area or "-", autoescape=True)


async def page(
    session: AsyncSession, actor: Actor, *, area: str, closed: bool, words: str, after: int, limit: int
) -> list[ServicePoint]:
    """The points of an area (a prefix) of the scope, as they were made; `closed`: those that are, too; `words`: a part
    of the name."""
    query = select(ServicePoint).where(in_scope(actor), ServicePoint.id > after)
    if area:
        query = query.where(ServicePoint.area_code.startswith(area, autoescape=True))
    if not closed:
        query = query.where(ServicePoint.closed_at.is_(None))
    if words:
        query = query.where(ServicePoint.name.icontains(words, autoescape=True))
    return list(await session.scalars(query.order_by(ServicePoint.id).limit(limit)))


async def find(session: AsyncSession, actor: Actor, point_id: int, *, hold: bool = False) -> ServicePoint | None:
    """A point of the scope, closed or not; `hold`: locked for this transaction."""
    query = select(ServicePoint).where(ServicePoint.id == point_id, in_scope(actor))
    found: ServicePoint | None = await session.scalar(query.with_for_update() if hold else query)
    return found


async def by_code(session: AsyncSession, code: str, *, hold: bool = False) -> ServicePoint | None:
    """The point whose poster says this code now, closed or not; `hold`: nobody changes it before we are done."""
    query = select(ServicePoint).where(ServicePoint.code == code)
    found: ServicePoint | None = await session.scalar(query.with_for_update(read=True) if hold else query)
    return found


async def name_taken(session: AsyncSession, area: str, name: str, *, but: int | None = None) -> bool:
    """Whether an open point of the community has that name; nobody else makes one before this transaction ends."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"service_point:{area}", 0))))
    same = select(ServicePoint.id).where(
        ServicePoint.area_code == area, ServicePoint.name == name, ServicePoint.closed_at.is_(None)
    )
    if but is not None:
        same = same.where(ServicePoint.id != but)
    return await session.scalar(same.limit(1)) is not None
