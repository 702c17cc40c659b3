"""差评整改: what is read of it. Answering one and ruling on it are moves of the case (routes/cases.py)."""

from typing import Annotated

from fastapi import APIRouter, Query

from casework.db import rectifications as rows
from casework.db.cases import find
from casework.kit.errors import NotFound
from services.dispatch.rectify_schemas import RectificationPage, RectificationView, rectification_view
from services.who import SignedIn, Transaction

router = APIRouter(tags=["差评整改 rectifications"])


@router.get("/rectifications", response_model=RectificationPage)
async def list_rectifications(
    actor: SignedIn,
    session: Transaction,
    cursor: Annotated[int | None, Query(ge=0, lt=2**63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> RectificationPage:
    """What is not yet put right, or waits for its review: of the reader's units or area, the oldest first."""
    found = await rows.waiting(session, actor, after=cursor, limit=limit + 1)
    following = found[limit - 1].task.id if len(found) > limit else None
    return RectificationPage(rectifications=[rectification_view(one) for one in found[:limit]], next=following)


@router.get("/cases/{case_no}/rectifications", response_model=list[RectificationView])
async def show_rectifications(case_no: str, actor: SignedIn, session: Transaction) -> list[RectificationView]:
    """A case's rectifications, oldest first."""
    case = await find(session, case_no, actor)
    if case is None:
        raise NotFound("case_not_found")
    return [rectification_view(found) for found in await rows.of_case(session, case.id)]
