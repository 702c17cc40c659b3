"""通知文案 of a city: changed by who answers for the area, told from then on, and never for what was owed before."""

from typing import Any

import pytest
from sqlalchemy import select

from casework.db.models import AuditLog
from casework.journey.city import City
from casework.rules import asks
from tests.services.notify.conftest import Client, Post
from tests.services.notify.gateway import Gateway
from tests.services.notify.life import UNIT_LOGIN, Life

TEMPLATE = "ACCEPT.CITIZEN"
OWN = "【锦江12345】收到您的诉求 {request_no}，凭查询码 {code} 看进展：{track}"
WHY = "按本区短信签名改写"


@pytest.fixture(autouse=True)
async def _as_shipped(city: City) -> None:
    """No words of a test before hold in this one."""
    pool = await city.database.pool()
    await pool.execute("DELETE FROM notice_wording")
    await pool.execute("UPDATE wording_book SET version = version + 1")


async def change(client: Client, login: str = "supervision1", **given: Any) -> Any:
    form = {"template": TEMPLATE, "lang": "zh-CN", "body": OWN, "why": WHY, **given}
    return await (await client(login)).post("/wordings", json=form)


async def now(client: Client, login: str = "dispatcher1", template: str = TEMPLATE) -> dict[str, Any]:
    """The text as it holds in zh-CN for a reader."""
    told = (await (await client(login)).get("/wordings")).json()
    [found] = [one for one in told["wordings"] if one["template"] == template]
    return dict(found["now"][0])


async def sent(post: Post, gateway: Gateway, case_no: str) -> list[str]:
    await post.send("sms")
    return [received.json["text"] for received in gateway.received if case_no in received.json["text"]]


async def test_own_words_are_told_from_then_on_and_the_files_again_when_they_are_put_back(
    life: Life, post: Post, gateway: Gateway, client: Client
) -> None:
    before = await life.begin()
    answer = await change(client)
    assert (answer.status_code, answer.json()["parts"]) == (201, 2)
    during = await life.begin()
    assert (await now(client))["body"] == OWN
    form = {"template": TEMPLATE, "lang": "zh-CN", "why": "恢复统一文案"}
    versions = (await (await client("supervision1")).post("/wordings/reset", json=form)).json()
    assert [(one["version"], one["body"], one["in_force"]) for one in versions] == [(2, None, True), (1, OWN, False)]
    assert {one["made_by"] for one in versions} == {"督办员甲"}
    after = await life.begin()
    assert [text[:9] for text in await sent(post, gateway, before)] == ["【12345】您的"]
    assert [text[:11] for text in await sent(post, gateway, during)] == ["【锦江12345】收到"]
    assert [text[:9] for text in await sent(post, gateway, after)] == ["【12345】您的"]


async def test_a_second_try_says_what_the_first_one_said(
    life: Life, post: Post, gateway: Gateway, client: Client
) -> None:
    await change(client)
    case_no = await life.begin()
    gateway.behave = lambda received: "error"
    assert len(await sent(post, gateway, case_no)) == 1
    await change(client, body=OWN.replace("收到", "已收到"))
    gateway.behave = lambda received: "ok"
    await post.due_now()
    first, second = await sent(post, gateway, case_no)
    assert first == second


async def test_the_narrowest_area_tells_its_own_words_and_no_other_area_does(
    life: Life, post: Post, gateway: Gateway, client: Client
) -> None:
    await change(client)
    await change(client, "leader5101", body=OWN.replace("锦江", "成都"))
    here, there = await life.begin(), await life.begin(area_code="510105001001")
    assert [text[:4] for text in await sent(post, gateway, here)] == ["【锦江1"]
    assert [text[:4] for text in await sent(post, gateway, there)] == ["【成都1"]


async def test_staff_read_in_the_words_that_held_when_they_were_told(life: Life, client: Client) -> None:
    old, fresh = await life.begin(), await life.begin()
    for case_no in (old, fresh):
        await life.signed(case_no)
    await life.do(old, "dispatcher1", asks.Urge(note="来电人再次来电催办"))
    assert (await change(client, template="URGE.STAFF", body="请速办 {case_no}！")).status_code == 201
    await life.do(fresh, "dispatcher1", asks.Urge(note="来电人再次来电催办"))
    told = (await (await client(UNIT_LOGIN)).get("/notices/mine", params={"limit": 100})).json()["items"]
    said = {one["case_no"]: one["text"] for one in told if one["topic"] == "URGE"}
    assert said[old].startswith("催办：")
    assert said[fresh] == f"请速办 {fresh}！"


@pytest.mark.parametrize(
    ("given", "field", "says"),
    [
        ({"body": "【12345】{request_no} {code} {track} {case_no}"}, "body", "没有变量 {case_no}"),
        ({"body": "【12345】{request_no} {code}"}, "body", "{track} 不能删去"),
        ({"body": "【12345】{request_no} {code} {track} }"}, "body", "花括号没有成对"),
        ({"body": "{request_no} {code} {track}"}, "body", "签名"),
        ({"body": "【12345】{request_no} {code} {track}" + "长" * 480}, "body", "超过短信的 500"),
        ({"body": ""}, "body", ""),
        ({"why": "同意"}, "why", "请写明为什么"),
        ({"lang": "fr"}, "lang", ""),
    ],
)
async def test_a_text_that_will_not_do_is_refused_at_its_field(
    given: dict[str, str], field: str, says: str, client: Client
) -> None:
    answer = await change(client, **given)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["field"] == field
    assert says in fault["message"]
    assert not (await now(client))["own"]


async def test_who_may_not_write_reads_and_tries_and_nobody_writes_what_is_not_there(client: Client) -> None:
    assert (await change(client, "dispatcher1")).status_code == 403
    form = {"template": TEMPLATE, "lang": "zh-CN", "body": OWN}
    tried = await (await client("dispatcher1")).post("/wordings/preview", json=form)
    assert tried.status_code == 200
    assert "{" not in tried.json()["text"]
    assert (await change(client, template="NOTHING.STAFF")).json()["code"] == "wording.not_found"
    reset = {"template": TEMPLATE, "lang": "zh-CN", "why": "恢复统一文案"}
    answer = await (await client("supervision1")).post("/wordings/reset", json=reset)
    assert (answer.status_code, answer.json()["code"]) == (409, "wording.is_the_files")


async def test_every_version_leaves_its_trace_and_a_repeat_makes_none(client: Client, city: City) -> None:
    for _ in range(2):
        assert (await change(client)).status_code == 201
    async with city.database.transaction() as session:
        query = select(AuditLog).where(AuditLog.subject.startswith(f"wording:{TEMPLATE}:zh-CN:510104:"))
        [line] = (await session.scalars(query.order_by(AuditLog.id.desc()).limit(1))).all()
    assert (line.act, line.data) == ("NOTICE_WORDING_CHANGED", {"why": WHY})
    versions = await (await client("analyst1")).get("/wordings/versions", params={"template": TEMPLATE})
    assert [(one["version"], one["area_name"]) for one in versions.json()] == [(1, "四川省成都市锦江区")]
