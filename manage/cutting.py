"""Cutting a county into demo grids 演示网格: nobody's real borders, but of a likely shape and number.

The county's polygon is cut across its longer side again and again, in the order of the communities' codes, by lines a
little askew, each part as large as its share of the communities: so a street's communities lie together, nothing
overlaps, no gap is left, and the same county comes out each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import atan2, cos, pi, radians
from random import Random

import shapely
from shapely import affinity

from casework.rules.words import GridKind

_STEPS = 14
_ASKEW = pi / 10
_EXCLUSIVE_EVERY = 12


@dataclass(frozen=True, slots=True)
class Piece:
    """One demo grid: its community's place in the given order, its number there from 1, kind and polygon."""

    community: int
    number: int
    kind: GridKind
    shape: shapely.Geometry


def cut_county(county: shapely.Geometry, communities: int, grids: int) -> list[Piece]:
    """So many grids, spread evenly over so many communities; every community has one at least."""
    chance = Random(communities * 1_000_003 + grids)  # noqa: S311 - the same county must come out each time
    each, more = divmod(max(grids, communities), communities)
    pieces = []
    for place, whole in enumerate(_cut(county, [1.0] * communities, chance)):
        parts = _cut(whole, [1.0] * (each + (place < more)), chance)
        for number, part in enumerate(parts, start=1):
            exclusive = number == len(parts) > 1 and place % _EXCLUSIVE_EVERY == 0
            pieces.append(Piece(place, number, GridKind.EXCLUSIVE if exclusive else GridKind.GENERAL, part))
    return pieces


def _cut(shape: shapely.Geometry, shares: Sequence[float], chance: Random) -> list[shapely.Geometry]:
    """The shape in as many parts as there are shares, each as large as its share says."""
    if len(shares) == 1:
        return [shape]
    half = len(shares) // 2
    first, second = _halve(shape, sum(shares[:half]) / sum(shares), chance)
    return _cut(first, shares[:half], chance) + _cut(second, shares[half:], chance)


def _halve(shape: shapely.Geometry, share: float, chance: Random) -> tuple[shapely.Geometry, shapely.Geometry]:
    """Two parts on either side of a line across the longer side, the first with this share of the area."""
    along = _long_side(shape) + chance.uniform(-_ASKEW, _ASKEW)
    middle = shape.centroid
    turned = affinity.rotate(shape, -along, origin=middle, use_radians=True)
    west, south, east, north = turned.bounds
    low, high = west, east
    for _ in range(_STEPS):
        line = (low + high) / 2
        if shapely.clip_by_rect(turned, west - 1, south - 1, line, north + 1).area < share * turned.area:
            low = line
        else:
            high = line
    first = shapely.box(west - 1, south - 1, low, north + 1)
    second = shapely.box(low, south - 1, east + 1, north + 1)
    sides = (affinity.rotate(side, along, origin=middle, use_radians=True) for side in (first, second))
    left, right = (_polygons(shapely.intersection(shape, side)) for side in sides)
    return left, right


def _long_side(shape: shapely.Geometry) -> float:
    """The direction, in radians of the degrees' plane, of the side that is longer on the ground."""
    (ax, ay), (bx, by), (cx, cy) = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shape))[:3]
    narrow = cos(radians(shape.centroid.y))
    dx, dy = max((bx - ax, by - ay), (cx - bx, cy - by), key=lambda side: (side[0] * narrow) ** 2 + side[1] ** 2)
    return atan2(dy, dx)


def _polygons(shape: shapely.Geometry) -> shapely.Geometry:
    """Only what has an area: a cut may leave a line or a point."""
    parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon" and part.area > 0]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
