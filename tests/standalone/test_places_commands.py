"""`areas import` and `grids demo`: shown first, whole or not at all."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from casework.catalog.areas import AreaLevel
from casework.catalog.load import Catalog, load
from casework.catalog.problems import CatalogError
from casework.catalog.sources import SHIPPED
from casework.db.models import Case, Grid, Unit
from casework.journey.city import City
from casework.journey.grids import bring_in
from casework.kit.settings import Settings
from casework.place.counties import county_map
from casework.place.grid_file import ground_m2, read_grid_file
from casework.rules.facts import Actor
from casework.rules.words import GridKind, Role
from manage.areas import examine, write
from manage.grids import demo_file
from manage.texts import Sorry

ON = date(2026, 12, 1)
GONE, HEIR = "510104017002", "510104017001"


@pytest.fixture
def folder(tmp_path: Path, settings: Settings) -> Settings:
    own = tmp_path / "own"
    own.mkdir()
    return settings.model_copy(update={"catalog": own})


def next_version(tmp_path: Path, *, without: str = "", more: str = "") -> Path:
    path = tmp_path / "next.csv"
    lines = (SHIPPED / "areas.csv").read_text("utf-8").splitlines(keepends=True)
    path.write_text(
        "".join(line for line in lines if not without or not line.startswith(f"{without},")) + more, "utf-8"
    )
    return path


async def test_a_dry_run_tells_what_hangs_on_each_area_and_writes_nothing(
    tmp_path: Path, folder: Settings, city: City
) -> None:
    async with city.database.transaction() as session:
        unit = Unit(code=f"{GONE}-SQ2", name="甲", department="SQ", level="COMMUNITY", area_code=GONE)
        session.add(unit)
        box = {"type": "Polygon", "coordinates": [[[104, 30], [105, 30], [105, 31], [104, 30]]]}
        session.add(Grid(code=f"{GONE}001", area_code=GONE, name="甲", kind="GENERAL", polygon=box))
        units = await session.scalar(select(func.count()).where(Unit.area_code == GONE, Unit.active))
        cases = await session.scalar(select(func.count()).where(Case.area_code.startswith(GONE)))
    new = await examine(folder, next_version(tmp_path, without=GONE), ON, "试")
    assert [(one.became.value, one.code) for one in new.changes] == [("RETIRED", GONE)]
    assert (new.touched[GONE].units, new.touched[GONE].grids, new.touched[GONE].cases) == (units, 1, cases)
    assert folder.catalog is not None
    assert list(folder.catalog.iterdir()) == []


async def test_applied_the_catalogue_reads_the_new_version_and_keeps_the_past(tmp_path: Path, folder: Settings) -> None:
    new = await examine(folder, next_version(tmp_path, without=GONE), ON, "2026 年底版")
    write(folder, new)
    areas = load(folder.catalog).areas
    assert not areas.valid(GONE)
    assert areas.name_path(GONE).endswith("锦官驿街道" + areas.name_path(GONE).rpartition("街道")[2])
    assert [one.code for one in areas.past] == [GONE]
    again = await examine(folder, next_version(tmp_path, without=GONE), ON, "2026 年底版")
    assert again.changes == []


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("51010401700,短,COMMUNITY\n", "next.csv:37730: code: "),
        ("510199001001,无县社区,COMMUNITY\n", "next.csv:37730: code: "),
        ("510104017099,,COMMUNITY\n", "next.csv:37730: name: "),
    ],
)
async def test_a_wrong_line_keeps_the_whole_version_out(tmp_path: Path, folder: Settings, more: str, says: str) -> None:
    with pytest.raises(CatalogError) as caught:
        await examine(folder, next_version(tmp_path, more=more), ON, "试")
    assert [line for line in caught.value.problems if line.startswith(says)]


async def test_a_wrong_header_and_an_empty_file_are_named(tmp_path: Path, folder: Settings) -> None:
    for content, says in (
        ("编号,名称\n1,2\n", "next.csv:1: "),
        ("code,name,level\n", "next.csv: "),
        ("", "next.csv: "),
    ):
        path = tmp_path / "next.csv"
        path.write_text(content, "utf-8")
        with pytest.raises(CatalogError) as caught:
            await examine(folder, path, ON, "试")
        assert caught.value.problems[0].startswith(says)


async def test_a_version_that_the_catalogue_does_not_fit_is_refused(tmp_path: Path, folder: Settings) -> None:
    """A street that a functional zone has as its member may not go without the zone being told."""
    with pytest.raises(CatalogError) as caught:
        await examine(folder, next_version(tmp_path, without="510107061"), ON, "试")
    assert [line for line in caught.value.problems if "510107061" in line]


async def test_without_a_folder_of_the_citys_own_nothing_is_written(tmp_path: Path, settings: Settings) -> None:
    new = await examine(settings, next_version(tmp_path), ON, "试")
    with pytest.raises(Sorry):
        write(settings, new)


@pytest.mark.parametrize("county", ["510105", "513332", "511724"])
def test_a_county_is_cut_into_grids_without_gap_or_overlap(county: str, catalog: Catalog) -> None:
    content = demo_file(catalog.areas, county, 120)
    file = read_grid_file(content, "CGCS2000", lambda area: area.startswith(county), county_map().shape)
    assert (list(file.faults), list(file.remarks)) == ([], [])
    whole = county_map().shape(county)
    assert whole is not None
    assert sum(ground_m2(one.shape) for one in file.grids) == pytest.approx(ground_m2(whole), rel=1e-3)
    communities = [a for street in catalog.areas.children(county) for a in catalog.areas.children(street.code)]
    assert len(file.grids) == max(120, len(communities))
    assert {one.area for one in file.grids} == {area.code for area in communities if area.level is AreaLevel.COMMUNITY}
    assert GridKind.EXCLUSIVE in {one.kind for one in file.grids} or len(communities) >= 120
    assert demo_file(catalog.areas, county, 120) == content


@pytest.mark.parametrize("county", ["5101", "510199", "110101", "", "x"])
def test_what_is_no_county_is_not_cut(county: str, catalog: Catalog) -> None:
    with pytest.raises(Sorry):
        demo_file(catalog.areas, county, None)


async def test_demo_grids_are_written_once_and_kept_when_made_again(city: City, catalog: Catalog) -> None:
    content, who = demo_file(catalog.areas, "510105", 100), Actor(frozenset({Role.SYSTEM}), area="510105")
    async with city.database.transaction() as session:
        first = await bring_in(session, city, who, content, crs="CGCS2000", source="demo", apply=True)
    async with city.database.transaction() as session:
        again = await bring_in(session, city, who, content, crs="CGCS2000", source="demo", apply=True)
    assert (len(first.made), len(again.made), len(again.kept)) == (len(first.made), 0, len(first.made))
    assert len(first.made) >= 100
