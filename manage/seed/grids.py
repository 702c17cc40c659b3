"""Demo grids 演示网格: every community cut into a few rectangles. They are nobody's real borders.

The county's rough bounding box is halved again and again, in the order of the codes, each half as wide as it has
communities: so a street's communities lie together, no two grids overlap, and the same town comes out each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

import shapely

from casework.catalog.areas import short_name
from casework.catalog.load import Catalog
from casework.place.grid_index import GridIndex, GridShape
from casework.rules.words import GridKind

COUNTY = "510104"
CRS = "CGCS2000"
PER_COMMUNITY = 3
SINCE = timedelta(days=365)
_EXCLUSIVE_EVERY = 5
DIGITS = 6


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in degrees, CGCS2000."""

    west: float
    south: float
    east: float
    north: float

    def cut(self, share: float) -> tuple["Box", "Box"]:
        """Two parts across the longer side, the first with this share of it."""
        if self.east - self.west >= self.north - self.south:
            middle = round(self.west + (self.east - self.west) * share, DIGITS)
            return Box(self.west, self.south, middle, self.north), Box(middle, self.south, self.east, self.north)
        middle = round(self.south + (self.north - self.south) * share, DIGITS)
        return Box(self.west, self.south, self.east, middle), Box(self.west, middle, self.east, self.north)

    def polygon(self) -> dict[str, Any]:
        """As GeoJSON: one closed ring, counter-clockwise."""
        west, south, east, north = self.west, self.south, self.east, self.north
        return {
            "type": "Polygon",
            "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
        }

    def point(self, chance: Random) -> tuple[float, float]:
        """A place inside: lon, lat."""
        return (
            round(self.west + (self.east - self.west) * chance.uniform(0.05, 0.95), DIGITS),
            round(self.south + (self.north - self.south) * chance.uniform(0.05, 0.95), DIGITS),
        )


COUNTY_BOX = Box(104.070, 30.560, 104.170, 30.665)


@dataclass(frozen=True, slots=True)
class GridLine:
    """One grid to be: `kind` GENERAL 综合网格 or EXCLUSIVE 专属网格."""

    code: str
    area: str
    name: str
    kind: str
    box: Box


def grid_lines(catalog: Catalog, communities: Sequence[str]) -> list[GridLine]:
    """The grids of these communities."""
    return [
        GridLine(f"{area}{number:03d}", area, _name(catalog, area, number), _kind(place, number), box)
        for place, (area, whole) in enumerate(_spread(sorted(communities), COUNTY_BOX))
        for number, (_, box) in enumerate(_spread(["grid"] * PER_COMMUNITY, whole), start=1)
    ]


def index_of(lines: Sequence[GridLine], since: datetime) -> GridIndex:
    """The grids as intake finds them, valid since then (UTC)."""
    shapes = (
        GridShape(
            line.code,
            line.area,
            GridKind(line.kind),
            shapely.box(line.box.west, line.box.south, line.box.east, line.box.north),
            since,
            None,
        )
        for line in lines
    )
    return GridIndex(shapes)


def _spread(names: Sequence[str], box: Box) -> list[tuple[str, Box]]:
    if len(names) == 1:
        return [(names[0], box)]
    half = len(names) // 2
    first, second = box.cut(half / len(names))
    return _spread(names[:half], first) + _spread(names[half:], second)


def _kind(place: int, number: int) -> str:
    return "EXCLUSIVE" if number == PER_COMMUNITY and place % _EXCLUSIVE_EVERY == 0 else "GENERAL"


def _name(catalog: Catalog, area: str, number: int) -> str:
    community = catalog.areas.get(area)
    assert community is not None
    return f"{short_name(community.name)}第{number}网格"
