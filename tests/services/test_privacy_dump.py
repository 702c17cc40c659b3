"""Personal data at rest (PIPL §51, domain.md §7.2): a phone, a name, an id, a plate and a card are planted and their
case is driven to its end; then the database, its files, the doorbell and the logs are searched, and hold none of them.
"""

import json
import logging
import time
from collections.abc import AsyncIterator
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy import func, select, update

from casework.db import sources
from casework.db.models import AuditLog, Case, Inbox, Request
from casework.db.sources import Sources
from casework.journey.citizen import survey_token
from casework.journey.city import City
from casework.kit.crypto import digest
from casework.kit.logs import configure
from casework.kit.settings import Settings
from casework.rules.words import Role
from manage.standalone.stores import Stores
from services.dispatch.worker import archive_once, sweep_once
from services.intake.doors import DOORS
from services.intake.routes import hotline as route
from services.intake.worker import finish_left
from services.notify.worker import open_outboxes
from tests.conftest import Town
from tests.services.dispatch import traces
from tests.services.dispatch.cases import Desk, now
from tests.services.dispatch.staff import employ
from tests.services.intake.hotline import Hotline, as_json
from tests.services.notify.gateway import SECRET, Gateway

PHONE, OTHER_PHONE = "18683697215", "15196304827"
PLANTED = {
    "phone": PHONE,
    "second phone": OTHER_PHONE,
    "landline": "62918374",
    "id": "510104198805123418",
    "plate": "川A8K35Z",
    "card": "6222021001116245702",
    "name": "诸葛震华",
    "e-mail": "zhuge.zhenhua@example.cn",
}
TOLD = (
    "我是{name}，电话{phone}，家里 028-{landline}，身份证{id}，车牌{plate}，卡号{card}，邮箱{e-mail}；"
    "邻居 +86 151-9630-4827，或１５１９６３０４８２７。"
).format_map(PLANTED)
PUBLIC = TOLD.replace(f"，家里 028-{PLANTED['landline']}", "")
"""The same in what a citizen reads: there a landline is an office's (wording.py)."""
MESSAGE = {
    "upstream_no": "P-1",
    "title": f"请回电{PHONE}",
    "text": f"路灯不亮。{TOLD}",
    "kind": "求助",
    "category": "0204",
    "person": {"name": PLANTED["name"], "phone": PHONE, "proxy_for": f"邻居{OTHER_PHONE}", "dialect": f"见{PHONE}"},
    "place": {"area_code": "510104017001", "address": f"大慈寺路 3 号，到了打{PHONE}"},
}


@dataclass
class Lived:
    """A case that came to its end, what was logged on the way, and what left the house."""

    case_no: str
    logged: str
    gateway: Gateway
    since: float


async def _life(desk: Desk, hotline: Hotline) -> str:
    """From the hotline over a rework to the archive, with the planted words wherever somebody may type."""
    first = await hotline.send(MESSAGE)
    case_no = str(first.json()["request_no"])
    await hotline.send(MESSAGE)
    await desk.move("dispatcher1", case_no, "ASK_INFO", note=f"问{TOLD}")
    await hotline.send({**MESSAGE, "title": "", "text": f"补充：{TOLD}"})
    await desk.move("dispatcher1", case_no, "CLASSIFY", kind="COMPLAINT", note=TOLD)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit="510104-CG", note=TOLD)
    await desk.move("unit-cg", case_no, "SIGN", note=TOLD)
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE", reached=False, note=TOLD)
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE", note=f"已联系{TOLD}")
    await desk.move("unit-cg", case_no, "FEEDBACK", text=PUBLIC)
    told = {"reply_text": PUBLIC, "finding": TOLD, "factual": True, "solved": "PARTLY", "unsolved_reason": TOLD}
    for verdict in ("SEND_BACK_RESULT", "ACCEPT_RESULT"):
        await desk.move("unit-cg", case_no, "FILE_RESULT", **told)
        await desk.move("reviewer1", case_no, verdict, note=TOLD)
    await desk.move("followup1", case_no, "RECORD_ATTEMPT", note=TOLD)
    await desk.move("followup1", case_no, "ANSWER_SURVEY", solved=False, comment=TOLD, note=TOLD)
    await desk.move("followup1", case_no, "REWORK", note=TOLD)
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="VISIT", note=TOLD)
    await desk.move("unit-cg", case_no, "FILE_RESULT", **told)
    await desk.move("reviewer1", case_no, "ACCEPT_RESULT", note=TOLD)
    return case_no


