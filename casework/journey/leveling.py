"""分级响应: the clocks of a matter on its level, and what raising 提级 writes."""

from datetime import datetime

from casework.catalog.load import Catalog
from casework.db.door import ClockRow
from casework.journey import clockwork
from casework.journey.standing import timing_of
from casework.journey.writing import Writing, close_lead, open_new_lead
from casework.rules.levels import NEXT
from casework.rules.transitions import Transition
from casework.rules.words import ClockName, Level, Status


def plan(catalog: Catalog, name: ClockName, level: Level, timing: clockwork.Timing, start: datetime) -> ClockRow | None:
    """A clock of a grid's matter: LEVEL and SIGN by the limits of its level, where it has such; else by the table."""
    limits = catalog.response.levels.get((level, timing.urgency))
    if name is ClockName.LEVEL:
        return clockwork.by_limit(catalog, name, limits.handle, limits.source, timing, start) if limits else None
    if name is ClockName.SIGN and limits:
        return clockwork.by_limit(catalog, name, limits.accept, limits.source, timing, start)
    return clockwork.plan(catalog, name, timing, start)


async def raised(w: Writing, row: Transition) -> None:
    """提级: a new lead at the next level, which may not return it; the citizen's promise stays as it is.

    What was signed below counts as signed above: nobody waits for a signature again.
    """
    assert w.target_unit is not None
    assert w.lead is not None
    below, above = Level(w.case.level), NEXT[Level(w.case.level)]
    w.also_units.append(w.lead.unit_id)
    close_lead(w, "RAISED")
    open_new_lead(w, w.target_unit, signed=row.target is Status.HANDLING, designated=True)
    w.case.level = above.value
    w.case.contact_made = False
    w.noted |= {"from_level": below.value, "to_level": above.value}
    for name in (ClockName.SIGN, ClockName.LEVEL):
        w.ready[name] = (plan(w.city.catalog, name, above, timing_of(w.case), w.now), None)
