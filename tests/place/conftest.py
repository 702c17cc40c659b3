"""The shipped catalogue's gazetteer, built once."""

import pytest

from casework.catalog.load import Catalog
from casework.place.gazetteer import Gazetteer


@pytest.fixture(scope="session")
def gazetteer(catalog: Catalog) -> Gazetteer:
    return Gazetteer(catalog.areas, [(one.name, one.code) for one in catalog.former_names])
