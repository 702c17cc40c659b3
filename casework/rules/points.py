"""Points 坐标点: between the systems in use here, and how far apart two points are.

WGS-84 and CGCS2000 are taken as one (they differ by decimetres). Public web maps draw GCJ-02, Baidu BD-09; to mix
them up is to be 300 to 600 m off (domain.md §5.3).
"""

from math import asin, atan2, cos, hypot, pi, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8
_AXIS = 6_378_245.0  # the ellipsoid that GCJ-02 reckons with (Krasovsky)
_FLATNESS = 0.006_693_421_622_965_943
_BAIDU = pi * 3000 / 180
_STEPS = 6  # each step of the iteration shrinks the error some thousandfold


class Point(NamedTuple):
    """A point in degrees; WGS-84 unless said otherwise."""

    lon: float
    lat: float


def wgs84(point: Point, system: str | None) -> Point | None:
    """The point in WGS-84, or None when its system is not known. GCJ-02 and BD-09 within a metre."""
    if system in ("WGS84", "CGCS2000"):
        return point
    if system == "GCJ02":
        return _from_gcj02(point)
    return _from_gcj02(_from_bd09(point)) if system == "BD09" else None


def distance_m(one: Point, other: Point) -> float:
    """Metres over the sphere between two points of the same system (haversine)."""
    lat, other_lat = radians(one.lat), radians(other.lat)
    across = sin((other_lat - lat) / 2) ** 2
    along = cos(lat) * cos(other_lat) * sin(radians(other.lon - one.lon) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(across + along)))


def gcj02(point: Point) -> Point:
    """A WGS-84 point as GCJ-02 draws it; outside mainland China's frame it stays as it is."""
    lon, lat = point
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return point
    x, y = lon - 105.0, lat - 35.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + _waves(x)
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + _waves(x)
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    bend = 1 - _FLATNESS * sin(radians(lat)) ** 2
    metres_north = _AXIS * (1 - _FLATNESS) / (bend * sqrt(bend)) * pi / 180
    metres_east = _AXIS / sqrt(bend) * cos(radians(lat)) * pi / 180
    return Point(lon + east / metres_east, lat + north / metres_north)


def _waves(x: float) -> float:
    return (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0


def _from_gcj02(point: Point) -> Point:
    """The WGS-84 point that GCJ-02 draws there, by iteration."""
    found = point
    for _ in range(_STEPS):
        drawn = gcj02(found)
        found = Point(found.lon + point.lon - drawn.lon, found.lat + point.lat - drawn.lat)
    return found


def _from_bd09(point: Point) -> Point:
    x, y = point.lon - 0.0065, point.lat - 0.006
    radius = hypot(x, y) - 0.00002 * sin(y * _BAIDU)
    angle = atan2(y, x) - 0.000003 * cos(x * _BAIDU)
    return Point(radius * cos(angle), radius * sin(angle))