async def _judged(desk: Desk, case_no: str) -> None:
    """The citizen's own answers, by the link."""
    async with desk.city.database.transaction() as session:
        case_id = await session.scalar(select(Case.id).where(Case.case_no == case_no))
    token = await survey_token(desk.city, case_id, 2)
    async with desk.town.api("notify") as citizen:
        for solved in (False, True):
            answer = await citizen.post(f"/citizen/links/{token}/survey", json={"solved": solved, "comment": TOLD})
            assert answer.status_code == 200, answer.text


async def _others(desk: Desk, hotline: Hotline, planted_case: str) -> None:
    """The other doors, what is looked up, and what goes wrong on the way."""
    agent = await desk.of("agent1", "intake")
    form = {"text": TOLD, "person": {"name": PLANTED["name"], "phone": PHONE}}
    for door, extra in (("/requests", {}), ("/emergencies", {"line": f"119 {PHONE}"})):
        answer = await agent.post(door, json={**form, **extra}, headers={"Idempotency-Key": f"planted-{len(door)}"})
        assert answer.status_code == 201, answer.text
    grid = await desk.of("grid-017001001", "intake")
    for entry, extra in (("SETTLED", {"evidence": TOLD}), ("CALL", {}), ("COMMUNITY", {})):
        report = {"entry": entry, **form, **extra}
        answer = await grid.post("/grid-reports", json=report, headers={"Idempotency-Key": f"planted-{entry}"})
        assert answer.status_code == 201, answer.text
    answered = await desk.receive(text=TOLD, person=form["person"])
    await desk.move("agent1", answered, "ANSWER", answer=PUBLIC)
    handed = await desk.receive(text=TOLD, person=form["person"])
    await desk.move("agent1", handed, "TRANSFER", line=f"110 {PHONE}", note=TOLD)
    landline = await desk.receive(text="路灯不亮", person={"phone": f"028-{PLANTED['landline']}"})
    said = "已致电 028-62918374、02862918374、6291 8374 和（028）62918374，办公电话 028-86661234。"
    await desk.move("agent1", landline, "ANSWER", answer=said)
    assert (await desk.case(landline)).reply_text.endswith("028-86661234。"), "an office's own number stays readable"
    void = await desk.receive(text=TOLD, person=form["person"])
    await desk.move("dispatcher1", void, "PROPOSE_VOID", note=TOLD)
    await desk.move("dispatcher2", void, "VOID", note=TOLD)

    dispatcher = await desk.of("dispatcher1")
    found = await dispatcher.post("/search/phone", json={"phone": PHONE})
    assert planted_case in [case["case_no"] for case in found.json()["cases"]]
    revealed = await dispatcher.post(
        f"/cases/{planted_case}/reveal", json={"what": "phone", "purpose": f"回拨 {PHONE} {PLANTED['name']}"}
    )
    assert revealed.json() == {"value": PHONE}

    broken = as_json(MESSAGE)
    assert (await hotline.send(broken[:-1])).status_code == 400
    assert (await hotline.send({**MESSAGE, "upstream_no": None})).status_code == 422
    assert (await hotline.send({**MESSAGE, "text": [TOLD]})).status_code == 422
    reused = hotline.new_id()
    assert (await hotline.send({**MESSAGE, "upstream_no": "P-2"}, reused)).status_code == 201
    assert (await hotline.send({**MESSAGE, "upstream_no": "P-3"}, reused)).status_code == 409
    assert (await dispatcher.get(f"/cases/{PHONE}%00")).status_code == 400
    assert (await dispatcher.get("/cases", params={"cursor": TOLD})).status_code == 422
    assert (await dispatcher.post("/search/phone", json={"phone": TOLD * 20})).status_code == 422
    async with desk.town.api("dispatch") as nobody:
        assert (await nobody.post("/session", json={"login": PHONE, "password": PHONE})).status_code == 401
    async with desk.city.database.transaction() as session:
        held = (await session.scalars(select(Case).where(Case.case_no == planted_case).with_for_update())).one()
        assert held.status
        slow = await desk.ask("agent1", planted_case, "WITHDRAW", identity_checked=True, note=TOLD)
        assert slow.status_code == 503, "the lock is not to be had in time"


