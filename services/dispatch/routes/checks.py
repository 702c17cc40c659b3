"""核查: the on-site checks that wait for the signed-in person. Answering one is a move (routes/cases.py)."""

from typing import Annotated

from fastapi import APIRouter, Query

from casework.db import checks as rows
from services.dispatch.check_drawing import check_view
from services.dispatch.check_schemas import CheckView
from services.who import SignedIn, TheCity, Transaction

router = APIRouter(tags=["现场核查 checks"])


@router.get("/checks", response_model=list[CheckView])
async def list_checks(
    actor: SignedIn, session: Transaction, city: TheCity, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[CheckView]:
    """What is to be looked at, the nearest limit first, with what has to be shown for it."""
    return [check_view(city, found) for found in await rows.open_checks(session, actor, limit=limit)]
