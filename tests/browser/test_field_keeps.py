"""现场: what a worker has written outlives a full phone and a newer page; a handed-out password opens nothing."""

import secrets
from contextlib import closing

from playwright.async_api import Page, expect

from tests.browser.conftest import Enter, NoViolations, System
from tests.browser.test_field import Phone, fill_report, opened_by_its_worker, phone

__all__ = ["phone"]
WORKER, NEWCOMER = "grid-017001002", "grid-018001001"
FULL = """() => {
  const put = IDBObjectStore.prototype.put
  window.phoneIsFull = true
  IDBObjectStore.prototype.put = function (...row) {
    if (window.phoneIsFull) throw new DOMException('full', 'QuotaExceededError')
    return put.apply(this, row)
  }
}"""
OLDER = """async () => {
  const kept = await caches.open('field-shell')
  const page = await (await kept.match('/field/')).text()
  const older = page.replace(/(src="\\/field-assets\\/[^"]+)"/, '$1?older"')
  await kept.put('/field/', new Response(older, { headers: { 'Content-Type': 'text/html; charset=utf-8' } }))
}"""


async def sign_in(page: Page, login: str, password: str) -> None:
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill(password)
    await page.locator("form.sign-in button[type=submit]").click()


async def test_a_full_phone_says_so_and_the_report_goes_out_when_there_is_room(
    phone: Phone, enter: Enter, no_axe_violations: NoViolations
) -> None:
    words = f"手机满了也不丢 {secrets.token_hex(4)}"
    async with phone() as context:
        page = await enter(context, WORKER, "/field")
        await fill_report(page, words)
        await page.evaluate(FULL)
        await page.get_by_role("button", name="提交上报").click()
        await expect(page.get_by_role("alert")).to_contain_text("手机存储已满")
        await expect(page.get_by_label("情况（可不写）")).to_have_value(words)
        await no_axe_violations(page)
        await page.evaluate("() => { window.phoneIsFull = false }")
        await page.get_by_role("button", name="提交上报").click()
        await expect(page.locator(".sent.done").filter(has_text=words)).to_be_visible(timeout=30_000)


async def test_a_newer_page_is_offered_and_takes_nothing_of_what_waits(
    phone: Phone, enter: Enter, system: System
) -> None:
    words = f"换版本也不丢 {secrets.token_hex(4)}"
    async with phone() as context:
        page = await enter(context, WORKER, "/field")
        await opened_by_its_worker(page)
        await fill_report(page, words)
        await context.clear_cookies()
        await page.get_by_role("button", name="提交上报").click()
        await expect(page.get_by_role("dialog", name="登录已过期")).to_be_visible()
        await page.evaluate(OLDER)
        await page.reload()
        await expect(page.get_by_text("有新版本。")).to_be_visible(timeout=30_000)
        await expect(page.get_by_role("dialog", name="登录已过期")).to_be_visible()
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="立即更新").click()
        await expect(page.locator("script[src*=older]")).to_have_count(0)
        await expect(page.get_by_role("dialog", name="登录已过期")).to_be_visible()
        await expect(page.get_by_text("有新版本。")).to_have_count(0)
        await page.get_by_label("口令").fill(system.accounts[WORKER])
        await page.get_by_role("button", name="登录", exact=True).click()
        await expect(page.locator(".sent.done").filter(has_text=words)).to_be_visible(timeout=30_000)


async def test_a_handed_out_password_asks_for_ones_own_on_the_phone_too(
    phone: Phone, system: System, no_axe_violations: NoViolations
) -> None:
    with closing(system.client("sysadmin1")) as keeper:
        done = keeper.post(
            f"/api/dispatch/accounts/{NEWCOMER}/acts", json={"act": "RESET", "why": "忘记口令，当面核实"}
        )
    assert done.status_code == 200, done.text
    own = f"薄雾穿过青石桥洞{secrets.token_hex(4)}"
    async with phone(width=320) as context:
        page = await context.new_page()
        await page.goto("/field")
        await sign_in(page, NEWCOMER, done.json()["password"])
        await expect(page.get_by_label("新口令")).to_be_focused()
        await no_axe_violations(page)
        await page.get_by_label("新口令").fill("123")
        await page.get_by_role("button", name="设置并登录").click()
        await expect(page.get_by_role("heading", name="任务")).to_have_count(0)
        await page.get_by_label("新口令").fill(own)
        await page.get_by_role("button", name="设置并登录").click()
        await expect(page.get_by_role("heading", name="任务")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    system.accounts[NEWCOMER] = own
