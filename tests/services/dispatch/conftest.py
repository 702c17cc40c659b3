"""The seeded county's desk."""

import pytest

from casework.journey.city import City
from tests.conftest import Town
from tests.services.dispatch.cases import Desk


@pytest.fixture(scope="module")
async def desk(town: Town, city: City) -> Desk:
    """Everybody of the county, signed in when needed."""
    return Desk(town, city)
