"""The dispatcher's desk in a real browser: twenty cases by keyboard alone, two who take one case, undo, changes."""

import re
import secrets
from typing import Any

from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Enter, NoViolations, System, Window

ROWS = "main [role=option].row"
RUN = secrets.token_hex(2)
"""A mark of this run: the same system may be asked again."""


def report(system: System, title: str, count: int = 1) -> list[str]:
    """Cases in 待审核, written down by an agent through the API; their numbers."""
    numbers = []
    with system.client("agent1") as agent:
        for each in range(count):
            form = {
                "title": title,
                "text": f"水井坊社区{title}第{each + 1}处的路灯已三天不亮，请尽快修复。",
                "kind": "HELP",
                "category": "0204",
                "place": {"area_code": "510104017001"},
            }
            answer = agent.post("/api/intake/requests", json=form, headers={"Idempotency-Key": secrets.token_hex(8)})
            assert answer.status_code == 201, answer.text
            numbers.append(answer.json()["cases"][0]["case_no"])
    return numbers


def statuses(system: System, numbers: list[str]) -> dict[str, str]:
    with system.client("dispatcher1") as client:
        return {number: client.get(f"/api/dispatch/cases/{number}").json()["status"] for number in numbers}


def found_by(words: str, **more: str) -> str:
    asked = {"view": "TO_DISPATCH", "words": words, **more}
    return "/desk?" + "&".join(f"{name}={value}" for name, value in asked.items())


async def until_all(page: Page, system: System, numbers: list[str], status: str) -> None:
    """Waits, at most twenty seconds, until each of the cases stands there."""
    for _ in range(40):
        if set(statuses(system, numbers).values()) == {status}:
            return
        await page.wait_for_timeout(500)
    raise AssertionError(statuses(system, numbers))


async def test_a_dispatcher_clears_twenty_cases_by_keyboard_alone(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    numbers = report(system, f"键盘清单{RUN}", 20)
    async with Window(browser, system) as context:
        page = await enter(context, "dispatcher1", found_by(f"键盘清单{RUN}"))
        await expect(page.locator(ROWS)).to_have_count(20)
        await no_axe_violations(page)
        await page.keyboard.press("j")
        for done in range(20):
            await expect(page.locator(".pane h2").first).to_contain_text(f"键盘清单{RUN}")
            await page.keyboard.press("a")
            form = page.locator(".pane form")
            await expect(form.locator(".el-select").first).not_to_contain_text("请选择")
            if done == 0:
                await no_axe_violations(page)
            await page.keyboard.press("Control+Enter")
            await expect(form).to_have_count(0)
        await until_all(page, system, numbers, "DISPATCHED")


async def test_of_two_dispatchers_who_take_one_case_the_second_is_told_who_has_it(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    (number,) = report(system, f"两人同抢{RUN}")
    async with Window(browser, system) as one, Window(browser, system) as other:
        first = await enter(one, "dispatcher1", found_by(f"两人同抢{RUN}", case=number))
        second = await enter(other, "dispatcher2", found_by(f"两人同抢{RUN}", case=number))
        await expect(second.get_by_text("派单员甲在看")).to_be_visible()
        await first.keyboard.press("a")
        await expect(first.locator(".pane form")).to_be_visible()
        await second.keyboard.press("a")
        await expect(second.get_by_role("alert")).to_contain_text("派单员甲已经认领")
        await expect(second.locator(".pane form")).to_have_count(0)
        await no_axe_violations(second)


async def test_what_was_asked_for_may_be_undone_and_a_closed_tab_still_commits(
    browser: Browser, system: System, enter: Enter
) -> None:
    undone, kept = report(system, f"撤销一下{RUN}", 2)
    async with Window(browser, system) as context:
        page = await enter(context, "dispatcher1", found_by(f"撤销一下{RUN}", case=undone))
        await page.keyboard.press("a")
        await expect(page.locator(".pane form")).to_be_visible()
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("5 秒内可撤销")).to_be_visible()
        await page.keyboard.press("z")
        await expect(page.get_by_text("5 秒内可撤销")).to_have_count(0)
        await page.goto(found_by(f"撤销一下{RUN}", case=kept))
        await expect(page.locator(".pane h2").first).to_contain_text(f"撤销一下{RUN}")
        await page.keyboard.press("a")
        await expect(page.locator(".pane form")).to_be_visible()
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("5 秒内可撤销")).to_be_visible()
        await page.close()
        page = await context.new_page()
        await until_all(page, system, [kept], "DISPATCHED")
        assert statuses(system, [undone]) == {undone: "REVIEW"}


