"""One case's life, read top to bottom: from the hotline's webhook to the citizen's "solved", through the real APIs."""

import json
from datetime import UTC, datetime

import httpx
import pytest

from casework.db.requests import query_code
from casework.journey.city import City
from casework.kit.signing import sign
from tests.conftest import Town

MESSAGE = {
    "upstream_no": "12345-2026-000001",
    "title": "路灯不亮",
    "text": "锦官驿街道水井坊社区的路灯已三天不亮，老人夜里不敢出门。",
    "kind": "求助",
    "category": "0204",
    "person": {"name": "张三丰", "phone": "13812345678"},
    "place": {"area_code": "510104017001", "address": "水井坊社区大慈寺路口"},
}


async def send(town: Town, message_id: str, message: dict[str, object]) -> httpx.Response:
    """The message as the hotline would send it."""
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = sign(message_id, datetime.now(UTC), body, town.template.hotline_secret)
    async with town.api("intake") as client:
        return await client.post(
            "/hotline/requests", content=body, headers={**headers, "content-type": "application/json"}
        )


async def move(client: httpx.AsyncClient, case_no: str, action: str, **said: object) -> dict[str, object]:
    """One move that must succeed."""
    answer = await client.post(f"/cases/{case_no}/moves", json={"action": action, **said})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module")
async def received(town: Town) -> dict[str, object]:
    answer = await send(town, "msg-one", MESSAGE)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_from_the_hotline_to_solved(town: Town, city: City, received: dict[str, object]) -> None:
    request_no = str(received["request_no"])
    [case] = received["cases"]
    case_no = case["case_no"]
    assert case_no == request_no
    assert received["query_code"] == query_code(city.keyring, request_no)
    assert set(case["due"]) == {"DISPATCH", "FINISH"}

    dispatcher = await town.sign_in("dispatch", "dispatcher1")
    page = (await dispatcher.get(f"/cases/{case_no}")).json()
    assert page["status_text"] == "待审核"
    assert page["person"] == {**page["person"], "name": "张*", "phone": "138****5678"}
    assert page["routing"]["unit"], page["routing"]
    assert page["routing"]["because"]
    assert "DISPATCH" in page["allowed_actions"]
    assert all(clock["why"] for clock in page["clocks"])

    sent = await move(dispatcher, case_no, "DISPATCH", unit=page["routing"]["unit"])
    assert sent["status"] == "DISPATCHED"

    unit = await town.sign_in("dispatch", "unit-cg")
    assert (await move(unit, case_no, "SIGN"))["status"] == "HANDLING"
    early = await unit.post(
        f"/cases/{case_no}/moves",
        json={"action": "FILE_RESULT", "reply_text": "路灯已修复", "factual": True, "solved": "SOLVED"},
    )
    assert early.status_code == 409
    assert early.json()["detail"] == "尚未先行联系诉求人，请先联系并登记。"
    await move(unit, case_no, "CONTACT", contacted_at=datetime.now(UTC).isoformat(), way="PHONE", note="已说明情况")
    filed = await move(
        unit,
        case_no,
        "FILE_RESULT",
        reply_text="路灯已修复，今晚正常亮灯。",
        finding="线路短路",
        factual=True,
        solved="SOLVED",
    )
    assert filed["status"] == "RESULT_REVIEW"

    reviewer = await town.sign_in("dispatch", "reviewer1")
    assert (await move(reviewer, case_no, "ACCEPT_RESULT"))["status"] == "FOLLOW_UP"

    officer = await town.sign_in("dispatch", "followup1")
    unsolved = await move(officer, case_no, "ANSWER_SURVEY", solved=False, satisfaction="BAD", comment="又灭了")
    assert unsolved["status"] == "FOLLOW_UP"
    again = await move(officer, case_no, "REWORK", note="路灯又灭")
    assert again["status"] == "REWORK"
    await move(unit, case_no, "CONTACT", contacted_at=datetime.now(UTC).isoformat(), way="VISIT")
    await move(unit, case_no, "FILE_RESULT", reply_text="已更换整段线路。", factual=True, solved="SOLVED")
    back = await move(reviewer, case_no, "SEND_BACK_RESULT", note="请附完工照片说明")
    assert back["status"] == "REWORK"
    await move(unit, case_no, "FILE_RESULT", reply_text="已更换整段线路，附完工说明。", factual=True, solved="SOLVED")
    await move(reviewer, case_no, "ACCEPT_RESULT")
    closed = await move(officer, case_no, "ANSWER_SURVEY", solved=True, satisfaction="GOOD")
    assert closed["status"] == "CLOSED"
    assert closed["allowed_actions"] == ["REOPEN"]

    steps = (await dispatcher.get(f"/cases/{case_no}/timeline")).json()
    versions = [step["version"] for step in steps if step["version"] is not None]
    assert versions == list(range(1, len(versions) + 1))
    assert [step["action_text"] for step in steps][:4] == ["受理", "派单", "签收", "先行联系"]


async def test_the_citizen_can_read_an_offices_landline_but_no_ones_mobile(town: Town) -> None:
    sent = await send(town, "msg-landline", {**MESSAGE, "upstream_no": "12345-2026-000002"})
    case_no = sent.json()["cases"][0]["case_no"]
    dispatcher = await town.sign_in("dispatch", "dispatcher1")
    answer = "请致电028-86601234办理；已与张三丰（13812345678）说明。"
    await move(dispatcher, case_no, "ANSWER", answer=answer)
    reply = (await dispatcher.get(f"/cases/{case_no}")).json()["reply_text"]
    assert "028-86601234" in reply
    assert "13812345678" not in reply
    assert "张三丰" not in reply
