"""督导: every figure is the API's, drills down to the very cases, and moves when a unit's result is accepted."""

import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx
import pytest
from playwright.async_api import Browser, BrowserContext, Page, TimeoutError, expect

from tests.browser.conftest import Enter, NoViolations, System, Window
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


async def test_the_map_the_clocks_the_stock_and_the_trend_are_the_apis(
    browser: Browser, enter: Enter, system: System
) -> None:
    async with Window(browser, system) as context:
        page = await enter(context, SUPERVISOR, "/supervisor?compare=1")
        await page.get_by_text("用表格看").click()
        with closing(system.client(SUPERVISOR)) as client:
            await shows(page, lambda: the_rest_of_the_page(client))


def the_rest_of_the_page(client: httpx.Client) -> dict[str, str]:
    """What the API tells, by where on the page it stands: map, stock, clocks, trend, other periods."""
    found: dict[str, str] = {}
    for row in completion(client, by="grid")["rows"]:
        shape, star = f'[data-shape="{row["key"] or ""}"]', " *" if row["small"] else ""
        found[f"{shape} td:nth-of-type(1)"] = percent(row["rate"])
        found[f"{shape} td:nth-of-type(2)"] = parts(row) + star
    views = client.get("/api/notify/reports/completion/views").json()
    [stock] = [view for view in views["views"] if view["view"] == "D"]
    for age, count in stock["ages"].items():
        found[f'[data-age="{age}"] strong'] = str(count)
    for line in client.get("/api/notify/reports/punctuality").json()["rows"]:
        cell = f"[data-clock={line['clock']}] [data-direction={line['direction']}]"
        found[cell] = f"{percent(line['rate'])} {line['kept']}/{line['due']}{' *' if line['small'] else ''}"
    for code, took in client.get("/api/notify/reports/figures").json()["total"]["times"].items():
        for column, part in enumerate(("mean", "median", "p90"), start=2):
            found[f"[data-time={code}] td:nth-of-type({column})"] = length(took[part])
        found[f"[data-time={code}] td:nth-of-type(5)"] = str(took["cases"])
    month = views["to"]
    for row in completion(client, by="month", **{"from": shifted(month, 11), "to": month})["rows"]:
        found[f'[data-month="{row["key"]}"] td:nth-of-type(1)'] = percent(row["rate"])
        found[f'[data-month="{row["key"]}"] td:nth-of-type(2)'] = parts(row)
    for name, back in (("before", 1), ("lastYear", 12)):
        at = shifted(month, back)
        total = completion(client, by="street", **{"from": at, "to": at})["total"]
        small = "小样本" if total["small"] and total["denominator"] else ""
        found[f".compare [data-period={name}] td:nth-of-type(1)"] = percent(total["rate"])
        found[f".compare [data-period={name}] td:nth-of-type(2)"] = parts(total) + small
    return found


