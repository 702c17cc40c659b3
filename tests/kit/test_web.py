"""What every API has in common: problems, headers, guards, health, pages (security.md §2.6 lines 10, 22, 23)."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any, Literal

import asyncpg
import httpx
import pytest
from fastapi import APIRouter, Body, FastAPI, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError
from sqlalchemy import exc

from casework.kit.errors import Conflict, Problem, TooMany
from casework.kit.settings import Settings, read_settings
from casework.kit.web import create_app

PHONE = "13812345678"


class Caller(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=2, max_length=5)
    kind: Literal["CITIZEN", "FIRM"] = "CITIZEN"
    age: int = Field(default=1, ge=0, lt=150)
    at: AwareDatetime | None = None
    tags: list[str] = Field(default=[], max_length=2)


class Report(BaseModel):
    title: str
    caller: Caller


class Refused(Exception):
    """A service's own exception."""


router = APIRouter()


@router.post("/reports")
async def report(body: Report) -> str:
    return body.title


@router.post("/raw")
async def raw(request: Request) -> int:
    return len(await request.body())


@router.post("/photos")
async def photos(request: Request) -> int:
    return len(await request.body())


@router.get("/own")
async def own() -> str:
    raise Refused(PHONE)


@router.get("/custom")
async def custom(age: int) -> str:
    return str(age)


def _long_enough(value: str) -> str:
    if len(value) < 12:
        raise PydanticCustomError("password.too_short", "a service's own code", {"limit": 12})
    return value


@router.post("/checked")
async def checked(password: Annotated[str, AfterValidator(_long_enough), Body(embed=True)]) -> str:
    return password


def _failing(error: Exception) -> Any:
    async def fail() -> str:
        raise error

    return fail


FAILURES: dict[str, Exception] = {
    "conflict": Conflict(),
    "busy": TooMany(retry_after=7),
    "fault": ValueError(PHONE),
    "integrity": exc.IntegrityError("INSERT", {"phone": PHONE}, asyncpg.UniqueViolationError(PHONE)),
    "operational": exc.OperationalError("SELECT", {}, Exception("connection is closed")),
    "interface": exc.InterfaceError("SELECT", {}, Exception("connection is closed")),
    "starting": asyncpg.CannotConnectNowError("the database system is starting up"),
    "stopping": exc.DBAPIError("SELECT", {}, asyncpg.AdminShutdownError("terminating connection")),
    "crowded": asyncpg.TooManyConnectionsError("sorry, too many clients already"),
    "pool": exc.TimeoutError("QueuePool limit"),
    "refused": ConnectionRefusedError(111, "Connect call failed"),
    "refused-twice": OSError("Multiple exceptions: [Errno 111] Connect call failed, [Errno 111] Connect call failed"),
    "no-socket": FileNotFoundError(2, "No such file or directory"),
    "deadlock": exc.DBAPIError("UPDATE", {}, asyncpg.DeadlockDetectedError("deadlock detected")),
    "gone": asyncpg.InterfaceError("connection is closed"),
    "no-file": FileNotFoundError(2, "No such file or directory", "photo.jpg"),
}
for path, failure in FAILURES.items():
    router.add_api_route(f"/fail/{path}", _failing(failure), methods=["GET"])


def _settings(**given: Any) -> Settings:
    base = {"database_url": "postgresql://u@db/x", "mode": "demo", "public_url": "http://localhost:8000"}
    return read_settings(**{**base, **given})


def _app(settings: Settings | None = None, **given: Any) -> FastAPI:
    def own_problem(_: Exception) -> Problem:
        return Conflict("forbidden")

    return create_app(
        name="intake",
        title="受理",
        settings=settings or _settings(),
        routers=[router],
        translation={Refused: own_problem},
        body_limit=1000,
        body_limits={"/photos": 5000},
        **given,
    )


