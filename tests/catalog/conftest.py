"""The shipped catalogue, read once; and a city's folder with one file changed."""

from collections.abc import Callable
from pathlib import Path

import pytest

from casework.catalog.load import Catalog, load
from casework.catalog.sources import SHIPPED


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load()


@pytest.fixture
def city(tmp_path: Path) -> Callable[[str, str, str], Path]:
    """A folder that holds one shipped file with `old` put as `new`; an empty `old` adds `new` at its end."""

    def changed(file: str, old: str, new: str) -> Path:
        text = (SHIPPED / file).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / file).write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")
        return tmp_path

    return changed
