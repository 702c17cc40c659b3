"""Point → grid: which grid answers, and when (domain.md §3.1, §5.3)."""

from datetime import UTC, datetime, timedelta

import pytest
import shapely

from casework.place.counties import county_map
from casework.place.grid_index import GridIndex, GridShape
from casework.rules.points import Point, gcj02, wgs84
from casework.rules.words import GridKind

COMMUNITY, NEXT = "510104017001", "510104017002"
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)
YEAR = timedelta(days=365)


def shape(
    code: str,
    box: tuple[float, float, float, float],
    kind: GridKind = GridKind.GENERAL,
    *,
    until: datetime | None = None,
) -> GridShape:
    return GridShape(code, code[:12], kind, shapely.box(*box), NOW - YEAR, until)


WEST, EAST = (104.080, 30.650, 104.084, 30.654), (104.084, 30.650, 104.088, 30.654)
INDEX = GridIndex(
    [
        shape(f"{NEXT}001", EAST),
        shape(f"{COMMUNITY}001", WEST),
        shape(f"{COMMUNITY}002", (104.081, 30.651, 104.082, 30.652), GridKind.EXCLUSIVE),
        shape(f"{COMMUNITY}003", (104.082, 30.652, 104.083, 30.653), GridKind.MICRO),
        shape(f"{COMMUNITY}004", (104.080, 30.650, 104.088, 30.654), GridKind.DUTY),
        shape(f"{COMMUNITY}005", (104.088, 30.650, 104.092, 30.654), until=NOW - timedelta(days=30)),
        shape(f"{NEXT}006", (104.088, 30.650, 104.092, 30.654)),
    ]
)

# where, which grid
ANSWERS = [
    ((104.0805, 30.6505), f"{COMMUNITY}001"),
    ((104.0815, 30.6515), f"{COMMUNITY}002"),  # a school inside a general grid: its exclusive grid
    ((104.0825, 30.6525), f"{COMMUNITY}001"),  # a micro grid lies inside a general one, which answers
    ((104.084, 30.652), f"{COMMUNITY}001"),  # on the border: the smallest code
    ((104.081, 30.651), f"{COMMUNITY}002"),  # on a corner
    ((104.086, 30.652), f"{NEXT}001"),
    ((104.0700, 30.6520), None),
    ((0.0, 0.0), None),
    ((181.0, 95.0), None),
]


@pytest.mark.parametrize(("at", "code"), ANSWERS)
def test_a_point_has_one_grid_always_the_same(at: tuple[float, float], code: str | None) -> None:
    backwards = GridIndex(reversed([shape(f"{COMMUNITY}001", WEST), shape(f"{NEXT}001", EAST)]))
    found = INDEX.at(Point(*at), NOW)
    assert (found.code if found else None) == code
    if code in (f"{COMMUNITY}001", f"{NEXT}001"):
        again = backwards.at(Point(*at), NOW)
        assert again is not None
        assert again.code == code


def test_a_point_belongs_to_the_grid_of_the_events_time() -> None:
    spot = Point(104.090, 30.652)
    then, later = INDEX.at(spot, NOW - timedelta(days=31)), INDEX.at(spot, NOW)
    assert then is not None
    assert later is not None
    assert (then.code, later.code) == (f"{COMMUNITY}005", f"{NEXT}006")
    assert INDEX.at(spot, NOW - 2 * YEAR) is None


def test_outside_all_grids_the_nearest_within_reach_is_told() -> None:
    spot = Point(104.0925, 30.652)  # 48 m east of the last grid
    near = INDEX.near(spot, NOW, metres=100)
    assert near is not None
    assert near.area == NEXT
    assert INDEX.near(spot, NOW, metres=40) is None
    assert INDEX.near(Point(104.2, 30.7), NOW, metres=100) is None


def test_an_index_without_grids_answers_nothing() -> None:
    empty = GridIndex([])
    assert len(empty) == 0
    assert empty.at(Point(104.08, 30.65), NOW) is None
    assert empty.near(Point(104.08, 30.65), NOW, metres=100) is None


def test_a_point_of_another_system_that_is_taken_as_it_is_finds_another_grid() -> None:
    """Mixing GCJ-02 and CGCS2000 at Chengdu misplaces a point by some 375 m (domain.md §5.3)."""
    true = Point(104.0805, 30.6505)
    drawn = gcj02(true)
    mixed, converted = INDEX.at(drawn, NOW), wgs84(drawn, "GCJ02")
    assert mixed is None or mixed.code != f"{COMMUNITY}001"
    assert converted is not None
    right = INDEX.at(converted, NOW)
    assert right is not None
    assert right.code == f"{COMMUNITY}001"


@pytest.mark.parametrize(
    ("at", "county"),
    [
        ((104.0817, 30.6571), "510104"),
        ((104.6794, 31.4675), "510703"),
        ((101.7185, 26.5823), "510402"),
        ((116.4, 39.9), None),
        ((-104.08, 30.65), None),
    ],
)
def test_a_point_lies_in_its_county(at: tuple[float, float], county: str | None) -> None:
    assert county_map().at(Point(*at)) == county


def test_near_a_countys_border_the_rounded_lines_do_not_decide() -> None:
    shape = county_map().shape("510104")
    assert shape is not None
    lon, lat = shapely.get_coordinates(shape)[0]
    assert county_map().at(Point(lon, lat)) is None
    assert county_map().shape("510199") is None
