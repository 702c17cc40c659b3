"""实时: one stream for all tabs of a browser; when its tab goes, another takes over and misses nothing."""

import secrets

from playwright.async_api import Browser, Page, Request, expect

from tests.browser.conftest import Enter, System, Window
from tests.browser.test_desk import ROWS, found_by, report


async def test_one_tab_hears_for_all_and_another_takes_over_when_it_goes(
    browser: Browser, system: System, enter: Enter
) -> None:
    mark = secrets.token_hex(4)
    report(system, f"{mark}甲")
    listening: list[Page] = []

    def heard(request: Request) -> None:
        if request.url.endswith("/api/dispatch/stream"):
            listening.append(request.frame.page)

    async with Window(browser, system) as context:
        context.on("request", heard)
        one = await enter(context, "dispatcher1", found_by(mark))
        await expect(one.locator(ROWS)).to_have_count(1)
        await expect(one.get_by_text("实时连接已断开")).to_have_count(0)
        two = await context.new_page()
        await two.goto(found_by(mark))
        await expect(two.locator(ROWS)).to_have_count(1)
        await expect(two.get_by_text("实时连接已断开")).to_have_count(0)
        report(system, f"{mark}乙")
        await expect(two.get_by_role("button", name="1 条新工单")).to_be_visible()
        await expect(one.get_by_role("button", name="1 条新工单")).to_be_visible()
        assert listening == [one]
        await one.close()
        await expect(two.get_by_text("实时连接已断开")).to_have_count(0)
        report(system, f"{mark}丙")
        await expect(two.get_by_role("button", name="2 条新工单")).to_be_visible()
        await expect(two.locator(ROWS)).to_have_count(1)
        assert listening == [one, two]
