"""诉求目录: the catalogue in force is read on the page, found by word or department, opened by the keyboard."""

from playwright.async_api import BrowserContext, expect

from tests.browser.conftest import Enter, NoViolations, System


async def test_a_category_is_found_and_says_who_takes_it_and_what_is_demanded(
    context: BrowserContext, system: System, enter: Enter, no_axe_violations: NoViolations
) -> None:
    with system.client("dispatcher1") as client:
        catalogue = client.get("/api/dispatch/categories/catalogue").json()
    noise = next(one for one in catalogue["entries"] if one["code"] == "0111")
    page = await enter(context, "dispatcher1", "/admin?part=catalogue")
    await expect(page.get_by_text(f"{len(catalogue['entries'])} 条，共 {len(catalogue['entries'])} 条")).to_be_visible()
    await no_axe_violations(page)
    await page.get_by_role("searchbox", name="编码、名称或部门").fill("施工噪声")
    await page.keyboard.press("Enter")
    table = page.get_by_role("region", name="诉求目录").get_by_role("row")
    await expect(table).to_have_count(2)
    assert "words=" in page.url
    await expect(table.nth(1)).to_contain_text(noise["lead"][0])
    await page.get_by_role("button", name="0111", exact=True).press("Enter")
    dialog = page.get_by_role("dialog", name="0111")
    await expect(dialog.get_by_text(noise["urgency_note"])).to_be_visible()
    await expect(dialog.get_by_text("处置前后各一张").first).to_be_visible()
    await no_axe_violations(page)
