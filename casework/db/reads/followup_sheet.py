"""One case to follow up 回访单: what its person wished, when the result went out, and every answer so far."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Clock, Request, Survey
from casework.db.scope import visible
from casework.rules.facts import Actor
from casework.rules.words import ClockName, Status


@dataclass(frozen=True, slots=True)
class Sheet:
    """`since`: when the FOLLOW_UP clock began, null where none has (UTC). `answers`: all of every handling, oldest
    first; the last one counts."""

    case: Case
    request: Request
    since: datetime | None
    answers: Sequence[Survey]

    @property
    def waits(self) -> bool:
        return self.case.status == Status.FOLLOW_UP


async def sheet(session: AsyncSession, actor: Actor, case_no: str) -> Sheet | None:
    """The case's sheet; None when it is not there or not in the actor's scope."""
    query = select(Case, Request).join(Request, Request.id == Case.request_id).where(Case.case_no == case_no)
    found = (await session.execute(visible(query, actor))).one_or_none()
    if found is None:
        return None
    case, request = found
    clocks = select(Clock.started_at).where(Clock.case_id == case.id, Clock.name == ClockName.FOLLOW_UP.value)
    since = await session.scalar(clocks.order_by(Clock.cycle.desc()).limit(1))
    answers = await session.scalars(select(Survey).where(Survey.case_id == case.id).order_by(Survey.id))
    return Sheet(case, request, since, list(answers))
