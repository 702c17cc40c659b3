"""双向时效: how the promises of both directions were kept, clock by clock."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from casework.db.reads import punctuality as read
from casework.db.reads.questions import By
from casework.db.reads.supervisor import observed_now
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.words import ClockName, Direction, Role
from services.notify.report_reading import question_of
from services.notify.report_schemas import Asked
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/reports", tags=["报表 reports"])
Supervisor = Annotated[Actor, Depends(Holding(Role.ANALYST, Role.LEADER, Role.SUPERVISION))]


class ClockLine(BaseModel):
    """时钟及时率: `rate` from 0 to 1, null for 0 of 0; `small`: fewer than 30."""

    direction: Direction
    direction_text: str
    clock: ClockName
    clock_text: str
    kept: int
    due: int
    rate: float | None
    small: bool


class PunctualityReport(BaseModel):
    """双向时效 as observed at `observed_at` (UTC)."""

    observed_at: datetime
    rows: list[ClockLine]


@router.get("/punctuality", response_model=PunctualityReport)
async def punctuality(
    asked: Annotated[Asked, Query()], actor: Supervisor, session: Transaction, city: TheCity
) -> PunctualityReport:
    """中心接件 by DISPATCH and what follows, 网格呼叫 by RESPOND: kept ÷ fallen due in the period."""
    observed = await observed_now(session)
    question = await question_of(session, city.catalog, asked, observed, view=View.A, by=By.PROVINCE)
    lines = await read.punctuality(session, actor, question)
    return PunctualityReport(observed_at=observed, rows=[_line(line) for line in lines])


def _line(line: read.Punctuality) -> ClockLine:
    return ClockLine(
        direction=line.direction,
        direction_text=line.direction.zh,
        clock=line.clock,
        clock_text=line.clock.zh,
        kept=line.rate.numerator,
        due=line.rate.denominator,
        rate=line.rate.value,
        small=line.rate.small,
    )
