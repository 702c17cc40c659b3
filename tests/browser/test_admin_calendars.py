"""工作日历: a year on the page is the API's; a local holiday is tried, loaded, and leaves its trace; keyboard alone."""

import secrets
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.async_api import BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations, System

FAR = 2055
"""A year that no open deadline reaches: what is loaded here moves nobody's."""
BARE = 2057
"""A year that nobody loads."""


async def test_a_year_is_shown_day_by_day(
    context: BrowserContext, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, "dispatcher1", "/admin?part=calendars&area=cn&year=2026")
    with system.client("dispatcher1") as client:
        told = client.get("/api/dispatch/calendars/year", params={"area": "cn", "year": 2026}).json()
    holidays = [one for one in told["days"] if one["kind"] == "HOLIDAY"]
    await expect(page.locator(".months .day.HOLIDAY")).to_have_count(len(holidays))
    await expect(page.locator(".months .day")).to_have_count(365)
    await expect(page.get_by_role("table", name="2月").get_by_text("17休")).to_be_visible()
    await expect(page.get_by_role("table", name="10月").get_by_text("10班")).to_be_visible()
    await expect(page.get_by_text(told["notices"][0]["source"])).to_be_visible()
    await expect(page.get_by_role("button", name="放假安排")).to_have_count(0)
    await no_axe_violations(page)
    await page.goto(f"/admin?part=calendars&area=5101&year={BARE}")
    await expect(page.get_by_text(f"{BARE} 年的放假通知尚未录入")).to_be_visible()
    await expect(page.locator(".months .day.open")).to_have_count(365)
    await no_axe_violations(page)


async def test_a_local_holiday_is_tried_and_loaded_with_its_source(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    source = f"成府办发{secrets.token_hex(4)}号"
    page = await enter(context, "leader5101", f"/admin?part=calendars&area=5101&year={FAR}")
    await page.get_by_role("button", name=f"录入 {FAR} 年放假安排").press("Enter")
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[name=holiday-source]").fill(source)
    words = f"日期,类型\n{FAR}-08-09,放假\n{FAR}-08-14,上班\n{FAR}-09-30\n"
    given = {"name": "holidays.csv", "mimeType": "text/csv", "buffer": words.encode()}
    await dialog.locator("input[name=holiday-file]").set_input_files(given)  # type: ignore[arg-type]
    await expect(dialog.get_by_text(f"没有读懂这一行：{FAR}-09-30")).to_be_visible()
    await expect(dialog.locator("textarea[name=holiday-rest]")).to_have_value(f"{FAR}-08-09")
    await dialog.locator("textarea[name=holiday-work]").fill(f"{FAR}-08-12")
    await dialog.get_by_role("button", name="试算").press("Enter")
    await expect(dialog.get_by_text("不是周末，不能写作调休上班").first).to_be_visible()
    await no_axe_violations(page)
    await page.reload()
    await page.get_by_role("button", name=f"录入 {FAR} 年放假安排").click()
    await expect(dialog.locator("input[name=holiday-source]")).to_have_value(source)
    await dialog.locator("textarea[name=holiday-work]").fill(f"{FAR}-08-14")
    await dialog.get_by_role("button", name="试算").click()
    await expect(dialog.get_by_text("其中 0 个会变")).to_be_visible()
    await dialog.locator("input[name=holiday-why]").fill("同意")
    await page.keyboard.press("Enter")
    await expect(dialog.get_by_text("请写明为什么录入或改动").first).to_be_visible()
    await dialog.locator("input[name=holiday-why]").fill("市政府办公厅通知放假")
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    row = page.get_by_role("region", name="本地放假通知").get_by_role("row").filter(has_text=source)
    await expect(row.get_by_text("有效")).to_be_visible()
    await expect(row.get_by_text("市级分管领导甲")).to_be_visible()
    await expect(page.get_by_role("table", name="8月").get_by_text("9休", exact=True)).to_be_visible()
    await expect(page.get_by_role("table", name="8月").get_by_text("14班")).to_be_visible()
    await no_axe_violations(page)


async def test_what_would_move_is_listed_with_the_old_end_and_the_new(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    late = (today.month, today.day) > (12, 10)
    first = date(today.year + 1, 1, 4) if late else today
    page = await enter(context, "leader5101", f"/admin?part=calendars&area=5101&year={first.year}")
    await page.get_by_role("button", name="年放假安排").click()
    dialog = page.get_by_role("dialog")
    await dialog.locator("input[name=holiday-source]").fill("试算用")
    await dialog.locator("textarea[name=holiday-rest]").fill(f"{first}..{first + timedelta(days=20)}")
    await dialog.locator("select[name=holiday-policy]").select_option("RECOMPUTE")
    await dialog.get_by_role("button", name="试算").click()
    rows = dialog.get_by_role("region", name="会变的时限").get_by_role("row")
    await expect(rows.nth(1)).to_be_visible()
    await no_axe_violations(page)
    number = await rows.nth(1).get_by_role("button").inner_text()
    await rows.nth(1).get_by_role("button").press("Enter")
    await expect(page.get_by_role("dialog", name=number).get_by_role("heading").first).to_be_visible()
