"""网格事项准入: asked for with its source, admitted or refused by another person, taken back. None commits.

Who admits is the leader 分管领导 of the area; what is not in the register reaches no grid (rules/grid_items.py).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import grid_items as rows
from casework.db.accounts import note
from casework.db.models import GridItem
from casework.journey.city import City
from casework.kit.errors import Conflict, FieldFault, NotFound, Unprocessable
from casework.rules.facts import Actor
from casework.rules.words import GridKind

LONGEST = timedelta(days=3 * 366)
"""An admission is looked at again after three years at the latest [P]."""


@dataclass(frozen=True, slots=True)
class NewItem:
    """What is to be admitted: a category for an area (a prefix) and kinds of grids (none: all), its source, and until
    when. Days in Asia/Shanghai, the last one not included."""

    category: str
    area: str
    kinds: tuple[GridKind, ...]
    source: str
    valid_from: date
    valid_to: date


async def ask(session: AsyncSession, city: City, actor: Actor, new: NewItem) -> GridItem:
    """申请准入. Raises Unprocessable naming the field, Conflict where it waits or holds already."""
    known = city.catalog.categories.get(new.category)
    faults = []
    if known is None or known.retired:
        faults.append(FieldFault("category", "grid_item.category_unknown"))
    if not city.catalog.areas.valid(new.area) or not new.area.startswith(actor.area or "-"):
        faults.append(FieldFault("area", "grid_item.area_unknown"))
    today = await rows.today(session)
    if new.valid_to <= max(new.valid_from, today):
        faults.append(FieldFault("valid_to", "grid_item.ends_before_it_begins"))
    elif new.valid_to - new.valid_from > LONGEST:
        faults.append(FieldFault("valid_to", "grid_item.too_long"))
    if faults or known is None:
        raise Unprocessable(fields=faults)
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"grid_item:{new.area}", 0))))
    if await rows.waiting_or_standing(session, new.category, new.area, new.valid_from):
        raise Conflict("grid_item.there_already")
    item = GridItem(
        category=new.category,
        area_code=new.area,
        kinds=sorted(kind.value for kind in new.kinds),
        name=known.name,
        source=new.source,
        valid_from=new.valid_from,
        valid_to=new.valid_to,
        asked_by=actor.account_id,
    )
    session.add(item)
    await session.flush()
    _noted(session, actor, "GRID_ITEM_ASKED", item)
    return item


async def decide(session: AsyncSession, actor: Actor, item_id: int, *, admit: bool, why: str) -> GridItem:
    """准入 or 不予准入, by another person than asked. Raises NotFound, Conflict."""
    item = await _found(session, actor, item_id)
    if item.state != "ASKED":
        raise Conflict("grid_item.decided")
    if item.asked_by == actor.account_id:
        raise Conflict("grid_item.second_person")
    item.state = "ADMITTED" if admit else "REFUSED"
    return await _decided(session, actor, item, why)


async def take_back(session: AsyncSession, actor: Actor, item_id: int, why: str) -> GridItem:
    """退出准入: from now on no grid is given it; tasks that are with a grid are finished. Raises NotFound, Conflict."""
    item = await _found(session, actor, item_id)
    if item.state != "ADMITTED":
        raise Conflict("grid_item.not_admitted")
    item.state = "ENDED"
    return await _decided(session, actor, item, why)


async def _decided(session: AsyncSession, actor: Actor, item: GridItem, why: str) -> GridItem:
    item.decided_by, item.decided_at, item.decision_note = actor.account_id, func.now(), why
    _noted(session, actor, f"GRID_ITEM_{item.state}", item)
    await session.flush()
    return item


async def _found(session: AsyncSession, actor: Actor, item_id: int) -> GridItem:
    item = await rows.find(session, actor, item_id)
    if item is None:
        raise NotFound("grid_item.not_found")
    return item


def _noted(session: AsyncSession, actor: Actor, act: str, item: GridItem) -> None:
    data = {"category": item.category, "area": item.area_code}
    note(session, act, account_id=actor.account_id, subject=f"grid_item:{item.id}", data=data)
