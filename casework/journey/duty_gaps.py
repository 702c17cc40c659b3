"""值班空档: which grids have nobody on duty when, in the days ahead. Only read; nothing is written."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from casework.catalog.load import Catalog
from casework.db import grid_duty as rows
from casework.db.models import DutyLeave, DutyShift, Grid
from casework.rules.duty_gaps import Leave, Staff, Stretch, Turn, gaps, wanted

Holes = list[tuple[Grid, list[Stretch]]]


async def holes_ahead(
    session: AsyncSession, catalog: Catalog, grids: Sequence[Grid], now: datetime, days: int
) -> Holes:
    """The grids with holes in the next `days` days from `now` (UTC), with the holes of each."""
    within = Stretch(now, now + timedelta(days=days))
    turns = await rows.shifts_between(session, [grid.id for grid in grids], *within)
    people = {who for turn in turns for who in (turn.account_id, turn.substitute_id) if who is not None}
    leaves = await rows.leaves_between(session, people, *within)
    people |= {leave.substitute_id for leave in leaves if leave.substitute_id is not None}
    leaves = await rows.leaves_between(session, people, *within)
    staff = Staff(await rows.active_among(session, people), _by_person(leaves))
    by_grid: defaultdict[int | None, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_grid[turn.grid_id].append(_turn(turn))
    found = []
    for grid in grids:
        hours = wanted(catalog.grid_duty, within, catalog.calendars.for_area(grid.area_code))
        found.append((grid, gaps(hours, by_grid[grid.id], staff)))
    return [(grid, holes) for grid, holes in found if holes]


def _turn(row: DutyShift) -> Turn:
    return Turn(row.account_id, Stretch(row.starts_at, row.ends_at), row.substitute_id)


def _by_person(rows: Sequence[DutyLeave]) -> dict[int, list[Leave]]:
    found: defaultdict[int, list[Leave]] = defaultdict(list)
    for row in rows:
        found[row.account_id].append(Leave(row.account_id, Stretch(row.starts_at, row.ends_at), row.substitute_id))
    return dict(found)
