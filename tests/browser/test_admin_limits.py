"""时限: every category is there, with the law's ceiling beside its limit; one opens with all its clocks."""

from datetime import datetime
from zoneinfo import ZoneInfo

from playwright.async_api import BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations, System

WAGES = "1001"


async def test_a_categorys_limits_are_found_with_their_law_and_all_clocks(
    context: BrowserContext, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, "leader1", "/admin?part=limits")
    with system.client("leader1") as client:
        total = client.get("/api/dispatch/limits").json()["total"]
    await expect(page.get_by_text(f"共 {total} 项")).to_be_visible()
    rows = page.get_by_role("region", name="时限", exact=True).get_by_role("row")
    await expect(rows).to_have_count(101)
    await page.get_by_role("button", name="再显示一些").press("Enter")
    await expect(rows).to_have_count(min(total, 200) + 1)
    await no_axe_violations(page)
    await page.locator("select[name=limits-kind]").select_option("COMPLAINT")
    await page.get_by_label("分类、依据或规则").fill(WAGES)
    await page.get_by_label("分类、依据或规则").press("Enter")
    row = rows.filter(has_text=WAGES).first
    await expect(row.get_by_text("60个工作日").first).to_be_visible()
    await expect(row.get_by_text("15个工作日内先答复进展")).to_be_visible()
    await expect(row.get_by_text("劳动保障监察条例").first).to_be_visible()
    await page.reload()
    await expect(row.get_by_text("60个工作日").first).to_be_visible()
    await row.get_by_role("button").press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("法定上限 60个工作日")).to_be_visible()
    await expect(
        dialog.get_by_role("row", name="派单").get_by_text("工作时间内30个工作分钟，外2小时").first
    ).to_be_visible()
    await expect(dialog.get_by_role("row", name="办结").get_by_text("24小时")).to_be_visible()
    trial = dialog.get_by_role("form", name="试算更短的时限")
    await trial.locator("input[name=trial-amount]").fill("90")
    await trial.locator("input[name=trial-amount]").press("Enter")
    await expect(trial.get_by_text("长于法定时限")).to_be_visible()
    await no_axe_violations(page)


async def test_a_shorter_limit_is_tried_before_it_is_settled(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, "leader1", "/admin?part=limits&kind=HELP")
    month = datetime.now(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m")
    await page.get_by_role("button", name="未分类（通用）").press("Enter")
    trial = page.get_by_role("dialog").get_by_role("form", name="试算更短的时限")
    await trial.locator("input[name=trial-amount]").fill("1")
    await trial.locator("select[name=trial-unit]").select_option("h")
    await trial.locator("input[name=trial-month]").fill(month)
    await trial.get_by_role("button", name="试算").press("Enter")
    await expect(trial.get_by_text(f"{month}：")).to_be_visible()
    await no_axe_violations(page)
