"""Grid codes: by the city's own template, and none twice (domain.md §3.2)."""

import pytest

from casework.rules.grid_codes import CodesUsedUp, CodeTemplate, new_codes
from casework.rules.words import GridKind

AREA = "510104017001"
KINDS = {GridKind.GENERAL: "ZH", GridKind.EXCLUSIVE: "ZS", GridKind.MICRO: "WG"}
G, E, M = GridKind.GENERAL, GridKind.EXCLUSIVE, GridKind.MICRO

# the template, what is there, the kinds that are made -> their suffixes
GIVEN = [
    ("{area}{seq}", 3, [], [G, E], ["001", "002"]),
    ("{area}{seq}", 3, ["001", "003"], [G, G], ["002", "004"]),  # a hole is filled, a code that was given is not
    ("{area}{kind}{seq}", 3, [], [G, E, M], ["ZH001", "ZS002", "WG003"]),
    ("{area}{seq}{kind}", 2, ["01ZH"], [G], ["02ZH"]),
    ("{area}{kind}{seq}", 3, ["ZS001"], [G, E], ["ZH001", "ZS002"]),
]


@pytest.mark.parametrize(("template", "digits", "taken", "kinds", "suffixes"), GIVEN)
def test_new_grids_are_numbered_by_the_template(
    template: str, digits: int, taken: list[str], kinds: list[GridKind], suffixes: list[str]
) -> None:
    used = {AREA + one for one in taken}
    assert new_codes(CodeTemplate(template, digits, KINDS), AREA, kinds, used) == [AREA + one for one in suffixes]


def test_a_community_that_has_used_every_number_gets_no_further_grid() -> None:
    template = CodeTemplate("{area}{seq}", 2, {})
    assert len(new_codes(template, AREA, [G] * 99, set())) == 99
    with pytest.raises(CodesUsedUp):
        new_codes(template, AREA, [G] * 100, set())


@pytest.mark.parametrize(
    ("template", "digits", "kinds", "usable"),
    [
        ("{area}{seq}", 3, KINDS, True),
        ("{area}{kind}{seq}", 6, KINDS, True),
        ("{area}{kind}{seq}", 7, KINDS, False),  # nine characters behind the community
        ("{seq}{area}", 3, KINDS, False),
        ("{area}", 3, KINDS, False),
        ("{area}-{seq}", 3, KINDS, False),
        ("{area}{seq}", 1, KINDS, False),
        ("{area}{kind}{seq}", 3, {GridKind.GENERAL: "zh"}, False),
        ("{0}{seq}", 3, KINDS, False),
    ],
)
def test_a_template_that_would_make_no_grid_code_is_refused(
    template: str, digits: int, kinds: dict[GridKind, str], usable: bool
) -> None:
    assert CodeTemplate(template, digits, kinds).usable() is usable
