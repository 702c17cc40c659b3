"""回访: what follow-up officers have before them. Their decisions are moves, through the dispatch API."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from casework.db.reads import followup
from casework.db.reads.followup_sheet import sheet
from casework.kit.errors import NotFound
from casework.kit.language import language
from casework.kit.texts import Lang
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.notify.followup_schemas import FollowUpSheet, told
from services.notify.routes.cursor import read_place, write_place
from services.notify.schemas import FollowUpPage
from services.who import Holding, TheCity, Transaction

router = APIRouter(tags=["回访 follow-up"])
Area = Annotated[str | None, Query(pattern=r"^[0-9A-Z]{2,20}$", examples=["510104"])]
Cursor = Annotated[str | None, Query(max_length=200)]


@router.get("/followups")
async def waiting(
    session: Transaction,
    city: TheCity,
    actor: Annotated[Actor, Depends(Holding(Role.FOLLOW_UP))],
    area: Area = None,
    later: bool = False,
    cursor: Cursor = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FollowUpPage:
    """待回访队列: who said "unsolved" first, then by due time, with the citizen's answers so far. Whom nobody may call
    yet is listed only with `later`."""
    asked = followup.Asked(await followup.time(session), city.catalog.follow_up.calling, area, later)
    page = await followup.page(session, actor, asked, after=read_place(cursor), limit=limit)
    return FollowUpPage.of(page, write_place(page.next))


@router.get("/followups/{case_no}")
async def one(
    case_no: Annotated[str, Path(max_length=40)],
    session: Transaction,
    city: TheCity,
    actor: Annotated[Actor, Depends(Holding(Role.FOLLOW_UP))],
    lang: Annotated[Lang, Depends(language)],
) -> FollowUpSheet:
    """回访单: the script, when calls begin, how many are needed, and every answer, of which the latest counts."""
    found = await sheet(session, actor, case_no)
    if found is None:
        raise NotFound("case_not_found")
    return told(found, city.catalog.follow_up, lang)
