"""我的视图: questions that people keep at the desk, for themselves or for everybody of their area."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import ValidationError

from casework.db import desk_keeping as keeping
from casework.db.models import SavedView
from casework.db.reads import queue
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role
from services.dispatch.desk_schemas import SavedQuestion, SavedViewCounts, SavedViewView, ViewForm
from services.who import Holding, Transaction

router = APIRouter(tags=["派单台 desk"])
Staff = Annotated[Actor, Depends(Holding(*(frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES)))]
Id = Annotated[int, Path(ge=1, lt=2**63)]
MOST = 200


@router.get("/saved-views")
async def list_saved_views(actor: Staff, session: Transaction) -> list[SavedViewView]:
    """One's own, and those shared in one's area."""
    return [_view(row, owner, actor) for row, owner in await keeping.kept_for(session, SavedView, actor)]


@router.get("/saved-views/counts")
async def count_saved_views(actor: Staff, session: Transaction) -> SavedViewCounts:
    """How many cases each of them holds for the reader, who need not be the owner."""
    rows = await keeping.kept_for(session, SavedView, actor)
    asked = {row.id: question for row, _ in rows if (question := _question(row)) is not None}
    return SavedViewCounts(counts=await queue.counts_of(session, actor, asked))


@router.post("/saved-views", status_code=201)
async def save_view(form: ViewForm, actor: Staff, session: Transaction) -> SavedViewView:
    """One more of one's own, under a name that one has not used."""
    if await keeping.how_many(session, SavedView, actor) >= MOST:
        raise Conflict("kept_too_many", most=MOST)
    row = SavedView(account_id=actor.account_id, area_code=actor.area)
    if await keeping.name_taken(session, form.name, actor):
        raise Unprocessable(fields=[FieldFault("name", "view_name_taken")])
    return _view(await keeping.write(session, row, form.model_dump()), actor.login, actor)


@router.delete("/saved-views/{view_id}", status_code=204)
async def drop_view(view_id: Id, actor: Staff, session: Transaction) -> None:
    """One's own, gone."""
    row = await keeping.own(session, SavedView, view_id, actor)
    if row is None:
        raise NotFound("kept_not_found")
    await session.delete(row)


def _question(row: SavedView) -> tuple[queue.View, queue.Narrowed] | None:
    try:
        asked = SavedQuestion.model_validate({name: said for name, said in row.query.items() if said})
    except ValidationError:
        return None
    return asked.view, queue.Narrowed(asked.area, asked.urgency, asked.kind, asked.words or None)


def _view(row: SavedView, owner: str, actor: Actor) -> SavedViewView:
    mine = row.account_id == actor.account_id
    return SavedViewView(id=row.id, name=row.name, query=row.query, shared=row.shared, owner=owner, mine=mine)
