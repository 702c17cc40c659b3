"""回访: the officer reads the script, writes down what was said, and orders the rework of what is not solved."""

from contextlib import closing

from playwright.async_api import BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations, System
from tests.browser.test_supervisor import handled
from tests.browser.test_unit import press, submit

OFFICER = "followup1"


async def test_what_is_not_solved_is_done_again(
    context: BrowserContext, enter: Enter, system: System, no_axe_violations: NoViolations
) -> None:
    number = handled(system)
    page = await enter(context, OFFICER, f"/followup?case={number}")
    await expect(page.get_by_text("锦江区城市管理局答复：两盏路灯已更换灯头")).to_be_visible()
    await no_axe_violations(page)
    await press(page, "回访未接通")
    await page.get_by_label("未接通的情况").fill("响铃无人接听。")
    await submit(page, "回访未接通")
    await expect(page.get_by_text("此前拨打 1 次没有接通")).to_be_visible()
    await press(page, "回访答复")
    await page.get_by_role("group", name="诉求解决了吗").get_by_label("否").check()
    await page.get_by_label("对办理满意吗").select_option(label="不满意")
    await page.get_by_label("诉求人的意见").fill("只修好了一盏。")
    await no_axe_violations(page)
    await submit(page, "回访答复")
    await press(page, "重办")
    await page.get_by_label("理由").fill("还有一盏不亮。")
    await submit(page, "重办")
    await expect(page.locator("article").get_by_text("重办中").first).to_be_visible()
    with closing(system.client(OFFICER)) as client:
        found = client.get(f"/api/dispatch/cases/{number}").json()
    assert (found["status"], found["rework_count"]) == ("REWORK", 1)
    assert [(one["solved"], one["satisfaction"]) for one in found["surveys"]] == [(False, "BAD")]


async def test_the_queue_is_walked_by_keys(
    context: BrowserContext, enter: Enter, system: System, no_axe_violations: NoViolations
) -> None:
    handled(system)
    page = await enter(context, OFFICER, "/followup")
    await page.get_by_label("只看未到时间的").check()  # the link is still out
    await expect(page.locator("[data-part=later]")).to_contain_text("起可拨打")
    await expect(page.locator("[data-case]").first).to_be_visible()
    await no_axe_violations(page)
    await page.keyboard.press("j")
    await expect(page.locator("article h2")).to_be_visible()
    assert "case=" in page.url


async def test_what_a_bad_grade_named_is_put_right(
    context: BrowserContext, enter: Enter, system: System, no_axe_violations: NoViolations
) -> None:
    number = handled(system)
    page = await enter(context, OFFICER, f"/followup?case={number}")
    await expect(page.locator("[data-part=left]")).to_be_visible()
    await press(page, "回访答复")
    await page.get_by_role("group", name="诉求解决了吗").get_by_label("是").check()
    await page.get_by_label("对办理满意吗").select_option(label="不满意")
    await page.get_by_label("诉求人的意见").fill("来得太晚，施工没有清扫。")
    await submit(page, "回访答复")
    await page.goto(f"/followup?case={number}")
    named = page.locator("[data-part=rectifications]")
    await expect(named).to_contain_text("来得太晚")
    await no_axe_violations(page)
    with closing(system.client("lead-cg")) as unit:
        put_right = {"action": "ANSWER_RECTIFICATION", "text": "已清扫现场，当面致歉。"}
        answered = unit.post(f"/api/dispatch/cases/{number}/moves", json=put_right)
        assert answered.status_code == 200, answered.text
    await page.reload()
    await expect(named).to_contain_text("当面致歉")
    await press(page, "整改通过")
    await submit(page, "整改通过")
    await page.goto(f"/followup?case={number}")
    await expect(named).to_contain_text("按期")
