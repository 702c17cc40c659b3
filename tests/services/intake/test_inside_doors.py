"""The doors for people inside: the agent's form, one click to the emergency lines, the grid's three ways."""

from collections.abc import AsyncIterator
from datetime import datetime
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from casework.db.models import Account, Assignment, Case, Clock, Event, Notice, Request, Unit
from casework.journey.city import City
from tests.conftest import Town
from tests.journey.test_one_case import move
from tests.services.dispatch.staff import at_work
from tests.services.intake.hotline import rows

_keys = count(1)


def _key() -> dict[str, str]:
    return {"Idempotency-Key": f"click-{next(_keys):06d}"}


@pytest.fixture(scope="module")
async def agent(town: Town, city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with await at_work(town, city, "intake", "agent1") as client:
        yield client


@pytest.fixture(scope="module")
async def grid(town: Town, city: City) -> AsyncIterator[httpx.AsyncClient]:
    async with await at_work(town, city, "intake", "grid-017001001") as client:
        yield client


async def _clocks(city: City, case_no: str) -> dict[str, str]:
    async with city.database.transaction() as session:
        query = select(Clock).join(Case, Case.id == Clock.case_id).where(Case.case_no == case_no).order_by(Clock.id)
        return {clock.name: clock.state for clock in await session.scalars(query)}


async def _case(city: City, case_no: str) -> Case:
    async with city.database.transaction() as session:
        return (await session.scalars(select(Case).where(Case.case_no == case_no))).one()


async def test_an_agents_form_becomes_a_case_in_review(agent: httpx.AsyncClient, city: City) -> None:
    form = {
        "title": "楼道堆物",
        "text": "3 单元楼道堆满杂物，消防通道堵塞。",
        "kind": "HELP",
        "category": "0102",
        "channel": "LETTER",
        "person": {
            "name": "李四光",
            "phone": "028-86543210",
            "anonymous": True,
            "dialect": "四川话",
            "proxy_for": "母亲",
        },
        "place": {"area_code": "510104017001"},
    }
    answer = await agent.post("/requests", json=form, headers=_key())
    assert answer.status_code == 201, answer.text
    [case] = answer.json()["cases"]
    assert (case["status"], set(case["due"])) == ("REVIEW", {"DISPATCH", "FINISH"})
    kept = await _case(city, case["case_no"])
    assert (kept.direction, kept.channel, kept.area_code) == ("CENTRE", "LETTER", "510104017001")
    assert kept.contact_exempt, "an anonymous caller cannot be called back"
    async with city.database.transaction() as session:
        event = (await session.scalars(select(Event).where(Event.case_id == kept.id))).one()
        author = (await session.scalars(select(Account).where(Account.id == event.account_id))).one()
    assert (event.role, author.login) == ("AGENT", "agent1")


async def test_without_a_place_it_belongs_where_the_agent_works(agent: httpx.AsyncClient, city: City) -> None:
    answer = await agent.post("/requests", json={"text": "咨询社保"}, headers=_key())
    assert (await _case(city, answer.json()["request_no"])).area_code == "510104"


CALL = {"entry": "CALL", "text": "x"}


def _to(community: str) -> dict[str, str]:
    return {"entry": "COMMUNITY", "text": "x", "community": community}


# the door, a form of it
FORMS: list[tuple[str, dict[str, Any]]] = [
    ("/requests", {"text": "楼道堆物"}),
    ("/emergencies", {}),
    ("/grid-reports", {"entry": "CALL", "text": "井盖缺失"}),
]


@pytest.mark.parametrize(("door", "form"), FORMS)
async def test_a_repeated_click_makes_nothing_new(
    agent: httpx.AsyncClient, grid: httpx.AsyncClient, city: City, door: str, form: dict[str, Any]
) -> None:
    client, key = grid if door == "/grid-reports" else agent, _key()
    before = await rows(city, "cases")
    answers = [await client.post(door, json=form, headers=key) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert len({answer.json()["request_no"] for answer in answers}) == 1
    assert await rows(city, "cases") == {"cases": before["cases"] + 1}
    other = await client.post(door, json={**form, "text": "另一件事"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (409, "webhook.id_reused")


async def test_an_emergency_is_never_taken_for_the_form_before(agent: httpx.AsyncClient) -> None:
    key, form = _key(), {"text": "着火了"}
    answers = [await agent.post(door, json=form, headers=key) for door in ("/requests", "/emergencies")]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert [answer.json()["cases"][0]["status"] for answer in answers] == ["REVIEW", "TRANSFERRED"]


async def test_what_was_refused_is_taken_when_its_reason_is_gone(grid: httpx.AsyncClient, city: City) -> None:
    key, form = _key(), _to("510104017001-SQ")

    async def be(active: bool) -> None:
        async with city.database.transaction() as session:
            await session.execute(update(Unit).where(Unit.code == form["community"]).values(active=active))

    await be(active=False)
    assert (await grid.post("/grid-reports", json=form, headers=key)).status_code == 409
    await be(active=True)
    answers = [await grid.post("/grid-reports", json=form, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["cases"] == answers[1].json()["cases"]


async def test_two_agents_may_happen_on_one_key(town: Town, city: City, agent: httpx.AsyncClient) -> None:
    key = _key()
    async with await at_work(town, city, "intake", "agent2") as other:
        answers = [await client.post("/requests", json={"text": "同一句话"}, headers=key) for client in (agent, other)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["request_no"] != answers[1].json()["request_no"]


# the door, what is sent, the key, the status, the field at fault
REFUSED: list[tuple[str, str, Any, str | None, int, str | None]] = [
    ("no key", "/requests", {"text": "x"}, None, 422, "Idempotency-Key"),
    ("a key of three", "/requests", {"text": "x"}, "abc", 422, "Idempotency-Key"),
    ("a key with a blank", "/requests", {"text": "x"}, "abc def ghi", 422, "Idempotency-Key"),
    ("no words", "/requests", {}, "", 422, "text"),
    ("a channel that is not an agent's", "/requests", {"text": "x", "channel": "HOTLINE"}, "", 422, "channel"),
    ("no entry", "/grid-reports", {"text": "x"}, "", 422, "entry"),
    ("an entry that is none", "/grid-reports", {"text": "x", "entry": "MAYBE"}, "", 422, "entry"),
    ("a time without a zone", "/grid-reports", {**CALL, "acted_at": "2026-02-13"}, "", 422, "acted_at"),
    ("no words from the grid", "/grid-reports", {"entry": "CALL"}, "", 422, "text"),
    ("settled without evidence", "/grid-reports", {"text": "x", "entry": "SETTLED"}, "", 409, None),
    ("settled with a word", "/grid-reports", {"text": "x", "entry": "SETTLED", "evidence": "清了"}, "", 409, None),
    ("no such community", "/grid-reports", _to("NO"), "", 409, None),
    ("NUL for a community", "/grid-reports", _to("A\0"), "", 409, None),
    ("the bureau for a community", "/grid-reports", _to("510104-CG"), "", 409, None),
    ("another street's community", "/grid-reports", _to("510104018001-SQ"), "", 409, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("door", "form", "key", "status", "field"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
async def test_what_cannot_be_taken_is_told_and_makes_no_case(
    agent: httpx.AsyncClient,
    grid: httpx.AsyncClient,
    city: City,
    door: str,
    form: Any,
    key: str | None,
    status: int,
    field: str | None,
) -> None:
    before = await rows(city, "cases", "request")
    client = grid if door == "/grid-reports" else agent
    headers = _key() if key == "" else {"Idempotency-Key": key} if key else {}
    answer = await client.post(door, json=form, headers=headers)
    assert answer.status_code == status, answer.text
    if field is not None:
        assert field.lower() in [fault["field"].lower() for fault in answer.json()["errors"]]
    assert await rows(city, "cases", "request") == before


async def test_an_emergency_is_one_click(agent: httpx.AsyncClient, city: City) -> None:
    answer = await agent.post("/emergencies", json={}, headers=_key())
    assert answer.status_code == 201, answer.text
    [case] = answer.json()["cases"]
    assert (case["status"], case["status_text"], case["due"]) == ("TRANSFERRED", "已转紧急", {})
    kept = await _case(city, case["case_no"])
    assert kept.ended_at is not None
    assert await _clocks(city, case["case_no"]) == {}


async def test_an_emergency_keeps_what_is_known(agent: httpx.AsyncClient, city: City) -> None:
    form = {"line": "119", "text": "着火了，\0电话 13812345678", "person": None, "place": "大慈寺路"}
    answer = await agent.post("/emergencies", json=form, headers=_key())
    assert answer.status_code == 201, answer.text
    async with city.database.transaction() as session:
        query = select(Request, Event).join(Case, Case.request_id == Request.id).join(Event, Event.case_id == Case.id)
        request, event = (await session.execute(query.where(Request.request_no == answer.json()["request_no"]))).one()
    assert (request.working_text, request.address) == ("着火了，电话 138****5678", "大慈寺路")
    assert event.data == {"line": "119"}


async def test_the_grid_settles_on_the_spot(grid: httpx.AsyncClient, city: City) -> None:
    acted = "2026-02-13T09:30:00+08:00"
    form = {"entry": "SETTLED", "text": "楼道堆物", "evidence": "当场清理完毕", "acted_at": acted, "kind": "隐患"}
    answer = await grid.post("/grid-reports", json=form, headers=_key())
    assert answer.status_code == 201, answer.text
    [case] = answer.json()["cases"]
    assert (case["status"], case["due"]) == ("CLOSED", {})
    kept = await _case(city, case["case_no"])
    assert (kept.direction, kept.level, kept.area_code) == ("GRID", "GRID", "510104017001")
    assert kept.completed_at == kept.ended_at == kept.created_at, "the server's receipt is the official time"
    async with city.database.transaction() as session:
        event = (await session.scalars(select(Event).where(Event.case_id == kept.id))).one()
    assert event.acted_at == datetime.fromisoformat(acted)
    assert event.data["evidence"] == "当场清理完毕"


async def test_a_report_to_the_community_is_settled_there(grid: httpx.AsyncClient, town: Town, city: City) -> None:
    answer = await grid.post(
        "/grid-reports", json={"entry": "COMMUNITY", "text": "楼上漏水，邻里争执", "kind": "隐患"}, headers=_key()
    )
    assert answer.status_code == 201, answer.text
    [case] = answer.json()["cases"]
    assert (case["status"], set(case["due"])) == ("DISPATCHED", {"SIGN", "FINISH", "LEVEL"})
    async with city.database.transaction() as session:
        kept = (await session.scalars(select(Case).where(Case.case_no == case["case_no"]))).one()
        lead = (await session.scalars(select(Assignment).where(Assignment.case_id == kept.id))).one()
        owed = (await session.scalars(select(Notice).where(Notice.case_id == kept.id))).one()
    assert (kept.level, kept.lead_unit_id, lead.kind) == ("COMMUNITY", lead.unit_id, "LEAD")
    assert (owed.audience, owed.unit_id) == ("UNIT", lead.unit_id)

    community = await at_work(town, city, "dispatch", "community-017001")
    page = (await community.get(f"/cases/{case['case_no']}")).json()
    assert page["allowed_actions"] == ["SIGN", "ASK_RETURN", "RAISE"]
    assert (await move(community, case["case_no"], "SIGN"))["status"] == "HANDLING"
    closed = await move(community, case["case_no"], "SETTLE", evidence="双方和解，楼上已修好水管")
    assert closed["status"] == "CLOSED"
    assert set((await _clocks(city, case["case_no"])).values()) == {"STOPPED"}
    assert (await _case(city, case["case_no"])).completed_at is not None
    reporter = await at_work(town, city, "dispatch", "grid-017001001")
    seen = (await reporter.get(f"/cases/{case['case_no']}")).json()
    assert (seen["status_text"], seen["reply_text"]) == ("办结", "双方和解，楼上已修好水管")


async def test_a_call_runs_the_centres_clock_at_once(grid: httpx.AsyncClient, town: Town, city: City) -> None:
    form = {"entry": "CALL", "text": "路面塌陷，需要封路", "kind": "隐患", "category": "0202"}
    answer = await grid.post("/grid-reports", json=form, headers=_key())
    [case] = answer.json()["cases"]
    assert (case["status"], set(case["due"])) == ("CALLED", {"RESPOND"})
    assert await _clocks(city, case["case_no"]) == {"RESPOND": "RUNNING"}
    kept = await _case(city, case["case_no"])
    assert (kept.urgency, kept.accepted_at, kept.finish_due) == ("E0", None, None)

    dispatcher = await at_work(town, city, "dispatch", "dispatcher1")
    called = (await dispatcher.get("/cases", params={"view": "CALLED"})).json()["rows"]
    assert case["case_no"] in [row["case_no"] for row in called]
    taken = await move(dispatcher, case["case_no"], "TAKE_ON")
    assert taken["status"] == "REVIEW"
    assert await _clocks(city, case["case_no"]) == {"RESPOND": "STOPPED", "DISPATCH": "RUNNING", "FINISH": "RUNNING"}
    kept = await _case(city, case["case_no"])
    assert kept.accepted_at is not None
    assert kept.finish_due is not None
    reporter = await at_work(town, city, "dispatch", "grid-017001001")
    page = (await reporter.get(f"/cases/{case['case_no']}")).json()
    assert (page["status"], page["allowed_actions"]) == ("REVIEW", [])


async def test_the_centre_may_answer_a_call_at_once(grid: httpx.AsyncClient, town: Town, city: City) -> None:
    answer = await grid.post("/grid-reports", json={"entry": "CALL", "text": "政策咨询"}, headers=_key())
    case_no = answer.json()["request_no"]
    dispatcher = await at_work(town, city, "dispatch", "dispatcher1")
    assert (await move(dispatcher, case_no, "ANSWER", answer="按二〇二六年标准执行"))["status"] == "ANSWERED"
    assert await _clocks(city, case_no) == {"RESPOND": "STOPPED"}


async def test_a_community_that_cannot_settle_calls_the_centre(grid: httpx.AsyncClient, town: Town, city: City) -> None:
    form = {"entry": "COMMUNITY", "text": "外墙脱落", "community": "510104017001-SQ"}
    case_no = (await grid.post("/grid-reports", json=form, headers=_key())).json()["request_no"]
    community = await at_work(town, city, "dispatch", "community-017001")
    await move(community, case_no, "SIGN")
    assert (await move(community, case_no, "CALL", note="社区无力处置，需住建部门"))["status"] == "CALLED"
    clocks = await _clocks(city, case_no)
    assert clocks.pop("RESPOND") == "RUNNING"
    assert clocks == {"SIGN": "STOPPED", "CONTACT": "CANCELLED", "FINISH": "CANCELLED", "LEVEL": "CANCELLED"}


@pytest.mark.parametrize("field", ["phone", "adress", "upstream_no"])
async def test_a_field_that_there_is_not_is_told_and_nothing_is_left_out_in_silence(
    agent: httpx.AsyncClient, grid: httpx.AsyncClient, city: City, field: str
) -> None:
    said = {"text": "楼道堆满杂物，请尽快清理。", field: "13812345678"}
    for client, door, more in ((agent, "/requests", {}), (grid, "/grid-reports", {"entry": "CALL"})):
        before = await rows(city, "inbox")
        refused = await client.post(door, json={**said, **more}, headers=_key())
        assert refused.status_code == 422, door
        told = refused.json()
        assert told["errors"][0]["field"] == field
        assert told["errors"][0]["code"] == "field.unknown"
        assert await rows(city, "inbox") == before


async def test_what_is_urgent_is_never_refused_for_a_field_too_many(agent: httpx.AsyncClient) -> None:
    handed = await agent.post("/emergencies", json={"line": "119", "phone": "13812345678"}, headers=_key())
    assert handed.status_code == 201
