"""Another city's tree of 517 classes, mapped to ours by its words alone, is a scheme like any other.

The tree lies beside the project and not in it; without it the test says so.
"""

import csv
from pathlib import Path

import pytest

from casework.catalog.load import load
from casework.catalog.sources import SHIPPED
from casework.journey.classifying import suggester_of

TREE = Path(__file__).parents[3] / "shared" / "data" / "requests" / "taxonomy_3level.csv"


@pytest.mark.skipif(not TREE.is_file(), reason=f"{TREE.name} is not beside the project")
def test_a_tree_of_three_levels_is_read_as_a_scheme(tmp_path: Path) -> None:
    answers = suggester_of(load())
    with TREE.open(encoding="utf-8-sig", newline="") as file:
        names = list(dict.fromkeys("/".join(filter(None, row)) for row in list(csv.reader(file))[1:]))
    assert len(names) > 500
    lines = []
    for name in names:
        found = answers.suggest(name.rpartition("/")[2], name.replace("/", "。")).best
        lines.append(f"tree-3level,2020,{name},{name},{found[0].code if found else '2405'},\n")
    shipped = (SHIPPED / "schemes.csv").read_text(encoding="utf-8")
    (tmp_path / "schemes.csv").write_text(shipped + "".join(lines), encoding="utf-8")
    scheme = load(tmp_path).classifying.schemes["tree-3level"]
    assert len(scheme.lines) == len(names)
    ours = {line.categories[0] for line in scheme.lines}
    assert len(ours) < len(names)  # many of theirs are one of ours
    assert len(ours) > 80
    assert all(scheme.line_of(name) is not None for name in names)
    assert scheme.line_of("不在树上的一类") is None
