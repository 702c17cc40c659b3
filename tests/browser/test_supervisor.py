"""督导: every figure is the API's, drills down to the very cases, and moves when a unit's result is accepted."""

import time
from contextlib import closing
from typing import Any

import httpx
import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import Enter, NoViolations, System
from tests.browser.test_unit import dispatched

SUPERVISOR = "analyst1"
RESULT = {
    "action": "FILE_RESULT",
    "reply_text": "两盏路灯已更换灯头，今晚恢复照明。",
    "finding": "灯头老化。",
    "factual": True,
    "solved": "SOLVED",
}


def handled(system: System) -> str:
    """A case that a unit has signed, contacted and filed, and whose result was accepted; its number."""
    number = dispatched(system, "国槐社区公交站旁的路灯连续三晚不亮，请尽快修复。")
    when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    contact = {"action": "CONTACT", "way": "PHONE", "outcome": "REACHED", "contacted_at": when}
    steps = [("lead-cg", {"action": "SIGN"}), ("lead-cg", contact), ("lead-cg", RESULT)]
    for login, ask in [*steps, ("reviewer1", {"action": "ACCEPT_RESULT"})]:
        with closing(system.client(login)) as client:
            moved = client.post(f"/api/dispatch/cases/{number}/moves", json=ask)
            assert moved.status_code == 200, moved.text
    return number


def completion(client: httpx.Client, **asked: str) -> dict[str, Any]:
    """The report as the API has it."""
    found = client.get("/api/notify/reports/completion", params=asked)
    assert found.status_code == 200, found.text
    return dict(found.json())


def percent(rate: float | None) -> str:
    return "—" if rate is None else f"{rate * 100:.2f}%"


async def test_every_figure_is_the_apis(
    context: BrowserContext, enter: Enter, system: System, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, SUPERVISOR, "/supervisor?by=street")
    await expect(page.locator("[data-figure=rate]")).to_be_visible()
    with closing(system.client(SUPERVISOR)) as client:
        told = completion(client, by="street")
        views = client.get("/api/notify/reports/completion/views").json()["views"]
        rates = client.get("/api/notify/reports/figures", params={"by": "street"}).json()["total"]["rates"]
    await expect(page.locator("[data-figure=rate]")).to_have_text(percent(told["total"]["rate"]))
    await expect(page.locator("[data-figure=numerator]")).to_have_text(str(told["total"]["numerator"]))
    await expect(page.locator("[data-figure=denominator]")).to_have_text(str(told["total"]["denominator"]))
    for view in views:
        shown = percent(view["rate"]) if view["view"] != "D" else f"{view['denominator']} 件超期未结"
        await expect(page.locator(f"[data-view={view['view']}] strong")).to_have_text(shown)
    for row in told["rows"]:
        line = page.locator(f'tr[data-key="{row["key"] or ""}"]')
        await expect(line.locator("strong")).to_have_text(percent(row["rate"]))
        await expect(line.locator("td.n").nth(2)).to_have_text(str(row["numerator"]))
        await expect(line.locator("td.n").nth(3)).to_have_text(str(row["denominator"]))
    await expect(page.locator("[data-rate]").first).to_be_visible()
    for code in await page.locator("[data-rate]").evaluate_all("lines => lines.map(line => line.dataset.rate)"):
        line = page.locator(f"[data-rate={code}]")
        await expect(line.locator("strong")).to_have_text(percent(rates[code]["rate"]))
        await expect(line.locator(".parts .link").first).to_have_text(str(rates[code]["numerator"]))
    await no_axe_violations(page)


async def test_a_figure_moves_and_drills_down_to_the_case(
    context: BrowserContext, enter: Enter, system: System, no_axe_violations: NoViolations
) -> None:
    with closing(system.client(SUPERVISOR)) as client:
        number = handled(system)
        area = client.get(f"/api/dispatch/cases/{number}").json()["area_code"]
        asked = {"view": "C", "by": "unit", "area": area}
        page = await enter(context, SUPERVISOR, f"/supervisor?view=C&by=unit&area={area}")
        figure = page.locator("[data-figure=numerator]")
        await expect(figure).to_have_text(str(completion(client, **asked)["total"]["numerator"]))
        await figure.click()
        await expect(page.locator(f'.drill [data-case="{number}"]')).to_be_visible()
        await no_axe_violations(page)
        assert "part=numerator" in page.url
        assert f"area={area}" in page.url
        await page.reload()
        await page.locator(f'.drill [data-case="{number}"]').click()
        await expect(page.locator(".drill article h2")).to_be_visible()
        await expect(page.locator(".drill").get_by_text("两盏路灯已更换灯头").first).to_be_visible()
        await no_axe_violations(page)
        cases = client.get("/api/notify/reports/completion/cases", params={**asked, "part": "numerator", "limit": 200})
        assert number in [case["case_no"] for case in cases.json()["cases"]]


async def test_the_definition_and_the_exclusions_are_a_click_away(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, SUPERVISOR, "/supervisor?compare=1")
    await page.get_by_role("button", name="口径说明").click()
    await expect(page.get_by_text("口径版本")).to_be_visible()
    await expect(page.get_by_text("上一期")).not_to_have_count(0)
    await no_axe_violations(page)
    await page.locator(".words li button").first.click()
    await expect(page.get_by_role("heading", name="剔除的工单")).to_be_focused()
    await expect(page.locator(".drill [data-case]").first).to_be_visible()


async def test_the_rows_can_be_taken_along(context: BrowserContext, enter: Enter) -> None:
    page = await enter(context, SUPERVISOR, "/supervisor?by=street")
    await expect(page.locator("tr[data-key]").first).to_be_visible()
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="导出表格").click()
    text = (await (await waiting.value).path()).read_text("utf-8-sig")
    assert text.splitlines()[0] == "名称,达到,应结,完成率,按时办结,逾期办结,未办结,未到期"
    assert len(text.splitlines()) == 1 + await page.locator("tr[data-key]").count()


async def test_a_list_of_cases_is_exported_with_its_progress_and_fetched(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, SUPERVISOR, "/supervisor?by=street&view=B")
    await page.get_by_role("button", name="导出工单清单 CSV").click()
    newest = page.locator("[data-export]").first
    await expect(newest).to_have_attribute("data-state", "DONE", timeout=30_000)
    await no_axe_violations(page)
    async with page.expect_download() as waiting:
        await newest.get_by_role("link", name="下载").click()
    lines = (await (await waiting.value).path()).read_text("utf-8-sig").splitlines()
    assert SUPERVISOR in lines[0]
    assert lines[1].startswith("工单编号,状态")
    assert f"{len(lines) - 2} 行" in await newest.inner_text()


async def test_the_months_bulletin_is_a_click_away(context: BrowserContext, enter: Enter) -> None:
    page = await enter(context, SUPERVISOR, "/supervisor?by=street")
    async with page.expect_download() as waiting:
        await page.get_by_role("button", name="导出月报 PDF").click()
    assert (await (await waiting.value).path()).read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("path", ["/supervisor?wall=1", "/supervisor"])
async def test_it_is_readable_in_the_dark_and_on_the_wall(
    context: BrowserContext, enter: Enter, path: str, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, SUPERVISOR, path)
    await dark(page)
    await expect(page.locator("canvas").first).to_be_visible()
    await no_axe_violations(page)


async def dark(page: Page) -> None:
    """Chooses the dark mode, where the bar is there to choose it in."""
    choice = page.get_by_label("深色模式")
    if "wall=1" not in page.url:
        await choice.select_option("dark")
