"""The three APIs' OpenAPI documents: `python -m manage.openapi FOLDER` writes {service}.json there."""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

NAMES = ("intake", "dispatch", "notify")
_NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/none"


def documents() -> dict[str, dict[str, Any]]:
    """Each service's document, as its /openapi.json answers. No database is asked."""
    os.environ.setdefault("DATABASE_URL", _NOWHERE)  # before the apps read their settings
    os.environ["GRIDCALL_MODE"] = "test"
    return {name: import_module(f"services.{name}.app").app.openapi() for name in NAMES}


def main() -> None:
    folder = Path(sys.argv[1])
    for name, document in documents().items():
        (folder / f"{name}.json").write_text(json.dumps(document, sort_keys=True, ensure_ascii=False), "utf-8")


if __name__ == "__main__":
    main()
