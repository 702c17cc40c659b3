"""The citizen's page in a real browser with scripts turned off: answers, words added, withdrawal, dark, English."""

import io
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, expect

from casework.db import citizens
from casework.kit.crypto import Keyring, digest
from manage.browser import SIZES
from tests.browser.conftest import NoViolations, System, Window
from tests.browser.test_unit import dispatched

SHANGHAI = timezone(timedelta(hours=8))


@pytest.fixture(params=list(SIZES))
async def plain(request: pytest.FixtureRequest, browser: Browser, system: System) -> AsyncIterator[BrowserContext]:
    """A browser without scripts, at each of the two sizes."""
    async with Window(browser, system, request.param, java_script_enabled=False) as window:
        yield window


def taken(system: System, text: str) -> tuple[str, str]:
    """A request that an agent has just taken: its number and query code."""
    with closing(system.client("agent1")) as agent:
        said = {"text": text, "person": {"phone": f"138{secrets.randbelow(10**8):08}", "name": "王五"}}
        answer = agent.post("/api/intake/requests", json=said, headers={"Idempotency-Key": secrets.token_hex(8)})
        assert answer.status_code == 201, answer.text
        return answer.json()["request_no"], answer.json()["query_code"]


def picture(unit: httpx.Client, case_no: str) -> str:
    """A public picture for the result of a case; its id."""
    kept = io.BytesIO()
    Image.linear_gradient("L").resize((640, 480)).convert("RGB").save(kept, "JPEG")
    said = {"name": "a.jpg", "size": len(kept.getvalue()), "purpose": "RESULT", "moment": "AFTER", "public": True}
    made = unit.post("/api/intake/attachments", json={**said, "case_no": case_no})
    assert made.status_code == 201, made.text
    path = f"/api/intake/attachments/{made.json()['id']}"
    headers = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    assert unit.patch(path, content=kept.getvalue(), headers=headers).status_code == 204
    assert unit.post(f"{path}/finish").status_code == 200
    return str(made.json()["id"])


def answered(system: System) -> str:
    """A case with a reply and a picture that were let through; its number."""
    case_no = dispatched(system, "国槐社区公交站旁的路灯连续三晚不亮，请尽快修复。")
    result: dict[str, Any] = {
        "reply_text": "两盏路灯已更换灯头。",
        "finding": "灯头老化",
        "factual": True,
        "solved": "SOLVED",
    }
    at = datetime.now(SHANGHAI).isoformat()
    unit, reviewer = system.client("lead-cg"), system.client("reviewer1")
    with closing(unit), closing(reviewer):
        result |= {"attachments": [picture(unit, case_no)]}
        for who, ask in (
            (unit, {"action": "SIGN"}),
            (unit, {"action": "CONTACT", "contacted_at": at, "way": "PHONE", "outcome": "REACHED", "note": "已说明"}),
            (unit, {"action": "FILE_RESULT", **result}),
            (reviewer, {"action": "ACCEPT_RESULT"}),
        ):
            moved = who.post(f"/api/dispatch/cases/{case_no}/moves", json=ask)
            assert moved.status_code == 200, moved.text
    return case_no


async def link_of(system: System, case_no: str) -> str:
    """The link that the message with the reply carries; made here, for at night messages wait for the morning."""
    told = json.loads((system.data / "run.json").read_text("utf-8"))["environment"]
    keyring = Keyring.load(Path(told["GRIDCALL_KEYS_FILE"]))
    async with asyncpg.create_pool(told["DATABASE_URL"].replace("+asyncpg", ""), min_size=1, max_size=1) as pool:
        case_id = await pool.fetchval("SELECT id FROM cases WHERE case_no = $1", case_no)
        token = keyring.link_token(f"case:{case_id}:1")
        await citizens.keep_link(pool, digest(token), case_id, 1)
    return f"/t/{token}"


async def look_up(page: Page, number: str, code: str) -> None:
    await page.goto("/t")
    await page.get_by_label("受理编号").fill(number)
    await page.get_by_label("查询码（8 位数字）").fill(code)
    await page.get_by_role("button", name="查询").click()


