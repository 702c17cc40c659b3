"""The hotline of the seeded county."""

import pytest

from tests.conftest import Town
from tests.services.intake.hotline import Hotline


@pytest.fixture(scope="module")
def hotline(town: Town) -> Hotline:
    """The seeded hotline, with its true secret."""
    return Hotline(town, town.template.hotline_secret)
