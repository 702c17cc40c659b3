"""社区服务点 is made, changed, given a new code, closed 服务点管理. Never deleted: its answers stay. None commits."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import service_points as rows
from casework.db.accounts import note
from casework.db.models import ServicePoint
from casework.journey.city import City
from casework.journey.grids import is_community
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.kit.masking import mask_text
from casework.rules.facts import Actor
from casework.rules.said_why import says_why

CODE_BYTES = 16
"""128 bits: nobody finds a point by trying (security.md §2.1, ASVS 7.2.3's measure)."""


@dataclass(frozen=True, slots=True)
class Said:
    """What may change of a point: its name, and what may be chosen there."""

    name: str
    services: tuple[str, ...]


async def create(session: AsyncSession, city: City, actor: Actor, community: str, said: Said) -> ServicePoint:
    """新增, with a code of its own. Raises Unprocessable naming each field."""
    faults = _faults(said)
    if not is_community(city, actor, community):
        faults.append(FieldFault("community", "service_point.community_unknown", {"area": community}))
    elif await rows.name_taken(session, community, said.name):
        faults.append(FieldFault("name", "service_point.name_taken"))
    if faults:
        raise Unprocessable(fields=faults)
    point = ServicePoint(area_code=community, name=said.name, services=list(said.services), code=_new_code())
    session.add(point)
    await session.flush()
    _noted(session, actor, "SERVICE_POINT_MADE", point, name=point.name, services=point.services)
    return point


async def change(session: AsyncSession, actor: Actor, point_id: int, said: Said, *, seen: int) -> ServicePoint:
    """修改名称和服务项目; answers keep what was chosen then. Raises NotFound, Conflict, Unprocessable."""
    point = await _held(session, actor, point_id, seen)
    faults = _faults(said)
    if await rows.name_taken(session, point.area_code, said.name, but=point.id):
        faults.append(FieldFault("name", "service_point.name_taken"))
    if faults:
        raise Unprocessable(fields=faults)
    was = {"name": point.name, "services": point.services}
    point.name, point.services, point.version = said.name, list(said.services), point.version + 1
    _noted(session, actor, "SERVICE_POINT_CHANGED", point, was=was, name=point.name, services=point.services)
    await session.flush()
    return point


async def renew(session: AsyncSession, actor: Actor, point_id: int, *, seen: int, why: str) -> ServicePoint:
    """换码: posters with the code before open nothing from now on. Raises NotFound, Conflict, Unprocessable."""
    point = await _held(session, actor, point_id, seen)
    _must_say_why(why)
    point.code, point.version = _new_code(), point.version + 1
    point.code_since = await _now(session)
    _noted(session, actor, "SERVICE_POINT_RENEWED", point, why=mask_text(why))
    await session.flush()
    return point


async def close(session: AsyncSession, actor: Actor, point_id: int, *, seen: int, why: str) -> ServicePoint:
    """停用: its page says so and names 12345. A repeat is refused as closed. Raises as `renew`."""
    point = await _held(session, actor, point_id, seen)
    _must_say_why(why)
    point.closed_at, point.version = await _now(session), point.version + 1
    _noted(session, actor, "SERVICE_POINT_CLOSED", point, why=mask_text(why))
    await session.flush()
    return point


async def _held(session: AsyncSession, actor: Actor, point_id: int, seen: int) -> ServicePoint:
    point = await rows.find(session, actor, point_id, hold=True)
    if point is None:
        raise NotFound("service_point.not_found")
    if point.closed_at is not None:
        raise Conflict("service_point.is_closed")
    if point.version != seen:
        raise Conflict("service_point.changed")
    return point


def _faults(said: Said) -> list[FieldFault]:
    twice = {one for one in said.services if said.services.count(one) > 1}
    return [FieldFault("services", "service_point.service_twice", {"service": one}) for one in sorted(twice)[:1]]


def _must_say_why(why: str) -> None:
    if not says_why(why):
        raise Unprocessable(fields=[FieldFault("why", "service_point.why_missing")])


def _new_code() -> str:
    return secrets.token_urlsafe(CODE_BYTES)


async def _now(session: AsyncSession) -> datetime:
    found: datetime = (await session.execute(select(func.now()))).scalar_one()
    return found


def _noted(session: AsyncSession, actor: Actor, act: str, point: ServicePoint, **data: object) -> None:
    """The code itself is never told to the log."""
    subject = f"service_point:{point.id}"
    note(session, act, account_id=actor.account_id, subject=subject, data={"area": point.area_code, **data})
