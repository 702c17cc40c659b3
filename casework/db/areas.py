"""What hangs on an area 区划关联: the open cases, units, grids and accounts that carry its code or one below it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from casework.db.models import Account, Case, Grid, Unit
from casework.rules.transitions import OPEN


@dataclass(frozen=True, slots=True)
class Touched:
    """How many carry a code, or one below it."""

    cases: int = 0
    units: int = 0
    grids: int = 0
    accounts: int = 0

    def __bool__(self) -> bool:
        return any((self.cases, self.units, self.grids, self.accounts))


async def touched(session: AsyncSession, codes: Iterable[str]) -> dict[str, Touched]:
    """For each code what hangs on it; four counts over all, whatever the number of codes."""
    cases = await _counted(session, Case.area_code, Case.status.in_([status.value for status in OPEN]))
    units = await _counted(session, Unit.area_code, Unit.active)
    grids = await _counted(session, Grid.area_code, Grid.valid_to.is_(None))
    accounts = await _counted(session, Account.area_code, Account.active)
    return {code: Touched(cases[code], units[code], grids[code], accounts[code]) for code in codes}


async def _counted(
    session: AsyncSession, column: InstrumentedAttribute[str], which: ColumnElement[bool] | InstrumentedAttribute[bool]
) -> Counter[str]:
    area = func.left(column, 12).label("area")
    rows = await session.execute(select(area, func.count()).where(which).group_by(area))
    found: Counter[str] = Counter()
    for code, number in rows:
        for length in (2, 4, 6, 9, 12):
            if length <= len(code):
                found[code[:length]] += number
    return found
