"""回访: what follow-up officers have before them. Their decisions are moves, through the dispatch API."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from casework.db.reads import followup
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.notify.routes.cursor import read_place, write_place
from services.notify.schemas import FollowUpPage, FollowUpRow
from services.who import Holding, Transaction

router = APIRouter(tags=["回访 follow-up"])
Area = Annotated[str | None, Query(pattern=r"^[0-9A-Z]{2,20}$", examples=["510104"])]
Cursor = Annotated[str | None, Query(max_length=200)]


@router.get("/followups")
async def waiting(
    session: Transaction,
    actor: Annotated[Actor, Depends(Holding(Role.FOLLOW_UP))],
    area: Area = None,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FollowUpPage:
    """待回访队列: who said "unsolved" first, then by due time, with the citizen's answers so far."""
    page = await followup.page(session, actor, area=area, after=read_place(cursor), limit=limit)
    rows = [FollowUpRow.of(row) for row in page.rows]
    return FollowUpPage(items=rows, total=page.total, next=write_place(page.next))
