"""What the parts of `bench pages` share: the system they look at, and one line of what was seen."""

import statistics
from dataclasses import dataclass, field

import httpx
from playwright.async_api import Browser, BrowserContext, Page

COUNTY = "510104"


@dataclass(frozen=True)
class System:
    """What runs: its address, its port, its database as asyncpg is told it, the demo accounts' passwords by login."""

    address: str
    port: int
    dsn: str
    accounts: dict[str, str]

    def client(self, login: str) -> httpx.Client:
        """A client of the APIs with the account's session."""
        body, headers = {"login": login, "password": self.accounts[login]}, {"X-GridCall": "1"}
        signed = httpx.post(f"{self.address}/api/dispatch/session", json=body, headers=headers, timeout=30)
        cookies = signed.raise_for_status().cookies
        return httpx.Client(base_url=self.address, headers=headers, cookies=cookies, timeout=30)

    async def signed_in(self, browser: Browser, login: str, width: int, height: int) -> BrowserContext:
        """A window's context with the account's session; nothing is cached in it yet."""
        size = {"width": width, "height": height}
        context = await browser.new_context(
            base_url=self.address, viewport=size, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        body = {"login": login, "password": self.accounts[login]}
        signed = await context.request.post("/api/dispatch/session", data=body, headers={"X-GridCall": "1"})
        if not signed.ok:
            raise RuntimeError(await signed.text())
        return context


async def slowed(page: Page, times: float) -> None:
    """Slow the page's processor so many times."""
    session = await page.context.new_cdp_session(page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": times})


@dataclass
class Seen:
    """One thing that was measured: `bound` in the values' own unit."""

    what: str
    bound: float
    unit: str
    values: list[float] = field(default_factory=list)

    def line(self) -> str:
        """Its line of the table."""
        digits = 2 if self.unit == "s" else 0
        middle, worst = statistics.median(self.values), max(self.values)
        kept = "" if worst <= self.bound else " (missed)"
        return (
            f"| {self.what} | {self.bound:g} {self.unit} | {middle:.{digits}f} {self.unit} "
            f"| {worst:.{digits}f} {self.unit}{kept} | {len(self.values)} |"
        )
