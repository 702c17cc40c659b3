"""Signing in: the wanted page opens afterwards, a wrong password says so, a session that ends keeps what was typed."""

import pytest
from playwright.async_api import BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations, System


async def test_a_wrong_password_is_told_at_the_form(
    context: BrowserContext, system: System, no_axe_violations: NoViolations
) -> None:
    page = await context.new_page()
    await page.goto("/desk?view=OVERDUE")
    await expect(page.get_by_role("heading", name="登录")).to_be_visible()
    await no_axe_violations(page)
    await page.get_by_label("账号").fill("dispatcher1")
    await page.get_by_label("口令").fill("wrong")
    await page.get_by_role("button", name="登录").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await no_axe_violations(page)
    await page.get_by_label("口令").fill(system.accounts["dispatcher1"])
    await page.get_by_role("button", name="登录").click()
    await expect(page.locator("form.sign-in")).to_have_count(0)
    assert page.url.endswith("/desk?view=OVERDUE")


async def test_a_role_without_the_page_is_told_so(context: BrowserContext, enter: Enter) -> None:
    page = await enter(context, "knowledge1", "/desk")
    await expect(page.get_by_role("heading", name="您的角色不能打开这个页面")).to_be_visible()


@pytest.mark.parametrize("path", ["/desk", "/field"])
async def test_everything_is_there_in_english_too(context: BrowserContext, path: str) -> None:
    page = await context.new_page()
    await page.goto(path)
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await page.locator("html").get_attribute("lang") == "en"
