"""The desk's part of `bench pages`: its first view, a long queue under the wheel, a change that comes by itself."""

import asyncio
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
from playwright.async_api import Browser, Page

from bench.pages_seen import COUNTY, Seen, System, slowed

DESKTOP = (1440, 900)
ROUNDS = 5
SCROLLS = 3
EVENTS = 10
LISTENERS = 200
SLOWED = 4
ROWS = 10_000
_ANSWERS = """() => new Promise(answered => {
  const look = () => {
    const row = document.querySelector('main [role=option].row.current')
    if (row) return answered(performance.now())
    if (document.querySelector('main [role=option].row'))
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true }))
    setTimeout(look, 20)
  }
  look()
})"""
"""When a row stands there and the key `j` is answered: milliseconds from the beginning of the navigation."""
_WATCH = """() => {
  window.longest = 0
  new PerformanceObserver(list => {
    for (const one of list.getEntries()) window.longest = Math.max(window.longest, one.duration)
  }).observe({ type: 'longtask' })
}"""
_SCROLL = """rows => new Promise((done, failed) => {
  const box = document.querySelector('main .box')
  const ends = performance.now() + 120000
  const step = () => {
    const known = Number(document.querySelector('main [role=option]').ariaSetSize)
    const below = box.scrollTop + box.clientHeight < box.scrollHeight - 2
    if (known >= rows && !below) return done(window.longest)
    if (performance.now() > ends) return failed(new Error(`${known} rows came`))
    box.scrollTop += 900
    requestAnimationFrame(step)
  }
  step()
})"""
"""Down to the last of so many rows: the longest task on the way, in milliseconds (0: none of 50 or more)."""
_FRESH = """() => new Promise(seen => {
  const look = () => document.querySelector('.news .fresh') && seen(performance.timeOrigin + performance.now())
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true })
  look()
})"""


async def measure(browser: Browser, system: System) -> list[Seen]:
    """One after the other."""
    return [
        *await _first_views(browser, system),
        *await _scrolled(browser, system),
        await _changes(browser, system),
    ]


async def _first_views(browser: Browser, system: System) -> list[Seen]:
    cold = Seen(f"desk: the first view with 200 rows answers a key, nothing cached, CPU x{SLOWED}", 2.5, "s")
    warm = Seen(f"desk: the same again, cached, CPU x{SLOWED}", 2.5, "s")
    for _ in range(ROUNDS):
        context = await system.signed_in(browser, "dispatcher1", *DESKTOP)
        for seen in (cold, warm):
            page = await context.new_page()
            await slowed(page, SLOWED)
            await page.goto("/desk?view=OPEN", wait_until="commit")
            seen.values.append(float(await page.evaluate(_ANSWERS)) / 1000)
            await page.close()
        await context.close()
    return [cold, warm]


async def _scrolled(browser: Browser, system: System) -> list[Seen]:
    """Of each scroll the longest task as it lasted, and the most that one task worked: others share the processors."""
    lasted = Seen(f"desk: the longest task while {ROWS:,} rows are scrolled through", 100, "ms")
    worked = Seen("desk: the processor time of the task among them that took most", 100, "ms")
    for _ in range(SCROLLS):
        context = await system.signed_in(browser, "dispatcher1", *DESKTOP)
        page = await context.new_page()
        await page.goto("/desk?view=OPEN")
        await page.locator("main [role=option].row").first.wait_for()
        await page.evaluate(_WATCH)
        await browser.start_tracing(page=page, categories=["toplevel", "__metadata"])
        lasted.values.append(float(await page.evaluate(_SCROLL, ROWS)))
        worked.values.append(_most_worked(json.loads(await browser.stop_tracing())["traceEvents"]))
        await context.close()
    return [lasted, worked]


def _most_worked(events: list[dict[str, Any]]) -> float:
    """The most processor time that one task of a page's main thread took, in milliseconds."""
    threads = {
        (one["pid"], one["tid"])
        for one in events
        if one["name"] == "thread_name" and one["args"]["name"] == "CrRendererMain"
    }
    return max(
        one.get("tdur", 0) / 1000
        for one in events
        if one["name"].endswith("RunTask") and (one["pid"], one["tid"]) in threads
    )


async def _changes(browser: Browser, system: System) -> Seen:
    seen = Seen(f"desk: a new case is told on the screen, {LISTENERS} other streams open", 1, "s")
    context = await system.signed_in(browser, "dispatcher1", *DESKTOP)
    async with _listening(system):
        page = await context.new_page()
        with system.client("agent1") as agent:
            for each in range(EVENTS + 1):
                taken = await _one_change(page, agent)
                seen.values.extend([taken] if each else [])
    await context.close()
    return seen


async def _one_change(page: Page, agent: httpx.Client) -> float:
    """Seconds from the answer that the case is taken to the line on the dispatcher's screen."""
    mark = secrets.token_hex(4)
    await page.goto(f"/desk?view=TO_DISPATCH&words={mark}")
    await page.locator("main .box").wait_for()
    await page.wait_for_timeout(2000)
    shown = asyncio.ensure_future(page.evaluate(_FRESH))
    await page.wait_for_timeout(200)
    form = {"title": f"路灯不亮{mark}", "text": "水井坊社区的路灯已三天不亮。", "kind": "HELP", "category": "0204"}
    form |= {"place": {"area_code": f"{COUNTY}017001"}}
    key = {"Idempotency-Key": secrets.token_hex(8)}
    answer = await asyncio.to_thread(agent.post, "/api/intake/requests", json=form, headers=key)
    taken = time.time()
    answer.raise_for_status()
    return max(0.0, float(await shown) / 1000 - taken)


@asynccontextmanager
async def _listening(system: System) -> AsyncIterator[None]:
    """So many others who hear of every change; each reads what comes."""
    with system.client("dispatcher2") as client:
        cookie = "; ".join(f"{one.name}={one.value}" for one in client.cookies.jar)
    ask = f"GET /api/dispatch/stream HTTP/1.1\r\nHost: localhost:{system.port}\r\nCookie: {cookie}\r\n\r\n"
    streams = [await asyncio.open_connection("localhost", system.port) for _ in range(LISTENERS)]
    readers = []
    for reader, writer in streams:
        writer.write(ask.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(head.decode())
        readers.append(asyncio.ensure_future(_drain(reader)))
    try:
        yield
    finally:
        for _, writer in streams:
            writer.close()
        for one in readers:
            one.cancel()


async def _drain(reader: asyncio.StreamReader) -> None:
    while await reader.read(65_536):
        pass
