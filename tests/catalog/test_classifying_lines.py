"""Lexicon, signs, other schemes and the machine's limits: wrong lines are named, maps are many-to-one."""

from collections.abc import Callable
from pathlib import Path

import pytest

from casework.catalog.load import Catalog, load
from casework.catalog.problems import CatalogError

Changed = Callable[[str, str, str], Path]

WRONG = [
    ("lexicon.csv", "9901,3,路灯\n", "code", "category 9901 is not in categories.csv"),
    ("lexicon.csv", "0204,4,路灯\n", "weight", "4"),
    ("lexicon.csv", "0204,3,\n", "words", "must be filled in"),
    ("lexicon.csv", "0204,3,路灯+\n", "words", "路灯+ has an empty part"),
    ("signs.csv", "NEW,DOOM,路灯,,E0,110,\n", "sign", "DOOM is not allowed"),
    ("signs.csv", "NEW,LIFE,路灯,,E7,110,\n", "urgency", "E7 is not allowed"),
    ("signs.csv", "NEW,LIFE,路灯,,E0,911,\n", "lines", "911"),
    ("signs.csv", "NEW,LIFE,+路灯,,E0,110,\n", "says", "+路灯 has an empty part"),
    ("signs.csv", "GAS-LEAK,LIFE,路灯,,E0,110,\n", "id", "GAS-LEAK stands in line "),
    ("schemes.csv", "labels-7,2026.1,新类,新类,9901,\n", "categories", "category 9901 is not in categories.csv"),
    ("schemes.csv", "labels-7,2026.1,环境保护,环境保护,06,\n", "code", "环境保护 stands in line "),
    ("schemes.csv", "labels-7,2027.1,新类,新类,24,\n", "version", "one version of a scheme is in force"),
    ("schemes.csv", "标签,1,a,a,24,\n", "scheme", ""),
]


@pytest.mark.parametrize(("file", "line", "field", "says"), WRONG)
def test_a_wrong_line_is_named(city: Changed, file: str, line: str, field: str, says: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load(city(file, "", line))
    [problem] = caught.value.problems
    assert problem.startswith(f"{file}:")
    assert f": {field}: " in problem
    assert says in problem


@pytest.mark.parametrize("given", ["0.5", "1.2", '"always"'])
def test_the_machine_is_not_let_loose_below_nine_tenths(city: Changed, given: str) -> None:
    with pytest.raises(CatalogError) as caught:
        load(city("classifier.toml", 'automatic_from = ""', f"automatic_from = {given}"))
    assert all("classifier.toml" in line and "automatic_from" in line for line in caught.value.problems)


def test_by_default_nothing_is_dispatched_by_itself(catalog: Catalog, city: Changed) -> None:
    assert catalog.classifying.automatic_from is None
    allowed = load(city("classifier.toml", 'automatic_from = ""', "automatic_from = 0.98"))
    assert allowed.classifying.automatic_from == 0.98


def test_many_of_our_categories_are_one_of_seven_labels(catalog: Catalog) -> None:
    scheme = catalog.classifying.schemes["labels-7"]
    wanted = {
        "0102": "城乡建设",
        "0111": "环境保护",
        "0701": "交通运输",
        "1402": "卫生计生",
        "1901": None,
        "0704": "交通运输",
    }
    assert {code: scheme.class_of(code) for code in wanted} == wanted
    assert len(scheme.lines) == 7


@pytest.mark.parametrize(
    ("scheme", "said", "category"),
    [
        ("cjt214-event", "0401", "0202"),
        ("cjt214-event", "路面塌陷", "0202"),
        ("cjt214-part", "污水井盖", "0203"),
        ("cjt214-part", "0102", "0203"),
        ("cjt214-part", "燃气井盖", "0203"),  # many of theirs are one of ours
        ("cjt214-part", "路灯", "0204"),
    ],
)
def test_parts_and_events_find_our_category(catalog: Catalog, scheme: str, said: str, category: str) -> None:
    line = catalog.classifying.schemes[scheme].line_of(said)
    assert line is not None
    assert line.categories[0] == category


def test_a_scheme_that_a_city_writes_is_read(city: Changed) -> None:
    own = load(city("schemes.csv", "", "town-3level,2025.2,安全隐患,安全生产/安全隐患,0904,\n"))
    found = own.classifying.schemes["town-3level"].line_of("安全生产/安全隐患")
    assert found is not None
    assert found.categories == ("0904",)


RETIRED = "0204,02,路灯与景观照明,CG,GD,COUNTY,N,单灯 48 小时内修复,,,,,,,,,,"


def _with_replacement(city: Changed, by: str) -> Path:
    folder = city("categories.csv", RETIRED, RETIRED[:-1] + "yes,")
    file = folder / "categories.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    header = next(at for at, line in enumerate(lines) if line.startswith("code,"))
    for at, line in enumerate(lines):
        if not line.startswith("#"):
            lines[at] += ",replaced_by" if at == header else f",{by}" if line.startswith("0204,") else ","
    file.write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_a_retired_category_may_name_what_took_its_place(city: Changed) -> None:
    found = load(_with_replacement(city, "0201"))
    assert found.categories["0204"].retired
    assert found.categories["0204"].replaced_by == "0201"


@pytest.mark.parametrize("by", ["9999", "0204"])
def test_a_replacement_must_be_in_use(city: Changed, by: str) -> None:
    with pytest.raises(CatalogError, match="the replacement"):
        load(_with_replacement(city, by))
