"""到场签到: somebody stands where the matter is; the case's history says when, where, and how far from the spot."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import cases
from casework.db.models import Event
from casework.journey.city import City
from casework.journey.evidence import place_of, spot_of
from casework.kit.errors import NotFound
from casework.rules.facts import Actor
from casework.rules.whistles import stood
from casework.rules.words import KnownFrom, Record


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where the phone, or a person by hand with a `reason`, says one is (WGS-84, accuracy in metres). UTC."""

    lon: float | None
    lat: float | None
    accuracy: float | None
    placed_by: KnownFrom
    reason: str
    acted_at: datetime | None


async def arrive(
    session: AsyncSession, city: City, case_no: str, actor: Actor, arrival: Arrival, request_key: str
) -> Event:
    """Write it into the case's history; no status, clock or version changes. Does not commit.

    What is far from the spot, or set by hand, is marked and never refused. A repeat of the key returns the first one.
    Raises: NotFound: no such case in the actor's scope.
    """
    held = await cases.lock(session, case_no, actor)
    if held is None:
        raise NotFound("case_not_found")
    query = select(Event).where(Event.case_id == held.case.id, Event.request_key == request_key)
    if (before := await session.scalar(query)) is not None:
        return before
    measured = arrival.placed_by is KnownFrom.DEVICE
    point = place_of(arrival.lon, arrival.lat, "WGS84") if measured else None
    found = stood(point, spot_of(held.request), city.catalog.response.check_in_within_m)
    event = Event(
        case_id=held.case.id,
        action=Record.ARRIVAL.value,
        role=min(actor.roles).value,
        account_id=actor.account_id,
        unit_id=actor.unit_id,
        acted_at=arrival.acted_at,
        request_key=request_key,
        data={
            "lon": arrival.lon,
            "lat": arrival.lat,
            "accuracy": arrival.accuracy,
            "placed_by": arrival.placed_by.value,
            "reason": arrival.reason,
            "check_in": found.verdict.value,
            "distance_m": found.distance_m,
        },
    )
    session.add(event)
    await session.flush()
    return event