async def _failures(hotline: Hotline) -> None:
    """What nobody foresaw, with personal data in its message."""

    def broken(*_said: object) -> None:
        raise ValueError(TOLD)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(route, "receipt_answer", broken)
        assert (await hotline.send({**MESSAGE, "upstream_no": "P-4"})).status_code == 500
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(DOORS, "hotline", broken)
        assert (await hotline.send({**MESSAGE, "upstream_no": "P-5"})).status_code == 500
        city: City = hotline.town.apps["intake"].state.city
        assert await finish_left(city, Sources(city.keyring), older_than=0) == 0


async def _send_all(desk: Desk, settings: Settings) -> None:
    for outbox in open_outboxes(desk.city, settings):
        while await outbox.run_once():
            pass
        await outbox.close()


async def _workers(desk: Desk, gateway: Gateway) -> None:
    """What runs beside: clocks, the inbox, the outbox, the archive."""
    city = desk.city
    async with city.database.transaction() as session:
        long_ago = func.now() - timedelta(days=20)
        await session.execute(update(Case).where(Case.ended_at.is_not(None)).values(ended_at=long_ago))
    assert await archive_once(city)
    await sweep_once(city)
    await finish_left(city, Sources(city.keyring), older_than=0)
    settings = desk.town.settings.model_copy(
        update={"sms_url": gateway.url, "sms_secret": SECRET, "staff_url": gateway.url, "staff_secret": SECRET}
    )
    await _send_all(desk, settings)


@pytest.fixture(scope="module")
async def lived(town: Town, city: City) -> AsyncIterator[Lived]:
    since, gateway, logged = time.time() - 1, Gateway(), StringIO()
    await gateway.start()
    desk = Desk(town, city)
    async with city.database.transaction() as session:
        await sources.put(
            session,
            city.keyring,
            name="planted",
            channel="HOTLINE",
            area_code="510104",
            secrets=[SECRET],
            callback_url=gateway.url,
        )
    hotline = Hotline(town, SECRET, source="planted")
    with redirect_stdout(logged), redirect_stderr(logged):
        configure(logging.DEBUG)
        case_no = await _life(desk, hotline)
        await _send_all(desk, town.settings)
        await _judged(desk, case_no)
        await _others(desk, hotline, case_no)
        await _failures(hotline)
        await _workers(desk, gateway)
    configure()
    yield Lived(case_no, logged.getvalue(), gateway, since)
    await gateway.stop()


# the detector


@pytest.mark.parametrize("name", PLANTED)
def test_the_search_finds_a_secret_in_every_guise(name: str) -> None:
    secret = PLANTED[name]
    for guise, needle in traces.guises(secret).items():
        assert len(needle) >= 6, (guise, needle)
        assert [found.guise for found in traces.search({name: secret}, b"\0\xff" + needle + b"\0", "here")]
        assert not traces.search({name: secret}, b"\0\xff" + needle[:-1], "here") or guise == "json"


# the proof


async def test_the_database_holds_nothing_in_clear(lived: Lived, town: Town, city: City) -> None:
    case = await Desk(town, city).case(lived.case_no)
    assert case.status == "ARCHIVED", "the case came to its end"
    held = await traces.tables(town.settings.database_url)
    assert {"public.request", "public.event", "public.inbox", "public.audit_log", "public.survey"} <= held.keys()
    seen = [found for name, blob in held.items() for found in traces.search(PLANTED, blob, name)]
    assert not seen
    masked = b"".join(held.values())
    for shown in ("186****7215", "151****4827", "028****8374", "5101**********3418", "川A***5Z", "诸葛**"):
        assert shown.encode() in masked, f"the planted words did come by: {shown}"


