"""疑似重复 shown at intake and at dispatch: candidates with their reasons. Nothing is merged by itself."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.areas import significant
from casework.db.knowledge import now_of
from casework.db.models import Case, Request
from casework.db.reads.similar import candidates, cases_of
from casework.db.scope import visible
from casework.journey.city import City
from casework.kit.errors import NotFound
from casework.kit.masking import mask_text, normal_phone
from casework.rules.facts import Actor
from casework.rules.likeness import Likeness, Matter, likeness, pairs_of
from casework.rules.points import Point, wgs84
from casework.rules.words import UNIT_ROLES

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Similar:
    """A candidate, and how alike it is."""

    case: Case
    how: Likeness


@dataclass(frozen=True, slots=True)
class Told:
    """A request that is still being written: what is known of it so far. `crs`: the coordinates' system."""

    text: str
    area: str = ""
    category: str | None = None
    phone: str | None = None
    lon: float | None = None
    lat: float | None = None
    crs: str | None = None


async def similar_to_case(session: AsyncSession, city: City, actor: Actor, case_no: str) -> list[Similar]:
    """Candidates for a case, most alike first. Raises NotFound.

    Units are not told by the caller: that two secret requests are one person's is not theirs to know.
    """
    query = select(Case, Request).join(Request, Request.id == Case.request_id).where(Case.case_no == case_no)
    row = (await session.execute(visible(query, actor))).one_or_none()
    if row is None:
        raise NotFound("case_not_found")
    case, request = row
    matter = Matter(
        pairs=pairs_of(f"{request.working_title} {request.working_text}"),
        area=case.area_code,
        category=case.category,
        at=case.created_at,
        point=_point(request.lon, request.lat, request.crs),
        callers=frozenset() if actor.roles & UNIT_ROLES else _callers(request),
    )
    return await _judged(session, city, actor, matter, case.id)


async def similar_to_draft(session: AsyncSession, city: City, actor: Actor, told: Told) -> list[Similar]:
    """Candidates for what is being written; nothing of it is kept."""
    phone = normal_phone(told.phone) if told.phone else None
    matter = Matter(
        pairs=pairs_of(mask_text(told.text)),
        area=significant(told.area) if told.area else "",
        category=told.category,
        at=await now_of(session),
        point=_point(told.lon, told.lat, told.crs),
        callers=frozenset(city.keyring.blind_indexes(phone, "request.phone") if phone else ()),
    )
    return await _judged(session, city, actor, matter, None)


async def _judged(session: AsyncSession, city: City, actor: Actor, matter: Matter, but: int | None) -> list[Similar]:
    found = await candidates(session, actor, matter, await city.common_keys(), but=but)
    judged = [(how, one.case_id) for one in found if (how := likeness(matter, one.matter)) is not None]
    best = sorted(judged, key=lambda one: (-one[0].score, one[1]))[:SHOWN]
    cases = await cases_of(session, actor, [case_id for _, case_id in best])
    return [Similar(cases[case_id], how) for how, case_id in best if case_id in cases]


def _point(lon: float | None, lat: float | None, crs: str | None) -> Point | None:
    return wgs84(Point(lon, lat), crs) if lon is not None and lat is not None else None


def _callers(request: Request) -> frozenset[bytes]:
    return frozenset({request.phone_index}) if request.phone_index is not None else frozenset()