def _client(app: FastAPI, **given: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000/api/intake", **given)


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with _client(_app()) as client:
        yield client


def _good(**caller: Any) -> dict[str, Any]:
    return {"title": "路灯不亮", "caller": {"name": "张三", **caller}}


@pytest.mark.parametrize(
    ("body", "field", "code", "message"),
    [
        ({"caller": {"name": "张三"}}, "title", "field.missing", "必填。"),
        ({"title": 5, "caller": {"name": "张三"}}, "title", "field.not_text", "应为文字。"),
        ({"title": None, "caller": {"name": "张三"}}, "title", "field.null", "不能为空。"),
        ({"title": "x", "caller": "张三"}, "caller", "field.not_object", "应为对象。"),
        (_good(name="张"), "caller.name", "field.too_short", "至少 2 个字。"),
        (_good(name="张" * 6), "caller.name", "field.too_long", "最多 5 个字。"),
        (_good(kind="DOG"), "caller.kind", "field.not_in_list", "只能是：CITIZEN、FIRM。"),
        (_good(age="many"), "caller.age", "field.not_integer", "应为整数。"),
        (_good(age=-1), "caller.age", "field.too_small", "不能小于 0。"),
        (_good(age=150), "caller.age", "field.must_be_below", "应小于 150。"),
        (_good(at="yesterday"), "caller.at", "field.not_time", "应为带时区的时间，例如 2026-02-25T17:00:00+08:00。"),
        (
            _good(at="2026-02-25T17:00:00"),
            "caller.at",
            "field.not_time",
            "应为带时区的时间，例如 2026-02-25T17:00:00+08:00。",
        ),
        (_good(tags="a"), "caller.tags", "field.not_list", "应为列表。"),
        (_good(tags=["a", 2]), "caller.tags.1", "field.not_text", "应为文字。"),
        (_good(tags=["a", "b", "c"]), "caller.tags", "field.too_many_items", "最多 2 项。"),
        (_good(dog=1), "caller.dog", "field.unknown", "不认识的字段。"),
    ],
)
async def test_a_wrong_field_is_named_with_its_reason(
    client: httpx.AsyncClient, body: dict[str, Any], field: str, code: str, message: str
) -> None:
    answer = await client.post("/reports", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"] == [{"field": field, "code": code, "message": message}]
    assert answer.json()["detail"] == "有 1 处填写不符合要求，请逐项改正。"


async def test_a_services_own_check_answers_with_its_own_sentence(client: httpx.AsyncClient) -> None:
    answer = await client.post("/checked", json={"password": "short"})
    assert answer.json()["errors"] == [
        {"field": "password", "code": "password.too_short", "message": "密码至少 12 位。"}
    ]


async def test_a_wrong_parameter_of_the_address_is_named_too(client: httpx.AsyncClient) -> None:
    answer = await client.get("/custom", params={"age": "x"})
    assert [fault["field"] for fault in answer.json()["errors"]] == ["age"]


@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        ({"content": b'{"title": ', "headers": {"content-type": "application/json"}}, 400, "body.not_json"),
        ({"content": b'{"title": "\xff"}', "headers": {"content-type": "application/json"}}, 400, "body.not_utf8"),
        ({"content": b"title=x", "headers": {"content-type": "text/plain"}}, 415, "unsupported_type"),
        ({"content": b"title=x"}, 415, "unsupported_type"),
        ({}, 422, "unprocessable"),
        ({"json": [1]}, 422, "unprocessable"),
        ({"json": {"title": "x" * 2000}}, 413, "too_large"),
    ],
)
async def test_what_cannot_be_read_is_said(
    client: httpx.AsyncClient, given: dict[str, Any], status: int, code: str
) -> None:
    answer = await client.post("/reports", **given)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize(("path", "size", "status"), [("/raw", 1000, 200), ("/raw", 1001, 413), ("/photos", 5000, 200)])