async def test_the_files_of_the_database_hold_nothing_in_clear(lived: Lived, town: Town) -> None:
    folder = await traces.checkpoint(town.settings.database_url)
    wal, read, seen = folder.parents[1] / "pg_wal", 0, []
    for place in (folder, wal):
        for name, blob in traces.files(place, lived.since):
            read += len(blob)
            seen += [
                traces.Found(secret, "utf-8", name)
                for secret, value in PLANTED.items()
                if blob.find(value.encode()) >= 0
            ]
    assert read > traces.MEGABYTE
    assert not seen


async def test_the_doorbell_holds_nothing_in_clear(lived: Lived, town: Town, stores: Stores) -> None:
    held = await traces.doorbell(town.settings.redis_url)
    assert not traces.search(PLANTED, held, "valkey")
    for name, blob in traces.files(stores.folder.path / "valkey", 0):
        assert not traces.search(PLANTED, blob, name)


async def test_the_logs_hold_nothing_in_clear(lived: Lived, stores: Stores) -> None:
    assert not traces.search(PLANTED, lived.logged.encode(), "stdout")
    lines = [json.loads(line) for line in lived.logged.splitlines() if line.startswith("{")]
    told = {"webhook.id_reused", "request.failed", "inbox.failed", "notice.told"}
    assert told <= {line["event"] for line in lines}, "there was something to log"
    servers = [stores.folder.log(name) for name in ("postgres", "valkey")]
    for log in servers:
        assert not traces.search(PLANTED, log.read_bytes(), log.name)
    assert b"lock timeout" in servers[0].read_bytes(), "the server had something to say"


async def test_only_the_sms_gateway_is_told_a_phone(lived: Lived) -> None:
    sms = [received for received in lived.gateway.received if "to" in received.json]
    others = [received for received in lived.gateway.received if "to" not in received.json]
    assert {received.json["to"] for received in sms} >= {f"+86{PHONE}"}
    assert {received.json["type"] for received in others if "type" in received.json} >= {"ORDER_RESULT", "VISIT_RESULT"}
    for received in sms:
        assert not traces.search(PLANTED, received.json["text"].encode(), "sms")
    for received in others:
        assert not traces.search(PLANTED, received.body, received.path)


async def test_no_key_and_no_secret_lies_beside_what_it_seals(lived: Lived, town: Town) -> None:
    keys = json.loads(town.settings.keys_file.read_text())
    secrets = {
        "hotline": SECRET,
        "link": keys["link"],
        **{f"key {name}": key for name, key in keys["keys"].items()},
        **{f"index {name}": key for name, key in keys["index"]["keys"].items()},
        **{f"password of {login}": word for login, word in list(town.template.accounts.items())[:3]},
    }
    held = await traces.tables(town.settings.database_url)
    assert not [found for name, blob in held.items() for found in traces.search(secrets, blob, name)]
    assert not traces.search(secrets, lived.logged.encode(), "stdout")


async def test_no_stored_digest_lets_a_guess_be_confirmed(lived: Lived, city: City) -> None:
    """Who holds a dump knows all but four digits of a phone; a plain digest of the whole would tell which fit."""
    async with city.database.transaction() as session:
        kept = (await session.execute(select(Inbox.digest, Inbox.body_sealed))).all()
        contents = set(await session.scalars(select(Request.content_digest)))
    plain = {digest(city.keyring.open_bytes(row.body_sealed, "inbox.body")) for row in kept}
    assert not plain & ({bytes(row.digest) for row in kept} | {bytes(content) for content in contents})
    assert {len(row.digest) for row in kept} == {len(content) for content in contents} == {16}


# 查看明文: what may be seen, by whom, and what is noted of it


async def _lines(city: City, act: str, case_no: str) -> list[AuditLog]:
    async with city.database.transaction() as session:
        query = select(AuditLog).where(AuditLog.act == act, AuditLog.subject == case_no).order_by(AuditLog.id)
        return list(await session.scalars(query))


