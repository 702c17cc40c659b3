"""data/rates.toml: a scheme may weigh only figures that there are, and one that is none is named."""

from pathlib import Path

import pytest

from casework.catalog.load import load
from casework.catalog.problems import CatalogError
from casework.catalog.sources import SHIPPED

FILE = "rates.toml"


def test_a_figure_that_is_none_is_named_with_those_there_are(tmp_path: Path) -> None:
    shipped = (SHIPPED / FILE).read_text("utf-8")
    (tmp_path / FILE).write_text(shipped.replace('figure = "SOLVED"', 'figure = "CHEERFUL"', 1), "utf-8")
    with pytest.raises(CatalogError) as caught:
        load(tmp_path)
    [line] = caught.value.problems
    assert "scheme.COUNTY.parts: “CHEERFUL”" in line
    assert "SATISFIED" in line