async def test_a_citizen_reads_the_reply_and_answers_both_questions(plain: BrowserContext, system: System) -> None:
    case_no = answered(system)
    page = await plain.new_page()
    await page.goto(await link_of(system, case_no))
    await expect(page.get_by_text("两盏路灯已更换灯头。")).to_be_visible()
    seen = page.get_by_role("img", name="处置后，第 1 张")
    await expect(seen).to_be_visible()
    await expect(seen).to_have_js_property("naturalWidth", 320)
    await expect(page.get_by_role("link", name="打电话 12345")).to_have_attribute("href", "tel:12345")
    await page.get_by_label("没有解决").check()
    await page.get_by_label("不满意", exact=True).check()
    await page.get_by_label("还想说什么？（可以不填）").fill("还有一盏不亮。")
    await page.get_by_role("button", name="提交评价").click()
    await expect(page.get_by_text("回访员会再核实")).to_be_visible()
    await page.reload()
    await expect(page.get_by_text("您的评价：没有解决 · 不满意")).to_be_visible()
    with closing(system.client("followup1")) as officer:
        found = officer.get(f"/api/dispatch/cases/{case_no}").json()
    assert found["status"] == "FOLLOW_UP"


async def test_a_citizen_adds_words_and_withdraws_by_number_and_code(plain: BrowserContext, system: System) -> None:
    number, code = taken(system, "小区东门外的井盖松动，夜里车压过很响。")
    page = await plain.new_page()
    await look_up(page, number, code)
    await expect(page.get_by_text("已受理，正在安排办理单位")).to_be_visible()
    await page.get_by_label("有新的情况，请写在这里").fill("1")
    await page.get_by_role("button", name="提交补充").click()
    await expect(page.get_by_role("alert")).to_contain_text("请写清楚要补充的情况")
    await page.get_by_label("有新的情况，请写在这里").fill("井盖在东门北侧第二棵树下。")
    await page.get_by_role("button", name="提交补充").click()
    await expect(page.get_by_text("已收到您的补充，已告诉办理人员。")).to_be_visible()
    await page.get_by_text("撤回这件诉求").click()
    await page.get_by_label("我确定撤回").check()
    await page.get_by_role("button", name="撤回诉求").click()
    await expect(page.get_by_text("这件诉求已按您的要求撤回。")).to_be_visible()
    with closing(system.client("dispatcher1")) as dispatcher:
        found = dispatcher.get(f"/api/dispatch/cases/{number}").json()
    assert found["status"] == "TERMINATED"
    assert "第二棵树下" in found["supplements"][0]["text"]


async def test_a_wrong_code_is_told_and_the_number_stays(plain: BrowserContext, system: System) -> None:
    number, code = taken(system, "小区西门外的路灯不亮，请派人来看。")
    page = await plain.new_page()
    await look_up(page, number, f"{(int(code) + 1) % 10**8:08}")
    await expect(page.get_by_role("alert")).to_contain_text("没有找到这件诉求")
    await expect(page.get_by_label("受理编号")).to_have_value(number)


@pytest.mark.parametrize(
    ("size", "language", "scheme"),
    [("phone", "zh-CN", "light"), ("phone", "en", "dark"), ("desktop", "zh-CN", "dark"), ("desktop", "en", "light")],
)
async def test_everybody_can_read_it(
    browser: Browser, system: System, size: str, scheme: str, language: str, no_axe_violations: NoViolations
) -> None:
    link = await link_of(system, answered(system))
    async with AsyncExitStack() as stack:
        window = Window(browser, system, size, language, color_scheme=scheme, bypass_csp=True)
        page = await (await stack.enter_async_context(window)).new_page()
        for path in ("/t", link, f"{link}?size=elder"):
            await page.goto(path)
            await page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
            await no_axe_violations(page)
            wide = await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide == 0
            small = await page.evaluate(
                "[...document.querySelectorAll('.button, .choice label, .plain-button, textarea, input[type=text]')]"
                ".filter((one) => one.getBoundingClientRect().height < 60).map((one) => one.outerHTML)"
            )
            assert small == []
            assert await page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") >= 18
