"""承办: a unit signs, makes the first contact, files its result with a photo; nothing typed is lost on the way."""

import io
import secrets
from contextlib import closing

import pytest
from PIL import Image
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.conftest import Enter, NoViolations, System

UNIT = "lead-cg"


@pytest.fixture
def case_no(system: System) -> str:
    """A case that was just dispatched to the city management bureau."""
    return dispatched(system, "国槐社区公交站旁的路灯连续三晚不亮，请尽快修复。")


def dispatched(system: System, text: str) -> str:
    """Takes a request in, classifies and dispatches it, through the APIs; its case's number."""
    agent, dispatcher = system.client("agent1"), system.client("dispatcher1")
    with closing(agent), closing(dispatcher):
        key = {"Idempotency-Key": secrets.token_hex(8)}
        person = {"phone": f"138{secrets.randbelow(10**8):08}", "name": "王五"}
        said = {"text": text, "person": person}
        taken = agent.post("/api/intake/requests", json=said, headers=key)
        assert taken.status_code == 201, taken.text
        number: str = taken.json()["cases"][0]["case_no"]
        units = dispatcher.get("/api/dispatch/units").json()
        unit = next(one["code"] for one in units if one["name"] == "锦江区城市管理局")
        for ask in ({"action": "CLASSIFY", "kind": "HELP", "category": "0204"}, {"action": "DISPATCH", "unit": unit}):
            moved = dispatcher.post(f"/api/dispatch/cases/{number}/moves", json=ask)
            assert moved.status_code == 200, moved.text
    return number


async def test_a_unit_signs_contacts_and_files(
    context: BrowserContext, enter: Enter, system: System, case_no: str, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, UNIT, "/unit?view=TO_SIGN")
    await no_axe_violations(page)
    await page.locator(f'[data-case="{case_no}"]').click()
    await press(page, "签收")
    await submit(page, "签收")

    await press(page, "先行联系")
    await no_axe_violations(page)
    await page.get_by_label("联系方式").select_option(label="电话")
    await page.get_by_label("通话结果").select_option(label="接通")
    await page.get_by_label("沟通情况").fill("已约定明早到场查看。")
    await page.reload()
    await press(page, "先行联系")
    await expect(page.get_by_label("沟通情况")).to_have_value("已约定明早到场查看。")
    await submit(page, "先行联系")

    await press(page, "提交结果")
    await submit(page, "提交结果", refused=True)
    await expect(page.get_by_text("这一项要填").first).to_be_visible()
    await no_axe_violations(page)
    await page.get_by_label("给诉求人的答复（公开）").fill("两盏路灯已更换灯头，今晚恢复照明。")
    await page.get_by_label("内部办理情况（不公开）").fill("灯头老化，已列入更换计划。")
    await page.get_by_label("是", exact=True).check()
    await page.get_by_label("解决情况").select_option(label="已解决")
    await page.locator("input[type=file]").set_input_files(
        {"name": "修复后.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    await expect(page.get_by_text("✓ 修复后.jpg")).to_be_visible()
    await submit(page, "提交结果")
    await expect(page.locator("article").get_by_text("结果待审").first).to_be_visible()
    await no_axe_violations(page)
    with closing(system.client("reviewer1")) as reviewer:
        found = reviewer.get(f"/api/dispatch/cases/{case_no}").json()
        shown = reviewer.get("/api/intake/attachments", params={"case_no": case_no}).json()["attachments"]
    assert found["status"] == "RESULT_REVIEW"
    assert [file["used_for"] for file in shown] == ["FILE_RESULT"]


async def test_an_ended_session_asks_again_and_keeps_the_form(
    context: BrowserContext, enter: Enter, system: System, case_no: str, no_axe_violations: NoViolations
) -> None:
    page = await enter(context, UNIT, f"/unit?view=TO_SIGN&case={case_no}")
    await press(page, "申请退单")
    await page.get_by_label("理由").select_option(label="不属于本单位法定职责")
    await page.get_by_label("法律、法规、规章或职责依据").fill("三定规定第四条")
    await context.clear_cookies()
    unit = page.get_by_role("combobox", name="建议改派的单位")
    await unit.fill("住房和城乡建设局")
    await page.get_by_role("option", name="锦江区住房和城乡建设局").click()
    await submit(page, "申请退单", refused=True)
    await expect(page.get_by_role("dialog", name="登录已过期")).to_be_visible()
    await no_axe_violations(page)
    await page.get_by_label("账号").fill(UNIT)
    await page.get_by_label("口令").fill(system.accounts[UNIT])
    await page.get_by_role("dialog").get_by_role("button", name="登录").click()
    await expect(page.get_by_role("dialog", name="登录已过期")).to_have_count(0)
    await expect(page.get_by_label("法律、法规、规章或职责依据")).to_have_value("三定规定第四条")
    await submit(page, "申请退单")
    await expect(page.locator("article").get_by_text("退单审核中").first).to_be_visible()


async def test_a_unit_works_by_keys_alone(context: BrowserContext, enter: Enter, case_no: str) -> None:
    page = await enter(context, UNIT, "/unit?view=TO_SIGN")
    await expect(page.locator("[data-case]").first).to_be_visible()
    await page.keyboard.press("j")
    await expect(page.locator("article h2")).to_be_visible()
    await page.get_by_role("button", name="签收", exact=True).focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("说明")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="签收", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("说明")).to_be_focused()
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_text("已提交：签收")).to_be_visible()


async def press(page: Page, action: str) -> None:
    """Opens an action's form."""
    button = page.locator(".actions .buttons").get_by_role("button", name=action, exact=True)
    more = page.locator(".actions").get_by_role("button", name="更多")
    await expect(page.locator(".actions .button").first).to_be_visible()
    if not await button.count() and await more.count():
        await more.click()
    await button.click()


async def submit(page: Page, action: str, *, refused: bool = False) -> None:
    """Sends the open form; it is gone when it was taken."""
    await page.get_by_role("button", name=f"提交：{action}").click()
    if not refused:
        await expect(page.locator("form.move")).to_have_count(0)


def photo() -> bytes:
    """A small picture."""
    kept = io.BytesIO()
    Image.new("RGB", (640, 480), (40, 90, 140)).save(kept, "JPEG")
    return kept.getvalue()
