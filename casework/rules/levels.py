"""Graded response 分级响应: grid → community → street → county → city; what is late is raised (domain.md §3.9)."""

from dataclasses import dataclass

from casework.rules.limits import Limit
from casework.rules.words import Level

NEXT = {Level.COMMUNITY: Level.STREET, Level.STREET: Level.COUNTY, Level.COUNTY: Level.CITY}
"""提级: where a matter goes from each level. A grid worker settles it at once or hands it up: no case waits there."""

GRADED = tuple(NEXT)
"""Levels that a matter can be raised from; only there its time is limited."""


@dataclass(frozen=True, slots=True)
class LevelLimits:
    """`accept` 受理时限: until signed. `handle` 处置时限: until settled. Both from the arrival at the level."""

    accept: Limit
    handle: Limit
    source: str
