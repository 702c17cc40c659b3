"""On-site check 核查: which results are looked at on the spot before the case closes, by whom, how soon
(domain.md §3.6, §3.9: the result flows down to the discovering grid worker). The figures are the catalogue's."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from casework.rules.limits import Limit
from casework.rules.words import Channel, Direction, Urgency


@dataclass(frozen=True, slots=True)
class CheckRules:
    """The city's rules. `within`: how soon a check is answered. `categories`: prefixes whose results are checked
    whoever reported the matter."""

    within: Mapping[Urgency, Limit] = field(default_factory=dict)
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Check:
    """核查任务 that is open: the unit that answers it, the person it was given to (None: anybody there), and until
    when (UTC)."""

    unit: int
    account: int | None
    due: datetime


def wanted(rules: CheckRules, direction: Direction, channel: Channel, category: str | None) -> bool:
    """What a grid worker discovered is always looked at again; other matters where the catalogue says so."""
    if direction is Direction.GRID and channel is Channel.GRID:
        return True
    return bool(category) and (category or "").startswith(rules.categories)
