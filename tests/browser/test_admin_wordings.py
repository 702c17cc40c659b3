"""通知文案: found, changed under the eye of its preview, told who and why, and put back to what ships."""

import secrets

from playwright.async_api import BrowserContext, expect

from tests.browser.conftest import SIZES, Enter, NoViolations

OF_ITS_OWN = {SIZES["phone"][0]: "REOPEN", SIZES["desktop"][0]: "WITHDRAW"}
"""Both sizes may be run at once over one system: each changes a notice of its own."""


async def test_a_notices_words_are_tried_changed_and_put_back(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    mark = secrets.token_hex(4)
    page = await enter(context, "leader1", "/admin?part=wordings")
    assert page.viewport_size
    topic = OF_ITS_OWN[page.viewport_size["width"]]
    words, rows = (
        page.get_by_label("主题、收信人或内容"),
        page.get_by_role("region", name="通知文案").get_by_role("row"),
    )
    await words.fill(topic)
    await words.press("Enter")
    await expect(page.get_by_text("共 2 条")).to_be_visible()
    await page.get_by_label("只看发给市民的短信").check()
    await expect(rows).to_have_count(2)
    await no_axe_violations(page)
    await rows.nth(1).get_by_role("button").press("Enter")
    dialog = page.get_by_role("dialog")
    box, preview = dialog.get_by_label("内容", exact=True), dialog.get_by_role("region", name="预览")
    await box.fill("【12345】已登记。")
    await expect(preview.get_by_text("变量 {request_no} 不能删去")).to_be_visible()
    await no_axe_violations(page)
    await box.fill(f"【12345】{mark}已登记，编号 ")
    await dialog.get_by_role("button", name="{request_no}").press("Enter")
    await expect(preview.get_by_text(f"{mark}已登记，编号 5101042026022501000000118")).to_be_visible()
    await expect(preview.get_by_text("1 条")).to_be_visible()
    why = dialog.locator("input[name=wording-why]")
    await why.fill("同意")
    await why.press("Enter")
    await expect(dialog.get_by_text("请写明为什么改动文案").first).to_be_visible()
    await why.fill("按本区口径改写")
    await why.press("Enter")
    versions = dialog.get_by_role("region", name="版本").get_by_role("listitem")
    await expect(versions.first).to_contain_text(mark)
    await expect(versions.first).to_contain_text("区级分管领导甲")
    await no_axe_violations(page)
    await why.fill("恢复统一文案")
    await dialog.get_by_role("button", name="恢复自带文案").press("Enter")
    await expect(versions.first).to_contain_text("恢复统一文案")
    await expect(box).not_to_have_value(f"【12345】{mark}已登记，编号 {{request_no}}")
    await expect(dialog.get_by_role("button", name="恢复自带文案")).to_have_count(0)
