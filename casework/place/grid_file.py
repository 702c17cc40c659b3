"""Grids from GeoJSON 网格导入: read in a declared coordinate system, examined whole, each fault with its place.

A fault keeps the whole file out; a remark (a gap, a stray) is for people to look at. Areas are in square metres over
the ground, places lon and lat in CGCS2000.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any

import numpy as np
import shapely

from casework.rules.points import Point, wgs84
from casework.rules.words import GridKind

LEAST_M2 = 5.0
"""Overlaps and gaps below this are the rounding of coordinates."""
STRAY_DEGREES = 0.005
"""Some 500 m: a grid farther than this from all others of its community is a stray."""
_TOUCH = 1e-6
"""Degrees (some 0.1 m) within which two borders are one."""
_METRES = 111_320.0
_CHINA = (73.0, 3.0, 136.0, 54.0)
_PLACE = re.compile(r"\[(-?[\d.]+) (-?[\d.]+)\]")
_KINDS = {kind.value: kind for kind in GridKind} | {kind.zh: kind for kind in GridKind}


@dataclass(frozen=True, slots=True)
class Remark:
    """What is wrong or worth a look: a code whose sentence is in the texts, which features (from 1), where."""

    code: str
    features: tuple[int, ...] = ()
    at: tuple[float, float] | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A grid as the file draws it: `number` of its feature, its community, polygon in CGCS2000."""

    number: int
    area: str
    name: str
    kind: GridKind
    shape: shapely.Geometry


@dataclass(frozen=True, slots=True)
class GridFile:
    """`faults` keep it out, `remarks` do not."""

    grids: Sequence[Drawn]
    faults: Sequence[Remark]
    remarks: Sequence[Remark]


def read_grid_file(content: bytes, system: str, known: Callable[[str], bool], county: Callable[[str], Any]) -> GridFile:
    """Everything that is wrong with the file, at once. `known`: whether a community's code is one of the scope;
    `county`: the polygon of a county's code, or None."""
    faults: list[Remark] = []
    grids = [drawn for drawn in _read(content, system, known, faults) if drawn is not None]
    if not faults:
        faults += overlaps(grids)
    remarks = [*(gap for _, gap in _gaps(grids, county)), *_strays(grids, county)] if not faults else []
    return GridFile(grids, faults, remarks)


def remarks_on(
    one: Drawn, others: Sequence[Drawn], was: shapely.Geometry | None, county: Callable[[str], Any]
) -> list[Remark]:
    """What is worth a look about one grid among those that stand (`others`): gaps at its border, or at the border that
    it had (`was`), and whether it is a stray."""
    near = [one.shape] if was is None else [one.shape, was]
    touching = (gap for hole, gap in _gaps([one, *others], county) if (shapely.distance(hole, near) < _TOUCH).any())
    together = [one, *(other for other in others if other.area == one.area)]
    return [*touching, *(stray for stray in _strays(together, county) if stray.features == (one.number,))]


def _read(content: bytes, system: str, known: Callable[[str], bool], faults: list[Remark]) -> Iterator[Drawn | None]:
    try:
        told = json.loads(content)
    except (ValueError, RecursionError):
        faults.append(Remark("grid.not_json"))
        return
    features = told.get("features") if isinstance(told, dict) else None
    if not isinstance(features, list) or not features:
        faults.append(Remark("grid.not_features"))
        return
    for number, feature in enumerate(features, start=1):
        try:
            yield _drawn(number, feature, system, known, faults)
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError):
            faults.append(Remark("grid.unreadable", (number,)))


def _drawn(number: int, feature: Any, system: str, known: Callable[[str], bool], faults: list[Remark]) -> Drawn | None:
    told = feature.get("properties") or {}
    area, name = str(told.get("community") or "").strip(), str(told.get("name") or "").strip()
    kind = _KINDS.get(str(told.get("kind") or GridKind.GENERAL.value).strip())
    before = len(faults)
    if not known(area):
        faults.append(Remark("grid.community_unknown", (number,), params={"area": area[:20]}))
    if not 1 <= len(name) <= 100:
        faults.append(Remark("grid.name_missing", (number,)))
    if kind is None:
        faults.append(Remark("grid.kind_unknown", (number,), params={"kind": str(told.get("kind"))[:20]}))
    shape = read_polygon(feature.get("geometry"), system, faults, number)
    if shape is None or kind is None or len(faults) > before:
        return None
    return Drawn(number, area, name, kind, shape)


def read_polygon(geometry: Any, system: str, faults: list[Remark], number: int = 1) -> shapely.Geometry | None:
    """A valid polygon in CGCS2000, or None after a fault that says what is wrong with it, and where."""
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        faults.append(Remark("grid.not_polygon", (number,), params={"type": str(kind)[:30]}))
        return None
    try:
        shape = shapely.from_geojson(json.dumps({"type": kind, "coordinates": geometry["coordinates"]}))
    except (shapely.GEOSException, ValueError, KeyError, TypeError):
        faults.append(Remark("grid.ring_open", (number,)))
        return None
    found = _china_fault(shape, number)
    if found is not None:
        faults.append(found)
        return None
    shape = shapely.transform(shapely.force_2d(shape), lambda given: _converted(given, system))
    reason = shapely.is_valid_reason(shape)
    if reason == "Valid Geometry" and not shape.is_empty and ground_m2(shape) >= LEAST_M2:
        return shape
    place = _PLACE.search(reason)
    at = (float(place[1]), float(place[2])) if place else None
    faults.append(Remark("grid.ring_invalid", (number,), at, {"reason": reason.split("[")[0]}))
    return None


