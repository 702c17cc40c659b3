"""The real system, once for the run, over a small seeded county; a real Chromium that looks at it at both sizes.

A missing browser is a failure; BROWSER_TESTS="may be skipped" leaves these tests out then, saying why.
"""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from manage.browser import AXE, SIZES, NoBrowser, chromium
from manage.pictures import demo_accounts
from manage.standalone.stores import free_port
from manage.web_build import build, install

ROOT = Path(__file__).resolve().parents[2]
CASES = "160"
SETTLED = """() => new Promise(next => requestAnimationFrame(() => requestAnimationFrame(next))).then(() =>
  Promise.allSettled(document.getAnimations()
    .filter(one => one.effect.getComputedTiming().endTime < Infinity).map(one => one.finished)))"""
"""What opens has opened: a colour half-way through is not one that anybody reads."""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]
expect.set_options(timeout=15_000)

NoViolations = Callable[[Page], Awaitable[None]]
Enter = Callable[..., Awaitable[Page]]


@dataclass(frozen=True)
class System:
    """What runs: its address, the seeded accounts' passwords by login, and its folder."""

    address: str
    accounts: dict[str, str]
    data: Path

    def client(self, login: str) -> httpx.Client:
        """A client of the real APIs (`/api/dispatch/cases` …) with the account's session."""
        body = {"login": login, "password": self.accounts[login]}
        told = {"X-GridCall": "1"}
        signed = httpx.post(f"{self.address}/api/dispatch/session", json=body, headers=told, timeout=30)
        assert signed.status_code == 200, signed.text
        return httpx.Client(base_url=self.address, headers=told, cookies=signed.cookies, timeout=30)


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """One Chromium for the run."""
    async with AsyncExitStack() as stack:
        try:
            found = await stack.enter_async_context(chromium())
        except NoBrowser as missing:
            if os.environ.get("BROWSER_TESTS") != "may be skipped":
                raise
            pytest.skip(str(missing))
        yield found


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """`./gridcall up` over a folder of its own, with the pages built and a small demo.

    BROWSER_DATA names the folder of a system that runs already: quicker while a page is being written.
    """
    install(for_checks=True)
    build()
    if standing := os.environ.get("BROWSER_DATA"):
        folder = Path(standing)
        yield System(json.loads((folder / "run.json").read_text("utf-8"))["address"], demo_accounts(folder), folder)
        return
    data = tmp_path_factory.mktemp("browser") / "var"
    told = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    told |= {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "GRIDCALL_LANG": "en", "GRIDCALL_DEMO_CASES": CASES}
    port = free_port(None)
    start = [sys.executable, "-m", "manage", "up", "--data", str(data), "--port", str(port)]
    process = subprocess.Popen(start, env=told, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = ""
    while "GridCall is ready" not in said:
        line = process.stdout.readline() if process.stdout else ""
        assert line, f"it ended with: {said}"
        said += line
    yield System(f"http://localhost:{port}", demo_accounts(data), data)
    process.terminate()
    process.wait(60)


@pytest.fixture(params=list(SIZES))
async def context(request: pytest.FixtureRequest, browser: Browser, system: System) -> AsyncIterator[BrowserContext]:
    """A browser window of somebody's own, at each of the two sizes; zh-CN."""
    async with Window(browser, system, request.param) as window:
        yield window


class Window:
    """A context of its own that complains of every error in the page's console when it is closed.

    `size`: one of the two by name, or another in CSS pixels. `more`: what Chromium is told besides, such as
    `java_script_enabled=False` or `color_scheme="dark"`.
    """

    def __init__(
        self,
        browser: Browser,
        system: System,
        size: str | tuple[int, int] = "desktop",
        language: str = "zh-CN",
        **more: Any,
    ) -> None:
        self._browser, self._system = browser, system
        self._size = SIZES[size] if isinstance(size, str) else size
        self._language, self._more = language, more

    async def __aenter__(self) -> BrowserContext:
        width, height = self._size
        self._context = await self._browser.new_context(
            base_url=self._system.address,
            viewport={"width": width, "height": height},
            locale=self._language,
            timezone_id="Asia/Shanghai",
            **self._more,
        )
        self._errors: list[str] = []
        self._context.on("weberror", lambda error: self._errors.append(str(error.error)))
        return self._context

    async def __aexit__(self, *_: object) -> None:
        await self._context.close()
        assert self._errors == []


@pytest.fixture
def enter(system: System) -> Enter:
    """Opens a path as a seeded account: through the sign-in page, as a person does."""

    async def open_as(context: BrowserContext, login: str, path: str) -> Page:
        page = await context.new_page()
        await page.goto(path)
        await page.locator("input[name=login]").fill(login)
        await page.locator("input[name=password]").fill(system.accounts[login])
        await page.locator("form.sign-in button[type=submit]").click()
        await expect(page.locator("form.sign-in")).to_have_count(0)
        return page

    return open_as


@pytest.fixture
def no_axe_violations() -> NoViolations:
    """Asserts that axe-core finds nothing against WCAG 2.1 A and AA in the page as it stands."""

    async def check(page: Page) -> None:
        if not await page.evaluate("() => 'axe' in window"):
            await page.evaluate(AXE.read_text("utf-8"))
        await page.evaluate(SETTLED)
        found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", AXE_TAGS)
        told = [
            f"{rule['id']}: {node['target']} {node['failureSummary']}"
            for rule in found["violations"]
            for node in rule["nodes"][:3]
        ]
        assert told == [], "\n".join(told)

    return check
