"""持有时长 of one case, from its own history: the changes of status, who led when, which returns were rejected."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Assignment, Case, Event, Motion, Unit
from casework.rules.holding import Span, Tenure, Turned, held
from casework.rules.words import AssignmentKind, MotionKind, Ruling, Status


async def holding_of(session: AsyncSession, case: Case) -> list[tuple[Span, str | None]]:
    """Who held the case when (UTC), with the unit's name (None: the centre); up to its end, or the database's now."""
    now: datetime = (await session.execute(select(func.now()))).scalar_one()
    changes = select(Event.at, Event.to_status).where(
        Event.case_id == case.id, Event.to_status.is_not(None), Event.to_status.is_distinct_from(Event.from_status)
    )
    turned = [Turned(at, Status(status)) for at, status in await session.execute(changes.order_by(Event.id)) if status]
    led = select(Assignment, Unit.name).join(Unit, Unit.id == Assignment.unit_id)
    led = led.where(Assignment.case_id == case.id, Assignment.kind == AssignmentKind.LEAD.value)
    rows = [(lead, name) for lead, name in await session.execute(led.order_by(Assignment.id))]
    returned = select(Motion.asked_at, Motion.ruled_at).where(
        Motion.case_id == case.id,
        Motion.kind == MotionKind.RETURN.value,
        Motion.ruling == Ruling.REJECTED.value,
    )
    rejected = [(asked, ruled) for asked, ruled in await session.execute(returned) if ruled is not None]
    spans = held(
        turned,
        [Tenure(lead.unit_id, lead.opened_at, lead.closed_at) for lead, _ in rows],
        rejected,
        case.ended_at or now,
    )
    names = {lead.unit_id: name for lead, name in rows}
    return [(span, names.get(span.unit) if span.unit is not None else None) for span in spans]
