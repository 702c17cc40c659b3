"""街道吹哨、部门报到: what is read of it. Whistling itself and every answer are moves of the case (routes/cases.py)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from casework.db import whistles as rows
from casework.db.cases import find
from casework.db.knowledge import now_of
from casework.kit.errors import NotFound
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, Role
from services.dispatch import whistle_drawing as draw
from services.dispatch import whistle_schemas as s
from services.dispatch.rule_drawing import month_of
from services.who import Holding, SignedIn, Transaction

router = APIRouter(tags=["街道吹哨 whistles"])
Limit = Annotated[int, Query(ge=1, le=200)]
Cursor = Annotated[int | None, Query(ge=0, lt=2**63)]
Month = Annotated[str | None, Query(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
Area = Annotated[str | None, Query(max_length=20, pattern=r"^[0-9A-Z]+$")]
Judge = Annotated[Actor, Depends(Holding(*UNIT_ROLES, Role.DISPATCHER, Role.SUPERVISION, Role.LEADER, Role.ANALYST))]


@router.get("/whistles", response_model=s.WhistlePage)
async def list_whistles(
    actor: SignedIn, session: Transaction, open_only: bool = False, cursor: Cursor = None, limit: Limit = 50
) -> s.WhistlePage:
    """Those that concern the reader: by or for the own units, or of the area; newest first."""
    found = await rows.page(session, actor, open_only=open_only, after=cursor, limit=limit + 1)
    following = found[limit - 1].whistle.id if len(found) > limit else None
    return s.WhistlePage(whistles=[draw.whistle_view(one) for one in found[:limit]], next=following)


@router.get("/whistles/tallies", response_model=s.Tallies)
async def tally(
    actor: Judge, session: Transaction, of: rows.Of = rows.Of.CALLED, month: Month = None, area: Area = None
) -> s.Tallies:
    """双向评价 of a month's whistles: who reports in in time and how it is scored; whose whistles were needed."""
    named, period = month_of(month, await now_of(session))
    return draw.tallies(named, of, await rows.tallies(session, actor, of, period.start, period.end, area))


@router.get("/cases/{case_no}/whistles", response_model=list[s.WhistleView])
async def show_whistles(case_no: str, actor: SignedIn, session: Transaction) -> list[s.WhistleView]:
    """A case's whistles, oldest first."""
    case = await find(session, case_no, actor)
    if case is None:
        raise NotFound("case_not_found")
    return [draw.whistle_view(found) for found in await rows.of_case(session, case.id)]
