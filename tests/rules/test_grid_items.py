"""事项准入 and 职责清单: what a grid may be given, and what holds on which day, as rows that read as sentences."""

from datetime import date

import pytest

from casework.catalog.load import Catalog
from casework.rules.grid_items import AdmittedItem, DutyLine, why_not
from casework.rules.words import GridKind

FIRST, LAST = date(2026, 1, 1), date(2027, 1, 1)
TODAY = date(2026, 6, 1)
COVERS = AdmittedItem("0203", "510104", FIRST, LAST)
PLACE = "510104017001001"

# what was admitted, the matter's category, where, of which kind of grid, on which day, why not
ITEMS: list[tuple[str, list[AdmittedItem], str | None, str, GridKind, date, str | None]] = [
    ("admitted for the county", [COVERS], "0203", PLACE, GridKind.GENERAL, TODAY, None),
    (
        "a whole branch of categories",
        [AdmittedItem("02", "5101", FIRST, LAST)],
        "0203",
        PLACE,
        GridKind.MICRO,
        TODAY,
        None,
    ),
    ("on its first day", [COVERS], "0203", PLACE, GridKind.GENERAL, FIRST, None),
    ("its last day is over", [COVERS], "0203", PLACE, GridKind.GENERAL, LAST, "GRID_ITEM_NOT_IN_FORCE"),
    ("not begun yet", [COVERS], "0203", PLACE, GridKind.GENERAL, date(2025, 12, 31), "GRID_ITEM_NOT_IN_FORCE"),
    ("another category", [COVERS], "0204", PLACE, GridKind.GENERAL, TODAY, "GRID_ITEM_NOT_ADMITTED"),
    ("another county", [COVERS], "0203", "510105002002001", GridKind.GENERAL, TODAY, "GRID_ITEM_NOT_ADMITTED"),
    ("nothing is admitted", [], "0203", PLACE, GridKind.GENERAL, TODAY, "GRID_ITEM_NOT_ADMITTED"),
    ("no category yet", [COVERS], None, PLACE, GridKind.GENERAL, TODAY, "GRID_ITEM_UNSORTED"),
    (
        "for another kind of grid",
        [AdmittedItem("0203", "510104", FIRST, LAST, frozenset({GridKind.DUTY}))],
        *("0203", PLACE, GridKind.GENERAL, TODAY, "GRID_ITEM_OTHER_KIND"),
    ),
    (
        "over for one kind, in force for all",
        [AdmittedItem("0203", "510104", FIRST, TODAY, frozenset({GridKind.DUTY})), COVERS],
        *("0203", PLACE, GridKind.GENERAL, TODAY, None),
    ),
]


@pytest.mark.parametrize(
    ("items", "category", "place", "kind", "day", "code"), [row[1:] for row in ITEMS], ids=[row[0] for row in ITEMS]
)
def test_a_grid_is_given_only_what_is_admitted(
    items: list[AdmittedItem], category: str | None, place: str, kind: GridKind, day: date, code: str | None
) -> None:
    assert why_not(items, category, place, kind, day) == code


def test_a_changed_duty_holds_in_its_old_form_on_old_days() -> None:
    old = DutyLine("VISIT", "巡查", "", "每周", "旧办法", FIRST, TODAY)
    new = DutyLine("VISIT", "巡查", "", "每日", "新办法", TODAY)
    lines = (old, new)
    assert [one.frequency for one in lines if one.holds(None, "510104", date(2026, 5, 31))] == ["每周"]
    assert [one.frequency for one in lines if one.holds(None, "510104", TODAY)] == ["每日"]


@pytest.mark.parametrize("kind", GridKind)
def test_every_kind_of_grid_has_duties_and_the_negative_list(catalog: Catalog, kind: GridKind) -> None:
    held = [line for line in catalog.duties if line.holds(kind, "510104", TODAY)]
    assert any(not line.negative for line in held)
    assert {line.id for line in held if line.negative} == {"NO-LAW", "NO-DATA", "NO-ITEM"}
    assert all(line.source for line in held)
    assert any(line.id == "CM-VERIFY" for line in held) == (kind is GridKind.DUTY)


def test_a_duty_of_one_county_is_no_others() -> None:
    line = DutyLine("NIGHT", "夜巡", "", "", "区办法", FIRST, area="510104")
    assert line.holds(GridKind.MICRO, "510104017", TODAY)
    assert not line.holds(GridKind.MICRO, "510105", TODAY)
