"""认领 and 在看: a case is taken for a while, so that two do not do the same work."""

from fastapi import APIRouter

from casework.db import claims
from casework.db.cases import find
from casework.db.models import Case
from casework.kit.errors import Conflict, NotFound
from casework.rules.facts import Actor
from services.dispatch.desk_schemas import ClaimView, LookAsk, LookView, WatchingView
from services.who import SignedIn, Transaction

router = APIRouter(prefix="/cases", tags=["派单台 desk"])


@router.post("/{case_no}/claim", response_model=ClaimView)
async def claim_case(case_no: str, actor: SignedIn, session: Transaction) -> ClaimView:
    """认领: two minutes, renewed while the page is open. 409 names who has it."""
    case, account = await _case_and_account(session, case_no, actor)
    found = await claims.claim(session, case.id, account)
    if found.account_id != account:
        raise Conflict("claim.taken", name=found.name)
    return claim_view(found, actor)


@router.delete("/{case_no}/claim", status_code=204)
async def release_case(case_no: str, actor: SignedIn, session: Transaction) -> None:
    """释放: one's own claim; a repeat changes nothing."""
    case, account = await _case_and_account(session, case_no, actor)
    await claims.release(session, [case.id], account)


@router.post("/{case_no}/presence", response_model=LookView)
async def look_at_case(case_no: str, asked: LookAsk, actor: SignedIn, session: Transaction) -> LookView:
    """在看: says that the page is open, renews one's claim, answers who else is there."""
    case, account = await _case_and_account(session, case_no, actor)
    await claims.look(session, case.id, account, asked.doing)
    await claims.renew(session, case.id, account)
    found = (await claims.claims_of(session, [case.id])).get(case.id)
    others = await claims.others_looking(session, case.id, account)
    return LookView(
        version=case.version,
        claim=claim_view(found, actor) if found else None,
        others=[WatchingView.model_validate(one, from_attributes=True) for one in others],
    )


async def _case_and_account(session: Transaction, case_no: str, actor: Actor) -> tuple[Case, int]:
    case = await find(session, case_no, actor)
    if case is None or actor.account_id is None:
        raise NotFound("case_not_found")
    return case, actor.account_id


def claim_view(found: claims.Claimed, actor: Actor) -> ClaimView:
    """A claim as the reader sees it."""
    return ClaimView(name=found.name, mine=found.account_id == actor.account_id, until=found.until)
