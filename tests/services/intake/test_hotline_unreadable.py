"""What the hotline's door cannot read: each refusal names its reason, in Chinese and in English, and makes no case."""

from typing import Any

import httpx
import pytest

from casework.db.sources import Sources, put
from casework.journey.city import City
from casework.kit.signing import new_secret
from services.intake.routes import hotline as route
from tests.conftest import Town
from tests.services.intake.hotline import Hotline, as_json, rows, said

ZH, EN = {"Accept-Language": "zh-CN"}, {"Accept-Language": "en"}
DEEP = b'{"upstream_no": "deep", "text": "x", "kind": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
LONG_NUMBER = b'{"upstream_no": "long", "text": "x", "kind": ' + b"9" * 5000

# what is sent, status, where it broke, what a Chinese and what an English reader is told
UNREADABLE: list[tuple[str, bytes, int, str, str]] = [
    ("nothing at all", b"", 400, "内容不是有效的 JSON（第 0 个字符附近）。", "not valid JSON (near character 0)"),
    ("no JSON", b"hello", 400, "第 0 个字符附近", "near character 0"),
    ("JSON that breaks off", b'{"upstream_no": "1", "text"', 400, "第 27 个字符附近", "near character 27"),
    ("a comma too many", b'{"upstream_no": "1",}', 400, "第 20 个字符附近", "near character 20"),
    ("bytes that are no UTF-8", b'{"text": "\xff\xfe"}', 400, "第 10 个字符附近", "near character 10"),
    ("half a surrogate pair", b'{"upstream_no": "1", "text": "\\ud83d"}', 400, "不是有效的 JSON", "not valid JSON"),
    ("a hundred thousand brackets", DEEP, 400, "不是有效的 JSON", "not valid JSON"),
    ("a number of five thousand digits that breaks off", LONG_NUMBER, 400, "不是有效的 JSON", "not valid JSON"),
    ("a list", b"[]", 422, "有 1 处填写不符合要求", "1 field(s) need to be put right"),
    ("a word", b'"hello"', 422, "有 1 处填写不符合要求", "1 field(s) need to be put right"),
]


@pytest.mark.parametrize(
    ("body", "status", "zh", "en"), [row[1:] for row in UNREADABLE], ids=[row[0] for row in UNREADABLE]
)
async def test_what_cannot_be_read_is_told_in_both_languages(
    hotline: Hotline, city: City, body: bytes, status: int, zh: str, en: str
) -> None:
    before = await rows(city, "request", "cases")
    for language, sentence in ((ZH, zh), (EN, en)):
        answer = await hotline.send(body, **language)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["content-language"] == language["Accept-Language"]
        assert sentence in answer.json()["detail"]
    assert await rows(city, "request", "cases") == before


# what is said, the field that is at fault, the code of its sentence
AT_FAULT: list[tuple[str, dict[str, Any], str, str]] = [
    ("no number of the upstream's", {"text": "路灯不亮"}, "upstream_no", "field.missing"),
    ("an empty number", {"upstream_no": "", "text": "路灯不亮"}, "upstream_no", "field.too_short"),
    ("a number of blanks", {"upstream_no": "   ", "text": "路灯不亮"}, "upstream_no", "field.too_short"),
    ("a number of NUL characters", {"upstream_no": "\0\0", "text": "路灯不亮"}, "upstream_no", "field.too_short"),
    ("a number that is a list", {"upstream_no": ["1"], "text": "路灯不亮"}, "upstream_no", "field.not_text"),
    ("a number of 65 characters", {"upstream_no": "1" * 65, "text": "路灯不亮"}, "upstream_no", "field.too_long"),
    ("no words", {"upstream_no": "W-1"}, "text", "field.missing"),
    ("words of blanks", {"upstream_no": "W-2", "title": " \n", "text": "　"}, "text", "field.missing"),
    ("words of NUL characters", {"upstream_no": "W-3", "text": "\0\0"}, "text", "field.missing"),
    ("words that are a list", {"upstream_no": "W-4", "text": ["路灯"]}, "text", "field.not_text"),
    ("more words than anybody says", {"upstream_no": "W-5", "text": "字" * 20_001}, "text", "field.too_long"),
]


