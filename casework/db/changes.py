"""What has changed in whose scope 变动: events as they are committed, for those who watch.

An event's id is given before its commit, so a lower one may appear after a higher one: whoever reads on asks again
for the last ids of a few seconds and leaves out those that it has seen.
"""

from dataclasses import dataclass

import asyncpg

from casework.db.scope import AREA_ROLES
from casework.rules.facts import Actor
from casework.rules.words import UNIT_ROLES, Role

_AFTER = """
SELECT event.id, cases.case_no, cases.version, cases.area_code, cases.lead_unit_id, cases.reporter_id,
       cases.barred_units
FROM event JOIN cases ON cases.id = event.case_id
WHERE event.id > $1 ORDER BY event.id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class Change:
    """An event of a case: its id, the case's number and version, and whom the case concerns."""

    id: int
    case_no: str
    version: int
    area_code: str
    lead_unit_id: int | None
    reporter_id: int | None
    barred_units: list[int]


async def newest(pool: asyncpg.Pool) -> int:
    """The id of the last event; 0 when there is none."""
    found: int = await pool.fetchval("SELECT coalesce(max(id), 0) FROM event")
    return found


async def after(pool: asyncpg.Pool, event_id: int, *, limit: int) -> list[Change]:
    """The events behind an id, oldest first."""
    return [Change(*row) for row in await pool.fetch(_AFTER, event_id, limit)]


def concerns(actor: Actor, change: Change) -> bool:
    """Whether the case is in the actor's scope (db/scope.py), as far as its row tells."""
    if actor.unit_id in change.barred_units:
        return False
    if actor.roles & AREA_ROLES and actor.area and change.area_code.startswith(actor.area):
        return True
    if actor.roles & UNIT_ROLES and change.lead_unit_id in actor.units:
        return True
    if change.area_code in actor.grids:
        return True
    return Role.GRID_WORKER in actor.roles and change.reporter_id == actor.account_id
