"""批量 and 撤销: moves for many cases at once, which the server makes after five seconds unless they are undone."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Path, Request

from casework.db import held_moves
from casework.db.models import Case, HeldMove
from casework.journey import held_moves as holding
from casework.kit.errors import Conflict, NotFound, Problem
from casework.kit.language import language
from casework.kit.texts import Lang, t
from casework.rules.decide import Refused
from casework.rules.facts import Actor
from services.assembly import refused_as_problem
from services.dispatch.desk_schemas import HeldBatch, HeldRow, HoldAsk
from services.who import SignedIn, TheCity, Transaction

router = APIRouter(prefix="/held-moves", tags=["派单台 desk"])
Batch = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


@router.post("", response_model=HeldBatch, status_code=201)
async def hold_moves(
    asked: HoldAsk, request: Request, actor: SignedIn, session: Transaction, city: TheCity
) -> HeldBatch:
    """Try the move on each case and hold what the rules would make; each row says how it fared. 404: none is there."""
    batch, spoken = secrets.token_hex(16), language(request)
    rows = await holding.hold_all(session, city, asked.case_nos, actor, asked.ask, batch)
    if all(isinstance(row.problem, NotFound) for row in rows):
        raise NotFound("case_not_found")
    kept = await held_moves.of_batch(session, batch, actor.account_id or 0)
    return HeldBatch(
        batch=batch,
        action=asked.ask.action,
        run_at=kept[0][0].run_at if kept else None,
        rows=[_tried(row, spoken) for row in rows],
    )


@router.get("/{batch}", response_model=HeldBatch)
async def show_batch(batch: Batch, request: Request, actor: SignedIn, session: Transaction) -> HeldBatch:
    """How one's own batch stands."""
    return await _batch(session, batch, actor, language(request))


@router.delete("/{batch}", response_model=HeldBatch)
async def undo_batch(batch: Batch, request: Request, actor: SignedIn, session: Transaction) -> HeldBatch:
    """撤销: what has not been made yet is not made; the rows say which those are. A repeat changes nothing."""
    if actor.account_id is not None:
        await holding.undo(session, batch, actor)
    return await _batch(session, batch, actor, language(request))


async def _batch(session: Transaction, batch: str, actor: Actor, spoken: Lang) -> HeldBatch:
    rows = await held_moves.of_batch(session, batch, actor.account_id or 0)
    if not rows:
        raise NotFound("batch_not_found")
    first = rows[0][0]
    drawn = [_row(held, case, spoken) for held, case in rows]
    return HeldBatch.model_validate({"batch": batch, "action": first.action, "run_at": first.run_at, "rows": drawn})


def _row(held: HeldMove, case: Case, spoken: Lang) -> HeldRow:
    detail = t(held.code, spoken, **(held.params or {})) if held.code else None
    told = {"case_no": case.case_no, "state": held.state, "code": held.code, "detail": detail}
    return HeldRow.model_validate(told)


def _tried(row: holding.Row, spoken: Lang) -> HeldRow:
    if row.problem is None:
        return HeldRow(case_no=row.case_no, state="HELD")
    body = _as_problem(row.problem).body(spoken, "")
    first = body.get("errors", [{}])[0].get("message")
    return HeldRow(case_no=row.case_no, state="REFUSED", code=body["code"], detail=first or body["detail"])


def _as_problem(error: Exception) -> Problem:
    if isinstance(error, holding.Taken):
        return Conflict("claim.taken", name=error.name)
    return refused_as_problem(error) if isinstance(error, Refused) else error  # type: ignore[return-value]
