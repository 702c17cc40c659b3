"""Where a request belongs 落点: the grid of its point, else the area that its words make certain.

What the sender says of the area stands; a point makes it narrower, never another. Nothing is taken from outside the
county where the request came in: that is left to people, with a flag. So is what the words leave open.
"""

from dataclasses import dataclass
from datetime import datetime

from casework.journey.city import City
from casework.place.counties import county_map
from casework.place.geocoder import locate
from casework.place.grid_index import GridIndex
from casework.place.match import match_place
from casework.rules.points import Point

OUTSIDE_GRIDS = "POINT_OUTSIDE_GRIDS"
"""Flag: no grid holds the point; the area is the nearest community's, or wider."""
ELSEWHERE = "PLACE_ELSEWHERE"
"""Flag: point or words lie outside the area that was given or where the request came in; that area stands."""
UNSURE = "PLACE_UNSURE"
"""Flag: the words name a place, but not which; the area is what is certain."""
NEAR_M = 100.0
"""Metres from a grid within which its community answers for a point that no grid holds."""
_COUNTY = 6


@dataclass(frozen=True, slots=True)
class Told:
    """What a request says of its place. `home`: where it came in. `point` in WGS-84. `moment`: of the event;
    `received`: when it came in (both UTC)."""

    area: str | None
    home: str
    point: Point | None
    address: str | None
    text: str
    moment: datetime
    received: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """落点: the area's code, a grid's where one was found; None where the sender's own or its home stands."""

    area: str | None
    flags: tuple[str, ...] = ()


async def place(city: City, told: Told) -> Place:
    """The narrowest area that is certain. Writes nothing, and needs the database for its first grids only."""
    found = Place(None)
    if told.point is not None:
        found = _by_point(await city.places.grids(), told, told.point)
    if found.area is None and told.area is None:
        words = await _by_words(city, told)
        return Place(words.area, (*found.flags, *words.flags))
    return found


def _by_point(grids: GridIndex, told: Told, point: Point) -> Place:
    bound = told.area or told.home[:_COUNTY]
    # where nobody had drawn a grid yet when it happened, the one that stands now answers
    grid = grids.at(point, told.moment) or grids.at(point, told.received)
    if grid is not None:
        return Place(grid.code) if grid.code.startswith(bound) else Place(None, (ELSEWHERE,))
    near = grids.near(point, told.received, metres=NEAR_M)
    flags = (OUTSIDE_GRIDS,) if len(grids) else ()
    if near is not None and near.area.startswith(bound):
        return Place(near.area, flags)
    county = county_map().at(point)
    if county is None or county.startswith(bound):
        return Place(county if told.area is None and county != told.home else None, flags)
    return Place(None, flags if bound.startswith(county) else (ELSEWHERE,))


async def _by_words(city: City, told: Told) -> Place:
    """By the address; a report's own words only where it came in for a whole county or more."""
    said = told.address or (told.text if len(told.home) <= _COUNTY else "")
    if not said:
        return Place(None)
    found = match_place(await city.places.gazetteer(), said, within=told.home[:_COUNTY], running=not told.address)
    flags = (UNSURE,) if found.unsure else ()
    if found.certain is None or told.home.startswith(found.certain):
        return await _by_geocoder(city, told, Place(None, flags))
    if found.certain.startswith(told.home[:_COUNTY]):
        return Place(found.certain, flags)
    return Place(None, (ELSEWHERE,))


async def _by_geocoder(city: City, told: Told, otherwise: Place) -> Place:
    """What an outside geocoder says of an address that the names alone do not settle, if it lies in a grid of home."""
    if not told.address or city.geocoder is None:
        return otherwise
    point = await locate(city.geocoder, told.address, told.home)
    grid = (await city.places.grids()).at(point, told.received) if point is not None else None
    return Place(grid.code) if grid is not None and grid.code.startswith(told.home[:_COUNTY]) else otherwise
