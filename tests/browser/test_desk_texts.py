"""常用语: a slash looks for one, its places are filled from the case, and what is left is typed over."""

import secrets
from contextlib import closing

from playwright.async_api import Browser, expect

from tests.browser.conftest import Enter, NoViolations, System, Window
from tests.browser.test_desk import found_by, report


async def test_a_standard_text_is_found_by_a_slash_and_filled_from_the_case(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    mark = secrets.token_hex(4)
    (number,) = report(system, f"常用语{mark}")
    body = {"title": f"补充{mark}", "body": "请补充工单{工单编号}的{填写缺少的材料}。", "action": "ASK_INFO"}
    with closing(system.client("dispatcher1")) as client:
        assert client.post("/api/dispatch/standard-texts", json=body).status_code == 201
    async with Window(browser, system) as context:
        page = await enter(context, "dispatcher1", found_by(f"常用语{mark}", case=number))
        await expect(page.locator(".pane h2").first).to_contain_text(mark)
        await page.keyboard.press("r")
        text = page.locator(".pane form textarea").first
        await text.click()
        await page.keyboard.press("/")
        search = page.get_by_role("combobox", name="查找常用语")
        await expect(search).to_be_focused()
        await search.fill(mark)
        await expect(page.get_by_role("listbox", name="常用语").get_by_role("option")).to_have_count(1)
        await no_axe_violations(page)
        await page.keyboard.press("Enter")
        await expect(text).to_have_value(f"请补充工单{number}的{{填写缺少的材料}}。")
        await page.keyboard.type("现场照片")
        await expect(text).to_have_value(f"请补充工单{number}的现场照片。")
        await page.keyboard.type("1/2")
        await expect(text).to_have_value(f"请补充工单{number}的现场照片1/2。")
