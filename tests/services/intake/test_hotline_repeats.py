"""The hotline's door to those who send again: one case whatever is repeated, raced, killed or reordered (F08-F11)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from sqlalchemy import select

from casework.db.inbox import Letter
from casework.db.models import AuditLog, Event, Inbox, Notice, Request, Supplement
from casework.db.sources import Sources
from casework.journey.city import City
from casework.kit.crypto import digest
from services.assembly import assemble
from services.intake import taking, worker
from services.intake.app import ROUTERS, TITLE
from services.intake.routes import hotline as route
from tests.conftest import Town
from tests.journey.test_one_case import move
from tests.services.dispatch.staff import at_work
from tests.services.intake.hotline import Hotline, as_json, everything, rows, said

INSTANCES = 4


def _told(answer: dict[str, Any]) -> tuple[Any, ...]:
    """What an answer says about the request, whoever says it first."""
    return answer["request_no"], answer["query_code"], answer["flags"], answer["cases"]


@pytest.fixture(scope="module")
async def doors(hotline: Hotline, town: Town) -> AsyncIterator[list[Hotline]]:
    """The same hotline at several instances of the API, each with connections of its own."""
    async with AsyncExitStack() as stack:
        found = []
        for _ in range(INSTANCES):
            app = assemble("intake", TITLE, ROUTERS, town.settings)
            await stack.enter_async_context(app.router.lifespan_context(app))
            found.append(replace(hotline, app=app))
        yield found


async def test_a_hundred_deliveries_at_once_make_one_case(doors: list[Hotline], city: City) -> None:
    before = await everything(city)
    body, message_id = as_json(said(kind="投诉")), doors[0].new_id()
    headers = doors[0].signed(body, message_id)
    answers = await asyncio.gather(*(doors[i % INSTANCES].post(body, headers) for i in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] * 99 + [201]
    told = [_told(answer.json()) for answer in answers]
    assert all(one == told[0] for one in told)
    left = {table: number - before[table] for table, number in (await everything(city)).items()}
    assert left == {
        **{"inbox": 1, "request": 1, "cases": 1, "event": 1, "clock": 2},
        **{"notice": 0, "assignment": 0, "supplement": 0},
    }


async def test_one_number_under_a_hundred_ids_makes_one_case(doors: list[Hotline], city: City) -> None:
    before = await everything(city)
    body = as_json(said())
    answers = await asyncio.gather(*(doors[i % INSTANCES].send(body) for i in range(100)))
    assert sorted(answer.status_code for answer in answers) == [200] * 99 + [201]
    assert len({(answer.json()["request_no"], answer.json()["query_code"]) for answer in answers}) == 1
    after = await everything(city)
    assert after["cases"] - before["cases"] == after["request"] - before["request"] == 1
    assert after["supplement"] == before["supplement"]


async def test_two_numbers_are_never_given_twice(doors: list[Hotline]) -> None:
    answers = await asyncio.gather(*(doors[i % INSTANCES].send(said()) for i in range(120)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["request_no"] for answer in answers}) == 120


async def test_a_used_id_with_another_body_is_a_conflict_and_an_alert(hotline: Hotline, city: City) -> None:
    message_id = hotline.new_id()
    first = await hotline.send(said(text="第一次的话"), message_id)
    before = await everything(city)
    second = await hotline.send(said(text="别的话"), message_id)
    assert (second.status_code, second.json()["code"]) == (409, "webhook.id_reused")
    assert await everything(city) == before
    async with city.database.transaction() as session:
        stored = (await session.scalars(select(Inbox).where(Inbox.message_id == message_id))).one()
        assert stored.conflicts == 1
        alerts = select(AuditLog).where(AuditLog.act == "MESSAGE_ID_REUSED", AuditLog.subject == f"inbox:{stored.id}")
        assert len((await session.scalars(alerts)).all()) == 1
    again = await hotline.send(said(text="又是别的话"), message_id)
    assert again.status_code == 409
    assert first.json()["request_no"] not in again.text


async def test_the_same_words_spelled_differently_are_the_same(hotline: Hotline, city: City) -> None:
    message = said(title="路灯", place={"address": "大慈寺路"})
    first = await hotline.send(message)
    before = await rows(city, "request", "cases", "supplement", "event")
    spelled = (
        as_json(dict(reversed(message.items()))),
        b"  " + as_json(message).replace(b", ", b" ,\n\t"),
        as_json({**message, "unknown_to_us": 1, "title": " 路灯 "}),
    )
    for body in spelled:
        again = await hotline.send(body)
        assert (again.status_code, again.json()["repeated"]) == (200, True)
        assert _told(again.json()) == _told(first.json())
    assert await rows(city, "request", "cases", "supplement", "event") == before


async def _supplements(city: City, request_no: str) -> list[str]:
    async with city.database.transaction() as session:
        query = select(Supplement).join(Request, Request.id == Supplement.request_id)
        found = await session.scalars(query.where(Request.request_no == request_no).order_by(Supplement.id))
        return [city.keyring.open(one.text_sealed, "supplement.text") for one in found]


async def test_other_words_under_a_known_number_are_a_supplement(hotline: Hotline, city: City) -> None:
    message = said(text="路灯不亮")
    first = (await hotline.send(message)).json()
    before = await rows(city, "request", "cases")
    later = await hotline.send({**message, "text": "补充：是第三根灯杆，联系 13987654321"})
    assert (later.status_code, later.json()["supplemented"]) == (200, True)
    assert _told(later.json()) == _told(first)
    assert await rows(city, "request", "cases") == before
    assert await _supplements(city, first["request_no"]) == ["补充：是第三根灯杆，联系 13987654321"]
    async with city.database.transaction() as session:
        event = (await session.scalars(select(Event).where(Event.action == "SUPPLEMENT"))).one()
        assert event.data["text"] == "补充：是第三根灯杆，联系 139****4321"
        owed = await session.scalars(select(Notice).where(Notice.topic == "SUPPLEMENT"))
        assert [notice.audience for notice in owed] == ["DISPATCHER"]


async def test_a_supplement_that_ends_as_an_earlier_one_did_is_kept(hotline: Hotline, city: City) -> None:
    message = said(text="路灯不亮")
    request_no = (await hotline.send(message)).json()["request_no"]
    for text in ("第三根灯杆还是不亮", "还是不亮", "还是不亮"):
        await hotline.send({**message, "text": text})
    for title in ("急", "急"):
        await hotline.send({**message, "text": "", "title": title})
    assert await _supplements(city, request_no) == ["第三根灯杆还是不亮", "还是不亮", "急"]


async def test_one_supplement_under_many_ids_at_once_is_one(doors: list[Hotline], city: City) -> None:
    message = said(text="路灯不亮")
    request_no = (await doors[0].send(message)).json()["request_no"]
    later = {**message, "text": "第三根灯杆"}
    answers = await asyncio.gather(*(doors[i % INSTANCES].send(later) for i in range(20)))
    assert {answer.status_code for answer in answers} == {200}
    assert await _supplements(city, request_no) == ["第三根灯杆"]


async def test_what_was_asked_for_brings_the_case_back_to_review(hotline: Hotline, town: Town, city: City) -> None:
    message = said(text="这里有问题")
    case_no = (await hotline.send(message)).json()["request_no"]
    dispatcher = await at_work(town, city, "dispatch", "dispatcher1")
    assert (await move(dispatcher, case_no, "ASK_INFO", note="请说明地点"))["status"] == "NEED_INFO"
    answer = await hotline.send({**message, "text": "在水井坊社区大慈寺路口"})
    assert [case["status"] for case in answer.json()["cases"]] == ["REVIEW"]
    steps = (await dispatcher.get(f"/cases/{case_no}/timeline")).json()
    assert [step["action"] for step in steps] == ["ACCEPT", "ASK_INFO", "SUPPLEMENT", "SUPPLY_INFO"]


async def test_in_whatever_order_messages_arrive_no_word_is_lost(hotline: Hotline, city: City) -> None:
    words = ("路灯不亮", "第三根灯杆", "已经三天了")
    for order in permutations(words):
        upstream_no = said()["upstream_no"]
        answers = [await hotline.send({"upstream_no": upstream_no, "text": text}) for text in order]
        assert [answer.status_code for answer in answers] == [201, 200, 200]
        [request_no] = {answer.json()["request_no"] for answer in answers}
        assert await _supplements(city, request_no) == list(order[1:])


async def _stored_only(city: City, message: dict[str, Any], message_id: str) -> None:
    """What is left of a process that was killed between the inbox's commit and the case's."""
    body = as_json(message)
    seen = city.keyring.blind_index(digest(body).hex(), taking.BODY)
    sealed = city.keyring.seal_bytes(body, taking.BODY)
    await city.inbox_lane.do(Letter("hotline", message_id, "hotline", seen, sealed))


async def test_a_message_that_was_only_stored_becomes_a_case_once(hotline: Hotline, city: City) -> None:
    message, message_id = said(kind="咨询"), hotline.new_id()
    await _stored_only(city, message, message_id)
    before = await rows(city, "cases", "request")
    workers = [worker.finish_left(city, Sources(city.keyring), older_than=0) for _ in range(3)]
    await asyncio.gather(*workers)
    after = await rows(city, "cases", "request")
    assert after == {table: number + 1 for table, number in before.items()}
    again = await hotline.send(message, message_id)
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert await rows(city, "cases", "request") == after


async def test_a_redelivery_and_the_worker_at_once_make_one_case(hotline: Hotline, city: City) -> None:
    for _ in range(10):
        message, message_id = said(), hotline.new_id()
        await _stored_only(city, message, message_id)
        before = await rows(city, "cases", "event")
        _, answer = await asyncio.gather(
            worker.finish_left(city, Sources(city.keyring), older_than=0), hotline.send(message, message_id)
        )
        assert answer.status_code in (200, 201)
        assert await rows(city, "cases", "event") == {table: number + 1 for table, number in before.items()}


async def test_a_stored_message_that_can_be_no_case_is_set_aside_once(hotline: Hotline, city: City) -> None:
    message_id = hotline.new_id()
    await _stored_only(city, {"upstream_no": "no-words"}, message_id)
    assert await worker.finish_left(city, Sources(city.keyring), older_than=0) == 1
    assert await worker.finish_left(city, Sources(city.keyring), older_than=0) == 0
    async with city.database.transaction() as session:
        stored = (await session.scalars(select(Inbox).where(Inbox.message_id == message_id))).one()
        assert (stored.state, stored.outcome) == ("REJECTED", "unprocessable")


async def test_an_answer_that_never_left_is_given_again(
    hotline: Hotline, city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A kill between the commit and the answer (F11)."""
    message, message_id = said(), hotline.new_id()
    before = await rows(city, "cases")
    with monkeypatch.context() as broken:
        broken.setattr(route, "receipt_answer", lambda receipt: 1 / 0)
        assert (await hotline.send(message, message_id)).status_code == 500
    assert (await rows(city, "cases"))["cases"] == before["cases"] + 1
    again = await hotline.send(message, message_id)
    assert (again.status_code, again.json()["repeated"]) == (200, True)
    assert (await rows(city, "cases"))["cases"] == before["cases"] + 1
