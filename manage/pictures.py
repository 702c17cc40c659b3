"""`pictures`: every page as it looks 页面截图, at both sizes, from the running demo into docs/pictures (WebP).

web/pictures.json names them: `name`, `path` (`{link}` being a citizen's own, of a case that waits for its grades),
`login` (a demo account; none: nobody), `press` (keys or selectors, in order), `sizes` (of SHEETS; left out: the two).
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import asyncpg
from PIL import Image
from playwright.async_api import Browser, Page

from casework.db import citizens
from casework.kit.crypto import Keyring, digest
from manage.browser import SIZES, NoBrowser, chromium
from manage.node import WEB
from manage.standalone.folder import COUNTY_ACCOUNTS, TOWN_ACCOUNTS

SHEETS = SIZES | {"wall": (1920, 1080)}
_ANSWERED = "SELECT id FROM cases WHERE status = 'FOLLOW_UP' AND direction = 'CENTRE' ORDER BY id DESC LIMIT 1"
PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
_POINT = "SELECT code FROM service_point WHERE closed_at IS NULL ORDER BY id LIMIT 1"
_QUALITY = 62
_SETTLED_MS = 700


async def take(address: str, data: Path, wanted: set[str]) -> list[Path]:
    """Picture each page (those named in `wanted`, or all). Raises: NoBrowser."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    accounts, places = demo_accounts(data), {"{link}": await citizens_link(data), "{point}": await posters_code(data)}
    made: list[Path] = []
    async with chromium() as browser:
        for shot in json.loads((WEB / "pictures.json").read_text("utf-8")):
            if not wanted or shot["name"] in wanted:
                for name, place in places.items():
                    shot["path"] = shot["path"].replace(name, place)
                for size in shot.get("sizes", SIZES):
                    made.append(await _one(browser, address, accounts, shot, size))
    return made


async def _one(browser: Browser, address: str, accounts: dict[str, str], shot: dict[str, Any], size: str) -> Path:
    width, height = SHEETS[size]
    context = await browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        locale=shot.get("language", "zh-CN"),
        color_scheme=shot.get("scheme", "light"),
        timezone_id="Asia/Shanghai",
    )
    page = await context.new_page()
    await page.goto(shot["path"])
    if shot.get("login"):
        await _sign_in(page, shot["login"], accounts[shot["login"]])
    await page.wait_for_load_state("load")
    for step in shot.get("press", ()):
        await page.wait_for_timeout(_SETTLED_MS)
        await (page.locator(step).first.click() if step[:1] in "#.[:" else page.keyboard.press(step))
    await page.wait_for_timeout(2 * _SETTLED_MS)
    path = PICTURES / f"{shot['name']}-{size}.webp"
    Image.open(io.BytesIO(await page.screenshot())).save(path, "WEBP", quality=_QUALITY, method=6)
    await context.close()
    return path


async def citizens_link(data: Path) -> str:
    """The link that the message with the newest reply carries; good for 30 days. Empty where no case is that far."""
    told = json.loads((data / "run.json").read_text("utf-8"))["environment"]
    keyring = Keyring.load(Path(told["GRIDCALL_KEYS_FILE"]))
    async with asyncpg.create_pool(told["DATABASE_URL"].replace("+asyncpg", ""), min_size=1, max_size=1) as pool:
        case_id = await pool.fetchval(_ANSWERED)
        if case_id is None:
            return ""
        token = keyring.link_token(f"case:{case_id}:1")
        await citizens.keep_link(pool, digest(token), case_id, 1)
    return token


async def posters_code(data: Path) -> str:
    """What the first open service point's poster says. Empty where there is none."""
    told = json.loads((data / "run.json").read_text("utf-8"))["environment"]
    connection = await asyncpg.connect(told["DATABASE_URL"].replace("+asyncpg", ""))
    try:
        return await connection.fetchval(_POINT) or ""
    finally:
        await connection.close()


async def _sign_in(page: Page, login: str, password: str) -> None:
    await page.locator("input[name=login]").fill(login)
    await page.locator("input[name=password]").fill(password)
    await page.locator("form.sign-in button[type=submit]").click()
    await page.locator("form.sign-in").wait_for(state="detached")


def demo_accounts(data: Path) -> dict[str, str]:
    """The demo's passwords by login, as the data folder keeps them."""
    found: dict[str, str] = {}
    for name in (TOWN_ACCOUNTS, COUNTY_ACCOUNTS):
        if (data / name).is_file():
            found |= {one["login"]: one["password"] for one in json.loads((data / name).read_text("utf-8"))}
    return found


def main() -> int:
    """0 when all were taken. Arguments: the names of those wanted."""
    address, data = os.environ["GRIDCALL_PUBLIC_URL"], Path(os.environ["GRIDCALL_DATA"])
    try:
        for path in asyncio.run(take(address, data, set(sys.argv[1:]))):
            print(f"{path.name} {path.stat().st_size // 1024} kB")
    except NoBrowser as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
