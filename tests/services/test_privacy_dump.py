"""No personal data in clear: a planted phone (in its field and in the words), an id, a plate and a caller's name go
through a whole life; then every table, Valkey and the logs are searched for them, in every spelling."""

import base64
import contextlib
import io
import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import redis.asyncio as redis

from casework.journey.city import City
from casework.kit.doorbell import Doorbell
from casework.kit.logs import configure
from casework.kit.settings import Settings
from services.dispatch.worker import sweep_once
from services.notify import worker as notify_worker
from tests.conftest import Town
from tests.journey.test_one_case import move, send

PHONE, NAME = "13987650123", "慕容云朵"
IDENTITY, PLATE = "510104199003071238", "川A8K2M5"
WORDS = f"我是{NAME}，电话{PHONE}，身份证{IDENTITY}，车牌{PLATE}，楼下井盖松动。"
SECRETS = {"phone": PHONE, "name": NAME, "id": IDENTITY, "plate": PLATE}


def spellings(secret: str) -> dict[str, str]:
    """How a text can stand somewhere without being seen at once."""
    raw = secret.encode()
    whole = {"clear": secret, "escaped": json.dumps(secret)[1:-1], "percent": quote(secret), "hex": raw.hex()}
    whole["utf-16"] = secret.encode("utf-16-le").hex()
    for shift in range(3):
        inner = base64.b64encode(b" " * shift + raw + b" " * (-(len(raw) + shift) % 3)).decode()
        whole[f"base64+{shift}"] = inner[4 if shift else 0 : -4]
    return whole


def found_in(place: str, text: str) -> list[str]:
    """Which secrets stand in a text, and how."""
    low = text.lower()
    return [
        f"{what} ({how}) in {place}"
        for what, secret in SECRETS.items()
        for how, spelled in spellings(secret).items()
        if spelled in text or (how in ("hex", "utf-16", "percent") and spelled.lower() in low)
    ]


@pytest.fixture(scope="module")
def logs() -> Iterator[io.StringIO]:
    """Everything that is logged while the case lives, to the last detail."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    logging.getLogger().addHandler(handler)
    with contextlib.redirect_stdout(kept), contextlib.redirect_stderr(kept):
        configure(logging.DEBUG)
        yield kept
    logging.getLogger().removeHandler(handler)


@pytest.fixture(scope="module")
async def lived(town: Town, city: City, settings: Settings, logs: io.StringIO) -> str:
    """The whole life of the planted case; its number."""
    message = {
        "upstream_no": "PRIVATE-1",
        "title": f"{NAME}反映井盖松动",
        "text": WORDS,
        "category": "0204",
        "person": {"name": NAME, "phone": PHONE},
        "place": {"area_code": "510104017001", "address": f"水井坊社区，联系{PHONE}"},
    }
    sent = await send(town, "private-1", message)
    case_no = str(sent.json()["cases"][0]["case_no"])
    await send(town, "private-2", {**message, "text": f"补充：{WORDS}，还没人来"})
    dispatcher = await town.sign_in("dispatch", "dispatcher1")
    found = await dispatcher.post("/search/phone", json={"phone": PHONE})
    assert [row["case_no"] for row in found.json()["cases"]] == [case_no]
    revealed = await dispatcher.post(f"/cases/{case_no}/reveal", json={"what": "phone", "purpose": "回电核实地址"})
    assert revealed.json()["value"] == PHONE
    await move(dispatcher, case_no, "DISPATCH", unit="510104-CG", note=f"请联系{NAME} {PHONE}")
    unit = await town.sign_in("dispatch", "unit-cg")
    await move(unit, case_no, "SIGN")
    at = datetime.now(UTC).isoformat()
    await move(unit, case_no, "CONTACT", contacted_at=at, way="PHONE", note=f"已拨打{PHONE}，{NAME}接听")
    result = {"reply_text": f"{NAME}您好，路灯已修复。", "finding": f"车牌{PLATE}挡住，{IDENTITY}", "factual": True}
    await move(unit, case_no, "FILE_RESULT", solved="SOLVED", **result)
    reviewer = await town.sign_in("dispatch", "reviewer1")
    await move(reviewer, case_no, "ACCEPT_RESULT")
    officer = await town.sign_in("dispatch", "followup1")
    await move(officer, case_no, "ANSWER_SURVEY", solved=True, satisfaction="GOOD", comment=f"{NAME}满意，{PHONE}")
    bell = Doorbell(settings.redis_url)
    await sweep_once(city, bell)
    for outbox in notify_worker.open_outboxes(city, settings):
        while await outbox.run_once():
            pass
        await outbox.close()
    await bell.close()
    return case_no


async def dump(city: City) -> dict[str, str]:
    """Every row of every table, bytes as hex."""
    db = await city.database.pool()
    tables = await db.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    texts: dict[str, str] = {}
    for row in tables:
        name = row["tablename"]
        rows = await db.fetch(f'SELECT row_to_json(t)::text AS line FROM "{name}" t')
        texts[name] = "\n".join(line["line"] for line in rows)
    return texts


async def test_no_table_holds_it_in_clear(city: City, lived: str) -> None:
    tables = await dump(city)
    for name in ("inbox", "request", "supplement", "event", "notice", "survey"):
        assert tables[name], f"{name} is empty: the case did not live through it"
    assert [leak for name, text in tables.items() for leak in found_in(name, text)] == []


async def test_valkey_holds_nothing_of_it(settings: Settings, lived: str) -> None:
    store = redis.from_url(settings.redis_url)
    kept = []
    async for key in store.scan_iter():
        kept.append(repr((key, await store.dump(key))))
    await store.aclose()
    assert found_in("valkey", "\n".join(kept)) == []


async def test_no_log_line_tells_it(lived: str, logs: io.StringIO) -> None:
    told = logs.getvalue()
    assert "notice.told" in told, "no message was logged: the proof would prove nothing"
    assert found_in("logs", told) == []


async def test_every_reveal_is_in_the_audit_log_with_its_purpose(city: City, lived: str) -> None:
    db = await city.database.pool()
    rows = await db.fetch(
        "SELECT account_id, data->>'what' AS what, data->>'purpose' AS purpose FROM audit_log "
        "WHERE act = 'REVEALED' AND subject = $1",
        lived,
    )
    assert [(row["what"], row["purpose"]) for row in rows] == [("phone", "回电核实地址")]
    assert rows[0]["account_id"] is not None


@pytest.mark.parametrize("how", sorted(spellings(PHONE)))
def test_the_search_itself_finds_every_spelling(how: str) -> None:
    """The proof must fail when its rule is removed."""
    assert found_in("here", f"…{spellings(PHONE)[how]}…")


async def test_the_search_finds_what_is_sealed_when_it_is_not(city: City, lived: str) -> None:
    db = await city.database.pool()
    await db.execute("UPDATE request SET phone_sealed = $1::bytea WHERE upstream_no = 'PRIVATE-1'", PHONE.encode())
    tables = await dump(city)
    assert found_in("request", tables["request"]) == ["phone (hex) in request"]
