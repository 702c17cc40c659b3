"""坐席登记: duplicates are looked for while the agent types; what is known is supplemented; 119 in one click."""

import re
import secrets
import time
from contextlib import closing

from playwright.async_api import Browser, BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations, System, Window
from tests.browser.test_desk import report

PATIENCE_S = 40.0


def until_comparable(system: System, number: str, words: str) -> None:
    """Waits for the worker that makes cases comparable."""
    ends = time.monotonic() + PATIENCE_S
    with closing(system.client("agent1")) as client:
        while time.monotonic() < ends:
            found = client.post("/api/dispatch/similar", json={"text": words}).json()["cases"]
            if number in [one["case_no"] for one in found]:
                return
            time.sleep(0.5)
    raise AssertionError(found)


async def test_words_about_a_known_matter_are_added_to_it_while_the_caller_speaks(
    context: BrowserContext, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    mark = f"杆号{secrets.token_hex(4)}灯罩{secrets.token_hex(4)}"
    (number,) = report(system, mark)
    words = f"水井坊社区{mark}第1处的路灯已三天不亮，请尽快修复。"
    until_comparable(system, number, words)
    page = await enter(context, "agent1", "/desk?new=1")
    text = page.get_by_label(re.compile("^诉求内容（"))
    await text.press_sequentially(words, delay=15)
    known = page.locator(f"aside li[data-case='{number}']")
    await expect(known).to_be_visible()
    await expect(known).to_contain_text("待审核")
    await no_axe_violations(page)
    await text.press_sequentially("今早又坏了一盏。")
    await known.get_by_role("button", name="补充到这张").click()
    await expect(page.get_by_role("heading", name="已补充")).to_be_visible()
    await no_axe_violations(page)
    with closing(system.client("agent1")) as client:
        found = client.get(f"/api/dispatch/cases/{number}").json()
    assert [one["text"] for one in found["supplements"]] == [f"{words}今早又坏了一盏。"]
    await page.get_by_role("button", name="登记下一个来电").click()
    await expect(text).to_have_value("")


async def test_a_fire_is_handed_over_in_one_click_with_what_was_written_so_far(
    browser: Browser, system: System, enter: Enter
) -> None:
    mark = secrets.token_hex(4)
    async with Window(browser, system) as context:
        page = await enter(context, "agent1", "/desk?new=1")
        await page.get_by_label(re.compile("^诉求内容（")).fill(f"楼下电动车{mark}起火")
        await page.get_by_role("group", name="一键转紧急").get_by_role("button", name="119").click()
        await expect(page.get_by_role("heading", name="已受理")).to_be_visible()
        await page.get_by_role("button", name="打开工单").click()
        pane = page.locator(".pane article")
        await expect(pane.get_by_text(f"楼下电动车{mark}起火").first).to_be_visible()
        await expect(pane.get_by_text("已转紧急").first).to_be_visible()
