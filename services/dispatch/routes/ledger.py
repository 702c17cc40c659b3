"""挂账台账: what is listed as not to be solved for now. Listing, reviewing and taking off are moves of the case."""

from typing import Annotated

from fastapi import APIRouter, Query

from casework.db.ledger import listed
from services.dispatch.ledger_schemas import ListedView
from services.who import SignedIn, TheCity, Transaction

router = APIRouter(tags=["挂账 ledger"])


@router.get("/ledger", response_model=list[ListedView])
async def show_ledger(
    actor: SignedIn, session: Transaction, city: TheCity, limit: Annotated[int, Query(ge=1, le=500)] = 100
) -> list[ListedView]:
    """The ledger of the reader's scope, the review that is due soonest first."""
    reasons = city.catalog.turns.ledger_reasons
    return [ListedView.of(row, reasons) for row in await listed(session, actor, limit=limit)]
