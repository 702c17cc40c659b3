"""What may be asked of the supervisors' figures: a view, a period, a grouping, filters, and which part of a row."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from casework.rules.rates import View
from casework.rules.tallies import Period
from casework.rules.words import Channel, Exclusion, Kind, Urgency


class By(StrEnum):
    """分组: one row of the report for each. CATEGORY is the first level, SUBCATEGORY the second."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    STREET = "street"
    COMMUNITY = "community"
    GRID = "grid"
    UNIT = "unit"
    CATEGORY = "category"
    SUBCATEGORY = "subcategory"
    CHANNEL = "channel"
    KIND = "kind"
    URGENCY = "urgency"
    MONTH = "month"


GRID_DIGITS = 20
AREA_DIGITS = {By.PROVINCE: 2, By.CITY: 4, By.COUNTY: 6, By.STREET: 9, By.COMMUNITY: 12, By.GRID: GRID_DIGITS}
"""How much of an area's code makes the group; a case that is placed more widely is in a group of its own code."""


class Part(StrEnum):
    """明细: which of the cases behind a row. MISSED are those below the line but not above it."""

    NUMERATOR = "numerator"
    DENOMINATOR = "denominator"
    MISSED = "missed"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: a view, a period, a grouping, and filters that all must fit. `area` and `category` are prefixes.

    `units`: lead units by id. `by` the unit means the unit that leads now: the city's order level (domain.md §6).
    """

    view: View
    period: Period
    by: By
    area: str = ""
    units: frozenset[int] | None = None
    category: str = ""
    channel: Channel | None = None
    kind: Kind | None = None
    urgency: Urgency | None = None


class Place(NamedTuple):
    """Where a page ended: when its last case fell into the period (UTC), and the case's id."""

    at: datetime
    id: int


@dataclass(frozen=True, slots=True)
class Slice:
    """Which of the cases: a part of one group, or of all (`key` None; "" is the group without a key).

    `reason` narrows EXCLUDED to one. Those after the place `after`, at most `limit` of them.
    """

    part: Part
    reason: Exclusion | None = None
    key: str | None = None
    after: Place | None = None
    limit: int = 50
