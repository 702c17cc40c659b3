"""Whistles 街道吹哨 as they are read: of a case, of a person's units or area, and how units did over a period."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db.models import Case, Unit, Whistle, WhistleCall
from casework.db.scope import AREA_ROLES, visible
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, CheckIn


class Of(StrEnum):
    """Whose figures: of the departments that were called, or of the units that whistled."""

    CALLED = "CALLED"
    CALLER = "CALLER"


@dataclass(slots=True)
class Found:
    """A whistle with its case's number, its caller's name, and the departments that it called, by name."""

    whistle: Whistle
    case_no: str
    caller: str
    calls: list[tuple[WhistleCall, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Tally:
    """One unit's figures. `late`: reported in late, or not at all and the limit is past. `scored` scores add to
    `score_sum`; `judged` whistles were judged, `justified` of them as needed."""

    unit: str
    called: int
    in_time: int
    late: int
    off_site: int
    answered: int
    scored: int
    score_sum: int
    judged: int
    justified: int


async def of_case(session: AsyncSession, case_id: int) -> list[Found]:
    """All whistles of a case, oldest first. Ask for the case in scope first: this looks at none."""
    return await _with_calls(session, _found().where(Whistle.case_id == case_id).order_by(Whistle.no))


async def page(session: AsyncSession, actor: Actor, *, open_only: bool, after: int | None, limit: int) -> list[Found]:
    """Whistles that concern the actor, newest first: those of the area, those by or for the own units."""
    query = visible(_found(), actor).where(_concerns(actor))
    if open_only:
        query = query.where(Whistle.ended_at.is_(None))
    if after is not None:
        query = query.where(Whistle.id < after)
    return await _with_calls(session, query.order_by(Whistle.id.desc()).limit(limit))


async def tallies(
    session: AsyncSession, actor: Actor, of: Of, start: datetime, end: datetime, area: str | None = None
) -> list[Tally]:
    """Figures of the whistles called in [start, end) within the actor's scope, by unit, the most called first."""
    unit_id = WhistleCall.unit_id if of is Of.CALLED else Whistle.caller_unit_id
    call = WhistleCall
    late = or_(call.in_time.is_(False), and_(call.reported_at.is_(None), call.due_at <= func.now()))
    columns = (
        func.count().label("called"),
        func.count().filter(call.in_time.is_(True)).label("in_time"),
        func.count().filter(late).label("late"),
        func.count().filter(call.check_in == CheckIn.OFF_SITE.value).label("off_site"),
        func.count(call.answered_at).label("answered"),
        func.count(call.score if of is Of.CALLED else call.whistle_score).label("scored"),
        func.coalesce(func.sum(call.score if of is Of.CALLED else call.whistle_score), 0).label("score_sum"),
        func.count(call.justified).label("judged"),
        func.count().filter(call.justified.is_(True)).label("justified"),
    )
    query = (
        select(Unit.name.label("unit"), *columns)
        .select_from(call)
        .join(Whistle, Whistle.id == call.whistle_id)
        .join(Case, Case.id == call.case_id)
        .join(Unit, Unit.id == unit_id)
        .where(
            Whistle.called_at >= start, Whistle.called_at < end, *([Case.area_code.like(f"{area}%")] if area else [])
        )
        .group_by(Unit.id, Unit.name)
        .order_by(func.count().desc(), Unit.name)
    )
    return [Tally(**row) for row in (await session.execute(visible(query, actor))).mappings()]


def _found() -> Select[Whistle, str, str]:
    caller = aliased(Unit)
    return (
        select(Whistle, Case.case_no, caller.name)
        .join(Case, Case.id == Whistle.case_id)
        .join(caller, caller.id == Whistle.caller_unit_id)
    )


def _concerns(actor: Actor) -> ColumnElement[bool]:
    """Of what the actor may see, what is theirs: units are concerned by what they called, or were called to."""
    ways: list[ColumnElement[bool]] = []
    if actor.roles & AREA_ROLES and actor.area:
        ways.append(Case.area_code.like(f"{actor.area}%"))
    if actor.roles & UNIT_ROLES and actor.units:
        own = select(WhistleCall.whistle_id).where(WhistleCall.unit_id.in_(actor.units))
        ways += [Whistle.caller_unit_id.in_(actor.units), Whistle.id.in_(own)]
    return or_(*ways) if ways else false()


async def _with_calls(session: AsyncSession, query: Select[Whistle, str, str]) -> list[Found]:
    found = {whistle.id: Found(whistle, case_no, caller) for whistle, case_no, caller in await session.execute(query)}
    calls = select(WhistleCall, Unit.name).join(Unit, Unit.id == WhistleCall.unit_id)
    wanted = calls.where(WhistleCall.whistle_id.in_(found)).order_by(WhistleCall.id)
    rows: Sequence[tuple[WhistleCall, str]] = [(call, name) for call, name in await session.execute(wanted)]
    for call, name in rows:
        found[call.whistle_id].calls.append((call, name))
    return list(found.values())