@pytest.mark.parametrize("told", [True, False], ids=["with its length", "in chunks"])
async def test_a_body_has_its_limit_by_path(
    client: httpx.AsyncClient, path: str, size: int, status: int, told: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(size):
            yield b"x"

    answer = await client.post(path, content=b"x" * size if told else chunks())
    assert answer.status_code == status
    if status == 413:
        assert answer.json()["detail"] == "发送的内容超过 1000 字节的上限。"


@pytest.mark.parametrize(
    ("accept", "detail"),
    [
        (None, "没有找到您要的内容。"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "没有找到您要的内容。"),
        ("en-GB,en;q=0.9", "There is nothing here that you may see."),
        ("en;q=0.4, zh;q=0.5", "没有找到您要的内容。"),
        ("fr, en;q=0.1", "There is nothing here that you may see."),
        ("fr;q=x,;;,*", "没有找到您要的内容。"),
    ],
)
async def test_the_answer_is_in_the_readers_language(accept: str | None, detail: str) -> None:
    async with _client(_app()) as client:
        client.headers.pop("accept-language", None)
        answer = await client.get("/nowhere", headers={"accept-language": accept} if accept else {})
    assert (answer.status_code, answer.json()["detail"]) == (404, detail)
    assert answer.headers["vary"] == "Accept-Language"


async def test_a_wrong_verb_says_which_are_right(client: httpx.AsyncClient) -> None:
    answer = await client.get("/reports")
    assert (answer.status_code, answer.json()["code"], answer.headers["allow"]) == (405, "method_not_allowed", "POST")


async def test_a_services_own_exception_reads_as_its_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/own")
    assert (answer.status_code, answer.json()["code"]) == (409, "forbidden")


@pytest.mark.parametrize(
    ("path", "status", "retry_after"),
    [
        ("conflict", 409, None),
        ("busy", 429, "7"),
        ("fault", 500, None),
        ("integrity", 500, None),
        ("no-file", 500, None),
        *((path, 503, "2") for path in ("operational", "interface", "starting", "stopping", "crowded", "pool")),
        *((path, 503, "2") for path in ("refused", "refused-twice", "no-socket", "deadlock", "gone")),
    ],
)
async def test_a_store_that_is_away_is_503_and_our_fault_is_500(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str], path: str, status: int, retry_after: str | None
) -> None:
    answer = await client.get(f"/fail/{path}")
    assert (answer.status_code, answer.headers.get("retry-after")) == (status, retry_after)
    assert PHONE not in answer.text + capsys.readouterr().out


async def test_our_fault_is_in_the_log_under_the_requests_id(
    client: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = await client.get("/fail/integrity")
    line = capsys.readouterr().out
    assert "IntegrityError" in line
    assert "23505" in line
    assert answer.json()["instance"] == f"urn:gridcall:request:{answer.headers['x-request-id']}"


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("0123456789abcdef0123456789abcdef", True),
        (PHONE, False),
        ("张三".encode().hex() + "\t", False),
        ("x" * 20, False),
    ],
)
async def test_a_request_keeps_a_callers_id_only_when_it_is_plain_hex(
    client: httpx.AsyncClient, given: str, kept: bool
) -> None:
    answer = await client.get("/livez", headers={"x-request-id": given})
    assert (answer.headers["x-request-id"] == given) is kept


@pytest.mark.parametrize("path", ["/livez", "/nowhere", "/fail/fault", "/docs"])
async def test_every_answer_wears_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "strict-transport-security" not in headers


async def test_production_asks_browsers_to_stay_with_https_and_hides_its_pages() -> None:
    settings = _settings(mode="production", public_url="https://gridcall.example.cn")
    async with _client(_app(settings)) as client:
        assert (await client.get("/livez")).headers["strict-transport-security"] == "max-age=31536000"
        for page in ("/docs", "/openapi.json", "/redoc"):
            assert (await client.get(page)).status_code == 404


SAME = {"origin": "http://localhost:8000", "sec-fetch-site": "same-origin", "x-gridcall": "1"}