def _china_fault(shape: shapely.Geometry, number: int) -> Remark | None:
    west, south, east, north = shape.bounds
    if shape.is_empty:
        return Remark("grid.ring_open", (number,))
    if _CHINA[0] <= west and _CHINA[1] <= south and east <= _CHINA[2] and north <= _CHINA[3]:
        return None
    swapped = _CHINA[0] <= south and _CHINA[1] <= west and north <= _CHINA[2] and east <= _CHINA[3]
    return Remark("grid.swapped" if swapped else "grid.not_in_china", (number,), (round(west, 5), round(south, 5)))


def _converted(given: "np.ndarray", system: str) -> "np.ndarray":
    if system in ("WGS84", "CGCS2000"):
        return given
    return np.array([wgs84(Point(lon, lat), system) or (lon, lat) for lon, lat in given.tolist()])


def overlaps(grids: Sequence[Drawn], others: Sequence[tuple[str, GridKind, shapely.Geometry]] = ()) -> list[Remark]:
    """Where two grids of one kind lie over one another: of the file, or one of it and one that stands (`others`:
    code, kind, polygon). Grids of different kinds may: a micro grid lies in a general one."""
    shapes = [one.shape for one in grids]
    remarks = []
    tree = shapely.STRtree([*shapes, *(shape for _, _, shape in others)])
    for mine, other in tree.query(shapes, predicate="intersects").T.tolist() if shapes else ():
        one = grids[mine]
        if other < len(grids):
            found = grids[other] if other > mine and grids[other].kind is one.kind else None
            shape, numbers, params = (found.shape, (one.number, found.number), {}) if found else (None, (), {})
        else:
            code, kind, standing = others[other - len(grids)]
            shape, numbers, params = (standing if kind is one.kind else None), (one.number,), {"grid": code}
        if shape is not None:
            both = shapely.intersection(one.shape, shape)
            size = ground_m2(both)
            if size >= LEAST_M2:
                code_ = "grid.overlap_standing" if params else "grid.overlap"
                remarks.append(Remark(code_, numbers, _place_in(both), {"size": round(size), **params}))
    return remarks


def _gaps(grids: Sequence[Drawn], county: Callable[[str], Any]) -> Iterator[tuple[shapely.Geometry, Remark]]:
    """Holes among the general grids, which no grid fills; one that belongs to another county is none."""
    around = [shape for code in {one.area[:6] for one in grids} if (shape := county(code)) is not None]
    own = shapely.union_all(around) if around else None
    general = [one.shape for one in grids if one.kind is GridKind.GENERAL]
    exclusive = [one.shape for one in grids if one.kind is GridKind.EXCLUSIVE]
    whole = shapely.union_all([*general, *exclusive])
    for part in shapely.get_parts(whole):
        for ring in shapely.get_rings(part)[1:]:
            hole = shapely.difference(shapely.polygons(ring), whole)
            size = ground_m2(hole)
            spot = _place_in(hole) if size >= LEAST_M2 else None
            if spot is not None and (own is None or shapely.intersects_xy(own, *spot)):
                yield hole, Remark("grid.gap", (), spot, {"size": round(size)})


def _strays(grids: Sequence[Drawn], county: Callable[[str], Any]) -> Iterator[Remark]:
    """Grids far from the others of their community, or outside their county."""
    of: defaultdict[str, list[Drawn]] = defaultdict(list)
    for one in grids:
        of[one.area].append(one)
    for area, together in of.items():
        around = county(area[:6])
        for one in together:
            rest = [other.shape for other in together if other is not one]
            alone = rest and shapely.distance(one.shape, shapely.union_all(rest)) > STRAY_DEGREES
            if alone:
                yield Remark("grid.stray", (one.number,), _place_in(one.shape), {"area": area})
            elif around is not None and shapely.distance(one.shape, around) > STRAY_DEGREES:
                yield Remark("grid.stray_county", (one.number,), _place_in(one.shape), {"area": area[:6]})


def _place_in(shape: shapely.Geometry) -> tuple[float, float]:
    spot = shapely.point_on_surface(shape)
    return round(spot.x, 5), round(spot.y, 5)


def ground_m2(shape: shapely.Geometry) -> float:
    """Square metres over the ground, well enough for a grid's size."""
    return float(shape.area) * _METRES**2 * cos(radians(shape.centroid.y)) if not shape.is_empty else 0.0


def as_geojson(shape: shapely.Geometry) -> dict[str, Any]:
    """The polygon as the database keeps it, rounded to a millimetre: no sliver is left between neighbours."""
    told: dict[str, Any] = json.loads(shapely.to_geojson(shapely.set_precision(shape, 1e-8)))
    return told


def in_order(grids: Sequence[Drawn]) -> list[Drawn]:
    """North to south, and west to east within some 100 m of it: the order in which they are numbered [F:S50]."""
    middles = {one.number: one.shape.centroid for one in grids}
    return sorted(grids, key=lambda one: (-round(middles[one.number].y, 3), middles[one.number].x))