async def test_many_are_urged_at_once_and_each_row_says_how_it_fared(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    numbers = report(system, f"批量催办{RUN}", 3)
    with system.client("dispatcher1") as client:
        for number in numbers[:2]:
            moved: Any = client.post(
                f"/api/dispatch/cases/{number}/moves", json={"action": "DISPATCH", "unit": "510104-CG"}
            )
            assert moved.status_code == 200, moved.text
    async with Window(browser, system) as context:
        page = await enter(context, "dispatcher1", f"/desk?view=OPEN&words=批量催办{RUN}")
        await expect(page.locator(ROWS)).to_have_count(3)
        for _ in range(3):
            await page.keyboard.press("j")
            await page.keyboard.press("x")
        await expect(page.get_by_text("已选 3 张")).to_be_visible()
        await page.keyboard.press("u")
        dialog = page.get_by_role("dialog")
        await dialog.locator("textarea").fill("请于今日联系住户。")
        await no_axe_violations(page)
        await page.keyboard.press("Control+Enter")
        await expect(page.get_by_text("催办 2 件")).to_be_visible()
        results = page.get_by_role("dialog", name="没有办成的工单")
        await expect(results.locator("li")).to_have_count(1)
        await expect(results).to_contain_text(numbers[2])


async def test_new_cases_wait_behind_a_bar_and_no_row_jumps(browser: Browser, system: System, enter: Enter) -> None:
    (first,) = report(system, f"{RUN}实时甲")
    async with Window(browser, system) as context:
        page = await enter(context, "dispatcher1", found_by(f"{RUN}实时"))
        await expect(page.locator(ROWS)).to_have_count(1)
        report(system, f"{RUN}实时乙")
        await expect(page.get_by_role("button", name="1 条新工单")).to_be_visible()
        await expect(page.locator(ROWS)).to_have_count(1)
        await expect(page.locator(ROWS)).to_have_attribute("id", f"row-{first}")
        await page.keyboard.press("n")
        await expect(page.locator(ROWS)).to_have_count(2)


async def test_an_agent_writes_a_call_down_and_nothing_is_lost_by_a_reload(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, "agent1", "/desk?new=1")
    text = page.get_by_label(re.compile("^诉求内容（"))
    await text.fill("牛市口街道莲桂西路社区的路灯已三天不亮，请尽快修复。")
    await page.get_by_label("来电号码").fill("19900001234")
    await page.wait_for_timeout(900)
    await page.reload()
    await expect(text).to_have_value("牛市口街道莲桂西路社区的路灯已三天不亮，请尽快修复。")
    await no_axe_violations(page)
    await page.get_by_role("button", name="受理", exact=True).click()
    await expect(page.get_by_role("heading", name="已受理")).to_be_visible()
    await no_axe_violations(page)


async def test_the_whole_case_is_read_and_its_number_revealed_for_a_purpose(
    context: BrowserContext, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    with system.client("agent1") as agent:
        form = {"title": "请回电说明", "text": "请回电说明情况。", "person": {"name": "李四", "phone": "19900007788"}}
        taken = agent.post("/api/intake/requests", json=form, headers={"Idempotency-Key": secrets.token_hex(8)})
        number = taken.json()["cases"][0]["case_no"]
    page = await enter(context, "dispatcher1", f"/desk?view=OPEN&words={number}&case={number}")
    await expect(page.get_by_role("heading", name="请回电说明")).to_be_visible()
    await no_axe_violations(page)
    await page.get_by_role("button", name="查看号码", exact=True).click()
    await page.get_by_label("用途（记入审计）").fill("回电核实")
    await page.get_by_role("button", name="查看", exact=True).click()
    await expect(page.get_by_text("19900007788")).to_be_visible()


async def test_keys_are_listed_and_may_be_turned_off(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    async with Window(browser, system) as context:
        page = await enter(context, "reviewer1", "/desk?view=OPEN")
        await expect(page.locator(ROWS).first).to_be_visible()
        await page.keyboard.press("?")
        sheet = page.get_by_role("dialog", name="快捷键")
        await expect(sheet).to_be_visible()
        await no_axe_violations(page)
        await sheet.get_by_label("启用单键快捷键").uncheck()
        await page.keyboard.press("Escape")
        await expect(sheet).to_be_hidden()
        await page.keyboard.press("j")
        assert "case=" not in page.url


async def test_the_desk_speaks_english_and_works_in_the_dark(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    async with Window(browser, system, language="en") as context:
        page = await enter(context, "dispatcher1", "/desk?view=OPEN")
        await page.get_by_label("Dark mode").select_option("dark")
        await page.get_by_role("listbox").focus()
        await page.keyboard.press("j")
        await expect(page.get_by_role("heading", name="All that happened")).to_be_visible()
        await no_axe_violations(page)
        shown = await page.locator("main").inner_text()
        assert "desk." not in shown
        assert "case." not in shown