def length(minutes: float | None) -> str:
    """So many minutes, in the two largest units that there are any of."""
    if minutes is None:
        return "—"
    days, hours, rest = int(minutes // 1440), int(minutes % 1440 // 60), int(minutes % 60)
    if days:
        return f"{days}天{hours}小时" if hours else f"{days}天"
    if hours:
        return f"{hours}小时{rest}分" if rest else f"{hours}小时"
    return f"{rest}分"


def parts(row: dict[str, Any]) -> str:
    return f"{row['numerator']}/{row['denominator']}"


SHOWN = """wanted => Object.fromEntries(Object.keys(wanted).map(at =>
  [at, document.querySelector(at)?.textContent.replace(/\\s+/g, ' ').trim()]))"""


async def shows(page: Page, told: Callable[[], dict[str, str]]) -> None:
    """The page comes to show what the API tells; both are asked again, since a clock may strike between the two."""
    for tries_left in (2, 1, 0):
        wanted = told()
        alike = f"wanted => JSON.stringify(({SHOWN})(wanted)) === JSON.stringify(wanted)"
        try:
            await page.wait_for_function(alike, arg=wanted, timeout=20_000)
        except TimeoutError:
            if not tries_left:
                assert await page.evaluate(SHOWN, wanted) == wanted
            await page.reload()
        else:
            return


def shifted(month: str, back: int) -> str:
    """The month so many before."""
    index = int(month[:4]) * 12 + int(month[5:]) - 1 - back
    return f"{index // 12}-{index % 12 + 1:02d}"


async def test_a_city_opens_a_county_on_the_map_and_a_grid_opens_its_cases(
    context: BrowserContext, enter: Enter, system: System, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, "leader5101", "/supervisor?view=ALL&kind=COMPLAINT")
    await expect(page.locator(".map .rate-label", has_text="锦江区")).to_be_visible()
    await no_axe_violations(page)
    await page.locator('[data-shape="510104"] button').click()
    await expect(page.get_by_role("heading", name="网格地图")).to_be_visible()
    assert {"area=510104", "kind=COMPLAINT", "view=ALL"} <= set(page.url.split("?")[1].split("&"))
    asked = {"view": "ALL", "kind": "COMPLAINT", "area": "510104", "by": "grid"}
    with closing(system.client("leader5101")) as client:
        row = next(row for row in completion(client, **asked)["rows"] if len(row["key"]) > 12 and row["denominator"])
    await page.locator(f'[data-shape="{row["key"]}"] button').click()
    await expect(page.locator(".drill [data-case]")).to_have_count(row["denominator"])
    assert f"key={row['key']}" in page.url
    await page.go_back()
    await page.locator("[data-map=wider]").click()
    await expect(page.get_by_role("heading", name="区县地图")).to_be_visible()
    assert "kind=COMPLAINT" in page.url


async def test_the_wall_has_a_level_for_the_city_and_one_for_the_county(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    async with Window(browser, system, (1920, 1080)) as context:
        page = await enter(context, "leader5101", "/supervisor?wall=1")
        await expect(page.locator("[data-level]")).to_have_text("市级：按区县")
        await expect(page.locator(".map path").first).to_be_visible()
        assert await page.locator(".wall").evaluate("box => box.scrollHeight <= box.clientHeight")
        with closing(system.client("leader5101")) as client:
            total = completion(client, by="county")["total"]
        await expect(page.locator("[data-figure=rate]")).to_have_text(percent(total["rate"]))
        await expect(page.locator("[data-figure=parts]")).to_have_text(f"{total['numerator']} ÷ {total['denominator']}")
        await page.locator('[data-key="510104"] button').click()
        await expect(page.locator("[data-level]")).to_have_text("区县级：按街镇与网格")
        await expect(page.get_by_role("heading", name="四川省成都市锦江区")).to_be_visible()
        await expect(page.get_by_role("heading", name="按街镇排名")).to_be_visible()
        assert await page.locator(".wall").evaluate("box => box.scrollHeight <= box.clientHeight")
        await no_axe_violations(page)
        await page.locator("[data-map=wider]").click()
        await expect(page.locator("[data-level]")).to_have_text("市级：按区县")


async def test_a_sheet_of_paper_holds_the_figures_and_their_definition_by_day(
    browser: Browser, system: System, enter: Enter
) -> None:
    async with Window(browser, system, color_scheme="dark") as context:
        page = await enter(context, SUPERVISOR, "/supervisor?compare=1")
        await expect(page.locator("canvas").first).to_be_visible()
        await page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        await page.emulate_media(media="print")
        for gone in ("header.bar", ".filters"):
            await expect(page.locator(gone)).to_be_hidden()
        await expect(page.locator("section.sheet").get_by_text("口径版本")).to_be_visible()
        await expect(page.locator("[data-figure=rate]")).to_be_visible()
        assert await page.locator("html").evaluate("root => !root.classList.contains('dark')")
        wide = await page.locator(".page").evaluate("box => [box.scrollWidth, box.clientWidth]")
        assert wide[0] <= wide[1] <= 1040
        await page.evaluate("() => dispatchEvent(new Event('afterprint'))")
        await expect(page.locator("html.dark")).to_have_count(1)


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
    await expect(page.locator(".words").get_by_text("口径版本")).to_be_visible()
    await expect(page.locator(".compare [data-period=before]")).to_be_visible()
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
    async with page.expect_response(lambda said: said.request.method == "POST" and "/exports" in said.url) as made:
        await page.get_by_role("button", name="导出工单清单 CSV").click()
    number = (await (await made.value).json())["id"]
    newest = page.locator(f"[data-export='{number}']")
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
