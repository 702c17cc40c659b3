"""常用语: one's own, and the shared ones of one's area, which who answers for the area keeps for everybody."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from casework.db import desk_keeping as keeping
from casework.db.accounts import note
from casework.db.models import StandardText
from casework.journey.city import City
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.rules.facts import Actor
from casework.rules.text_places import TextPlace, unknown_places
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role
from services.dispatch.desk_schemas import PlaceView, TextForm, TextFound, TextView
from services.who import Holding, TheCity, Transaction

router = APIRouter(prefix="/standard-texts", tags=["派单台 desk"])
Staff = Annotated[Actor, Depends(Holding(*(frozenset(Role) - ADMIN_ROLES - OUTSIDE_ROLES)))]
Id = Annotated[int, Path(ge=1, lt=2**63)]
Words = Annotated[str, Query(max_length=100, pattern=r"^[^\x00]*$")]
KEEPERS = frozenset({Role.SUPERVISION, Role.LEADER})
"""Who changes what others shared: those who answer for the area, as for its calendars (0030)."""
MOST = 200


@router.get("")
async def list_texts(actor: Staff, session: Transaction, city: TheCity) -> list[TextView]:
    """One's own, and those shared in one's area."""
    return [_view(city, row, owner, actor) for row, owner in await keeping.kept_for(session, StandardText, actor)]


@router.get("/places")
async def list_places(actor: Staff) -> list[PlaceView]:
    """变量: what a text may name, filled from the case that it is written for."""
    return [PlaceView(name=place) for place in TextPlace]


@router.get("/found")
async def find_texts(
    actor: Staff,
    session: Transaction,
    city: TheCity,
    words: Words = "",
    cursor: Annotated[int, Query(ge=0, lt=2**63)] = 0,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TextFound:
    """One's own, those shared in one's area and in its parts, newest first, by words of the title or the text."""
    rows, total = await keeping.find_texts(session, actor, words.strip(), cursor, limit + 1)
    following = rows[limit - 1][0].id if len(rows) > limit else None
    return TextFound(texts=[_view(city, row, owner, actor) for row, owner in rows[:limit]], total=total, next=following)


@router.post("", status_code=201)
async def add_text(form: TextForm, actor: Staff, session: Transaction, city: TheCity) -> TextView:
    """One more of one's own."""
    _check(form)
    if await keeping.how_many(session, StandardText, actor) >= MOST:
        raise Conflict("kept_too_many", most=MOST)
    row = StandardText(account_id=actor.account_id, area_code=actor.area)
    return await _written(session, city, row, form, actor)


@router.put("/{text_id}")
async def change_text(text_id: Id, form: TextForm, actor: Staff, session: Transaction, city: TheCity) -> TextView:
    """One's own, or a shared one of the area that one keeps, changed; the latter is told in the audit log."""
    _check(form)
    row = await _kept(session, text_id, actor, "STANDARD_TEXT_CHANGED")
    return await _written(session, city, row, form, actor)


@router.delete("/{text_id}", status_code=204)
async def drop_text(text_id: Id, actor: Staff, session: Transaction) -> None:
    """One's own, or a shared one of the area that one keeps, gone; the latter is told in the audit log."""
    await session.delete(await _kept(session, text_id, actor, "STANDARD_TEXT_DROPPED"))


def _check(form: TextForm) -> None:
    """No place that nobody fills. Raises Unprocessable, naming each."""
    if found := unknown_places(form.body):
        told = {"names": "、".join(found), "known": "、".join(TextPlace)}
        raise Unprocessable(fields=[FieldFault("body", "standard_text.unknown_place", told)])


async def _kept(session: Transaction, text_id: int, actor: Actor, act: str) -> StandardText:
    if row := await keeping.own(session, StandardText, text_id, actor):
        return row
    row = await keeping.shared_in(session, text_id, actor.area) if actor.area and actor.roles & KEEPERS else None
    if row is None:
        raise NotFound("kept_not_found")
    was = {"title": row.title, "body": row.body}
    note(session, act, account_id=actor.account_id, subject=f"standard_text:{text_id}", data=was)
    return row


async def _written(session: Transaction, city: City, row: StandardText, form: TextForm, actor: Actor) -> TextView:
    row = await keeping.write(session, row, form.model_dump())
    return _view(city, row, await keeping.owner_of(session, row), actor)


def _view(city: City, row: StandardText, owner: str, actor: Actor) -> TextView:
    told = {"id": row.id, "title": row.title, "body": row.body, "action": row.action, "shared": row.shared}
    mine = row.account_id == actor.account_id
    keeps = mine or bool(row.shared and actor.roles & KEEPERS and actor.area and row.area_code.startswith(actor.area))
    about = {"owner": owner, "mine": mine, "keeps": keeps, "updated_at": row.updated_at}
    area = {"area_code": row.area_code, "area_name": city.catalog.areas.name_path(row.area_code)}
    return TextView.model_validate({**told, **about, **area})
