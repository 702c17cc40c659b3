"""The pages behind the one port: the start page, the citizen's page, the files, and nothing else of the disk."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from manage.standalone.pages import page_routes


@pytest.fixture
def web(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("not for the web")
    static = tmp_path / "web" / "static"
    (static / "locales").mkdir(parents=True)
    (static / "index.html").write_text("<p>start")
    (static / "citizen.html").write_text("<p>citizen")
    (static / "base.css").write_text("p {}")
    (static / "locales" / "en.json").write_text("{}")
    return tmp_path / "web"


@pytest.fixture
async def browser(web: Path) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(Starlette(routes=page_routes(web)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/", 200, "text/html; charset=utf-8"),
        ("/c/8fJ2kQ", 200, "text/html; charset=utf-8"),
        ("/c", 200, "text/html; charset=utf-8"),
        ("/base.css", 200, "text/css; charset=utf-8"),
        ("/static/base.css", 200, "text/css; charset=utf-8"),
        ("/locales/en.json", 200, "application/json"),
        ("/locales", 404, "text/plain; charset=utf-8"),  # a folder is not listed
        ("/locales/", 404, "text/plain; charset=utf-8"),
        ("/nothing", 404, "text/plain; charset=utf-8"),
        ("/api/unknown", 404, "text/plain; charset=utf-8"),
        ("/%2e%2e/%2e%2e/secret.txt", 404, "text/plain; charset=utf-8"),
        ("/static/%2e%2e/%2e%2e/%2e%2e/secret.txt", 404, "text/plain; charset=utf-8"),
    ],
)
async def test_a_path_answers_with(path: str, status: int, kind: str, browser: httpx.AsyncClient) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)


@pytest.mark.parametrize("path", ["/", "/c/8fJ2kQ", "/base.css"])
async def test_every_page_says_what_a_browser_may_do(path: str, browser: httpx.AsyncClient) -> None:
    headers = (await browser.get(path)).headers
    assert "object-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_the_citizens_page_is_kept_nowhere(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/c/8fJ2kQ")).headers["cache-control"] == "no-store"


async def test_a_built_web_goes_before_the_plain_pages(web: Path) -> None:
    (web / "dist" / "assets").mkdir(parents=True)
    (web / "dist" / "index.html").write_text("<p>built")
    (web / "dist" / "assets" / "app.js").write_text("1")
    transport = httpx.ASGITransport(Starlette(routes=page_routes(web)))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        assert (await client.get("/")).text == "<p>built"
        assert (await client.get("/assets/app.js")).text == "1"
        assert (await client.get("/base.css")).text == "p {}"
        assert (await client.get("/c/8fJ2kQ")).text == "<p>citizen"