@pytest.mark.parametrize(("message", "field", "code"), [row[1:] for row in AT_FAULT], ids=[row[0] for row in AT_FAULT])
async def test_a_field_without_which_there_is_no_request_is_named(
    hotline: Hotline, city: City, message: dict[str, Any], field: str, code: str
) -> None:
    before = await rows(city, "request", "cases")
    answers = [await hotline.send(message, **language) for language in (ZH, EN)]
    for answer in answers:
        assert answer.status_code == 422
        assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [(field, code)]
    sentences = [answer.json()["errors"][0]["message"] for answer in answers]
    assert sentences[0] != sentences[1]
    assert sentences[1].isascii()
    assert await rows(city, "request", "cases") == before


async def test_a_megabyte_is_read_and_more_is_not(hotline: Hotline, city: City) -> None:
    before = await rows(city, "inbox")
    body = as_json(said())
    whole = body + b" " * (1024 * 1024 - len(body))
    assert (await hotline.send(whole)).status_code == 201
    too_large = whole + b" "
    answer = await hotline.send(too_large, **EN)
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert "1048576 bytes" in answer.json()["detail"]
    assert (await hotline.send(too_large, **ZH)).json()["title"] == "内容过大"
    assert await rows(city, "inbox") == {"inbox": before["inbox"] + 1}


async def test_a_body_that_does_not_say_its_length_is_counted(hotline: Hotline, city: City, town: Town) -> None:
    before = await rows(city, "inbox")
    body = as_json(said()) + b" " * (1024 * 1024)

    async def in_parts() -> Any:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    async with town.api("intake") as client:
        answer = await client.post("/hotline/requests", content=in_parts(), headers=hotline.signed(body))
    assert answer.status_code == 413
    assert await rows(city, "inbox") == before


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/x-www-form-urlencoded", ""])
async def test_only_json_is_read(hotline: Hotline, city: City, kind: str) -> None:
    before = await rows(city, "inbox")
    answers: list[httpx.Response] = [
        await hotline.send(said(), **{"content-type": kind, **language}) for language in (ZH, EN)
    ]
    assert [answer.status_code for answer in answers] == [415, 415]
    assert answers[0].json()["detail"] == "不支持这种内容格式，请用 application/json。"
    assert answers[1].json()["detail"] == "This content type is not read here; send application/json."
    assert await rows(city, "inbox") == before


async def test_json_with_its_character_set_is_read(hotline: Hotline) -> None:
    answer = await hotline.send(said(), **{"content-type": "application/json; charset=utf-8"})
    assert answer.status_code == 201


async def test_a_source_that_sends_too_fast_is_told_when_to_come_again(
    town: Town, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = new_secret()
    async with city.database.transaction() as session:
        await put(session, city.keyring, name="eager", channel="HOTLINE", area_code="510104", secrets=[secret])
    town.apps["intake"].state.sources = Sources(city.keyring)
    monkeypatch.setattr(route, "RATE", "2/minute")
    eager, before = Hotline(town, secret, source="eager"), await rows(city, "inbox")
    assert [(await eager.send(said())).status_code for _ in range(2)] == [201, 201]
    for language, sentence in ((ZH, "操作过于频繁"), (EN, "Too often")):
        answer = await eager.send(said(), **language)
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
        assert 0 < int(answer.headers["retry-after"]) <= 60
        assert sentence in answer.json()["detail"]
    assert await rows(city, "inbox") == {"inbox": before["inbox"] + 2}
    assert (await Hotline(town, town.template.hotline_secret).send(said())).status_code == 201, "others are not held"


async def test_forgers_do_not_use_up_the_true_senders_rate(
    hotline: Hotline, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(route, "RATE", "3/minute")
    forger = Hotline(town, new_secret())
    assert {(await forger.send(said())).status_code for _ in range(10)} == {401}
    assert (await hotline.send(said())).status_code == 201
