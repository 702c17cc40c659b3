"""通报: a plan is made, its faults at their fields, and ended; one is made now as a file; who plans none sees less."""

import secrets

from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations, System, Window


async def test_a_plan_is_made_and_ended_and_a_bulletin_taken(
    context: BrowserContext, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    name = f"测试通报{secrets.token_hex(4)}"
    page = await enter(context, "analyst1", "/admin")
    await page.get_by_role("button", name="新增通报计划").press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[name=plan-name]").fill(name)
    await dialog.locator("select[name=plan-pace]").select_option("WEEK")
    await dialog.get_by_role("button", name="保存通报计划").press("Enter")
    people = dialog.locator(".field").filter(has=page.get_by_role("combobox", name="收件人"))
    await expect(people.locator(".fault")).to_be_visible()
    await no_axe_violations(page)
    await page.reload()
    await page.get_by_role("button", name="新增通报计划").click()
    await expect(dialog.locator("input[name=plan-name]")).to_have_value(name)
    box = dialog.get_by_role("combobox", name="收件人")
    await box.press_sequentially("leader1")
    await expect(page.locator(".el-select-dropdown__item:visible")).to_have_count(1)
    await box.press("Enter")
    await expect(dialog.locator(".el-select").filter(has_text="leader1")).to_be_visible()
    await page.keyboard.press("Tab")
    await dialog.get_by_role("button", name="保存通报计划").click()
    await expect(dialog).to_have_count(0)
    row = page.get_by_role("row").filter(has_text=name)
    await expect(row.get_by_text("区级分管领导甲")).to_be_visible()
    await no_axe_violations(page)
    with system.client("analyst1") as client:
        [plan] = [one for one in client.get("/api/notify/reports/bulletins/schedules").json() if one["name"] == name]
    assert (plan["pace"], plan["formats"], plan["area"]) == ("WEEK", ["pdf", "xlsx"], "510104")
    await row.get_by_role("button", name="停止").click()
    await dialog.get_by_role("button", name="确认停止这个计划").click()
    await expect(row).to_have_count(0)

    await page.locator("input[name=bulletin-month]").fill("2090-01")
    await page.get_by_role("button", name="生成 CSV").click()
    await expect(page.locator("section.stack .fault")).to_be_visible()
    await page.locator("input[name=bulletin-month]").fill("2026-10")
    async with page.expect_download() as taken:
        await page.get_by_role("button", name="生成 CSV").click()
    assert (await taken.value).suggested_filename == "通报-510104-2026-10.csv"
    await expect(page.locator("section.stack .fault")).to_have_count(0)


async def test_who_plans_none_makes_one_and_reads_what_went_out(system: System, browser: Browser, enter: Enter) -> None:
    async with Window(browser, system, "desktop") as window:
        page = await enter(window, "leader1", "/admin?part=bulletins")
        await expect(page.get_by_role("button", name="生成 XLSX")).to_be_visible()
        await expect(page.get_by_role("heading", name="已发通报")).to_be_visible()
        await expect(page.get_by_role("button", name="新增通报计划")).to_have_count(0)
