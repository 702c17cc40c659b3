"""值班表: a row of shifts is planned, faults stand at their fields, a substitute, a leave, the gaps; by its keeper."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import Enter, NoViolations, System, Window

UNIT = "510104-CG"
CLERK, LEAD = "unit-cg", "lead-cg"


def monday_of(page: Page) -> datetime:
    """A week of this story's own at this size, months ahead."""
    weeks = 12 if (page.viewport_size or {})["width"] < 500 else 24
    today = datetime.now(ZoneInfo("Asia/Shanghai")).replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def shifts(client: httpx.Client, monday: datetime) -> list[int]:
    """The unit's shifts of two weeks, by the API."""
    ask = {"first": f"{monday:%Y-%m-%d}", "days": 14}
    found = client.get(f"/api/dispatch/units/{UNIT}/duty", params=ask)
    assert found.status_code == 200, found.text
    return [one["id"] for one in found.json()["shifts"]]


def cleared(system: System, monday: datetime) -> None:
    """An earlier run over the same folder may have left some."""
    with system.client("dispatcher1") as client:
        for number in shifts(client, monday):
            assert client.delete(f"/api/dispatch/duty/{number}").status_code == 204


async def choose(page: Page, box: Locator, part: str) -> None:
    """Found by a part of its name, with the keyboard."""
    await box.press_sequentially(part)
    found = page.locator(".el-select-dropdown__item:visible")
    await expect(found).to_have_text([re.compile(part)])
    await box.press("Enter")
    await expect(page.locator(".el-select").filter(has_text=part)).to_be_visible()


async def fill(page: Page, dialog: Locator, monday: datetime, hours: tuple[str, str]) -> None:
    await choose(page, dialog.get_by_role("combobox", name="值班人"), CLERK)
    await page.keyboard.press("Tab")
    for name, hour in zip(("starts_at", "ends_at"), hours, strict=True):
        await dialog.locator(f"input[name=duty-{name}]").fill(f"{monday:%Y-%m-%d}T{hour}")


async def test_a_row_of_shifts_is_planned_and_a_substitute_named(
    context: BrowserContext, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, "dispatcher1", "/admin?part=duty")
    monday = monday_of(page)
    cleared(system, monday)
    await page.goto(f"/admin?part=duty&of=unit&unit={UNIT}&week={monday:%Y-%m-%d}")
    await expect(page.get_by_text(f"{monday:%Y-%m-%d} –")).to_be_visible()
    await page.get_by_role("button", name="排班").press("Enter")
    dialog = page.get_by_role("dialog", name="排班")
    await fill(page, dialog, monday, ("18:00", "17:00"))
    await dialog.get_by_role("button", name="保存排班").press("Enter")
    await expect(dialog.get_by_text("下班时间须晚于上班时间").first).to_be_visible()
    await expect(dialog.locator("input[name=duty-ends_at]")).to_have_attribute("aria-invalid", "true")
    await no_axe_violations(page)
    await page.reload()
    await page.get_by_role("button", name="排班").click()
    await expect(dialog.locator("input[name=duty-starts_at]")).to_have_value(f"{monday:%Y-%m-%d}T18:00")
    await expect(dialog.get_by_text(CLERK)).to_be_visible()
    await dialog.locator("input[name=duty-ends_at]").fill(f"{monday:%Y-%m-%d}T22:00")
    await dialog.locator("input[name=duty-again]").check()
    await dialog.locator("input[name=duty-weeks]").fill("2")
    await dialog.get_by_role("button", name="保存排班").click()
    await expect(dialog).to_have_count(0)
    chips = page.locator("[data-shift]")
    await expect(chips).to_have_count(5)
    with system.client("dispatcher1") as client:
        assert len(shifts(client, monday)) == 10
    await no_axe_violations(page)

    await page.get_by_role("button", name="排班").click()
    await fill(page, dialog, monday, ("21:00", "23:00"))
    await dialog.get_by_role("button", name="保存排班").click()
    await expect(dialog.get_by_text("在这里已有班次，时间重叠").first).to_be_visible()
    await expect(dialog.locator("input[name=duty-starts_at]")).to_have_attribute("aria-invalid", "true")
    await page.keyboard.press("Escape")
    await expect(dialog).to_have_count(0)

    await chips.first.press("Enter")
    care = page.get_by_role("dialog")
    await choose(page, care.get_by_role("combobox", name="替班人"), LEAD)
    await page.keyboard.press("Tab")
    await no_axe_violations(page)
    await care.get_by_role("button", name="保存替班").click()
    await expect(care).to_have_count(0)
    await expect(chips.first.get_by_text("替班")).to_be_visible()
    await chips.nth(1).click()
    await care.get_by_role("button", name="取消班次").click()
    await care.get_by_role("button", name="确认取消这个班次").click()
    await expect(chips).to_have_count(4)


