"""派单规则: a rule is written, tried on a month's cases, put in force, changed and ended on the page, by its keeper."""

import secrets

from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import Enter, NoViolations, System

BASE = {"id": "TRIED", "priority": 1, "area": "510104", "unit": "510104-ZJ"}


def moved_of(system: System, month: str) -> int:
    """How many of the month's cases the API says would go to the other unit."""
    body = {"rules": [BASE], "month": month}
    with system.client("dispatcher1") as client:
        return int(client.post("/api/dispatch/dispatch-rules/dry-run", json=body).json()["changed"])


async def choose_unit(page: Page, part: str) -> None:
    """Found by a part of its name, with the keyboard."""
    box = page.get_by_role("dialog").get_by_role("combobox", name="承办单位", exact=True)
    await box.fill(part)
    await expect(page.get_by_role("option", name=part).first).to_be_visible()
    await box.press("ArrowDown")
    await box.press("Enter")


async def test_a_rule_is_tried_drafted_put_in_force_and_ended(
    context: BrowserContext, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    code = f"WEB-{secrets.token_hex(4).upper()}"
    lamp = f"从未出现的灯{code}"
    page = await enter(context, "dispatcher1", "/admin?part=rules")
    await page.get_by_role("button", name="新增规则").press("Enter")
    dialog = page.get_by_role("dialog").first
    await dialog.locator("input[name=rule-id]").fill(code)
    await dialog.locator("input[name=rule-priority]").fill("1")
    await choose_unit(page, "锦江区住房和城乡建设局")
    month = await page.evaluate("() => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 7)")
    await dialog.locator("input[name=trial-month]").fill(month)
    await dialog.get_by_role("button", name="试算").press("Enter")
    count = moved_of(system, month)
    await expect(dialog.get_by_text(f"其中 {count} 件会改派")).to_be_visible()
    await no_axe_violations(page)
    assert count > 0
    row = dialog.get_by_role("region", name="会改派的工单").get_by_role("row").nth(1)
    number = await row.get_by_role("button").inner_text()
    await row.get_by_role("button").press("Enter")
    await expect(page.get_by_role("dialog", name=number).get_by_role("heading").first).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog", name=number)).to_have_count(0)

    area = dialog.get_by_role("combobox", name="适用区域")
    await area.press_sequentially("东湖街道")
    await expect(page.locator(".el-select-dropdown__item:visible").first).to_contain_text("东湖街道")
    await area.press("Enter")
    await expect(dialog.locator(".el-select").filter(has_text="东湖街道")).to_be_visible()
    await dialog.locator("input[name=rule-keywords]").fill(lamp)
    await dialog.locator("input[name=rule-category]").fill("0204")
    await dialog.locator("input[name=rule-priority]").fill("950")
    await dialog.locator("input[name=rule-limit]").fill("3wd")
    await expect(dialog.get_by_text("3个工作日")).to_be_visible()
    await dialog.locator("input[name=rule-why]").fill("同意")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_text("请写明为什么这样调整").first).to_be_visible()
    await dialog.locator("input[name=rule-why]").fill("照明设施移交住建部门")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_text("永远轮不到这条规则").first).to_be_visible()
    await expect(dialog.locator("input[name=rule-keywords]")).to_have_value(lamp)
    await no_axe_violations(page)

    await page.reload()
    await page.get_by_role("button", name="新增规则").click()
    await expect(dialog.locator("input[name=rule-id]")).to_have_value(code)
    await dialog.locator("input[name=rule-priority]").fill("1")
    await dialog.locator("input[name=rule-why]").press("Enter")
    await expect(dialog.get_by_role("heading", name="第 1 版 草稿")).to_be_visible()
    await no_axe_violations(page)
    await dialog.get_by_role("button", name="启用").press("Enter")
    await expect(dialog.get_by_role("heading", name="第 1 版 启用")).to_be_visible()

    await dialog.get_by_role("button", name="修改（写成新版本）").click()
    await expect(dialog.locator("input[name=rule-id]")).to_have_attribute("readonly", "")
    await dialog.locator("input[name=rule-legal_basis]").fill("城市照明管理规定")
    await dialog.locator("input[name=rule-why]").fill("补写依据")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("heading", name="第 2 版 草稿")).to_be_visible()
    await expect(dialog.get_by_role("heading", name="第 1 版 启用")).to_be_visible()
    await dialog.get_by_role("button", name="启用").press("Enter")
    await expect(dialog.get_by_role("heading", name="第 1 版 已被替换")).to_be_visible()
    await dialog.locator("input[name=end-why]").fill("试行结束")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_role("heading", name="第 2 版 停用")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name=code).first).to_be_visible()
    await no_axe_violations(page)


async def test_a_rule_of_the_base_is_where_a_new_one_begins(context: BrowserContext, enter: Enter) -> None:
    page = await enter(context, "supervision1", "/admin?part=rules")
    row = page.get_by_role("row").filter(has_text="BASE-0204")
    await row.get_by_role("button", name="以此新建").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator("input[name=rule-id]")).to_have_value("")
    await expect(dialog.locator("input[name=rule-category]")).to_have_value("0204")
