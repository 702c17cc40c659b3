"""管理: rules are tried before they are ended, dead letters are looked for; who is no administrator sees no more."""

from playwright.async_api import BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations


async def test_who_keeps_the_rules_sees_them_and_the_notices(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, "dispatcher1", "/admin")
    parts = page.get_by_role("navigation", name="管理内容").get_by_role("button")
    await expect(parts).to_have_text(["派单规则", "通知与死信"])
    await expect(page.get_by_role("cell", name="BASE-").first).to_be_visible()
    await no_axe_violations(page)
    await page.get_by_label("只看本地自有规则").check()
    await expect(page.get_by_text("没有内容")).to_be_visible()
    await parts.nth(1).click()
    assert page.url.endswith("part=letters")
    await page.get_by_label("状态").select_option("SENT")
    await expect(page.get_by_role("row").nth(1)).to_be_visible()
    await no_axe_violations(page)
    await page.reload()
    await expect(page.get_by_label("状态")).to_be_visible()


async def test_a_unit_has_nothing_to_administer(context: BrowserContext, enter: Enter) -> None:
    page = await enter(context, "lead-cg", "/admin")
    await expect(page.get_by_role("heading", name="您的角色不能打开这个页面")).to_be_visible()
