"""防注水检查 checks against gaming (domain.md §6): what looks too good, by unit, and the very cases of each.

A hit is a lead for people to look into, no verdict. Each check is one query that names its cases.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Assignment, Case, Event, Freeze, Motion, Unit
from casework.db.models.cohorts import fell_due
from casework.db.reads.judged import judged
from casework.db.reads.questions import Question
from casework.db.reads.supervisor import filtered
from casework.db.rollups import SHANGHAI
from casework.db.scope import visible
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.rollups import FOREVER
from casework.rules.suspicions import Check
from casework.rules.words import Action, AssignmentKind, CallOutcome, MotionKind

Chosen = Select[*tuple[Any, ...]]
LATE_AT_NIGHT = 23 * 60 + 50


@dataclass(frozen=True, slots=True)
class Hits:
    """Of a unit's cases of the period, how many a check hit."""

    unit: str | None
    hit: int
    of: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One case that a check hit, and the moment that did it (UTC)."""

    id: int
    case_no: str
    unit: str | None
    at: datetime


async def hits(session: AsyncSession, actor: Actor, question: Question, check: Check, bound: int) -> list[Hits]:
    """Unit by unit, most hit first; `of`: its cases whose deadline falls in the period."""
    found = _cases(actor, question, check, bound).subquery("found")
    counts = select(found.c.unit, func.count().label("hit")).group_by(found.c.unit).subquery("counts")
    how = judged(View.A, question.period, FOREVER)
    base = select(Unit.code.label("unit"), func.count().label("number")).select_from(Case)
    base = base.outerjoin(Unit, Unit.id == Case.lead_unit_id).where(how.fell_in).group_by(Unit.code)
    of = filtered(visible(base, actor), question).subquery("of")
    same = of.c.unit.is_not_distinct_from(counts.c.unit)
    query = select(counts.c.unit, counts.c.hit, func.coalesce(of.c.number, counts.c.hit))
    rows = await session.execute(query.outerjoin(of, same).order_by(counts.c.hit.desc(), counts.c.unit))
    return [Hits(unit, hit, max(hit, number)) for unit, hit, number in rows]


async def cases_hit(
    session: AsyncSession, actor: Actor, question: Question, check: Check, bound: int, *, after: int, limit: int
) -> list[Hit]:
    """The cases, oldest first, those after an id."""
    found = _cases(actor, question, check, bound).subquery("found")
    rows = await session.execute(select(found).where(found.c.id > after).order_by(found.c.id).limit(limit))
    return [Hit(**row._mapping) for row in rows]


def _cases(actor: Actor, question: Question, check: Check, bound: int) -> Chosen:
    """id, case_no, unit, at: each case once."""
    at, only = _CHECKS[check](question, bound)
    query = select(Case.id, Case.case_no, Unit.code.label("unit"), func.min(at).label("at")).select_from(Case)
    query = query.outerjoin(Unit, Unit.id == Case.lead_unit_id)
    for table, on in _JOINS.get(check, {}).items():
        query = query.join(table, on)
    query = query.where(*only).group_by(Case.id, Case.case_no, Unit.code)
    return filtered(visible(query, actor), question)


def _within(at: ColumnElement[Any], question: Question) -> ColumnElement[bool]:
    return and_(at >= question.period.start, at < question.period.end)


Found = tuple[ColumnElement[Any], list[ColumnElement[bool]]]
_LEAD = and_(Assignment.case_id == Case.id, Assignment.kind == AssignmentKind.LEAD.value, Assignment.outcome == "DONE")
_DONE = Case.completed_at.expression


def _quick(question: Question, bound: int) -> Found:
    soon = _DONE - Assignment.signed_at <= timedelta(minutes=bound)
    return _DONE, [_within(_DONE, question), Assignment.signed_at <= _DONE, soon]


def _same_reply(question: Question, bound: int) -> Found:
    text = func.md5(Case.reply_text)
    done = and_(_within(_DONE, question), Case.reply_text.is_not(None), Case.lead_unit_id.is_not(None))
    often = select(Case.lead_unit_id, text).where(done).group_by(Case.lead_unit_id, text)
    often = often.having(func.count() >= bound)
    return _DONE, [done, func.row(Case.lead_unit_id, text).in_(often)]


def _doubtful_contact(question: Question, bound: int) -> Found:
    outcome = Event.data["outcome"].astext
    reached = func.coalesce(Event.data["reached"].astext, "true") == "true"
    doubt = or_(outcome.is_(None), outcome != CallOutcome.REACHED.value)
    return Event.at.expression, [
        _within(Event.at.expression, question),
        Event.data["way"].astext == "PHONE",
        and_(reached, doubt),
    ]


def _late_extension(question: Question, bound: int) -> Found:
    asked = Motion.asked_at.expression
    late = and_(asked <= Motion.was_due, asked > Motion.was_due - timedelta(minutes=bound))
    return asked, [_within(asked, question), late]


def _excluded(question: Question, bound: int) -> Found:
    how = judged(View.A, question.period, FOREVER)
    share = select(Case.lead_unit_id).where(how.fell_in).group_by(Case.lead_unit_id)
    share = share.having(func.count().filter(how.exclusion.is_not(None)) * 100 >= bound * func.count())
    return fell_due, [how.fell_in, how.exclusion.is_not(None), Case.lead_unit_id.in_(share)]


def _revoked(question: Question, bound: int) -> Found:
    frozen = select(Freeze.cut_off).where(
        Freeze.version == 1,
        Case.area_code.like(Freeze.area + "%"),
        Freeze.month == func.date_trunc("month", func.timezone(SHANGHAI, Case.finish_due)),
    )
    cut_off = frozen.correlate(Case).scalar_subquery()
    soon = and_(Event.at > cut_off, Event.at <= cut_off + timedelta(days=bound))
    return Event.at.expression, [Case.finish_due.is_not(None), _within(fell_due, question), soon]


def _mass_filing(question: Question, bound: int) -> Found:
    local = func.timezone(SHANGHAI, Event.at)
    minute = func.extract("hour", local) * 60 + func.extract("minute", local)
    night = and_(_within(Event.at.expression, question), minute >= LATE_AT_NIGHT)
    filed = Event.action == Action.FILE_RESULT.value
    day = func.date_trunc("day", local)
    mass = select(Event.unit_id, day).where(filed, night).group_by(Event.unit_id, day).having(func.count() >= bound)
    return Event.at.expression, [night, func.row(Event.unit_id, day).in_(mass)]


_CHECKS = {
    Check.QUICK: _quick,
    Check.SAME_REPLY: _same_reply,
    Check.DOUBTFUL_CONTACT: _doubtful_contact,
    Check.LATE_EXTENSION: _late_extension,
    Check.MANY_EXCLUDED: _excluded,
    Check.REVOKED_AFTER_FREEZE: _revoked,
    Check.MASS_FILING: _mass_filing,
}


def _did(*actions: Action) -> ColumnElement[bool]:
    return and_(Event.case_id == Case.id, Event.action.in_([action.value for action in actions]))


_JOINS: Mapping[Check, Mapping[Any, ColumnElement[bool]]] = {
    Check.QUICK: {Assignment: _LEAD},
    Check.DOUBTFUL_CONTACT: {Event: _did(Action.CONTACT)},
    Check.LATE_EXTENSION: {Motion: and_(Motion.case_id == Case.id, Motion.kind == MotionKind.EXTENSION.value)},
    Check.REVOKED_AFTER_FREEZE: {Event: _did(Action.REWORK, Action.REOPEN)},
    Check.MASS_FILING: {Event: _did(Action.FILE_RESULT)},
}
