"""常用语 and 我的视图: what people keep at the desk, for themselves or for everybody of their area."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import ValidationError

from casework.db import desk_keeping as keeping
from casework.db.models import SavedView, StandardText
from casework.db.reads import queue
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.rules.facts import Actor
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role
from services.dispatch.desk_schemas import SavedQuestion, SavedViewCounts, SavedViewView, TextForm, TextView, ViewForm
from services.who import Holding, Transaction

router = APIRouter(tags=["派单台 desk"])
Staff = Annotated[Actor, Depends(Holding(*(frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES)))]
Id = Annotated[int, Path(ge=1, lt=2**63)]
MOST = 200


@router.get("/standard-texts")
async def list_texts(actor: Staff, session: Transaction) -> list[TextView]:
    """One's own, and those shared in one's area."""
    rows = await keeping.kept_for(session, StandardText, actor)
    return [_text(row, owner, actor) for row, owner in rows]


@router.post("/standard-texts", status_code=201)
async def add_text(form: TextForm, actor: Staff, session: Transaction) -> TextView:
    """One more of one's own."""
    row = await _new(session, StandardText, actor)
    return _text(await keeping.write(session, row, form.model_dump()), actor.login, actor)


@router.put("/standard-texts/{text_id}")
async def change_text(text_id: Id, form: TextForm, actor: Staff, session: Transaction) -> TextView:
    """One's own, changed."""
    row = await _own(session, StandardText, text_id, actor)
    return _text(await keeping.write(session, row, form.model_dump()), actor.login, actor)


@router.delete("/standard-texts/{text_id}", status_code=204)
async def drop_text(text_id: Id, actor: Staff, session: Transaction) -> None:
    """One's own, gone."""
    await session.delete(await _own(session, StandardText, text_id, actor))


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
    row = await _new(session, SavedView, actor)
    if await keeping.name_taken(session, form.name, actor):
        raise Unprocessable(fields=[FieldFault("name", "view_name_taken")])
    return _view(await keeping.write(session, row, form.model_dump()), actor.login, actor)


@router.delete("/saved-views/{view_id}", status_code=204)
async def drop_view(view_id: Id, actor: Staff, session: Transaction) -> None:
    """One's own, gone."""
    await session.delete(await _own(session, SavedView, view_id, actor))


async def _new(session: Transaction, kind: type[keeping.Kept], actor: Actor) -> keeping.Kept:
    if await keeping.how_many(session, kind, actor) >= MOST:
        raise Conflict("kept_too_many", most=MOST)
    return kind(account_id=actor.account_id, area_code=actor.area)


async def _own(session: Transaction, kind: type[keeping.Kept], kept_id: int, actor: Actor) -> keeping.Kept:
    row = await keeping.own(session, kind, kept_id, actor)
    if row is None:
        raise NotFound("kept_not_found")
    return row


def _question(row: SavedView) -> tuple[queue.View, queue.Narrowed] | None:
    try:
        asked = SavedQuestion.model_validate({name: said for name, said in row.query.items() if said})
    except ValidationError:
        return None
    return asked.view, queue.Narrowed(asked.area, asked.urgency, asked.kind, asked.words or None)


def _text(row: StandardText, owner: str, actor: Actor) -> TextView:
    told = {"id": row.id, "title": row.title, "body": row.body, "action": row.action, "shared": row.shared}
    return TextView.model_validate({**told, "owner": owner, "mine": row.account_id == actor.account_id})


def _view(row: SavedView, owner: str, actor: Actor) -> SavedViewView:
    mine = row.account_id == actor.account_id
    return SavedViewView(id=row.id, name=row.name, query=row.query, shared=row.shared, owner=owner, mine=mine)
