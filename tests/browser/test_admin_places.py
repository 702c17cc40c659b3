"""网格管理: a grid is drawn, manned, redrawn and retired; what a border would meet is named before it is saved."""

import json
import re
import secrets
from typing import Any

from playwright.async_api import BrowserContext, FilePayload, expect

from tests.browser.conftest import Enter, NoViolations

COMMUNITY = "510104017001"
ANOTHER = "510104018002"


def corner() -> tuple[float, float]:
    """A place of this test's own, east of all demo grids: lon, lat."""
    return 104.3 + secrets.randbelow(900) / 1000, 30.3 + secrets.randbelow(300) / 1000


def points(number: int) -> re.Pattern[str]:
    """So many points, one a line."""
    return re.compile(r"^\S+, \S+" + r"\n\S+, \S+" * (number - 1) + "$")


async def test_a_grid_is_drawn_redrawn_and_retired_by_keyboard(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    lon, lat = corner()
    name = f"微网格{secrets.token_hex(4)}"
    page = await enter(context, "dispatcher1", "/admin?part=grids")
    areas = page.get_by_role("region", name="区划")
    await areas.get_by_role("button", name="锦官驿街道").press("Enter")
    await areas.get_by_role("button", name=COMMUNITY).press("Enter")
    await expect(page).to_have_url(f"/admin?part=grids&area={COMMUNITY}")
    await no_axe_violations(page)
    await page.get_by_role("button", name="新划网格").press("Enter")
    await page.get_by_label("网格名称").fill(name)
    await page.get_by_label("网格类型").select_option("MICRO")
    leader = page.get_by_role("combobox", name="网格长")
    await leader.click()
    await leader.press_sequentially("017001001")
    await expect(page.locator(".el-select-dropdown__item:visible")).to_have_text([re.compile("grid-017001001")])
    await leader.press("Enter")
    await expect(page.locator(".el-select").filter(has_text="grid-017001001")).to_be_visible()
    text = page.get_by_label("边界坐标")
    await text.fill("成都\n104.1")
    await expect(page.get_by_text("第 1、2 行不是坐标")).to_be_visible()
    corners = [(lon, lat), (lon + 0.002, lat + 0.002), (lon + 0.002, lat), (lon, lat + 0.002)]
    await text.fill("\n".join(f"{x:.4f}, {y:.4f}" for x, y in corners))
    await page.get_by_role("button", name="校验").press("Enter")
    await expect(page.get_by_text("不能保存")).to_be_visible()
    await page.get_by_role("button", name="在图上看").press("Enter")
    await no_axe_violations(page)
    await page.reload()
    await page.get_by_role("button", name="新划网格").press("Enter")
    await expect(page.get_by_label("网格名称")).to_have_value(name)
    square = [corners[0], corners[2], corners[1], corners[3]]
    await text.fill("\n".join(f"{x:.4f}, {y:.4f}" for x, y in square))
    await page.get_by_role("button", name="校验").press("Enter")
    await expect(page.get_by_text("平方米")).to_be_visible()
    await page.get_by_role("button", name="建立网格").press("Enter")
    card = page.get_by_role("region", name=name)
    await expect(card.get_by_text("grid-017001001")).to_be_visible()
    code = (await card.locator("dd").first.inner_text()).strip()
    await no_axe_violations(page)
    await card.get_by_role("button", name="改划边界").press("Enter")
    before = await text.input_value()
    first = page.locator(".vertex").first
    await first.focus()
    await first.press("ArrowRight")
    await expect(text).not_to_have_value(before)
    await page.locator(".between").first.press("Enter")
    await expect(text).to_have_value(points(5))
    await page.locator(".vertex:focus").press("Delete")
    await expect(text).to_have_value(points(4))
    await no_axe_violations(page)
    await page.get_by_role("button", name="保存边界").press("Enter")
    await expect(card).to_be_visible()
    await expect(card.locator("dd").first).not_to_have_text(code)
    await expect(card.get_by_text("grid-017001001")).to_be_visible()
    await card.get_by_role("button", name="修改").press("Enter")
    await card.get_by_label("网格名称").fill(f"{name}改")
    await no_axe_violations(page)
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=f"{name}改")).to_be_visible()
    await card.get_by_role("button", name="撤销网格").press("Enter")
    await card.get_by_role("button", name="确认撤销").press("Enter")
    await expect(card.get_by_text("已撤销")).to_be_visible()
    await expect(card.get_by_role("button", name="修改")).to_have_count(0)
    await page.get_by_label("也显示已撤销的").check()
    await expect(page.locator(f"[data-grid='{code}']")).to_be_visible()
    await page.emulate_media(color_scheme="dark")
    await no_axe_violations(page)


