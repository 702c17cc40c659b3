"""`bench pages`: what a person waits for in the pages, in a real Chromium over a real `up`.

Each part measures its pages in the same running system, over a demo and a queue of QUEUE cases in one county.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import psutil
from playwright.async_api import Browser

from bench import pages_desk, pages_field
from bench.ground import plain
from bench.machine import facts
from bench.pages_seen import COUNTY, Seen, System
from bench.plenty import Plenty, fill
from casework.catalog.load import load
from manage.browser import chromium
from manage.pictures import demo_accounts
from manage.standalone.stores import free_port
from manage.web_build import build, install

ROOT = Path(__file__).resolve().parents[1]
QUEUE = 10_000
UNIT = "510104-CG"
Part = Callable[[Browser, System], Awaitable[list[Seen]]]
PARTS: tuple[Part, ...] = (pages_desk.measure, pages_field.measure)
"""Each measures its pages, one after the other."""


@contextmanager
def running() -> Iterator[System]:
    """`up` over a folder that is removed, with the pages built."""
    install(for_checks=True)
    build()
    own = ("DATABASE_URL", "REDIS_URL")
    told = {name: value for name, value in os.environ.items() if name not in own}
    told |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "GRIDCALL_LANG": "en", "GRIDCALL_DEMO_CASES": "160"}
    with tempfile.TemporaryDirectory(prefix="gridcall-bench-") as folder:
        data, port = Path(folder) / "var", free_port(None)
        start = [sys.executable, "-m", "manage", "up", "--data", str(data), "--port", str(port)]
        process = subprocess.Popen(start, env=told, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            _wait(process)
            state = json.loads((data / "run.json").read_text("utf-8"))
            dsn = plain(state["environment"]["DATABASE_URL"])
            yield System(f"http://localhost:{port}", port, dsn, demo_accounts(data))
        finally:
            process.terminate()
            process.wait(60)


def _wait(process: "subprocess.Popen[str]") -> None:
    said = ""
    while "GridCall is ready" not in said:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise RuntimeError(f"it ended with: {said}")
        said += line


async def _queue(system: System) -> None:
    """So many cases that wait in the county, beside those of the demo."""
    db = await asyncpg.connect(system.dsn)
    unit = await db.fetchval("SELECT id FROM unit WHERE code = $1", UNIT)
    await fill(db, load(), Plenty(QUEUE, QUEUE, (COUNTY,), [unit]))
    await db.close()


async def measure(system: System) -> tuple[list[Seen], str]:
    """All parts; what was seen, and the browser's name."""
    await _queue(system)
    async with chromium() as browser:
        seen = [one for part in PARTS for one in await part(browser, system)]
        return seen, f"Chromium {browser.version}"


def told(seen: list[Seen], browser: str, load_before: float) -> str:
    """The section of bench/RESULTS.md."""
    return "\n".join(
        [
            f"{facts()}; {browser}. `up` with a demo and {QUEUE:,} waiting cases in one county; the browser, the "
            f"servers and the load share the machine (its load before: {load_before:.1f}). `./gridcall bench pages`",
            "",
            "| what a person waits for | bound | median | worst | times |",
            "|---|---|---|---|---|",
            *(one.line() for one in seen),
        ]
    )


def main() -> str:
    """Measure; the section for RESULTS.md."""
    load_before = psutil.getloadavg()[0]
    with running() as system:
        return told(*asyncio.run(measure(system)), load_before)
