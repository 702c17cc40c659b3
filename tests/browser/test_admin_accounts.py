"""账号: two administrators, each with the own part, make somebody who may work; the person chooses the own password."""

import secrets
from urllib.parse import quote

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Enter, NoViolations, System, Window

OWN = "薄雾穿过青石桥洞三更天明"


async def sign_in(page: Page, login: str, password: str) -> None:
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill(password)
    await page.locator("form.sign-in button[type=submit]").click()


async def find(page: Page, login: str) -> None:
    await page.get_by_label("账号、姓名或单位").fill(login)
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name=login, exact=True).click()


async def test_each_administrator_sees_the_own_part_alone(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    for login, parts in (
        ("sysadmin1", ["账号", "单位", "通报", "通知与死信"]),
        ("secadmin1", ["账号", "单位"]),
        ("auditadmin1", ["审计"]),
    ):
        async with Window(browser, system) as window:
            page = await enter(window, login, "/admin")
            shown = page.get_by_role("navigation", name="管理内容").get_by_role("button")
            await expect(shown).to_have_text(parts)
            await expect(page.get_by_role("row").nth(1)).to_be_visible()
            await no_axe_violations(page)


async def test_two_administrators_make_somebody_who_may_work(
    context: BrowserContext, browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    login = f"new-{secrets.token_hex(4)}"
    page = await enter(context, "sysadmin1", "/admin")
    await page.get_by_role("button", name="建立账号").first.click()
    form = page.get_by_role("dialog")
    await form.get_by_label("账号", exact=False).first.fill("dispatcher1")
    await form.get_by_label("姓名或岗位").fill("受理员丁")
    await page.keyboard.press("Enter")
    await expect(form.get_by_text("已被使用").first).to_be_visible()
    await no_axe_violations(page)
    await expect(form.get_by_label("姓名或岗位")).to_have_value("受理员丁")
    await form.get_by_label("账号", exact=False).first.fill(login)
    await form.get_by_role("button", name="建立账号").click()
    handed_out = await form.locator("code").inner_text()
    await expect(form.get_by_text("未授权")).to_be_visible()
    await no_axe_violations(page)
    async with Window(browser, system) as other:
        granting = await enter(other, "secadmin1", "/admin")
        await find(granting, login)
        dialog = granting.get_by_role("dialog")
        await dialog.get_by_role("checkbox", name="受理员").check()
        await dialog.locator("input[name=grant-why]").fill("同意")
        await dialog.get_by_role("button", name="保存授权").click()
        await expect(dialog.get_by_text("请写明理由").first).to_be_visible()
        await no_axe_violations(granting)
        await dialog.locator("input[name=grant-why]").fill("新到岗受理员，科长已批")
        await dialog.get_by_role("button", name="保存授权").click()
        await expect(dialog.get_by_text("可用")).to_be_visible()
    async with Window(browser, system, "phone") as own:
        door = await own.new_page()
        await door.goto("/desk")
        await sign_in(door, login, handed_out)
        await door.locator("input[name=chosen]").fill(OWN)
        await no_axe_violations(door)
        await door.get_by_role("button", name="设置并登录").click()
        await expect(door.locator("form.sign-in")).to_have_count(0)


async def pick(page: Page, label: str, words: str, shown: str) -> None:
    """Found by typing and taken by Enter, when the server has answered."""
    field = page.get_by_role("combobox", name=label)
    await field.click()
    async with page.expect_response(lambda answer: f"words={quote(words)}" in answer.url):
        await field.fill(words)
    await expect(page.locator(".el-select-dropdown__item:visible").first).to_contain_text(shown)
    await field.press("Enter")
    await expect(page.locator(".el-select").filter(has_text=shown)).to_be_visible()


async def test_area_and_unit_are_found_by_name_and_kept_over_a_reload(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    login = f"pick-{secrets.token_hex(4)}"
    page = await enter(context, "sysadmin1", "/admin")
    await page.get_by_role("button", name="建立账号").first.click()
    form = page.get_by_role("dialog")
    await form.get_by_label("账号", exact=False).first.fill(login)
    await form.get_by_label("姓名或岗位").fill("街道经办")
    await pick(page, "范围（区划）", "锦官驿", "锦官驿街道 510104017")
    await pick(page, "单位（可空）", "510104017-JZ", "510104017-JZ")
    await no_axe_violations(page)
    await page.reload()
    await page.get_by_role("button", name="建立账号").first.click()
    await expect(form.get_by_text("锦官驿街道 510104017").first).to_be_visible()
    await form.get_by_role("button", name="建立账号").click()
    await expect(form.locator("code")).to_be_visible()
    await page.keyboard.press("Escape")
    await page.get_by_label("账号、姓名或单位").fill(login)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("row", name=login)).to_contain_text("锦官驿街道")


async def test_who_is_closed_is_out_until_the_security_administrator_opens_again(
    browser: Browser, system: System, enter: Enter
) -> None:
    login = f"off-{secrets.token_hex(4)}"
    system.client("sysadmin1").post(
        "/api/dispatch/accounts", json={"login": login, "name": "受理员戊", "area": "510104"}
    )
    async with Window(browser, system) as window:
        page = await enter(window, "sysadmin1", "/admin")
        await find(page, login)
        dialog = page.get_by_role("dialog")
        await dialog.get_by_label("理由").fill("离岗，交接已毕")
        await dialog.get_by_role("button", name="停用").click()
        await expect(dialog.locator(".tag", has_text="停用")).to_be_visible()
        await expect(dialog.get_by_role("button", name="启用")).to_have_count(0)
    async with Window(browser, system) as window:
        page = await enter(window, "secadmin1", "/admin")
        await find(page, login)
        dialog = page.get_by_role("dialog")
        await dialog.locator("input[name=act-why]").fill("返岗，科长已批")
        await dialog.get_by_role("button", name="启用").click()
        await expect(dialog.get_by_text("未授权")).to_be_visible()