async def test_who_only_reads_the_grids_changes_none(context: BrowserContext, enter: Enter) -> None:
    page = await enter(context, "leader1", "/admin?part=grids&grid=510104017001001")
    card = page.get_by_role("region", name="510104017001001")
    await expect(card.get_by_text("grid-017001001")).to_be_visible()
    await expect(page.get_by_role("button", name="改划边界")).to_have_count(0)
    await expect(page.get_by_role("button", name="新划网格")).to_have_count(0)


def grid_file(*shapes: tuple[str, list[tuple[float, float]]]) -> FilePayload:
    """GeoJSON of micro grids of a community that no other test touches."""
    features: list[dict[str, Any]] = [
        {
            "type": "Feature",
            "properties": {"community": ANOTHER, "name": name, "kind": "微网格"},
            "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
        }
        for name, ring in shapes
    ]
    told = json.dumps({"type": "FeatureCollection", "features": features})
    return {"name": "grids.geojson", "mimeType": "application/geo+json", "buffer": told.encode()}


def square(lon: float, lat: float, wide: float = 0.001) -> list[tuple[float, float]]:
    return [(lon, lat), (lon + wide, lat), (lon + wide, lat + 0.001), (lon, lat + 0.001)]


async def test_a_file_is_looked_at_first_and_imported_whole_or_not_at_all(
    context: BrowserContext, enter: Enter, no_axe_violations: NoViolations
) -> None:
    lon, lat = corner()
    lat += 0.5  # north of what the other story draws
    one, other = f"甲{secrets.token_hex(4)}", f"乙{secrets.token_hex(4)}"
    page = await enter(context, "dispatcher1", "/admin?part=grids")
    await page.get_by_role("button", name="导入 GeoJSON").press("Enter")
    await page.get_by_label("坐标系").select_option("CGCS2000")
    await page.get_by_label("边界来源").fill("区测绘院")
    await no_axe_violations(page)
    file = page.get_by_label("文件", exact=True)
    crossed = [(lon, lat), (lon + 0.001, lat + 0.001), (lon + 0.001, lat), (lon, lat + 0.001)]
    await file.set_input_files(grid_file((one, square(lon + 0.002, lat)), (other, crossed)))
    await page.get_by_role("button", name="检查文件").press("Enter")
    found = page.get_by_role("region", name="检查结果")
    await expect(found.get_by_text("什么都没有导入")).to_be_visible()
    await expect(found.get_by_text("第 2 个图形")).to_be_visible()
    await expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    await found.get_by_role("button", name="在图上看").press("Enter")
    await no_axe_violations(page)
    good = grid_file((one, square(lon + 0.001, lat)), (other, square(lon, lat)))
    await file.set_input_files(good)
    await page.get_by_role("button", name="检查文件").press("Enter")
    await expect(found.locator("[data-became=NEW]")).to_have_count(2)
    await page.get_by_role("button", name="确认导入").press("Enter")
    await expect(found.get_by_text("已导入：新建 2 个")).to_be_visible()
    await page.get_by_label("坐标系").select_option("CGCS2000")
    await page.get_by_label("边界来源").fill("区测绘院再测")
    await page.get_by_role("button", name="检查文件").press("Enter")
    await expect(found.locator("[data-became=KEPT]")).to_have_count(2)
    await file.set_input_files(grid_file((one, square(lon + 0.001, lat)), (other, square(lon, lat, 0.0005))))
    await page.get_by_role("button", name="检查文件").press("Enter")
    await expect(found.locator("[data-became=CHANGED]")).to_contain_text(other)
    await expect(found.locator("[data-became=CHANGED]")).to_contain_text("取代")
    await expect(found.locator("[data-became=KEPT]")).to_have_count(1)
    await page.emulate_media(color_scheme="dark")
    await no_axe_violations(page)
