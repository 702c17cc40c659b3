"""常用语: written with places that are checked, seen filled from a real case, found, changed and deleted."""

import re
import secrets

from playwright.async_api import BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations


async def test_a_standard_text_is_written_checked_previewed_and_deleted(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    mark = secrets.token_hex(4)
    page = await enter(context, "dispatcher1", "/admin?part=texts")
    await page.get_by_role("button", name="写常用语").press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[name=text-title]").fill(f"催办{mark}")
    box = dialog.get_by_label("内容", exact=True)
    await box.fill("请在{期限}前办结。")
    await dialog.get_by_role("button", name="保存").click()
    await expect(dialog.get_by_text("没有变量“期限”").first).to_be_visible()
    await no_axe_violations(page)
    await page.reload()
    await page.get_by_role("button", name="写常用语").click()
    await expect(box).to_have_value("请在{期限}前办结。")
    await box.fill("请尽快办理")
    await dialog.get_by_role("button", name="{工单编号}").press("Enter")
    await expect(box).to_have_value("请尽快办理{工单编号}")
    await expect(box).to_be_focused()
    case = dialog.get_by_label("用哪张工单预览")
    await expect(case).to_have_attribute("placeholder", re.compile(r"\d"))
    number = await case.get_attribute("placeholder")
    await expect(dialog.get_by_text(f"请尽快办理{number}", exact=True)).to_be_visible()
    await dialog.get_by_role("button", name="保存").click()
    await expect(dialog).to_have_count(0)
    await page.get_by_label("名称或内容").fill(mark)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("共 1 条")).to_be_visible()
    await expect(page.get_by_role("row")).to_have_count(2)
    await no_axe_violations(page)
    await page.get_by_role("button", name=f"催办{mark}").press("Enter")
    await expect(box).to_have_value("请尽快办理{工单编号}")
    await dialog.get_by_role("button", name="删除", exact=True).click()
    await dialog.get_by_role("button", name="确定删除").click()
    await expect(page.get_by_text("没有内容")).to_be_visible()
    await no_axe_violations(page)
