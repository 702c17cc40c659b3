"""One request with several matters 拆分: each becomes a case of its own, under the promise that was given when the
request came in (words.md §1: a request has 1..n cases)."""

from datetime import datetime
from typing import cast

from casework.catalog.areas import significant
from casework.db import rollups
from casework.db.models import Case, Event, Notice
from casework.journey import clockwork
from casework.journey.counting import counts_as
from casework.journey.minors import guardian_of
from casework.journey.notices import listeners_of, owed
from casework.journey.standing import timing_of
from casework.journey.suggest import suggest
from casework.journey.writing import Writing
from casework.rules import asks
from casework.rules.minors import urgent
from casework.rules.queue_rank import queue_rank
from casework.rules.rollups import NOTHING, deltas
from casework.rules.signs import RANK
from casework.rules.transitions import Transition
from casework.rules.words import ClockName, Kind, Level, Record, Role, Status, Urgency

TITLE_LENGTH = 60


async def split(w: Writing, row: Transition) -> None:
    """拆分: the new case waits for its dispatch; the one that it was taken from goes on as it stands."""
    assert w.next_no is not None
    made = await _new_case(w, w.next_no)
    w.pen.add(made)
    await w.pen.flush()
    dues = _start_clocks(w, made)
    made.next_due = min(dues)
    data = {"from": w.case.case_no, "note": w.words.get("note"), "matter": w.words.get("matter")}
    w.pen.add(
        Event(
            case_id=made.id,
            at=w.now,
            action=Record.SPLIT_OFF.value,
            role=Role.DISPATCHER.value,
            account_id=w.actor.account_id,
            unit_id=w.actor.unit_id,
            to_status=made.status,
            version=1,
            data=data,
        )
    )
    for line in owed((Role.DISPATCHER, Role.UPSTREAM), Record.SPLIT_OFF.value, listeners_of(made, w.request)):
        w.pen.add(Notice(case_id=made.id, **line._asdict(), params={}, created_at=w.now, next_at=w.now))
    await rollups.write(w.pen, deltas(NOTHING, counts_as(made)))
    w.noted["new_case"] = made.case_no


async def _new_case(w: Writing, case_no: str) -> Case:
    """What the request, its channel and its person are stays; what the matter is, is the dispatcher's word."""
    ask, old = cast(asks.Split, w.ask), w.case
    area = significant(ask.area_code) if ask.area_code else old.area_code
    urgency, kind = _urgency(w, ask), ask.kind.value if ask.kind else old.kind
    found = suggest(
        w.city.catalog,
        await w.city.units(),
        await w.city.rule_book(),
        category=ask.category,
        area=area,
        kind=Kind(kind) if kind else None,
        urgency=urgency,
        text=w.words["matter"],
        at=w.now,
    )
    category = w.city.catalog.categories.get(ask.category or "")
    minor = old.minor or (category is not None and category.minor)
    urgency = urgent(urgency) if minor else urgency
    return Case(
        minor=minor,
        guardian_unit_id=await guardian_of(w.city, ask.category, area) if minor else None,
        request_id=old.request_id,
        case_no=case_no,
        status=Status.REVIEW.value,
        version=1,
        direction=old.direction,
        level=Level.COUNTY.value,
        channel=old.channel,
        kind=kind,
        category=ask.category,
        urgency=urgency.value,
        area_code=area,
        title=w.words["matter"][:TITLE_LENGTH],
        routing=found.trace,
        suggested_unit=found.unit,
        reporter_id=old.reporter_id,
        contact_exempt=old.contact_exempt,
        upstream_due=old.upstream_due,
        created_at=old.created_at,
        accepted_at=old.accepted_at,
        updated_at=w.now,
        queue_rank=queue_rank(Status.REVIEW, urgency, found.unit),
    )


def _urgency(w: Writing, ask: asks.Split) -> Urgency:
    """As named, else the category's own."""
    category = w.city.catalog.categories.get(ask.category or "")
    usual = category.urgency if category else Urgency.N
    return max(ask.urgency or usual, usual, key=lambda one: RANK[one])


def _start_clocks(w: Writing, made: Case) -> list[datetime]:
    """The promise runs from when the request was taken on (首次受理), not from the split; the dispatch from now."""
    assert made.accepted_at is not None
    dues = []
    for name, begin in ((ClockName.DISPATCH, w.now), (ClockName.FINISH, made.accepted_at)):
        planned = clockwork.plan(w.city.catalog, name, timing_of(made), begin)
        assert planned is not None
        w.pen.add(clockwork.start(made.id, None, clockwork.ahead(planned, w.now)))
        dues.append(planned.due_at)
        if name is ClockName.FINISH:
            made.finish_due = made.finish_due_original = planned.due_at
            made.provisional = planned.calendar_unannounced or planned.kind_unknown
    return dues
