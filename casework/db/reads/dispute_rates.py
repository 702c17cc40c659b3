"""调解指标: a period's disputes counted in one pass (rules/mediation_rates.py says what each count is)."""

from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlalchemy.orm.attributes import InstrumentedAttribute

from casework.db.models import Dispute
from casework.db.scope import visible_disputes
from casework.rules.calendars import day_of
from casework.rules.facts import Actor
from casework.rules.mediation_rates import DisputeCounts
from casework.rules.mediation_words import Confirmation, Origin
from casework.rules.tallies import Period

_LOOKED_FOR = (Origin.INSPECTION.value, Origin.REPORTED.value)
_A_DAY = 86_400


async def counts(session: AsyncSession, actor: Actor, period: Period, area: str | None) -> DisputeCounts:
    """Of the actor's scope, narrowed to an area where one is asked for."""
    d, later = Dispute, aliased(Dispute)
    found = _within(d.created_at, period)
    registered = _within(d.registered_at, period)
    concluded = and_(_within(d.concluded_at, period), d.accepted_at.is_not(None))
    in_force = _within(d.in_force_at, period)
    due = and_(d.in_force_at.is_not(None), d.perform_by >= day_of(period.start), d.perform_by < day_of(period.end))
    ended = _within(d.ended_at, period)
    again = exists(select(later.id).where(later.earlier_id == d.id))
    length = func.extract("epoch", d.concluded_at - d.accepted_at) / _A_DAY
    query = select(
        _count(found),
        _count(and_(found, d.origin.in_(_LOOKED_FOR))),
        _count(registered),
        _count(and_(registered, d.accepted_at.is_not(None))),
        _count(concluded),
        _count(and_(concluded, d.in_force_at.is_not(None))),
        func.coalesce(func.sum(length).filter(concluded), 0.0),
        _count(due),
        _count(and_(due, d.performed_at.is_not(None))),
        _count(in_force),
        _count(and_(in_force, d.confirmation == Confirmation.CONFIRMED.value)),
        _count(and_(in_force, again)),
        _count(and_(ended, d.warned > 0)),
        _count(and_(ended, d.criminal)),
    )
    if area is not None:
        query = query.where(d.area_code.like(f"{area}%"))
    row = tuple((await session.execute(visible_disputes(query, actor))).one())
    told: dict[str, Any] = dict(zip((field.name for field in fields(DisputeCounts)), row, strict=True))
    return DisputeCounts(**{**told, "days": float(told["days"])})


def _within(at: InstrumentedAttribute[Any], period: Period) -> ColumnElement[bool]:
    return and_(at >= period.start, at < period.end)


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(condition)
