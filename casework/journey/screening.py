"""举报保密审查: before anybody outside the centre reads a report, whom it is about is barred from it, and what in it
tells who wrote it is taken out or looked at (domain.md §1.8 举报保密, §10.5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import units
from casework.db.models import Assignment, Case, Notice, Request, Supplement
from casework.journey import clockwork
from casework.journey.wording import caller_names
from casework.journey.writing import Writing, close_call, close_lead
from casework.kit.crypto import Keyring
from casework.kit.masking import mask_text
from casework.rules import asks
from casework.rules.telltales import Telltale, telltales
from casework.rules.transitions import Transition
from casework.rules.words import AssignmentKind, ClockName


@dataclass(frozen=True, slots=True)
class Reported:
    """被举报单位: those that are named, None for one that is not there; with all above and below them, id to code."""

    named: tuple[int | None, ...] = ()
    near: Mapping[int, str] = field(default_factory=dict)


async def reported_by(session: AsyncSession, ask: asks.Ask) -> Reported:
    """The units that a screening names."""
    if not isinstance(ask, asks.Screen):
        return Reported()
    known = await units.ids_of(session, ask.units)
    named = tuple(known.get(code) for code in dict.fromkeys(ask.units))
    return Reported(named, await units.near(session, [unit for unit in named if unit is not None]))


async def told_in(session: AsyncSession, keyring: Keyring, request: Request, ask: asks.Ask) -> tuple[Telltale, ...]:
    """What tells who reported, in the words as the screening would leave them and in what was added later."""
    if not isinstance(ask, asks.Screen):
        return ()
    added = await session.scalars(select(Supplement.working_text).where(Supplement.request_id == request.id))
    return found_in(keyring, request, ask.title or request.working_title, ask.text or request.working_text, *added)


def found_in(keyring: Keyring, request: Request, *texts: str) -> tuple[Telltale, ...]:
    """What of the texts tells who wrote them."""
    return telltales("\n".join(texts), name=next(iter(caller_names(keyring, request)), None))


async def screened(w: Writing, row: Transition) -> None:
    """Those named see and get nothing from now on. What the text was before is not kept beside it: the words as they
    were said lie sealed."""
    ask, names = cast(asks.Screen, w.ask), caller_names(w.city.keyring, w.request)
    if edited := [name for name in ("title", "text") if w.words.pop(name, None)]:
        w.noted["edited"] = edited
    w.case.barred_units = sorted({*w.case.barred_units, *w.reported})
    w.case.screened_at = w.now
    if ask.text:
        w.request.working_text = mask_text(ask.text, names)
    if ask.title:
        w.case.title = w.request.working_title = mask_text(ask.title, names)
    if w.case.suggested_unit in w.reported.values():
        w.case.suggested_unit = None
    _take_from_helpers(w)
    if row.target is not row.source:
        close_lead(w, "REPORTED")
        w.case.lead_unit_id, w.case.contact_made, w.case.supervised = None, False, False
        w.case.signed_in_time = w.case.contacted_in_time = None


def _take_from_helpers(w: Writing) -> None:
    for task in w.assignments:
        aside = task.kind != AssignmentKind.LEAD and task.closed_at is None and task.whistle_id is None
        if aside and task.unit_id in w.reported:
            task.closed_at, task.outcome = w.now, "REPORTED"
            _stop_waiting(w, task)
    for call in w.calls:
        if call.closed_at is None and call.unit_id in w.reported:
            close_call(w, call, "REPORTED")
            _stop_waiting(w, next(task for task in w.assignments if task.id == call.assignment_id))
    for whistle in w.whistles:
        if whistle.ended_at is None and not any(c.closed_at is None for c in w.calls if c.whistle_id == whistle.id):
            whistle.ended_at = w.now


def _stop_waiting(w: Writing, task: Assignment) -> None:
    for clock in clockwork.running(w.clocks, [ClockName.INNER, ClockName.REPORT_IN]):
        if clock.assignment_id == task.id:
            clockwork.cancel(clock, w.now)


async def hush(session: AsyncSession, case: Case) -> None:
    """What a reported unit was still owed is not sent."""
    waiting = update(Notice).where(Notice.case_id == case.id, Notice.state == "PENDING")
    to_them = waiting.where(Notice.unit_id.in_(case.barred_units), Notice.channel == "staff")
    await session.execute(to_them.values(state="SKIPPED", last_error="unit_reported"))
