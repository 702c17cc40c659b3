"""The three OpenAPI documents: every reference in them leads somewhere, so that a typed client can be made of them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from manage.openapi import NAMES


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("openapi")
    subprocess.run([sys.executable, "-m", "manage.openapi", folder], cwd=Path(__file__).parents[2], check=True)
    return {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in NAMES}


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        yield from (value for key, value in part.items() if key == "$ref" and isinstance(value, str))
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from references(inner)


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_is_to_a_schema_of_the_document(name: str, found: dict[str, dict[str, Any]]) -> None:
    schemas = found[name]["components"]["schemas"]
    assert {ref for ref in references(found[name]) if ref.removeprefix("#/components/schemas/") not in schemas} == set()
