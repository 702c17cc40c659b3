"""管理: rules are tried before they are ended, dead letters are looked for; who is no administrator sees no more."""

from playwright.async_api import BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations, System


async def test_who_keeps_the_rules_sees_them_and_the_notices(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, "dispatcher1", "/admin")
    parts = page.get_by_role("navigation", name="管理内容").get_by_role("button")
    rules = ["派单规则", "诉求目录", "首派准确率", "时限", "工作日历", "常用语", "通知文案"]
    await expect(parts).to_have_text([*rules, "网格", "值班", "社区服务", "通知与死信"])
    await expect(page.get_by_role("cell", name="BASE-").first).to_be_visible()
    await no_axe_violations(page)
    await page.get_by_label("只看本地自有规则").check()
    await expect(page.get_by_role("cell", name="BASE-")).to_have_count(0)
    await parts.filter(has_text="通知与死信").click()
    assert page.url.endswith("part=letters")
    await page.get_by_label("状态").select_option("SENT")
    await expect(page.get_by_role("row").nth(1)).to_be_visible()
    await no_axe_violations(page)
    await page.reload()
    await expect(page.get_by_label("状态")).to_be_visible()


async def test_a_units_lead_has_the_roster_and_no_more(context: BrowserContext, enter: Enter) -> None:
    page = await enter(context, "lead-cg", "/admin?part=rules")
    parts = page.get_by_role("navigation", name="管理内容").get_by_role("button")
    await expect(parts).to_have_text(["值班"])
    views = page.get_by_role("navigation", name="值班").get_by_role("button")
    await expect(views).to_have_text(["单位值班", "请假"])
    await expect(page.get_by_role("button", name="排班")).to_be_visible()


async def test_who_takes_calls_has_nothing_to_administer(context: BrowserContext, enter: Enter) -> None:
    page = await enter(context, "agent1", "/admin")
    await expect(page.get_by_role("heading", name="您的角色不能打开这个页面")).to_be_visible()


async def test_the_tallies_on_the_page_are_the_apis(
    context: BrowserContext, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, "dispatcher1", "/admin?part=tallies&by=unit")
    told = system.client("dispatcher1").get("/api/dispatch/dispatch-rules/tallies", params={"by": "unit"}).json()
    total = page.get_by_role("row", name="合计")
    await expect(total.get_by_role("cell").first).to_have_text(str(told["total"]["dispatched"]))
    await expect(page.get_by_role("row")).to_have_count(2 + len(told["rows"]))
    await no_axe_violations(page)
    await page.get_by_label("分组").select_option("category")
    await expect(page.get_by_role("columnheader", name="分类")).to_be_visible()
    assert "by=category" in page.url
    await page.get_by_label("受理月份").fill("2020-02")
    await page.keyboard.press("Tab")
    await expect(total.get_by_role("cell").first).to_have_text("0")
    await page.reload()
    await expect(page.get_by_label("受理月份")).to_have_value("2020-02")
