"""Units 承办单位: the tree, and who belongs below whom."""

from collections.abc import Collection

import asyncpg
from sqlalchemy import literal, or_, select, union
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Unit
from casework.rules.pick_unit import UnitBook, UnitPlace

_OPEN = "SELECT id, code, department, area_code AS area FROM unit WHERE active"


async def open_units(db: asyncpg.Pool) -> UnitBook:
    """All active units as routing sees them."""
    return UnitBook(UnitPlace(**dict(row)) for row in await db.fetch(_OPEN))


async def unit_in_area(session: AsyncSession, code: str, area: str) -> Unit | None:
    """An active unit by its code, if it lies in the area (a prefix) or answers for a wider one; None otherwise."""
    found = await session.scalar(select(Unit).where(Unit.code == code, Unit.active))
    near = found is not None and (found.area_code.startswith(area) or area.startswith(found.area_code))
    return found if near else None


async def with_children(session: AsyncSession, unit_id: int) -> frozenset[int]:
    """The unit and all units below it."""
    tree = select(Unit.id).where(Unit.id == unit_id).cte("tree", recursive=True)
    tree = tree.union_all(select(Unit.id).where(Unit.parent_id == tree.c.id))
    return frozenset(await session.scalars(select(tree.c.id)))


async def near(session: AsyncSession, unit_ids: Collection[int]) -> dict[int, str]:
    """The units, all above them and all below: their codes by id."""
    above = select(Unit.id, Unit.parent_id).where(Unit.id.in_(unit_ids)).cte("above", recursive=True)
    above = above.union(select(Unit.id, Unit.parent_id).where(Unit.id == above.c.parent_id))
    below = select(Unit.id).where(Unit.id.in_(unit_ids)).cte("below", recursive=True)
    below = below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    all_ids = union(select(above.c.id), select(below.c.id))
    found = await session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(all_ids)))
    return {unit_id: code for unit_id, code in found}


async def ids_of(session: AsyncSession, codes: Collection[str]) -> dict[str, int]:
    """The units of those codes, closed ones too, by code."""
    rows = await session.execute(select(Unit.code, Unit.id).where(Unit.code.in_(codes)))
    return {code: unit_id for code, unit_id in rows}


async def units_near(session: AsyncSession, area: str) -> list[Unit]:
    """The active units that a move by somebody of the area (a prefix) may name: those that lie in it, and those that
    answer for a wider one; by code. As `unit_in_area`."""
    near = or_(Unit.area_code.like(f"{area}%"), literal(area).startswith(Unit.area_code))
    return list(await session.scalars(select(Unit).where(near, Unit.active).order_by(Unit.code)))


async def code_of(session: AsyncSession, unit_id: int) -> str | None:
    """A unit's code by its id."""
    found: str | None = await session.scalar(select(Unit.code).where(Unit.id == unit_id))
    return found


async def names_of(session: AsyncSession) -> dict[str, str]:
    """The names of all units by code."""
    return {row.code: row.name for row in await session.execute(select(Unit.code, Unit.name))}
