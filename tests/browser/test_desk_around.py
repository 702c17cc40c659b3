"""Before dispatch: what is near, on the map and as a list; the ladder of a case's clocks; views that are kept."""

import secrets
import time
from contextlib import closing

from playwright.async_api import Browser, expect

from tests.browser.conftest import Enter, NoViolations, System, Window
from tests.browser.test_desk import ROWS, found_by

RUN = secrets.token_hex(3)
PATIENCE_S = 40.0


def placed(system: System, title: str, lat: float) -> str:
    """A case in 待审核 with a point; its number."""
    place = {"area_code": "510104017001", "lon": 104.0811, "lat": lat, "crs": "WGS84"}
    form = {"title": title, "text": f"水井坊社区{title}，请尽快处理。", "kind": "HELP", "category": "0204"}
    key = {"Idempotency-Key": secrets.token_hex(8)}
    with closing(system.client("agent1")) as agent:
        answer = agent.post("/api/intake/requests", json=form | {"place": place}, headers=key)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["cases"][0]["case_no"])


def until_near(system: System, number: str, other: str) -> None:
    """Waits for the worker that makes cases comparable."""
    ends = time.monotonic() + PATIENCE_S
    with closing(system.client("dispatcher1")) as client:
        while time.monotonic() < ends:
            around = client.get(f"/api/dispatch/cases/{number}/around").json()
            if other in [one["case_no"] for one in around["cases"]]:
                return
            time.sleep(0.5)
    raise AssertionError(around)


async def test_what_is_near_is_seen_on_the_map_and_in_the_address(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    lat = 30.6 + secrets.randbelow(400) / 10_000
    mine, other = placed(system, f"井盖{RUN}", lat), placed(system, f"围挡{RUN}", lat + 0.0009)
    until_near(system, mine, other)
    async with Window(browser, system) as context:
        page = await enter(context, "dispatcher1", found_by(f"井盖{RUN}", case=mine))
        await expect(page.get_by_role("heading", name=f"井盖{RUN}")).to_be_visible()
        await page.keyboard.press("m")
        near = page.get_by_role("region", name="附近的工单").get_by_role("button", name=f"围挡{RUN}")
        await expect(near).to_be_visible()
        await expect(page.locator(".leaflet-marker-pane .near").first).to_be_visible()
        await no_axe_violations(page)
        await page.reload()
        await expect(near).to_be_visible()
        await page.locator(f".leaflet-marker-pane .near[title$='围挡{RUN}']").press("Enter")
        await expect(page.get_by_role("heading", name=f"围挡{RUN}")).to_be_visible()


async def test_a_countdown_tells_every_clock_with_its_due_time_and_its_rule(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    number = placed(system, f"时限{RUN}", 30.61)
    async with Window(browser, system) as context:
        page = await enter(context, "dispatcher1", found_by(f"时限{RUN}", case=number))
        await expect(page.locator("[data-part=own-due]")).to_be_visible()
        ladder = page.get_by_role("tooltip")
        await page.locator(f"{ROWS} .end").hover()
        await expect(ladder.locator("li")).to_have_count(2)
        await expect(ladder).to_contain_text("派单时限为")
        await expect(ladder).to_contain_text("办结时限为")
        await no_axe_violations(page)
        await page.locator("main").hover(position={"x": 5, "y": 400})
        await expect(ladder).to_have_count(0)
        await page.keyboard.press("t")
        await expect(ladder.locator("li")).to_have_count(2)
        await page.keyboard.press("Escape")
        await expect(ladder).to_have_count(0)


async def test_a_kept_view_is_shared_counted_and_asks_the_same_again(
    browser: Browser, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    name = f"井盖类{RUN}"
    placed(system, f"视图{RUN}甲", 30.62)
    placed(system, f"视图{RUN}乙", 30.63)
    async with Window(browser, system) as one, Window(browser, system) as other:
        page = await enter(one, "dispatcher1", f"/desk?view=OPEN&words=视图{RUN}")
        await expect(page.locator(ROWS)).to_have_count(2)
        await page.get_by_role("button", name="保存当前视图").click()
        await page.get_by_label("视图名称").fill(name)
        await page.get_by_label("本区共享").check()
        await page.get_by_role("button", name="保存", exact=True).click()
        kept = page.locator(".kept", has_text=name)
        await expect(kept).to_contain_text("2")
        await no_axe_violations(page)
        theirs = await enter(other, "dispatcher2", "/desk?view=OVERDUE")
        shared = theirs.locator(".kept", has_text=name).locator("button.view")
        await expect(shared).to_contain_text("2")
        await shared.click()
        await expect(theirs.locator(ROWS)).to_have_count(2)
        await theirs.reload()
        await expect(theirs.locator(ROWS)).to_have_count(2)
        await expect(theirs.get_by_role("searchbox")).to_have_value(f"视图{RUN}")
        await page.get_by_role("button", name=f"删除视图 {name}").click()
        await expect(kept).to_have_count(0)
