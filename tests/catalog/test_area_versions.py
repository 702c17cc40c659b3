"""A new version of the areas: told before it is written, and a case keeps the name of its day (issue 5 §1)."""

from datetime import date
from pathlib import Path

import pytest

from casework.catalog.area_versions import AreaChange, Became, as_file, changes
from casework.catalog.areas import AreaTree, PastArea
from casework.catalog.faults import Faults
from casework.catalog.load import load
from casework.catalog.problems import CatalogError
from casework.catalog.read_areas import AreaLines, read_area_lines
from casework.catalog.sources import SHIPPED, Sources

CITY = "5101,成都市,CITY\n510104,锦江区,COUNTY\n510104017,锦官驿街道,STREET\n510104018,东湖街道,STREET\n"
OLD = (
    CITY
    + "510104017001,水井坊社区居委会,COMMUNITY\n510104017002,大慈寺社区居委会,COMMUNITY\n"
    + "510104017003,合江亭社区,COMMUNITY\n"
)
NEW = (
    CITY + "510104017001,水井坊社区,COMMUNITY\n510104018002,大慈寺社区居委会,COMMUNITY\n510104018009,新社区,COMMUNITY\n"
)
DATED = "code,name,level,valid_from,valid_to,merged_into,source\n"


def read(tmp_path: Path, lines: str, header: str = "code,name,level\n") -> AreaLines:
    (tmp_path / "areas.csv").write_text(header + lines, "utf-8")
    faults = Faults()
    found = read_area_lines(Sources(tmp_path), faults)
    assert not faults.lines
    return found


def test_what_would_change_is_told_area_by_area(tmp_path: Path) -> None:
    assert changes(read(tmp_path, OLD), read(tmp_path, NEW)) == [
        AreaChange(Became.RENAMED, "510104017001", "水井坊社区居委会", "510104017001", "水井坊社区"),
        AreaChange(Became.MOVED, "510104017002", "大慈寺社区居委会", "510104018002", "大慈寺社区居委会"),
        AreaChange(Became.RETIRED, "510104017003", "合江亭社区"),
        AreaChange(Became.ADDED, "510104018009", "新社区", "510104018009", "新社区"),
    ]
    assert changes(read(tmp_path, OLD), read(tmp_path, OLD)) == []


def test_the_file_says_what_a_retired_area_was_merged_into(tmp_path: Path) -> None:
    old = read(tmp_path, OLD)
    dated = "".join(f"{line},,,,\n" for line in NEW.splitlines())
    new = read(tmp_path, dated + "510104017003,合江亭社区,COMMUNITY,,2026-12-01,510104017001,批复\n", DATED)
    retired = next(one for one in changes(old, new) if one.code == "510104017003")
    assert (retired.became, retired.now, retired.now_name) == (Became.RETIRED, "510104017001", "水井坊社区")


def test_the_written_file_keeps_the_past_and_reads_back_the_same(tmp_path: Path) -> None:
    old, new = read(tmp_path, OLD), read(tmp_path, NEW)
    found = changes(old, new)
    (tmp_path / "areas.csv").write_text(as_file(old, new, found, date(2026, 12, 1), "2026 年版"), "utf-8")
    faults = Faults()
    again = read_area_lines(Sources(tmp_path), faults)
    assert not faults.lines
    assert again.names == new.names
    assert changes(again, new) == []
    assert [(one.code, one.merged_into) for one in again.past] == [
        ("510104017001", "510104017001"),
        ("510104017002", "510104018002"),
        ("510104017003", ""),
    ]
    assert {one.valid_to for one in again.past} == {date(2026, 12, 1)}
    assert again.since["510104018009"] == date(2026, 12, 1)
    assert again.source["510104018009"] == "2026 年版"
    later = as_file(again, new, changes(again, new), date(2027, 1, 1), "2027 年版")
    assert later == (tmp_path / "areas.csv").read_text("utf-8")


def test_a_retired_code_keeps_its_name_and_is_valid_no_more() -> None:
    names = {"5101": "成都市", "510104": "锦江区", "510104017": "锦官驿街道", "510104018": "东湖街道"}
    past = [
        PastArea("510104019", "旧街道", None, date(2019, 12, 1), "510104020"),
        PastArea("510104020", "后街道", date(2019, 12, 1), date(2026, 1, 1), "510104018"),
        PastArea("510104021", "无后", None, date(2020, 1, 1)),
    ]
    areas = AreaTree(names, {}, past)
    assert areas.name_path("510104019") == "成都市锦江区旧街道"
    assert not areas.valid("510104019")
    assert areas.today("510104019") == "510104018"
    assert areas.today("510104021") == "510104021"
    assert areas.today("510104017") == "510104017"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("510104017009,甲社区,COMMUNITY,2026-13-01,,,", "valid_from"),
        ("510104017009,甲社区,COMMUNITY,,2026-01-01,510104099999,", "merged_into"),
        ("510104017009,甲社区,STREET,,,,", "level"),
        ("510104017001,甲社区,COMMUNITY,,,,", "code"),  # twice
        ("510104017009,甲社区,COMMUNITY", "areas.csv:"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, says: str) -> None:
    dated = "".join(f"{one},,,,\n" for one in OLD.splitlines())
    (tmp_path / "areas.csv").write_text(DATED + dated + line + "\n", "utf-8")
    faults = Faults()
    read_area_lines(Sources(tmp_path), faults)
    assert len(faults.lines) == 1
    assert says in faults.lines[0]


def test_former_names_and_grid_templates_are_checked(tmp_path: Path) -> None:
    (tmp_path / "former_names.csv").write_text("name,code,since\n某旧县,519999,2000\n", "utf-8")
    (tmp_path / "grids.toml").write_text('[code]\ntemplate = "{seq}"\ndigits = 3\n', "utf-8")
    with pytest.raises(CatalogError) as caught:
        load(tmp_path)
    told = "\n".join(caught.value.problems)
    assert "former_names.csv:2: code: " in told
    assert "grids.toml:2: code.template: " in told
    assert (SHIPPED / "grids.toml").is_file()
