"""数字城管 codes by their published structure, and the limits that a class has in an area."""

from datetime import UTC, datetime

import pytest

from casework.catalog.load import Catalog
from casework.catalog.urban import UrbanType, fault_of
from casework.journey.clockwork import Timing, plan
from casework.rules.urban_codes import BadUrbanCode, UrbanCode
from casework.rules.words import ClockName, Kind, Urgency


def test_a_part_has_sixteen_digits_in_four_parts() -> None:
    """The code of a sewer cover in a real city's data [domain.md §3.2 F:S53]."""
    code = UrbanCode.parse("320582 01 02 048188")
    assert (code.county, code.big, code.small, code.serial) == ("320582", "01", "02", "048188")
    assert (str(code), code.shown(), code.is_part) == ("3205820102048188", "320582 01 02 048188", True)


def test_an_event_has_ten_digits() -> None:
    code = UrbanCode.parse("5101040501")
    assert (code.small_class, code.serial, code.shown()) == ("0501", None, "510104 05 01")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "URBAN_CODE_FORM"),
        ("51010405", "URBAN_CODE_FORM"),
        ("51010401020481", "URBAN_CODE_FORM"),
        ("510104010204818X", "URBAN_CODE_FORM"),
        ("５１０１０４０５０１", "URBAN_CODE_FORM"),
        ("5101040002", "URBAN_CODE_CLASS"),
        ("5101040100", "URBAN_CODE_CLASS"),
        ("5101040601", "URBAN_CODE_CLASS"),
        ("5101042001", "URBAN_CODE_CLASS"),
        ("5101040102000000", "URBAN_CODE_SERIAL"),
    ],
)
def test_what_has_not_the_structure_is_no_code(text: str, code: str) -> None:
    with pytest.raises(BadUrbanCode) as bad:
        UrbanCode.parse(text)
    assert bad.value.code == code


@pytest.mark.parametrize("text", ["5101040599", "5101042101", "5101049999"])
def test_other_and_extended_classes_are_codes(text: str) -> None:
    assert str(UrbanCode.parse(text)) == text


# the code, what the case is taken for, where, what is wrong
FITS: list[tuple[str, Kind | None, str, str | None]] = [
    ("5101040102048188", None, "510104017001", None),
    ("5101040102", Kind.GRID_PART, "510104", None),
    ("5101040102", None, "510104", None),
    ("5101050102", None, "510104", "URBAN_CODE_ELSEWHERE"),
    ("5101042101", None, "510104", "URBAN_CODE_UNKNOWN"),
    ("5101040538000001", None, "510104", "URBAN_CODE_UNKNOWN"),
    ("12", None, "510104", "URBAN_CODE_FORM"),
]


@pytest.mark.parametrize(("text", "kind", "area", "fault"), FITS)
def test_a_code_fits_the_catalogue_and_the_place(
    catalog: Catalog, text: str, kind: Kind | None, area: str, fault: str | None
) -> None:
    assert fault_of(catalog.urban, text, kind, area) == fault


def test_the_same_digits_are_a_part_or_an_event_by_the_kind(catalog: Catalog) -> None:
    code = UrbanCode.parse("5101040102")
    assert catalog.urban.class_of(code, Kind.GRID_PART).name == "污水井盖"
    assert catalog.urban.class_of(code, None).name == "暴露垃圾"
    assert catalog.urban.class_of(UrbanCode.parse("5101040102048188"), None).type is UrbanType.PART


START = datetime(2026, 6, 8, 2, tzinfo=UTC)  # Monday 10:00
# urgency, the code, the kind, where, the limit that holds
LIMITS: list[tuple[Urgency, str | None, Kind, str, str]] = [
    (Urgency.N, "5101040103", Kind.GRID_EVENT, "510104017001", "240wm"),  # a core area 积存渣土
    (Urgency.N, "5101040103", Kind.GRID_EVENT, "510104018001", "2wd"),  # an ordinary one
    (Urgency.N, "5101040103", Kind.GRID_EVENT, "510104021", "2wd"),  # one that is not listed counts as B
    (Urgency.E1, "5101040102048188", Kind.GRID_PART, "510104017", "24h"),  # a cover: sooner than E1's three days
    (Urgency.E0, "5101040102048188", Kind.GRID_PART, "510104018", "24h"),  # E0's own is sooner than 48 h
    (Urgency.N, "5101040119", Kind.GRID_PART, "510104", "7wd"),  # a class without a limit of its own
    (Urgency.N, None, Kind.GRID_EVENT, "510104", "7wd"),  # no code
]


@pytest.mark.parametrize(("urgency", "code", "kind", "area", "limit"), LIMITS)
def test_the_limit_is_that_of_the_class_in_the_areas_class(
    catalog: Catalog, urgency: Urgency, code: str | None, kind: Kind, area: str, limit: str
) -> None:
    row = plan(catalog, ClockName.FINISH, Timing(urgency, kind, None, area, urban_code=code), START)
    assert row is not None
    assert row.limit_text == limit


def test_the_upstreams_earlier_deadline_is_the_promise_still(catalog: Catalog) -> None:
    due = datetime(2026, 6, 8, 4, tzinfo=UTC)
    timing = Timing(Urgency.N, Kind.GRID_EVENT, None, "510104017", due, urban_code="5101040103")
    row = plan(catalog, ClockName.FINISH, timing, START)
    assert row is not None
    assert (row.due_at, row.limit_text) == (due, "240wm")
