"""The register of units 单位名录: the tree as administrators see it, closed ones too, and what hangs on each."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db.models import Account, Assignment, DispatchRuleVersion, DutyShift, KnowledgeVersion, Unit
from casework.rules.facts import Actor


@dataclass(frozen=True, slots=True)
class Registered:
    """承办单位, with the unit above it."""

    unit: Unit
    parent: Unit | None


@dataclass(frozen=True, slots=True)
class Hanging:
    """What hangs on a unit: open tasks, units in use below it, open accounts; shifts that are not over, own dispatch
    rules in force that name it, published knowledge."""

    tasks: int
    below: int
    accounts: int
    shifts: int
    rules: int
    knowledge: int


def _registered(actor: Actor) -> Select[Unit, Unit]:
    above = aliased(Unit)
    query = select(Unit, above).outerjoin(above, above.id == Unit.parent_id)
    return query.where(Unit.area_code.startswith(actor.area or "-", autoescape=True))


async def page(
    session: AsyncSession, actor: Actor, *, words: str = "", closed: bool = False, after: str = "", limit: int
) -> list[Registered]:
    """The units of the actor's area by code; `words`: a part of code or name; `closed`: the retired ones too."""
    query = _registered(actor).where(Unit.code > after).order_by(Unit.code).limit(limit)
    if words:
        query = query.where(or_(*(part.icontains(words, autoescape=True) for part in (Unit.code, Unit.name))))
    if not closed:
        query = query.where(Unit.active)
    return [Registered(*row) for row in await session.execute(query)]


async def find(session: AsyncSession, actor: Actor, code: str, *, hold: bool = False) -> Registered | None:
    """One of them; `hold`: locked for this transaction."""
    query = _registered(actor).where(Unit.code == code)
    row = (await session.execute(query.with_for_update(of=Unit) if hold else query)).one_or_none()
    return Registered(*row) if row is not None else None


async def hanging(session: AsyncSession, unit: Unit) -> Hanging:
    """What hangs on the unit now."""
    rules = DispatchRuleVersion
    counts = (
        _count(Assignment.unit_id == unit.id, Assignment.closed_at.is_(None)),
        _count(Unit.parent_id == unit.id, Unit.active.is_(True)),
        _count(Account.unit_id == unit.id, Account.active.is_(True)),
        _count(DutyShift.unit_id == unit.id, DutyShift.ends_at > func.now()),
        _count(rules.state == "IN_FORCE", rules.said["unit"].astext == unit.code),
        _count(KnowledgeVersion.unit_id == unit.id, KnowledgeVersion.state == "PUBLISHED"),
    )
    return Hanging(*(await session.execute(select(*counts))).one())


def _count(*where: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).where(*where).scalar_subquery()
