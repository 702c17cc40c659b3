"""The field page's part of `bench pages`: an old phone on a bad line, the first time and every time after."""

from playwright.async_api import Browser, BrowserContext

from bench.pages_seen import Seen, System, slowed

PHONE = (390, 844)
WORKER = "grid-017001001"
ROUNDS = 5
SLOWED = 4
LINE = {"offline": False, "latency": 150, "downloadThroughput": 50 * 1024, "uploadThroughput": 50 * 1024}
"""50 kB a second each way, 150 ms for an answer to begin."""
_ANSWERS = """() => new Promise(answered => {
  const look = () => {
    const heading = document.querySelector('main h1')
    if (heading?.textContent.trim() === '上报') return answered(performance.now())
    document.querySelector('nav.tabs a[href="#/report"]')?.click()
    setTimeout(look, 20)
  }
  look()
})"""
"""When the tab 上报 is pressed and the report stands there: milliseconds from the beginning of the navigation."""
_KEPT = "() => navigator.serviceWorker.ready.then(() => caches.match('/field/')).then(page => !!page)"


async def measure(browser: Browser, system: System) -> list[Seen]:
    """Each round is another phone: nothing lies on it, then the page does."""
    about = f"CPU slowed {SLOWED}×, 50 kB/s"
    cold = Seen(f"field page answers the thumb, first visit, {about}", 8, "s")
    later = Seen(f"field page answers the thumb, later visit, {about}", 3, "s")
    for _ in range(ROUNDS):
        context = await system.signed_in(browser, WORKER, *PHONE)
        cold.values.append(await _visit(context))
        await _kept(context)
        later.values.append(await _visit(context))
        await context.close()
    return [cold, later]


async def _visit(context: BrowserContext) -> float:
    """Seconds until the page does what it is told, on a page opened anew."""
    page = await context.new_page()
    await slowed(page, SLOWED)
    line = await context.new_cdp_session(page)
    await line.send("Network.enable")
    await line.send("Network.emulateNetworkConditions", LINE)
    await page.goto("/field", wait_until="commit")
    found: float = await page.evaluate(_ANSWERS)
    await page.close()
    return found / 1000


async def _kept(context: BrowserContext) -> None:
    """The phone has the page by heart now."""
    page = await context.new_page()
    await page.goto("/field")
    await page.wait_for_function(_KEPT)
    await page.close()
