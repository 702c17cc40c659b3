"""抄送: what was dispatched straight to a street, as its district reads it. The case itself opens as any other."""

from typing import Annotated

from fastapi import APIRouter, Query

from casework.db.copies import copied_to
from services.dispatch.copy_schemas import CopyView
from services.who import SignedIn, Transaction

router = APIRouter(tags=["抄送 copies"])


@router.get("/copies", response_model=list[CopyView])
async def list_copies(
    actor: SignedIn, session: Transaction, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> list[CopyView]:
    """What was copied to the reader's units, newest first."""
    return [CopyView.of(row) for row in await copied_to(session, actor, limit=limit)]
