"""Point → grid 点找网格: an STRtree over the grids' polygons, held by every process that places points.

The grid that answers a point: exclusive before general before micro; of several of one kind, as on a border, the one
with the smallest code, so that the same point always finds the same grid. A 责任网格 is the 数字城管's own division
and is never a case's grid (domain.md §3.1).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely

from casework.rules.points import Point, distance_m
from casework.rules.words import GridKind

_RANK = {GridKind.EXCLUSIVE: 0, GridKind.GENERAL: 1, GridKind.MICRO: 2}
_METRES_PER_DEGREE = 90_000.0  # the least that a degree measures in China's south and west


@dataclass(frozen=True, slots=True)
class Placed:
    """A grid as the index knows it: valid from `valid_from` to before `valid_to` (seconds since 1970, UTC)."""

    code: str
    area: str
    kind: GridKind
    valid_from: float
    valid_to: float


@dataclass(frozen=True, slots=True)
class GridShape:
    """网格 with its polygon, CGCS2000; `valid_to` None while it stands. Times UTC."""

    code: str
    area: str
    kind: GridKind
    polygon: shapely.Geometry
    valid_from: datetime
    valid_to: datetime | None


class GridIndex:
    """Immutable once built; a change of the grids is a new index."""

    def __init__(self, shapes: Iterable[GridShape]) -> None:
        kept = sorted((one for one in shapes if one.kind in _RANK), key=lambda one: (_RANK[one.kind], one.code))
        self._grids: Sequence[Placed] = [_placed(one) for one in kept]
        self._shapes = np.array([one.polygon for one in kept], dtype=object)
        self._tree = shapely.STRtree(self._shapes)

    def __len__(self) -> int:
        return len(self._grids)

    def at(self, point: Point, moment: datetime) -> Placed | None:
        """The grid that held the point at that moment; a point on the border is held. None: no grid did."""
        second = moment.timestamp()
        found = self._tree.query(shapely.Point(point.lon, point.lat), predicate="intersects")
        valid = [place for place in found.tolist() if _holds(self._grids[place], second)]
        return self._grids[min(valid)] if valid else None

    def near(self, point: Point, moment: datetime, *, metres: float) -> Placed | None:
        """The nearest grid of that moment within so many metres, for a point that no grid holds."""
        second, spot = moment.timestamp(), shapely.Point(point.lon, point.lat)
        around = self._tree.query(spot.buffer(metres / _METRES_PER_DEGREE))
        near = sorted((self._metres(place, spot), place) for place in around if _holds(self._grids[place], second))
        return self._grids[near[0][1]] if near and near[0][0] <= metres else None

    def _metres(self, place: int, spot: shapely.Point) -> float:
        line = shapely.shortest_line(spot, self._shapes[place])
        (lon, lat), (other_lon, other_lat) = shapely.get_coordinates(line)
        return distance_m(Point(lon, lat), Point(other_lon, other_lat))


def _placed(one: GridShape) -> Placed:
    end = one.valid_to.timestamp() if one.valid_to is not None else float("inf")
    return Placed(one.code, one.area, one.kind, one.valid_from.timestamp(), end)


def _holds(grid: Placed, second: float) -> bool:
    return grid.valid_from <= second < grid.valid_to
