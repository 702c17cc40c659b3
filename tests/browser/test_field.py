"""现场: a worker reports without a network, the phone kills the page, and the case is at the desk all the same."""

import io
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Enter, NoViolations, System, Window

WORKER, COMMUNITY = "grid-017001001", "community-017001"
HERE = {"latitude": 30.6503, "longitude": 104.0802, "accuracy": 9}
Phone = Callable[..., AbstractAsyncContextManager[BrowserContext]]


@pytest.fixture
def phone(browser: Browser, system: System) -> Phone:
    """A phone that knows where it is, at 390x844 or as narrow as asked."""

    @asynccontextmanager
    async def opened(width: int = 390, accuracy: float = 9) -> AsyncIterator[BrowserContext]:
        async with Window(browser, system, "phone") as context:
            await context.grant_permissions(["geolocation"])
            await context.set_geolocation({**HERE, "accuracy": accuracy})
            context.on("page", lambda page: page.set_viewport_size({"width": width, "height": 844}))
            yield context

    return opened


def photo() -> dict[str, str | bytes]:
    """A picture larger than what is sent."""
    kept = io.BytesIO()
    Image.effect_noise((2400, 1800), 40).convert("RGB").save(kept, "JPEG")
    return {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": kept.getvalue()}


async def fill_report(page: Page, text: str) -> None:
    """The three steps, up to the last button."""
    await page.get_by_role("link", name="上报").click()
    await page.locator("input[type=file]").first.set_input_files([photo()])  # type: ignore[list-item]
    await expect(page.get_by_alt_text("第 1 张照片")).to_be_visible()
    await page.get_by_role("button", name="下一步").click()
    await expect(page.get_by_text("定位精度约 9 米")).to_be_visible()
    await page.get_by_role("button", name="下一步").click()
    await page.get_by_label("情况（可不写）").fill(text)


async def opened_by_its_worker(page: Page) -> None:
    """The page was loaded once more from its own service worker."""
    await page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    await page.wait_for_function("() => caches.match('/field/').then(found => !!found)")


async def test_a_report_made_offline_survives_the_killed_page_and_reaches_the_desk(
    phone: Phone, enter: Enter, system: System
) -> None:
    words = "水井坊三号院门口路面塌陷"
    async with phone() as context:
        page = await enter(context, WORKER, "/field")
        await opened_by_its_worker(page)
        await expect(page.get_by_role("heading", name="任务")).to_be_visible()
        await context.set_offline(True)
        await expect(page.get_by_text("离线", exact=True)).to_be_visible()
        await fill_report(page, words)
        await page.get_by_role("button", name="提交上报").click()
        await expect(page.get_by_text("◷ 待传")).to_be_visible()
        await page.close()  # the phone kills the tab

        page = await context.new_page()
        await page.goto("/field#/mine")  # without a network still
        await expect(page.get_by_text("◷ 待传")).to_be_visible()
        await expect(page.get_by_text(words)).to_be_visible()
        await context.set_offline(False)
        await page.get_by_role("button", name="全部发送").click()
        received = page.locator(".sent.done")
        await expect(received.get_by_text("✓ 已收")).to_be_visible()
        case_no = (await received.locator("p.soft").inner_text()).strip()
    desk = system.client("dispatcher1")
    case = desk.get(f"/api/dispatch/cases/{case_no}").json()
    assert case["text"] == words
    assert round(case["lon"], 4) == HERE["longitude"]
    [file] = desk.get("/api/intake/attachments", params={"case_no": case_no}).json()["attachments"]
    assert (file["media"], max(file["width"], file["height"]), file["place_from"]) == ("IMAGE", 1600, "DEVICE")


async def test_an_unfinished_report_is_there_again_after_the_page_was_killed(phone: Phone, enter: Enter) -> None:
    async with phone() as context:
        page = await enter(context, WORKER, "/field")
        await fill_report(page, "写到一半")
        await page.wait_for_timeout(600)
        await page.close()
        page = await context.new_page()
        await page.goto("/field#/report")
        await expect(page.get_by_label("情况（可不写）")).to_have_value("写到一半")
        await page.get_by_role("button", name="1 照片").click()
        await expect(page.get_by_alt_text("第 1 张照片")).to_be_visible()


async def test_an_ended_session_keeps_what_waits_and_sends_it_after_signing_in(
    phone: Phone, enter: Enter, system: System
) -> None:
    async with phone() as context:
        page = await enter(context, WORKER, "/field")
        await fill_report(page, "登录过期也不丢")
        await context.clear_cookies()
        await page.get_by_role("button", name="提交上报").click()
        await expect(page.get_by_role("dialog", name="登录已过期")).to_be_visible()
        await page.get_by_label("口令").fill(system.accounts[WORKER])
        await page.get_by_role("button", name="登录", exact=True).click()
        await expect(page.locator(".sent.done")).to_contain_text("登录过期也不丢")


async def test_signing_out_asks_first_and_leaves_nothing_behind(phone: Phone, enter: Enter) -> None:
    async with phone() as context:
        page = await enter(context, WORKER, "/field")
        await opened_by_its_worker(page)
        await context.set_offline(True)
        await fill_report(page, "没有发出去")
        await page.get_by_role("button", name="提交上报").click()
        await expect(page.get_by_text("◷ 待传")).to_be_visible()
        await page.get_by_role("button", name="退出登录").click()
        dialog = page.get_by_role("dialog", name="还有 1 条没有发送")
        await expect(dialog).to_be_visible()
        async with page.expect_download() as kept:
            await dialog.get_by_role("button", name="导出未传记录").click()
        assert "没有发出去" in (await (await kept.value).path()).read_text("utf-8")
        await dialog.get_by_role("button", name="仍要退出并清除").click()
        await expect(page.get_by_role("heading", name="登录")).to_be_visible()
        await page.goto("/field#/mine")
        await expect(page.get_by_role("heading", name="登录")).to_be_visible()


async def test_a_community_signs_and_checks_in_outside(phone: Phone, enter: Enter, system: System) -> None:
    said = {"entry": "COMMUNITY", "text": "路灯不亮，夜间无法通行", "category": "0204", "kind": "HELP"}
    place = {"lon": HERE["longitude"], "lat": HERE["latitude"], "crs": "WGS84", "address": "水井街 3 号"}
    answer = system.client(WORKER).post(
        "/api/intake/grid-reports", json={**said, "place": place}, headers={"Idempotency-Key": "browser-field-sign"}
    )
    case_no = answer.json()["cases"][0]["case_no"]
    async with phone() as context:
        page = await enter(context, COMMUNITY, "/field")
        await page.goto(f"/field#/tasks/{case_no}")
        await page.get_by_role("button", name="到场签到").click()
        await page.get_by_role("button", name="签收", exact=True).click()
        await expect(page.locator(".sent.done")).to_have_count(2)
    steps = system.client("dispatcher1").get(f"/api/dispatch/cases/{case_no}/timeline").json()
    assert [step["action"] for step in steps if step["action"] in ("ARRIVAL", "SIGN")] == ["ARRIVAL", "SIGN"]


async def test_a_call_for_help_says_where_one_is(phone: Phone, enter: Enter, system: System) -> None:
    async with phone() as context:
        page = await enter(context, WORKER, "/field")
        await page.get_by_role("button", name="一键求助 SOS").click()
        await expect(page.get_by_text("104.08020, 30.65030 ±9m")).to_be_visible()
        await page.get_by_role("button", name="发送求助").click()
        await expect(page.get_by_text("求助已送达中心和社区。")).to_be_visible()
    alarm = system.client("dispatcher1").get("/api/dispatch/alarms").json()[0]
    assert (alarm["login"], round(alarm["lon"], 4)) == (WORKER, HERE["longitude"])


async def test_a_weak_position_asks_for_the_pin_and_why(phone: Phone, enter: Enter) -> None:
    async with phone(accuracy=400) as context:
        page = await enter(context, WORKER, "/field")
        await page.goto("/field#/report")
        await page.get_by_role("button", name="2 位置").click()
        await expect(page.get_by_text("GPS 弱，请把图钉拖到准确位置。")).to_be_visible()
        needle = await page.locator(".needle").bounding_box()
        assert needle is not None
        x, y = needle["x"] + 18, needle["y"] + 20
        await page.mouse.move(x, y)
        await page.mouse.down()
        await page.mouse.move(x + 40, y + 30, steps=4)
        await page.mouse.up()
        await expect(page.get_by_label("为什么手动定位")).to_be_visible()


async def test_the_pin_is_moved_by_arrow_keys(phone: Phone, enter: Enter) -> None:
    async with phone(accuracy=400) as context:
        page = await enter(context, WORKER, "/field")
        await page.goto("/field#/report")
        await page.get_by_role("button", name="2 位置").click()
        needle = page.locator(".needle")
        await needle.focus()
        for _ in range(3):
            await page.keyboard.press("ArrowRight")
            await expect(needle).to_be_focused()
        await expect(page.get_by_label("为什么手动定位")).to_be_visible()


@pytest.mark.parametrize("width", [390, 320])
async def test_every_tab_is_accessible_and_fits(
    phone: Phone, enter: Enter, no_axe_violations: NoViolations, width: int
) -> None:
    async with phone(width=width) as context:
        page = await enter(context, COMMUNITY if width == 390 else WORKER, "/field")
        for tab in ("任务", "地图", "消息", "我的", "上报"):
            await page.get_by_role("link", name=tab, exact=True).click()
            await expect(page.get_by_role("heading", level=1)).to_have_text(tab)
            await page.wait_for_timeout(300)
            await no_axe_violations(page)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        for step in ("2 位置", "3 分类"):
            await page.get_by_role("button", name=step).click()
            await no_axe_violations(page)
            assert await page.evaluate("document.documentElement.scrollWidth") <= width
        await page.get_by_role("button", name="一键求助 SOS").click()
        await no_axe_violations(page)
