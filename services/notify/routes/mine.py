"""我的消息: what was told to the signed-in person, or to its unit, as sentences."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from casework.db.reads import outbox
from casework.kit.language import language
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role
from services.notify.own_notices import OwnPage, own_notice
from services.who import Holding, TheCity, Transaction

router = APIRouter(tags=["通知 notices"])
Staff = Annotated[Actor, Depends(Holding(*(frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES)))]


@router.get("/notices/mine")
async def list_mine(
    request: Request,
    actor: Staff,
    session: Transaction,
    city: TheCity,
    cursor: Annotated[int | None, Query(ge=1, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 30,
) -> OwnPage:
    """Newest first. Give `next` of the page before as `cursor`."""
    lines = await outbox.own(session, actor, before=cursor, limit=limit + 1)
    words = await city.own_wordings()
    items = [own_notice(city.catalog, line, language(request), words) for line in lines[:limit]]
    return OwnPage(items=items, next=lines[limit - 1].notice.id if len(lines) > limit else None)
