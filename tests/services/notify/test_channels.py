"""One conformance test for every adapter (design.md §5.13): what the other side does, what the adapter makes of it."""

import json
import socket

import pytest

from casework.kit.settings import Settings, SettingsError, read_settings
from services.notify.channels.choose import open_channels
from services.notify.channels.console import Console
from services.notify.channels.guard import Guard
from services.notify.channels.message import Channel, Endpoint, Message, Outcome, Result
from services.notify.channels.post import MOST_BODY_BYTES, Poster
from services.notify.channels.sms import Sms
from services.notify.channels.webhook import Webhook
from tests.services.notify.gateway import SECRET, Gateway

PHONE = "+8613987654321"
ADAPTERS = ("console", "webhook", "webhook-own", "sms")
NETWORKED = ADAPTERS[1:]


def adapter_of(name: str, url: str, deadline: float = 20.0) -> Channel:
    if name == "console":
        return Console(shows_text=False)
    poster, endpoint = Poster(Guard(open_to_all=True), deadline=deadline), Endpoint(url, SECRET)
    if name == "sms":
        return Sms(poster, endpoint)
    return Webhook(poster, endpoint if name == "webhook" else None)


async def send(name: str, url: str, *, deadline: float = 20.0, text: str = "您的诉求已受理") -> Outcome:
    """One message over a fresh adapter."""
    adapter = adapter_of(name, url, deadline)
    own = Endpoint(url, SECRET) if name == "webhook-own" else None
    message = Message("41", "ACCEPT", text=text, to=PHONE, body={"case_no": "1"}, endpoint=own)
    try:
        return await adapter.send(message)
    finally:
        await adapter.close()


@pytest.mark.parametrize("adapter", ADAPTERS)
async def test_what_is_taken_is_sent(adapter: str, gateway: Gateway) -> None:
    assert await send(adapter, gateway.url) == Outcome(Result.SENT)


@pytest.mark.parametrize("adapter", NETWORKED)
@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        ("empty", Outcome(Result.SENT)),
        ("busy", Outcome(Result.RETRY, "http_429", 120.0)),  # 429 with Retry-After: 120
        ("busy_date", Outcome(Result.RETRY, "http_503", 86400.0)),  # a date far away -> a day at most
        ("error", Outcome(Result.RETRY, "http_500")),
        ("redirect", Outcome(Result.RETRY, "http_302")),  # never followed
        ("gone", Outcome(Result.REFUSED, "http_410")),  # for ever
        ("proxy", Outcome(Result.AMBIGUOUS, "http_504")),  # it may have passed the proxy
        ("hang", Outcome(Result.AMBIGUOUS, "no_answer")),  # taken in, never answered
        ("reset", Outcome(Result.AMBIGUOUS, "broke_off")),  # taken in, then cut off
        ("not_http", Outcome(Result.AMBIGUOUS, "broke_off")),
    ],
)
async def test_bad_days_of_the_other_side(adapter: str, behaviour: str, expected: Outcome, gateway: Gateway) -> None:
    gateway.behave = lambda _received: behaviour
    assert await send(adapter, gateway.url, deadline=1.0 if behaviour == "hang" else 20.0) == expected
    assert len(gateway.received) == 1
    assert gateway.received[0].id == "41"


@pytest.mark.parametrize(
    ("behaviour", "webhook", "sms"),
    [
        ("garbage", Result.SENT, Result.AMBIGUOUS),  # 2xx is enough for a webhook; a gateway must say what it did
        ("never", Result.SENT, Result.REFUSED),
        ("huge", Result.SENT, Result.AMBIGUOUS),
        ("stops_short", Result.SENT, Result.AMBIGUOUS),
    ],
)
async def test_only_the_gateways_own_words_count_for_sms(
    behaviour: str, webhook: Result, sms: Result, gateway: Gateway
) -> None:
    gateway.behave = lambda _received: behaviour
    assert (await send("webhook", gateway.url)).result is webhook
    assert (await send("sms", gateway.url)).result is sms


@pytest.mark.parametrize("adapter", NETWORKED)
async def test_nobody_listening_is_surely_not_taken(adapter: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert await send(adapter, f"http://127.0.0.1:{port}/") == Outcome(Result.RETRY, "not_connected")


@pytest.mark.parametrize("adapter", NETWORKED)
async def test_a_name_without_address_is_tried_again(adapter: str) -> None:
    assert await send(adapter, "http://nowhere.invalid/") == Outcome(Result.RETRY, "unresolved")


async def test_the_gateway_is_given_id_number_and_text_signed(gateway: Gateway) -> None:
    await send("sms", gateway.url, text="办好了")
    assert gateway.received[0].json == {"id": "41", "to": PHONE, "text": "办好了"}
    assert gateway.received[0].headers["content-type"].startswith("application/json")


async def test_without_a_phone_no_sms(gateway: Gateway) -> None:
    adapter = adapter_of("sms", gateway.url)
    assert await adapter.send(Message("1", "ACCEPT", text="x")) == Outcome(Result.SKIPPED, "no_mobile")
    assert gateway.received == []
    await adapter.close()


async def test_a_message_beyond_all_measure_is_refused(gateway: Gateway) -> None:
    assert (await send("sms", gateway.url, text="长" * MOST_BODY_BYTES)).detail == "too_large"
    assert gateway.received == []


@pytest.mark.parametrize("shows_text", [False, True])
async def test_the_console_masks_the_phone_and_tells_words_only_in_demo(
    shows_text: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    await Console(shows_text=shows_text).send(Message("7", "ACCEPT", text="查询码 12345678", to=PHONE))
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert line["notice"] == "7"
    assert line["to"] == "139****4321"
    assert ("text" in line) is shows_text


def settings(**given: object) -> Settings:
    return read_settings(database_url="postgresql://nobody@127.0.0.1:1/none", **given)


async def test_channels_follow_the_settings() -> None:
    bare = open_channels(settings())
    assert [bare[name].name for name in ("sms", "upstream", "staff")] == ["console", "webhook", "console"]
    whole = open_channels(
        settings(sms_url="http://sms.example", sms_secret=SECRET, staff_url="http://bot.example", staff_secret=SECRET)
    )
    assert [whole[name].name for name in ("sms", "upstream", "staff")] == ["sms-http", "webhook", "webhook"]


@pytest.mark.parametrize("given", [{"sms_url": "http://a.cn"}, {"staff_url": "http://a.cn", "staff_secret": "short"}])
async def test_an_address_without_a_usable_secret_is_told_at_start(given: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match="_SECRET must be"):
        open_channels(settings(**given))
