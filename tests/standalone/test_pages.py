"""The pages behind the one port: the start page, the citizen's page, the files, and nothing else of the disk."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from manage.standalone.pages import citizen_routes, page_routes


@pytest.fixture
def web(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("not for the web")
    static = tmp_path / "web" / "static"
    (static / "locales").mkdir(parents=True)
    (static / "index.html").write_text("<p>start")
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


@pytest.mark.parametrize("path", ["/", "/base.css"])
async def test_every_page_says_what_a_browser_may_do(path: str, browser: httpx.AsyncClient) -> None:
    headers = (await browser.get(path)).headers
    assert "object-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    ("path", "asked"),
    [("/t", "/t"), ("/t/8fJ2kQ", "/t/8fJ2kQ"), ("/c", "/t"), ("/c/8fJ2kQ", "/t/8fJ2kQ"), ("/p/8fJ2kQ", "/p/8fJ2kQ")],
)
async def test_the_citizens_pages_are_the_notify_services_which_is_asked_as_nobody(path: str, asked: str) -> None:
    async def notify(request: Request) -> Response:
        return JSONResponse([request.url.path, request.method, request.headers.get("cookie")])

    service = Starlette(routes=[Route("/{rest:path}", notify, methods=["GET", "POST"])])
    transport = httpx.ASGITransport(Starlette(routes=citizen_routes({"notify": service})))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", cookies={"s": "1"}) as client:
        assert (await client.get(path)).json() == [asked, "GET", None]
        assert (await client.post(path)).json() == [asked, "POST", None]


@pytest.fixture
def built(web: Path) -> Path:
    (web / "static" / "unbuilt.html").write_text("<p>not yet")
    (web / "dist" / "assets").mkdir(parents=True)
    (web / "dist" / "field").mkdir()
    (web / "dist" / "desk.html").write_text("<p>desk")
    (web / "dist" / "field.html").write_text("<p>field")
    (web / "dist" / "field" / "worker.js").write_text("1")
    (web / "dist" / "assets" / "app-x1.js").write_text("plain")
    (web / "dist" / "assets" / "app-x1.js.gz").write_bytes(gzip.compress(b"packed"))
    return web


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("/", "<p>start"),
        ("/desk", "<p>desk"),
        ("/desk/case/1", "<p>desk"),  # the app's own router reads the rest
        ("/supervisor", "<p>desk"),  # the office pages are one app
        ("/field", "<p>field"),
        ("/field/tasks", "<p>field"),
        ("/field/worker.js", "1"),
        ("/base.css", "p {}"),
    ],
)
async def test_a_built_app_answers_for_all_below_its_name(
    path: str, text: str, built: Path, browser: httpx.AsyncClient
) -> None:
    answer = await browser.get(path)
    assert (answer.status_code, answer.text) == (200, text)
    assert answer.headers["cache-control"] in ("no-cache", "no-store")


async def test_hashed_files_are_kept_forever_and_sent_packed(built: Path, browser: httpx.AsyncClient) -> None:
    packed = await browser.get("/assets/app-x1.js", headers={"Accept-Encoding": "gzip"})
    assert (packed.text, packed.headers["content-encoding"]) == ("packed", "gzip")
    assert packed.headers["content-type"].startswith("text/javascript")
    assert "immutable" in packed.headers["cache-control"]
    plain = await browser.get("/assets/app-x1.js", headers={"Accept-Encoding": "identity"})
    assert plain.text == "plain"


async def test_a_file_that_is_gone_is_no_page(built: Path, browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/assets/app-old.js")
    assert answer.status_code == 404
    assert "immutable" not in answer.headers.get("cache-control", "")


async def test_a_web_that_is_not_built_says_so(web: Path, browser: httpx.AsyncClient) -> None:
    (web / "static" / "unbuilt.html").write_text("<p>not yet")
    answer = await browser.get("/desk")
    assert (answer.status_code, answer.text) == (503, "<p>not yet")
    assert answer.headers["retry-after"] == "5"
