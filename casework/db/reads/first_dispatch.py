"""首派准确率: how often a rule decided, how often the dispatcher chose another unit, and how often the first dispatch
was right: not returned and not dispatched again (domain.md §6 首派准确率, §4.5 命中统计)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from casework.db.models import Assignment, Case, Event, Unit
from casework.db.models.cohorts import came_in
from casework.db.scope import in_figures
from casework.rules.facts import Actor
from casework.rules.words import Action, AssignmentKind


class Of(StrEnum):
    """分组: one line for each rule that suggested, each unit first dispatched to, or each category of today."""

    RULE = "rule"
    UNIT = "unit"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Tally:
    """One line. `suggested`: dispatches for which the rules named a unit; `other`: of those, where the dispatcher chose
    another; `right`: of all `dispatched`, those that stayed where they were first sent."""

    key: str | None
    dispatched: int
    suggested: int
    other: int
    right: int


async def tallies(
    session: AsyncSession, actor: Actor, of: Of, first: datetime, last: datetime, area: str | None
) -> Sequence[Tally]:
    """The lines of cases that the centre accepted from `first` to before `last` (UTC), most dispatched first."""
    rows = in_figures(_first_dispatches(first, last, area), actor).subquery()
    key = {Of.RULE: rows.c.rule, Of.UNIT: rows.c.unit, Of.CATEGORY: rows.c.category}[of]
    named = rows.c.suggested.is_not(None)
    query = (
        select(
            key,
            func.count(),
            func.count().filter(named),
            func.count().filter(and_(named, rows.c.suggested != rows.c.unit)),
            func.count().filter(~rows.c.wrong),
        )
        .group_by(key)
        .order_by(func.count().desc(), key)
    )
    return [Tally(*row) for row in await session.execute(query)]


def _first_dispatches(first: datetime, last: datetime, area: str | None) -> Select[tuple[object, ...]]:
    """Each case's first dispatch by the centre: what was suggested then, where it went, and whether that was wrong."""
    event = (
        select(Event.id, Event.at, Event.data)
        .where(Event.case_id == Case.id, Event.action == Action.DISPATCH.value)
        .order_by(Event.id)
        .limit(1)
        .correlate(Case)
        .lateral("first_event")
    )
    sent = (
        select(Assignment.id, Assignment.unit_id)
        .where(Assignment.case_id == Case.id, _is_lead(), Assignment.opened_at == event.c.at)
        .order_by(Assignment.id)
        .limit(1)
        .correlate(Case, event)
        .lateral("sent")
    )
    said = event.c.data["suggested"]
    query = (
        select(
            Case.category.label("category"),
            Unit.code.label("unit"),
            func.coalesce(said["rule"].astext, Case.routing["rule"].astext).label("rule"),
            func.coalesce(said["unit"].astext, cast(Case.suggested_unit, Text)).label("suggested"),
            or_(_went_on(sent.c.id, sent.c.unit_id), _returned(event.c.id)).label("wrong"),
        )
        .select_from(Case)
        .join(event, true())
        .join(sent, true())
        .join(Unit, Unit.id == sent.c.unit_id)
        .where(Case.accepted_at.is_not(None), came_in >= first, came_in < last)
    )
    return query.where(Case.area_code.startswith(area, autoescape=True)) if area else query


def _is_lead() -> ColumnElement[bool]:
    return Assignment.kind == AssignmentKind.LEAD.value


def _went_on(first: ColumnElement[int], unit: ColumnElement[int]) -> ColumnElement[bool]:
    """改派: another unit led the case later."""
    later = aliased(Assignment)
    lead = later.kind == AssignmentKind.LEAD.value
    return exists().where(later.case_id == Case.id, lead, later.id > first, later.unit_id != unit)


def _returned(dispatched: ColumnElement[int]) -> ColumnElement[bool]:
    """退单: the unit sent it back, and that was granted; a return that was refused leaves the dispatch right."""
    back = aliased(Event)
    granted = back.action == Action.GRANT_RETURN.value
    return exists().where(back.case_id == Case.id, back.id > dispatched, granted)
