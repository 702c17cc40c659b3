"""Both fronts: the APIs in the same process, and the way to APIs that run apart."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse

from manage.standalone.fronts import apart_front, one_front


class Service:
    """A service that tells what reached it, and whether it is open."""

    def __init__(self) -> None:
        self.open = False
        self.stream_left = asyncio.Event()
        self.app = FastAPI(lifespan=self._lifespan)
        self.app.add_api_route("/echo", self._echo, methods=["GET", "POST"])
        self.app.add_api_route("/stream", self._stream, methods=["GET"], response_model=None)

    @asynccontextmanager
    async def _lifespan(self, _app: FastAPI) -> AsyncIterator[dict[str, str]]:
        self.open = True
        yield {"kept": "by the lifespan"}
        self.open = False

    async def _echo(self, request: Request) -> dict[str, object]:
        return {
            "kept": request.state.kept,
            "url": request.url.path,
            "query": request.url.query,
            "body": (await request.body()).decode(),
            "headers": dict(request.headers),
        }

    async def _stream(self) -> StreamingResponse:
        async def events() -> AsyncIterator[str]:
            try:
                while True:
                    yield "data: 一\n\n"
                    await asyncio.sleep(0.01)
            finally:
                self.stream_left.set()

        return StreamingResponse(events(), media_type="text/event-stream")


@asynccontextmanager
async def serving(app: object, root_path: str = "") -> AsyncIterator[str]:
    """Serve the app on a free port; its origin."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", lifespan="on", proxy_headers=False, root_path=root_path)
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.005)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await task


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.fixture(params=["one", "apart"])
async def front(request: pytest.FixtureRequest, service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """A browser before each kind of front, with the same service behind it."""
    if request.param == "one":
        async with serving(one_front({"intake": service.app})) as origin, httpx.AsyncClient(base_url=origin) as client:
            yield client
        return
    async with (
        serving(service.app, "/api/intake") as upstream,
        serving(apart_front({"intake": upstream})) as origin,
        httpx.AsyncClient(base_url=origin) as client,
    ):
        yield client


async def test_a_service_is_reached_under_its_prefix_with_its_lifespan_entered(
    front: httpx.AsyncClient, service: Service
) -> None:
    told = (await front.post("/api/intake/echo?q=%E4%B8%AD&q=2", content="诉求")).json()
    assert (told["url"], told["query"]) == ("/api/intake/echo", "q=%E4%B8%AD&q=2")
    assert (told["kept"], told["body"]) == ("by the lifespan", "诉求")
    assert service.open


async def test_a_service_is_closed_in_order_when_the_front_ends(service: Service) -> None:
    async with serving(one_front({"intake": service.app})):
        assert service.open
    assert not service.open


async def test_a_body_of_unknown_length_arrives_whole(front: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b"x" * 10_000

    assert len((await front.post("/api/intake/echo", content=pieces())).json()["body"]) == 1_000_000


async def test_a_stream_arrives_as_it_is_written_and_ends_when_the_reader_leaves(
    front: httpx.AsyncClient, service: Service
) -> None:
    async with front.stream("GET", "/api/intake/stream") as answer:
        assert await anext(answer.aiter_text()) == "data: 一\n\n"
    await asyncio.wait_for(service.stream_left.wait(), 10)


@pytest.fixture
async def apart(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with (
        serving(service.app, "/api/intake") as upstream,
        serving(apart_front({"intake": upstream})) as origin,
        httpx.AsyncClient(base_url=origin) as client,
    ):
        yield client


async def test_what_a_caller_claims_about_its_address_is_not_believed(apart: httpx.AsyncClient) -> None:
    claimed = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https", "Forwarded": "for=6.6.6.6"}
    headers = (await apart.get("/api/intake/echo", headers=claimed)).json()["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert headers["x-forwarded-proto"] == "http"
    assert "forwarded" not in headers


async def test_headers_for_the_next_hop_only_are_not_passed_on(apart: httpx.AsyncClient) -> None:
    given = {"Connection": "keep-alive, X-Private", "X-Private": "1", "TE": "trailers", "X-Public": "1"}
    headers = (await apart.get("/api/intake/echo", headers=given)).json()["headers"]
    assert headers["x-public"] == "1"
    assert not {"x-private", "te"} & headers.keys()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("zh-CN", "这个服务暂时不在，请稍后再试。"),
        ("en", "This service is away for the moment. Please try again shortly."),
    ],
)
async def test_a_service_that_is_away_is_said_to_be_away(language: str, sentence: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{unused.getsockname()[1]}"
        async with serving(apart_front({"intake": origin})) as front, httpx.AsyncClient(base_url=front) as client:
            answer = await client.get("/api/intake/echo", headers={"Accept-Language": language})
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "2"
    assert answer.json()["detail"].startswith(sentence)


async def test_a_service_that_breaks_off_is_a_bad_gateway() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        origin = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with serving(apart_front({"intake": origin})) as front, httpx.AsyncClient(base_url=front) as client:
            answer = await client.get("/api/intake/echo")
    assert (answer.status_code, answer.json()["code"]) == (502, "bad_gateway")
