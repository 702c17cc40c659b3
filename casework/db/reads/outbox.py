"""The outbox as people see it 发件情况: what waits, what was given up, and every attempt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, and_, case, func, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Notice, NoticeAttempt, Unit
from casework.db.scope import AREA_ROLES, condition, visible
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, Role


@dataclass(frozen=True, slots=True)
class Line:
    """A notice and the number of its case; None for a notice about no case."""

    notice: Notice
    case_no: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """A notice to staff, the number of its case, the unit that it names; `open_case`: the case, if it may be seen;
    `area`: the case's, else the reader's or its unit's."""

    notice: Notice
    case_no: str | None
    unit: str | None
    open_case: str | None
    area: str


def as_operator(actor: Actor) -> Actor:
    """系统管理员 sees how notices fare in its area as a dispatcher would; a notice holds nothing of the citizen's."""
    return replace(actor, roles=actor.roles | {Role.DISPATCHER}) if Role.SYS_ADMIN in actor.roles else actor


def _in_scope(actor: Actor) -> ColumnElement[bool]:
    """Notices of the actor's cases; of those about no case, what is owed to units of its area (the centre's roles)."""
    ways = [condition(as_operator(actor))]
    if as_operator(actor).roles & AREA_ROLES and actor.area:
        units = select(Unit.id).where(Unit.area_code.startswith(actor.area, autoescape=True))
        ways.append(and_(Notice.case_id.is_(None), Notice.unit_id.in_(units)))
    return or_(*ways)


async def page(
    session: AsyncSession, actor: Actor, *, state: str | None, case_no: str | None, before: int | None, limit: int
) -> list[Line]:
    """Notices in the actor's scope, newest first, below the id `before`; at most `limit`."""
    query = select(Notice, Case.case_no).outerjoin(Case, Case.id == Notice.case_id)
    if state is not None:
        query = query.where(Notice.state == state)
    if case_no is not None:
        query = query.where(Case.case_no == case_no)
    if before is not None:
        query = query.where(Notice.id < before)
    rows = await session.execute(query.where(_in_scope(actor)).order_by(Notice.id.desc()).limit(limit))
    return [Line(*row) for row in rows]


async def own(session: AsyncSession, actor: Actor, *, before: int | None, limit: int) -> list[Told]:
    """What was told to the actor in person, or to its units, newest first, below the id `before`; at most `limit`."""
    ways: list[ColumnElement[bool]] = [Notice.account_id == actor.account_id]
    ways += [Notice.unit_id == unit for unit in sorted(actor.units)] if actor.roles & UNIT_ROLES else []
    earlier = [Notice.id < before] if before is not None else []
    staff = and_(Notice.channel == "staff", Notice.audience != Role.DISPATCHER.value, *earlier)
    # each way's newest by its own index, then the newest of all
    found = union(*(select(Notice.id).where(way, staff).order_by(Notice.id.desc()).limit(limit) for way in ways))
    area = func.coalesce(Case.area_code, Unit.area_code, actor.area)
    newest = select(found.subquery().c.id)
    query = (
        select(Notice, Case.case_no, Unit.name, case((condition(actor), Case.case_no)), area)
        .outerjoin(Case, Case.id == Notice.case_id)
        .outerjoin(Unit, Unit.id == func.coalesce(Notice.unit_id, Case.lead_unit_id))
        .where(Notice.id.in_(newest))
        .order_by(Notice.id.desc())
        .limit(limit)
    )
    return [Told(*row) for row in await session.execute(query)]


async def of_case(session: AsyncSession, actor: Actor, case_no: str) -> list[Notice] | None:
    """All notices of a case, oldest first; None when it is not there or not in the actor's scope."""
    query = visible(select(Case.id).where(Case.case_no == case_no), as_operator(actor))
    case_id = await session.scalar(query)
    if case_id is None:
        return None
    return list(await session.scalars(select(Notice).where(Notice.case_id == case_id).order_by(Notice.id)))


async def attempts_of(session: AsyncSession, notices: Sequence[Notice]) -> dict[int, list[NoticeAttempt]]:
    """Every attempt of these notices, by notice, oldest first."""
    found: dict[int, list[NoticeAttempt]] = {notice.id: [] for notice in notices}
    query = select(NoticeAttempt).where(NoticeAttempt.notice_id.in_(found)).order_by(NoticeAttempt.id)
    for attempt in await session.scalars(query):
        found[attempt.notice_id].append(attempt)
    return found


async def find(session: AsyncSession, actor: Actor, notice_id: int) -> Line | None:
    """The notice, held for this transaction; None when it is not there or not in the actor's scope."""
    query = select(Notice, Case.case_no).outerjoin(Case, Case.id == Notice.case_id).where(Notice.id == notice_id)
    row = (await session.execute(query.where(_in_scope(actor)).with_for_update(of=Notice))).one_or_none()
    return Line(*row) if row is not None else None