@pytest.mark.parametrize(
    ("cookie", "headers", "code"),
    [
        ("gridcall=s", SAME, None),
        ("theme=dark; gridcall=s", {"x-gridcall": "1"}, None),  # an old browser sends neither of the two
        ("gridcall=s", {}, "csrf.no_header"),
        ("gridcall=s", {**SAME, "x-gridcall": "0"}, "csrf.no_header"),
        ("gridcall=s", {**SAME, "sec-fetch-site": "cross-site"}, "csrf.cross_site"),
        ("gridcall=s", {**SAME, "sec-fetch-site": "same-site"}, "csrf.cross_site"),
        ("gridcall=s", {**SAME, "origin": "https://evil.example"}, "csrf.cross_site"),
        ("gridcall=s", {**SAME, "origin": "https://localhost:8000"}, "csrf.cross_site"),
        ("gridcall=s", {**SAME, "origin": "null"}, "csrf.cross_site"),
        ("theme=dark;gridcall=s", {**SAME, "origin": "http://localhost:8000.evil.example"}, "csrf.cross_site"),
        ("theme=gridcall=s", {}, None),  # no session cookie: it carries nobody's rights
        ("", {"origin": "https://evil.example"}, None),
    ],
)
async def test_another_site_cannot_act_with_a_session(
    client: httpx.AsyncClient, cookie: str, headers: dict[str, str], code: str | None
) -> None:
    answer = await client.post("/raw", content=b"x", headers={"cookie": cookie, **headers})
    assert (answer.status_code, answer.json() if code is None else answer.json()["code"]) == (
        (200, 1) if code is None else (403, code)
    )


async def test_a_session_in_a_second_cookie_header_is_guarded_too(client: httpx.AsyncClient) -> None:
    for cookies in (("gridcall=s", "theme=dark"), ("theme=dark", "gridcall=s")):
        headers = [("cookie", cookie) for cookie in cookies]
        assert (await client.post("/raw", content=b"x", headers=headers)).status_code == 403


async def test_a_length_beside_chunks_is_not_believed(client: httpx.AsyncClient) -> None:
    headers = {"content-length": "1", "transfer-encoding": "chunked"}
    assert (await client.post("/raw", content=b"x" * 1001, headers=headers)).status_code == 413


async def test_reading_with_a_session_needs_no_guard(client: httpx.AsyncClient) -> None:
    assert (await client.get("/livez", headers={"cookie": "gridcall=s"})).status_code == 200


async def test_ready_means_that_every_part_answers(capsys: pytest.CaptureFixture[str]) -> None:
    away = [ConnectionRefusedError(PHONE)]

    async def database() -> None:
        if away:
            raise away[0]

    async with _client(_app(checks={"database": database})) as client:
        absent = await client.get("/readyz")
        assert (await client.get("/livez")).json() == {"live": True}
        away.clear()
        there = await client.get("/readyz")
    assert (absent.status_code, absent.json()) == (503, {"ready": False, "checks": {"database": False}})
    assert (there.status_code, there.json()) == (200, {"ready": True, "checks": {"database": True}})
    assert PHONE not in capsys.readouterr().out


async def test_parts_live_from_before_the_first_request_till_after_the_last() -> None:
    seen: list[str] = []

    def part(name: str) -> Any:
        @asynccontextmanager
        async def live(app: FastAPI) -> AsyncIterator[None]:
            seen.append(f"+{name}")
            yield
            seen.append(f"-{name}")

        return live

    app = _app(parts=[part("database"), part("doorbell")])
    async with app.router.lifespan_context(app):
        assert seen == ["+database", "+doorbell"]
    assert seen == ["+database", "+doorbell", "-doorbell", "-database"]


async def test_the_page_shows_the_operations_without_any_outside_file(client: httpx.AsyncClient) -> None:
    page = await client.get("/docs", headers={"accept-language": "zh"})
    assert "/reports" in page.text
    assert "caller" in page.text
    assert "<script" not in page.text
    assert "//" not in page.text.replace("<!doctype", "")
    document = (await client.get("/openapi.json")).json()
    refusal = document["paths"]["/reports"]["post"]["responses"]["4XX"]["content"]
    assert refusal["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/ProblemBody"}
    assert {"ProblemBody", "FieldError", "Report"} <= document["components"]["schemas"].keys()
    assert "422" not in json.dumps(document["paths"]["/reports"])


@pytest.mark.parametrize("path", ["/api/intake/livez", "/livez"])
async def test_it_answers_behind_a_gateway_that_strips_the_prefix_or_not(path: str) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(_app()), base_url="http://localhost:8000") as client:
        assert (await client.get(path)).status_code == 200
