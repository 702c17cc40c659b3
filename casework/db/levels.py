"""Graded response 分级响应: which unit a matter is raised to, and which matters are late on their level."""

import asyncpg
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db.models import Case, Unit
from casework.rules.levels import NEXT
from casework.rules.words import Level

# as in the index ix_clock_level; what has no unit above it waits for people, and holds up nobody else
_LATE = """
SELECT DISTINCT c.case_no, min(k.due_at) AS due
FROM clock k JOIN cases c ON c.id = k.case_id LEFT JOIN unit lead ON lead.id = c.lead_unit_id
WHERE k.state = 'RUNNING' AND k.name IN ('LEVEL', 'SIGN') AND k.due_at < now()
  AND c.direction = 'GRID' AND c.status IN ('DISPATCHED', 'HANDLING')
  AND EXISTS (SELECT FROM clock l WHERE l.case_id = c.id AND l.name = 'LEVEL' AND l.state = 'RUNNING')
  AND EXISTS (
    SELECT FROM unit u WHERE u.active AND CASE c.level
      WHEN 'COMMUNITY' THEN u.level = 'STREET' AND u.area_code = left(c.area_code, 9)
      WHEN 'STREET' THEN u.level = 'COUNTY' AND u.code = c.suggested_unit
      WHEN 'COUNTY' THEN u.level = 'CITY' AND u.area_code = left(c.area_code, 4) AND u.department = lead.department
    END)
GROUP BY c.case_no ORDER BY due LIMIT $1
"""


async def unit_above(session: AsyncSession, case: Case) -> int | None:
    """The unit that a matter is raised to: its street's office, the department that the catalogue suggests in the
    county, the same department of the city. None: there is none."""
    above = NEXT.get(Level(case.level))
    if above is None:
        return None
    wanted: Select[int] = select(Unit.id).where(Unit.active, Unit.level == above.value)
    if above is Level.STREET:
        wanted = wanted.where(Unit.area_code == case.area_code[:9])
    elif above is Level.COUNTY:
        wanted = wanted.where(Unit.code == case.suggested_unit)
    else:
        department = select(Unit.department).where(Unit.id == case.lead_unit_id).scalar_subquery()
        wanted = wanted.where(Unit.area_code == case.area_code[:4], Unit.department == department)
    found: int | None = await session.scalar(wanted.order_by(Unit.id).limit(1))
    return found


async def late_on_level(db: asyncpg.Pool, *, limit: int) -> list[str]:
    """Matters whose level has not signed or settled them in time (the database's time), the longest late first."""
    return [row["case_no"] for row in await db.fetch(_LATE, limit)]
