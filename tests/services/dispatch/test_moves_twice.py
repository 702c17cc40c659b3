"""The same move twice, two moves at once, a page that is out of date: one history, and nobody's work undone (F18)."""

import asyncio
from itertools import pairwise

import pytest
from sqlalchemy import func, select, update

from casework.db.models import AuditLog, Case, Event
from tests.services.dispatch.cases import Desk


async def test_a_stale_page_is_told_so_and_changes_nothing(desk: Desk) -> None:
    case_no = await desk.receive()
    seen = (await desk.case(case_no)).version
    await desk.move("dispatcher1", case_no, "ASK_INFO", note="请说明地点", version=seen)
    stale = await desk.ask("dispatcher2", case_no, "TRANSFER", version=seen)
    assert (stale.status_code, stale.json()["code"]) == (409, "refused.CASE_CHANGED")
    assert "待补充" in stale.json()["detail"]
    assert (await desk.move("dispatcher2", case_no, "TRANSFER", version=seen + 1))["status"] == "TRANSFERRED"


async def test_a_repeated_key_changes_nothing(desk: Desk) -> None:
    case_no, key = await desk.followed_up(), {"Idempotency-Key": "tap-000001"}
    answers = [await desk.ask("followup1", case_no, "RECORD_ATTEMPT", headers=key, note="无人接听") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].json() == answers[1].json() == answers[2].json()
    assert (await desk.case(case_no)).attempts == 1
    at_once = {"Idempotency-Key": "tap-000002"}
    await asyncio.gather(*(desk.ask("followup1", case_no, "RECORD_ATTEMPT", headers=at_once) for _ in range(8)))
    assert (await desk.case(case_no)).attempts == 2
    async with desk.city.database.transaction() as session:
        query = select(func.count(Event.id)).join(Case, Case.id == Event.case_id)
        counted = query.where(Case.case_no == case_no, Event.action == "RECORD_ATTEMPT")
        assert await session.scalar(counted) == 2


async def test_a_key_is_one_cases_own(desk: Desk) -> None:
    key = {"Idempotency-Key": "tap-000003"}
    for case_no in (await desk.receive(), await desk.receive()):
        answer = await desk.ask("dispatcher1", case_no, "ASK_INFO", headers=key, note="请说明地点")
        assert (answer.status_code, answer.json()["status"]) == (200, "NEED_INFO")


async def test_of_fifty_that_dispatch_at_once_one_wins(desk: Desk) -> None:
    case_no = await desk.receive()
    for who in ("dispatcher1", "dispatcher2"):
        await desk.of(who)
    answers = await asyncio.gather(
        *(desk.ask(f"dispatcher{1 + i % 2}", case_no, "DISPATCH", unit="510104-CG") for i in range(50))
    )
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 49
    refused = {answer.json()["code"] for answer in answers if answer.status_code == 409}
    assert refused == {"refused.NOT_NOW"}
    assert [event.action for event in await desk.events(case_no)] == ["ACCEPT", "DISPATCH"]
    assert await desk.told(case_no, "DISPATCH") == {"UNIT", "UPSTREAM"}


async def test_different_moves_at_once_leave_one_history(desk: Desk) -> None:
    for _ in range(5):
        case_no = await desk.receive()
        moves = (
            desk.ask("dispatcher1", case_no, "DISPATCH", unit="510104-CG"),
            desk.ask("dispatcher2", case_no, "TRANSFER"),
            desk.ask("agent1", case_no, "ANSWER", answer="已答复"),
            desk.ask("agent2", case_no, "WITHDRAW", identity_checked=True),
        )
        await asyncio.gather(*moves)
        events = [event for event in await desk.events(case_no) if event.version is not None]
        assert [event.version for event in events] == list(range(1, len(events) + 1))
        for earlier, later in pairwise(events):
            assert later.from_status == earlier.to_status
        case = await desk.case(case_no)
        assert (case.status, case.version) == (events[-1].to_status, events[-1].version)


async def test_the_database_refuses_a_silent_change(desk: Desk) -> None:
    case_no = await desk.receive()
    with pytest.raises(Exception, match="without an event"):
        async with desk.city.database.transaction() as session:
            await session.execute(update(Case).where(Case.case_no == case_no).values(status="CLOSED", version=2))
    for table in (Event, AuditLog):
        with pytest.raises(Exception, match="append-only"):
            async with desk.city.database.transaction() as session:
                await session.execute(update(table).values(data={}))
