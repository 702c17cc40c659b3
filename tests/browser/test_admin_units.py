"""单位名录: a unit is registered, and retired only when what hangs on it is gone; keyboard alone will do."""

import secrets

from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations, System, Window


async def test_a_unit_is_registered_and_retired_by_keyboard(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    code = f"510104-{secrets.token_hex(4).upper()}"
    page = await enter(context, "sysadmin1", "/admin?part=units")
    await expect(page.get_by_role("row").nth(1)).to_be_visible()
    await no_axe_violations(page)
    await page.get_by_role("button", name="新增单位").press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[name=unit-code]").fill("510104-CG")
    await dialog.locator("input[name=unit-name]").fill("锦江区市容中心")
    await dialog.locator("select[name=unit-department]").select_option("CG")
    await dialog.locator("select[name=unit-department]").press("Tab")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_text("已被使用").first).to_be_visible()
    await expect(dialog.locator("input[name=unit-name]")).to_have_value("锦江区市容中心")
    await no_axe_violations(page)
    await dialog.locator("input[name=unit-code]").fill(code)
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_text("在办任务")).to_be_visible()
    await dialog.locator("input[name=retire-why]").fill("同意")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_text("请写明理由").first).to_be_visible()
    await dialog.locator("input[name=retire-why]").fill("机构改革，职能并入")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_text("这个单位已撤销")).to_be_visible()
    await no_axe_violations(page)
    await page.keyboard.press("Escape")
    await page.get_by_label("编号或名称").fill(code)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("没有内容")).to_be_visible()
    await page.get_by_label("也显示已撤销的").check()
    await expect(page.get_by_role("button", name=code)).to_be_visible()


async def test_a_unit_at_work_shows_what_hangs_on_it_and_stays(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    async with Window(browser, system) as window:
        page = await enter(window, "sysadmin1", "/admin?part=units")
        await page.get_by_role("button", name="510104-CG", exact=True).click()
        dialog = page.get_by_role("dialog")
        await expect(dialog.get_by_text("须先转出", exact=True).first).to_be_visible()
        await expect(dialog.get_by_role("button", name="撤销单位")).to_be_disabled()
        await no_axe_violations(page)
    async with Window(browser, system) as window:
        page = await enter(window, "secadmin1", "/admin?part=units")
        await page.get_by_role("button", name="510104-CG", exact=True).click()
        await expect(page.get_by_role("dialog").get_by_text("在用的账号")).to_be_visible()
        await expect(page.get_by_role("button", name="新增单位")).to_have_count(0)
        await expect(page.get_by_role("button", name="撤销单位")).to_have_count(0)
