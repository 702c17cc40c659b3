"""Nuisance and repeats: the block list of two persons, the same matter told its progress, the notice kept."""

from itertools import count

import httpx
import pytest

from casework.journey.city import City
from tests.conftest import Town
from tests.journey.test_one_case import MESSAGE, move, send

NUMBERS = count(1)
NOISY = "13900001111"


@pytest.fixture(scope="module")
async def agent(town: Town) -> httpx.AsyncClient:
    return await town.sign_in("intake", "agent1")


@pytest.fixture(scope="module")
async def dispatcher(town: Town) -> httpx.AsyncClient:
    return await town.sign_in("dispatch", "dispatcher1")


async def said(town: Town, text: str, phone: str = "13612340000", **more: object) -> str:
    number = next(NUMBERS)
    message = {**MESSAGE, "upstream_no": f"R-{number}", "text": text, "person": {"phone": phone}, **more}
    answer = await send(town, f"repeat-{number}", message)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["cases"][0]["case_no"])


async def propose(agent: httpx.AsyncClient, phone: str) -> int:
    asked = {"phone": phone, "reason": "一小时内来电二十次，无具体诉求"}
    answer = await agent.post("/callers/blocks", json=asked)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["id"])


async def decide(decider: httpx.AsyncClient, block: int, days: int = 7) -> httpx.Response:
    decision = {"approve": True, "days": days, "note": "情况属实"}
    return await decider.post(f"/callers/blocks/{block}/decision", json=decision)


async def checked(agent: httpx.AsyncClient, phone: str) -> bool:
    answer = await agent.post("/callers/check", json={"phone": phone})
    assert answer.status_code == 200, answer.text
    return bool(answer.json()["blocked"])


async def test_a_number_is_blocked_by_a_second_person_for_a_time(
    town: Town, city: City, agent: httpx.AsyncClient
) -> None:
    block = await propose(agent, NOISY)
    assert await propose(agent, "139 0000 1111") == block, "the same number again is the same proposal"
    assert not await checked(agent, NOISY), "a proposal blocks nobody"
    decider = await town.sign_in("intake", "supervision1")
    decided = await decider.post(
        f"/callers/blocks/{block}/decision", json={"approve": True, "days": 3, "note": "情况属实"}
    )
    assert decided.json()["state"] == "BLOCKED"
    assert decided.json()["phone"] == "139****1111"
    assert await checked(agent, NOISY)
    again = await decide(decider, block)
    assert again.status_code == 409
    db = await city.database.pool()
    await db.execute("UPDATE caller_block SET until = now() - interval '1 second'")
    assert not await checked(agent, NOISY), "a block ends by itself"


async def test_nobody_decides_on_what_he_proposed(town: Town) -> None:
    dispatcher = await town.sign_in("intake", "dispatcher1")
    block = await propose(dispatcher, "13900002222")
    refused = await decide(dispatcher, block)
    assert refused.status_code == 409
    assert refused.json()["code"] == "refused.SECOND_PERSON_NEEDED"


async def test_a_block_can_be_lifted_and_is_no_longer_than_thirty_days(town: Town, agent: httpx.AsyncClient) -> None:
    block = await propose(agent, "13900003333")
    decider = await town.sign_in("intake", "leader1")
    too_long = await decider.post(
        f"/callers/blocks/{block}/decision", json={"approve": True, "days": 31, "note": "属实属实"}
    )
    assert too_long.status_code == 422
    await decide(decider, block, days=30)
    assert await checked(agent, "13900003333")
    await decider.post(f"/callers/blocks/{block}/lift", json={"note": "本人已说明"})
    assert not await checked(agent, "13900003333")


async def test_a_blocked_number_is_still_heard(town: Town, agent: httpx.AsyncClient) -> None:
    block = await propose(agent, "13900004444")
    decider = await town.sign_in("intake", "supervision1")
    await decide(decider, block)
    assert await said(town, "家里燃气泄漏了", phone="13900004444")


async def test_the_number_is_nowhere_in_clear(city: City, agent: httpx.AsyncClient) -> None:
    await propose(agent, "13955556666")
    db = await city.database.pool()
    rows = await db.fetch("SELECT caller_block::text AS row FROM caller_block")
    assert rows
    assert not [row for row in rows if "13955556666" in row["row"] or b"13955556666".hex() in row["row"]]


@pytest.mark.parametrize("phone", ["路人甲", "12"])
async def test_what_is_no_number_is_named(agent: httpx.AsyncClient, phone: str) -> None:
    answer = await agent.post("/callers/blocks", json={"phone": f"{phone:>3}", "reason": "多次骚扰来电"})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"].endswith("phone")


async def test_the_same_matter_is_told_its_progress_and_not_dispatched_again(
    town: Town, dispatcher: httpx.AsyncClient
) -> None:
    first = await said(town, "水井坊社区3栋楼下路灯坏了一周没人修。")
    other = await said(town, "学校门口早高峰堵车，请交警疏导。", category="0803")
    again = await said(town, "还是水井坊社区3栋楼下的路灯，坏了没人修。")
    found = (await dispatcher.get(f"/cases/{again}/repeats")).json()
    assert [row["case_no"] for row in found] == [first, other]
    assert [row["same_matter"] for row in found] == [True, False]
    assert "正在办理" in found[0]["progress"]

    unnamed = await dispatcher.post(
        f"/cases/{again}/moves", json={"action": "GUIDE", "reason": "NA04", "told": found[0]["progress"]}
    )
    assert unnamed.status_code == 422
    assert unnamed.json()["code"] == "refused.REPEAT_UNKNOWN"
    guided = await move(
        dispatcher, again, "GUIDE", reason="NA04", told=found[0]["progress"], repeat_of=found[0]["case_no"]
    )
    assert guided["status"] == "GUIDED"
    steps = (await dispatcher.get(f"/cases/{again}/timeline")).json()
    assert steps[-1]["data"]["repeat_of"] == first


async def test_another_persons_case_is_no_repeat(town: Town, dispatcher: httpx.AsyncClient) -> None:
    first = await said(town, "下水道堵塞，污水外溢。", phone="13700000001")
    second = await said(town, "下水道堵塞，污水外溢。", phone="13700000002")
    assert (await dispatcher.get(f"/cases/{second}/repeats")).json() == []
    refused = await dispatcher.post(
        f"/cases/{second}/moves", json={"action": "GUIDE", "reason": "NA04", "told": "已在办理", "repeat_of": first}
    )
    assert refused.status_code == 422


async def test_every_request_keeps_the_version_of_the_privacy_notice(town: Town, city: City) -> None:
    case_no = await said(town, "广场舞噪声扰民。")
    async with town.api("intake") as nobody:
        zh = (await nobody.get("/privacy-notice")).json()
        en = (await nobody.get("/privacy-notice", headers={"Accept-Language": "en"})).json()
    assert "不使用人脸识别" in zh["text"]
    assert "No face recognition" in en["text"]
    assert {"person.phone", "person.name", "text"} <= {line["field"] for line in zh["purposes"]}
    db = await city.database.pool()
    kept = await db.fetchval("SELECT notice_version FROM request WHERE request_no = $1", case_no)
    assert kept == zh["version"] == city.catalog.privacy.version
