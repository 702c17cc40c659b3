"""The session's cookie, and what another site's page can do with it: nothing."""

import json

import httpx
import pytest

from services.assembly import assemble
from services.dispatch.app import ROUTERS, TITLE
from tests.conftest import Town
from tests.journey.test_sign_in import door, sign_in, still_in


def _flags(answer: httpx.Response) -> tuple[str, set[str]]:
    name, _, rest = answer.headers["set-cookie"].partition("=")
    return name, {part.strip().lower() for part in rest.split(";")[1:]}


async def test_the_cookie_is_out_of_scripts_and_other_sites_reach(town: Town) -> None:
    _, answer = await sign_in(town, "agent1")
    assert _flags(answer) == ("gridcall", {"httponly", "samesite=lax", "path=/"})


async def test_over_https_the_cookie_belongs_to_the_host_alone(town: Town) -> None:
    settings = town.settings.model_copy(update={"public_url": "https://gridcall.example.cn"})
    app = assemble("dispatch", TITLE, ROUTERS, settings)
    async with app.router.lifespan_context(app):
        secure = Town(settings, town.template, {"dispatch": app})
        client = door(secure)
        said = {"login": "agent1", "password": town.template.accounts["agent1"]}
        answer = await client.post("/session", json=said)
        assert _flags(answer) == ("__Host-gridcall", {"httponly", "samesite=lax", "path=/", "secure"})
        token = answer.cookies["__Host-gridcall"]
        for name, status in (("__Host-gridcall", 200), ("gridcall", 401)):
            async with door(secure) as browser:
                assert (await browser.get("/session", headers={"Cookie": f"{name}={token}"})).status_code == status


# 跨站 requests that another site made

OURS = "http://localhost:8000"
CROSS_SITE: list[tuple[str, dict[str, str], str | None]] = [
    ("our own page", {"Origin": OURS, "Sec-Fetch-Site": "same-origin", "X-GridCall": "1"}, None),
    ("a program with the header", {"X-GridCall": "1"}, None),
    ("no header", {}, "csrf.no_header"),
    ("a header of another value", {"X-GridCall": "yes"}, "csrf.no_header"),
    ("another site's page", {"Origin": "https://evil.example", "X-GridCall": "1"}, "csrf.cross_site"),
    ("a page without an origin", {"Origin": "null", "X-GridCall": "1"}, "csrf.cross_site"),
    ("another port of ours", {"Origin": "http://localhost:9000", "X-GridCall": "1"}, "csrf.cross_site"),
    ("ours by another scheme", {"Origin": "https://localhost:8000", "X-GridCall": "1"}, "csrf.cross_site"),
    ("a name that begins as ours", {"Origin": f"{OURS}.evil.example", "X-GridCall": "1"}, "csrf.cross_site"),
    ("what the browser calls cross-site", {"Sec-Fetch-Site": "cross-site", "X-GridCall": "1"}, "csrf.cross_site"),
    ("a sister site", {"Sec-Fetch-Site": "same-site", "X-GridCall": "1"}, "csrf.cross_site"),
    ("a link that was clicked", {"Sec-Fetch-Site": "none", "X-GridCall": "1"}, "csrf.cross_site"),
]
UNSAFE = [
    ("dispatch", "POST", "/cases/none/moves"),
    ("dispatch", "POST", "/cases/none/reveal"),
    ("dispatch", "POST", "/search/phone"),
    ("dispatch", "DELETE", "/session"),
    ("dispatch", "POST", "/session"),
    ("intake", "POST", "/requests"),
    ("intake", "POST", "/emergencies"),
    ("intake", "POST", "/grid-reports"),
    ("notify", "POST", "/notices/1/replay"),
]


@pytest.mark.parametrize(("headers", "code"), [row[1:] for row in CROSS_SITE], ids=[row[0] for row in CROSS_SITE])
async def test_another_site_cannot_use_a_session(town: Town, headers: dict[str, str], code: str | None) -> None:
    client, _ = await sign_in(town, "agent1")
    cookie = {"Cookie": f"{town.settings.session_cookie}={client.cookies[town.settings.session_cookie]}"}
    for service, method, path in UNSAFE:
        if method == "DELETE" and code is None:
            continue
        transport = httpx.ASGITransport(app=town.apps[service], client=("10.1.1.1", 1), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url=OURS) as browser:
            answer = await browser.request(method, path, json={}, headers={**cookie, **headers})
        said = answer.json()["code"]
        assert (said == code and answer.status_code == 403) if code else not said.startswith("csrf."), (path, said)
    assert await still_in(client)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
async def test_a_form_of_another_site_signs_nobody_in(town: Town, kind: str) -> None:
    body = json.dumps({"login": "agent1", "password": town.template.accounts["agent1"]})
    async with door(town) as client:
        answer = await client.post("/session", content=body, headers={"content-type": kind})
        assert (answer.status_code, "set-cookie" in answer.headers) == (415, False)
