"""The pages' typed client 类型化接口: web/src/api/schema/*.d.ts, generated from the three APIs.

Each file's first line holds the digest of what it was made of, so that staleness is found without Node.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from manage.node import WEB, run
from manage.openapi import NAMES
from manage.texts import Sorry
from manage.web_build import install

SCHEMA = WEB / "src" / "api" / "schema"


def stale_clients() -> list[Path]:
    """The files that are not of today's APIs; written anew by `write_clients`."""
    with tempfile.TemporaryDirectory() as folder:
        return [path for path, digest in _wanted(Path(folder)).items() if _digest_in(path) != digest]


def write_clients() -> None:
    """Make the stale ones again. Raises: Sorry: Node or the generator is missing or failed."""
    with tempfile.TemporaryDirectory() as folder:
        for path, digest in _wanted(Path(folder)).items():
            if _digest_in(path) == digest:
                continue
            install(for_checks=True)
            made = run("openapi-typescript", f"{folder}/{path.name.removesuffix('.d.ts')}.json", quiet=True)
            if made.returncode:
                raise Sorry("web.failed", step=f"openapi-typescript {path.name}: {made.stderr[-300:]}")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"// openapi {digest}\n{made.stdout}", "utf-8")


def _wanted(folder: Path) -> dict[Path, str]:
    told = {**os.environ, "PYTHONPATH": str(WEB.parent)}
    subprocess.run([sys.executable, "-m", "manage.openapi", str(folder)], cwd=WEB.parent, env=told, check=True)
    tool = json.loads((WEB / "package.json").read_text("utf-8"))["devDependencies"]["openapi-typescript"]
    return {
        SCHEMA / f"{name}.d.ts": hashlib.sha256(tool.encode() + (folder / f"{name}.json").read_bytes()).hexdigest()[:32]
        for name in NAMES
    }


def _digest_in(path: Path) -> str:
    if not path.is_file():
        return ""
    with path.open(encoding="utf-8") as file:
        return file.readline().removeprefix("// openapi ").strip()
