"""FINISH clocks of a past period as a shorter limit would meet them 试算: those whose end nobody agreed on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Clock
from casework.db.scope import visible
from casework.rules.facts import Actor
from casework.rules.words import ClockName, Kind, Urgency


@dataclass(frozen=True, slots=True)
class Ran:
    """办结时钟 of a case. `ended_at`: when the accepted result was filed; None: it runs. `moved`: its end was agreed
    on, or it stood still, so that its limit alone does not say it. UTC."""

    case_id: int
    case_no: str
    title: str
    category: str | None
    kind: str | None
    area: str
    started_at: datetime
    due_at: datetime
    ended_at: datetime | None
    moved: bool


async def ran(
    session: AsyncSession,
    actor: Actor,
    first: datetime,
    last: datetime,
    category: str,
    kind: Kind | None,
    *,
    after: int,
    limit: int,
) -> Sequence[Ran]:
    """Of cases without danger that the centre accepted from `first` to before `last`, within the actor's scope, by id
    from `after`. `category` is a prefix; no kind: any."""
    clock = and_(Clock.case_id == Case.id, Clock.name == ClockName.FINISH, Clock.cycle == 1, Clock.state != "CANCELLED")
    ended, moved = func.coalesce(Clock.stopped_at, Clock.filed_at), Clock.promised_by.is_not(None)
    query = (
        select(Case.id, Case.case_no, Case.title, Case.category, Case.kind, Case.area_code)
        .add_columns(Clock.started_at, Clock.due_at, ended, moved)
        .join(Clock, clock)
        .where(Case.accepted_at >= first, Case.accepted_at < last, Case.id > after)
        .where(Case.urgency.in_((Urgency.N, Urgency.C)))
        .order_by(Case.id)
        .limit(limit)
    )
    if category:
        query = query.where(Case.category.startswith(category, autoescape=True))
    if kind is not None:
        query = query.where(Case.kind == kind)
    return [Ran(*row) for row in await session.execute(visible(query, actor))]
