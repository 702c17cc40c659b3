"""拆分: one request with several matters becomes several cases, each with its own unit, promise and answer."""

import asyncio
from datetime import timedelta
from typing import Any

from sqlalchemy import any_, func, select, text

from casework.db.models import Case, Clock, RateDelta
from casework.db.requests import query_code
from tests.services.dispatch.cases import LAMP, Desk, now
from tests.services.dispatch.test_turns import clock, page, refused, shift

APART = {"matter": "同一楼道长期堆放杂物", "category": "1001", "kind": "COMPLAINT", "note": "与路灯不是同一事项"}


async def split(desk: Desk, case_no: str, **more: Any) -> str:
    """Another matter of the case's request becomes a case; its number."""
    await desk.move("dispatcher1", case_no, "SPLIT", **{**APART, **more})
    event = (await desk.events(case_no))[-1]
    return str(event.data["new_case"])


async def test_each_matter_has_its_own_category_unit_promise_and_answer(desk: Desk) -> None:
    case_no = await desk.handling(**LAMP)
    other_no = await split(desk, case_no)
    assert other_no == f"{case_no}-2"
    first, other = await desk.case(case_no), await desk.case(other_no)
    assert (first.status, other.status, other.kind, other.category) == ("HANDLING", "REVIEW", "COMPLAINT", "1001")
    assert other.title == APART["matter"]
    assert other.suggested_unit is not None
    assert (await desk.clocks(other_no)) == {"DISPATCH": "RUNNING", "FINISH": "RUNNING"}
    await desk.move("dispatcher1", other_no, "DISPATCH", unit="510104-ZHZF")
    await desk.move("unit-zhzf", other_no, "SIGN")
    await refused(desk, "unit-cg", case_no, "SIGN", "NOT_NOW")
    assert (await desk.ask("unit-cg", other_no, "CONTACT")).status_code == 404, "each unit has its own matter"
    await desk.move("unit-zhzf", other_no, "CONTACT", contacted_at=now(), way="PHONE")
    result = {"reply_text": "杂物已清理。", "factual": True, "solved": "SOLVED"}
    await desk.move("unit-zhzf", other_no, "FILE_RESULT", **result)
    await desk.move("reviewer1", other_no, "ACCEPT_RESULT")
    assert (await desk.case(case_no)).reply_text is None
    assert (await desk.case(other_no)).reply_text == "杂物已清理。"


async def test_the_promise_runs_from_when_the_request_came_in(desk: Desk) -> None:
    case_no = await desk.receive(**LAMP)
    back = timedelta(days=3)
    case = await desk.case(case_no)
    await shift(desk, case_no, Case, Case.id == case.id, accepted_at=case.accepted_at - back)
    other_no = await split(desk, case_no)
    finish, dispatch = await clock(desk, other_no, "FINISH"), await clock(desk, other_no, "DISPATCH")
    assert finish.started_at == case.accepted_at - back
    assert dispatch.started_at > finish.started_at, "the centre has time to dispatch what it has only now seen"
    other = await desk.case(other_no)
    assert (other.finish_due, other.finish_due_original) == (finish.due_at, finish.due_at)
    third = await split(desk, other_no, matter="小区大门门禁损坏")
    assert third == f"{case_no}-3"


async def test_both_histories_tell_of_it_and_everybody_is_told(desk: Desk) -> None:
    case_no = await desk.handling(**LAMP)
    other_no = await split(desk, case_no, matter="请拨打13812345678，楼道堆放杂物")
    assert (await desk.events(case_no))[-1].data["note"] == APART["note"]
    [made] = await desk.events(other_no)
    assert (made.action, made.to_status, made.version) == ("SPLIT_OFF", "REVIEW", 1)
    assert made.data["from"] == case_no
    assert "13812345678" not in f"{made.data} {(await desk.case(other_no)).title}"
    assert await desk.told(case_no, "SPLIT") == {"CITIZEN", "UNIT"}
    assert await desk.told(other_no, "SPLIT_OFF") >= {"DISPATCHER"}
    assert (await page(desk, case_no))["beside"] == [other_no]
    assert (await page(desk, other_no))["beside"] == [case_no]


async def test_the_citizen_sees_all_with_one_code(desk: Desk) -> None:
    case_no = await desk.receive(**LAMP)
    other_no = await split(desk, case_no)
    code = query_code(desk.city.keyring, case_no)
    notify = desk.town.api("notify")
    for asked, beside in ((case_no, other_no), (other_no, case_no)):
        answer = await notify.post("/citizen/track", json={"request_no": asked, "query_code": code})
        assert answer.status_code == 200, answer.text
        assert answer.json()["request_no"] == asked
        assert [matter["request_no"] for matter in answer.json()["beside"]] == [beside]


async def test_every_case_counts_by_itself(desk: Desk) -> None:
    case_no = await desk.receive(**LAMP)

    async def counted() -> int:
        async with desk.city.database.transaction() as session:
            query = select(func.sum(RateDelta.cases)).where(any_(RateDelta.views) == "A", RateDelta.reason == "")
            return int(await session.scalar(query) or 0)

    before = await counted()
    await split(desk, case_no)
    assert await counted() == before + 1


async def test_only_what_the_centre_took_on_is_split_and_only_with_reasons(desk: Desk) -> None:
    case_no = await desk.receive(**LAMP)
    await refused(desk, "dispatcher1", case_no, "SPLIT", "NOTE_MISSING", **{**APART, "note": ""})
    await refused(desk, "dispatcher1", case_no, "SPLIT", "SPLIT_MATTER_MISSING", **{**APART, "matter": "灯"})
    await refused(desk, "dispatcher1", case_no, "SPLIT", "SPLIT_CATEGORY_MISSING", **{**APART, "category": None})
    await refused(desk, "dispatcher1", case_no, "SPLIT", "CATEGORY_UNKNOWN", **{**APART, "category": "9999"})
    await refused(desk, "dispatcher1", case_no, "SPLIT", "AREA_UNKNOWN", **APART, area_code="510105")
    await refused(desk, "dispatcher1", case_no, "SPLIT", "REPORT_APART", **{**APART, "kind": "REPORT"})
    await refused(desk, "agent1", case_no, "SPLIT", "NOT_YOUR_ROLE", **APART)
    async with desk.city.database.transaction() as session:
        await session.execute(text("UPDATE cases SET accepted_at = NULL WHERE case_no = :no"), {"no": case_no})
    await refused(desk, "dispatcher1", case_no, "SPLIT", "NOT_TAKEN_ON", **APART)


async def test_two_who_split_at_once_make_two_cases_with_two_numbers(desk: Desk) -> None:
    case_no = await desk.receive(**LAMP)
    other_no = await split(desk, case_no)
    await desk.of("dispatcher2")
    done = await asyncio.gather(
        desk.ask("dispatcher1", case_no, "SPLIT", **APART), desk.ask("dispatcher2", other_no, "SPLIT", **APART)
    )
    assert [answer.status_code for answer in done] == [200, 200]
    async with desk.city.database.transaction() as session:
        numbers = await session.scalars(select(Case.case_no).where(Case.case_no.like(f"{case_no}%")))
        assert sorted(numbers) == [case_no, *(f"{case_no}-{n}" for n in (2, 3, 4))]
        late = select(Clock).join(Case, Case.id == Clock.case_id).where(Case.case_no == f"{case_no}-4")
        assert {row.name for row in await session.scalars(late)} == {"DISPATCH", "FINISH"}