@pytest.mark.parametrize(
    ("what", "clear"), [("phone", PHONE), ("name", PLANTED["name"]), ("text", MESSAGE["text"])], ids=str
)
async def test_a_reveal_returns_the_clear_value_and_is_noted(
    what: str, clear: str, lived: Lived, town: Town, city: City
) -> None:
    desk = Desk(town, city)
    client = await desk.of("followup1")
    answer = await client.post(f"/cases/{lived.case_no}/reveal", json={"what": what, "purpose": "回访核实号码"})
    assert (answer.status_code, answer.json()) == (200, {"value": clear})
    assert answer.headers["cache-control"] == "no-store"
    *_, line = await _lines(city, "REVEALED", lived.case_no)
    me = (await client.get("/session")).json()["login"]
    assert (me, line.data) == ("followup1", {"what": what, "purpose": "回访核实号码"})
    assert line.account_id is not None


async def test_a_reveal_without_a_purpose_is_none(lived: Lived, town: Town, city: City) -> None:
    client = await Desk(town, city).of("followup1")
    before = await _lines(city, "REVEALED", lived.case_no)
    for asked in ({"what": "phone"}, {"what": "phone", "purpose": " "}, {"what": "id", "purpose": "核实"}):
        assert (await client.post(f"/cases/{lived.case_no}/reveal", json=asked)).status_code == 422
    assert len(await _lines(city, "REVEALED", lived.case_no)) == len(before)


async def test_a_reveal_to_the_wrong_role_is_refused_and_noted(lived: Lived, town: Town, city: City) -> None:
    client = await Desk(town, city).of("supervision1")
    before = await _lines(city, "REVEALED", lived.case_no)
    answer = await client.post(f"/cases/{lived.case_no}/reveal", json={"what": "phone", "purpose": "看看"})
    assert (answer.status_code, answer.json()["code"]) == (403, "reveal.forbidden")
    assert PHONE not in answer.text
    [refused] = await _lines(city, "REVEAL_REFUSED", lived.case_no)
    assert refused.data == {"what": "phone"}
    assert len(await _lines(city, "REVEALED", lived.case_no)) == len(before)


async def test_a_reveal_out_of_scope_is_no_case(lived: Lived, town: Town, city: City) -> None:
    await employ(city, "agent-elsewhere", [Role.AGENT], "510105")
    client = await Desk(town, city).of("agent-elsewhere")
    answer = await client.post(f"/cases/{lived.case_no}/reveal", json={"what": "phone", "purpose": "看看"})
    assert (answer.status_code, answer.json()["code"]) == (404, "case_not_found")


async def test_a_unit_does_not_learn_who_a_secret_request_is_from(town: Town, city: City) -> None:
    desk = Desk(town, city)
    person = {"name": PLANTED["name"], "phone": PHONE, "secret": True}
    case_no = await desk.dispatched(text=TOLD, person=person, call={"call_id": "call-1", "recording": "rec/1.wav"})
    unit, centre = await desk.of("unit-cg"), await desk.of("dispatcher1")
    page = (await unit.get(f"/cases/{case_no}")).json()
    assert (page["person"], page["call_id"], page["recording"]) == (None, None, None)
    assert not traces.search(PLANTED, json.dumps(page, ensure_ascii=False).encode(), "page")
    for what in ("phone", "name", "text"):
        answer = await unit.post(f"/cases/{case_no}/reveal", json={"what": what, "purpose": "联系诉求人"})
        assert (answer.status_code, answer.json()["code"]) == (403, "reveal.forbidden")
    assert len(await _lines(city, "REVEAL_REFUSED", case_no)) == 3
    seen = (await centre.get(f"/cases/{case_no}")).json()
    assert (seen["person"]["phone"], seen["recording"]) == ("186****7215", "rec/1.wav")
    answer = await centre.post(f"/cases/{case_no}/reveal", json={"what": "phone", "purpose": "核实"})
    assert answer.json() == {"value": PHONE}
