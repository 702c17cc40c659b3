"""社区服务好差评: a point is made and its poster opened, somebody grades it without a script, the figure moves, the bad
grade is looked at. At both sizes; each test has a point of its own.
"""

import re
import secrets
from contextlib import AsyncExitStack, closing
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from manage.browser import SIZES
from tests.browser.conftest import Enter, NoViolations, System, Window
from tests.browser.test_admin_accounts import pick

STREET, COMMUNITY = "street-017", "510104017001"


def api(system: System, login: str, path: str, **params: Any) -> Any:
    with closing(system.client(login)) as client:
        answer = client.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


def made(system: System) -> tuple[str, str]:
    """A point of the test's own: its name, and what its poster opens."""
    name = f"便民站{secrets.token_hex(4)}"
    with closing(system.client(STREET)) as street:
        told = {"community": COMMUNITY, "name": name, "services": ["老年证代办", "居住证明"]}
        answer = street.post("/api/dispatch/service-points", json=told)
        assert answer.status_code == 201, answer.text
        return name, "/p/" + answer.json()["address"].rpartition("/p/")[2]


def row_of(system: System, name: str) -> dict[str, Any]:
    """The point's row of this month's figure, as the API has it."""
    report = api(system, "analyst1", "/api/notify/reports/services", by="point")
    found: dict[str, Any] = next(row for row in report["rows"] if row["name"] == name)
    return found


async def graded(page: Page, path: str, grade: str, words: str) -> None:
    """Scanned, graded, sent: by clicks and keys alone."""
    await page.goto(path)
    await page.locator("label", has_text=re.compile(f"^{grade}$")).click()
    await page.locator("select[name=service]").select_option("居住证明")
    await page.locator("textarea[name=words]").fill(words)
    await page.locator("button[type=submit]").click()
    await expect(page.locator(".told")).to_contain_text("已收到您的评价")


async def test_a_point_is_made_by_choosing_and_its_poster_opens(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations, system: System
) -> None:
    name = f"新建站{secrets.token_hex(4)}"
    page = await enter(context, STREET, "/admin?part=points")
    await page.get_by_role("button", name="新增服务点").click()
    dialog = page.get_by_role("dialog")
    await pick(page, "社区", COMMUNITY, COMMUNITY)
    await dialog.locator("input[name=point-name]").fill(name)
    await dialog.locator("textarea[name=point-services]").fill("老年证代办\n\n老年证代办")
    await dialog.locator("button[type=submit]").click()
    await expect(dialog.locator(".fault")).to_contain_text("写了两次")
    await expect(dialog.locator("input[name=point-name]")).to_have_value(name)
    await dialog.locator("textarea[name=point-services]").fill("老年证代办")
    await dialog.locator("button[type=submit]").click()
    await expect(dialog.locator("figure img")).to_have_js_property("complete", True)
    assert await dialog.locator("figure img").evaluate("image => image.naturalWidth") > 0
    await no_axe_violations(page)
    async with context.expect_page() as opened:
        await dialog.locator("a", has_text="打开海报").click()
    poster = await opened.value
    await expect(poster.locator("h1")).to_have_text(name)
    await expect(poster.locator("img.code")).to_have_js_property("complete", True)
    old = await dialog.locator("code").inner_text()
    await dialog.locator("details[data-act=renew] summary").click()
    await dialog.locator("textarea[name=renew-why]").fill("海报被人翻拍冒用")
    await dialog.locator("details[data-act=renew] button").click()
    await expect(dialog.locator("code")).not_to_have_text(old)


@pytest.mark.parametrize("size", list(SIZES))
async def test_a_bad_grade_moves_the_figure_and_is_looked_at(
    size: str, browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    name, path = made(system)
    words = f"等了两小时 {secrets.token_hex(4)}"
    async with AsyncExitStack() as stack:
        plain = await stack.enter_async_context(Window(browser, system, size, java_script_enabled=False))
        await graded(await plain.new_page(), path, "满意", "")
        await graded(await plain.new_page(), path, "非常不满意", words)
        told = row_of(system, name)
        assert (told["satisfied"]["numerator"], told["satisfied"]["denominator"]) == (1, 2)

        analyst = await enter(await stack.enter_async_context(Window(browser, system, size)), "analyst1", "/supervisor")
        panel = analyst.locator("#services")
        await panel.locator("select[name=services-by]").select_option("point")
        row = panel.locator(f"tr[data-services='{told['key']}']")
        await expect(row).to_contain_text("50.00%")
        await expect(row).to_contain_text("1/2")
        await expect(row).to_contain_text("0/1")
        await row.get_by_role("button", name="不满意").click()
        await expect(panel.locator("[data-answer]")).to_have_count(1)
        await expect(panel.locator("[data-answer]")).to_contain_text(words)
        await no_axe_violations(analyst)

        street = await enter(
            await stack.enter_async_context(Window(browser, system, size)), STREET, "/admin?part=points&show=waiting"
        )
        tab = street.get_by_role("navigation", name="社区服务").get_by_role("button", name="待回看")
        await expect(tab.locator(".count")).to_have_text(re.compile("[1-9]"))
        waiting = street.locator("[data-answer]", has_text=words)
        await waiting.get_by_role("button", name="回看").click()
        await waiting.locator("textarea").fill("同意")
        await waiting.get_by_role("button", name="提交回看").click()
        await expect(waiting.locator(".fault")).to_contain_text("请写明")
        await no_axe_violations(street)
        await waiting.locator("textarea").fill("已核实，窗口加开一个，已向居民致歉")
        await waiting.get_by_role("button", name="提交回看").click()
        await expect(waiting).to_have_count(0)
        seen = row_of(system, name)["looked"]
        assert (seen["numerator"], seen["denominator"], seen["rate"]) == (1, 1, 1.0)


@pytest.mark.parametrize(("size", "scheme", "lang"), [("phone", "light", "en"), ("desktop", "dark", "zh-CN")])
async def test_everybody_can_read_and_press_it(
    size: str, scheme: str, lang: str, browser: Browser, system: System, no_axe_violations: NoViolations
) -> None:
    _, path = made(system)
    async with Window(browser, system, size, lang, color_scheme=scheme, bypass_csp=True) as window:
        page = await window.new_page()
        for asked in (path, f"{path}?size=elder", f"{path}?done=rated_bad", f"/p/{'A' * 22}"):
            await page.goto(asked)
            await no_axe_violations(page)
            wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide == 0
            small = await page.evaluate(
                "[...document.querySelectorAll('.button, .choice label, .plain-button, textarea, select')]"
                ".filter((one) => one.getBoundingClientRect().height < 60).map((one) => one.outerHTML)"
            )
            assert small == []