async def test_a_leave_is_entered_and_ended_and_gaps_open_their_grid(
    context: BrowserContext, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, "dispatcher1", "/admin?part=duty&of=leaves")
    day = monday_of(page) + timedelta(days=60)
    with system.client("dispatcher1") as client:
        for one in client.get("/api/dispatch/leaves", params={"words": CLERK, "limit": 200}).json()["items"]:
            if datetime.fromisoformat(one["starts_at"]) == day:
                client.delete(f"/api/dispatch/leaves/{one['id']}")
    await page.get_by_role("button", name="登记请假").press("Enter")
    dialog = page.get_by_role("dialog")
    await choose(page, dialog.get_by_role("combobox", name="请假人"), CLERK)
    await page.keyboard.press("Tab")
    await dialog.locator("input[name=leave-starts_at]").fill(f"{day:%Y-%m-%d}T00:00")
    await dialog.locator("input[name=leave-ends_at]").fill(f"{day:%Y-%m-%d}T12:00")
    await choose(page, dialog.get_by_role("combobox", name="替班人"), LEAD)
    await page.keyboard.press("Tab")
    await dialog.get_by_role("button", name="保存请假").click()
    await expect(
        dialog.locator(".field", has=page.locator("input[name=leave-reason]")).locator(".fault")
    ).to_be_visible()
    await no_axe_violations(page)
    await dialog.locator("input[name=leave-reason]").fill("年休假")
    await page.keyboard.press("Enter")
    await expect(dialog).to_have_count(0)
    row = page.get_by_role("row").filter(has_text=f"{day:%Y-%m-%d} 00:00")
    await expect(row.get_by_text(LEAD)).to_be_visible()
    await no_axe_violations(page)
    await row.get_by_role("button", name="销假").click()
    await dialog.get_by_role("button", name="确认销假").click()
    await expect(row).to_have_count(0)

    await page.get_by_role("button", name="值班空档").click()
    await page.locator("select[name=gaps-days]").select_option("14")
    first = page.get_by_role("region", name="值班空档").get_by_role("row").nth(1)
    await expect(first.get_by_role("button")).to_be_visible()
    await no_axe_violations(page)
    code = await first.locator("small").inner_text()
    await first.get_by_role("button").click()
    await expect(page.get_by_role("button", name="排班")).to_be_visible()
    await expect(page.get_by_text("现在")).not_to_have_count(0)
    assert f"grid={code}" in page.url
    await no_axe_violations(page)


async def test_a_clerk_reads_the_roster_and_changes_nothing(system: System, browser: Browser, enter: Enter) -> None:
    async with Window(browser, system, "desktop") as window:
        page = await enter(window, CLERK, "/admin?part=duty")
        await expect(page.locator("[data-shift]").first).to_be_visible()
        await expect(page.get_by_role("button", name="排班")).to_have_count(0)
        await expect(page.get_by_role("button", name="请假")).to_have_count(0)
        await expect(page.locator("button[data-shift]")).to_have_count(0)
