"""建议, 表扬 and 涉未成年人: kinds with a path of their own."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from casework.db.models import Case, Clock, Notice, Unit
from casework.db.notices import claim
from casework.journey.counting import counts_as
from casework.rules.rollups import NOTHING, deltas
from services.notify.writeback import write_back
from tests.services.dispatch.cases import LEAD, Desk, now
from tests.services.dispatch.test_turns import page, refused, shift

SUGGESTION = {"title": "增设座椅", "text": "建议在院内增设座椅。", "kind": "建议"}
PRAISE = {"title": "感谢环卫", "text": "感谢环卫工人找回手机。", "kind": "表扬"}
CHILD = {"title": "孩子被打", "text": "东大街小学有孩子名叫王小明，天天被打。", "kind": "求助", "category": "2105"}
REPLY = {"reply_text": "已研究您的建议。"}


# 建议


async def in_hand(desk: Desk, **more: Any) -> str:
    case_no = await desk.handling(**more)
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    return case_no


async def test_a_suggestion_is_answered_with_whether_it_is_adopted_and_why_not(desk: Desk) -> None:
    case_no = await in_hand(desk, **SUGGESTION)
    said: dict[str, Any] = {"factual": True, "solved": "SOLVED"}
    await refused(desk, "unit-cg", case_no, "FILE_RESULT", "ADOPTION_MISSING", **REPLY, **said)
    await refused(desk, "unit-cg", case_no, "FILE_RESULT", "REPLY_MISSING", adoption="ADOPTED")
    for adoption in ("PARTLY", "NOT_ADOPTED"):
        await refused(desk, "unit-cg", case_no, "FILE_RESULT", "ADOPTION_REASON_MISSING", **REPLY, adoption=adoption)
    why = "院内消防通道不足四米"
    await desk.move("unit-cg", case_no, "FILE_RESULT", **REPLY, adoption="NOT_ADOPTED", unsolved_reason=why)
    await desk.move("reviewer1", case_no, "ACCEPT_RESULT")
    assert (await page(desk, case_no))["adoption"] == "NOT_ADOPTED"
    assert "CITIZEN" in await desk.told(case_no, "ACCEPT_RESULT")


async def test_of_anything_else_it_is_asked_whether_it_is_true_and_solved(desk: Desk) -> None:
    case_no = await in_hand(desk)
    await refused(desk, "unit-cg", case_no, "FILE_RESULT", "RESULT_INCOMPLETE", **REPLY, adoption="ADOPTED")


# 表扬


async def test_praise_is_passed_on_and_filed_and_enters_no_rate(desk: Desk) -> None:
    case_no = await desk.receive(**PRAISE)
    await refused(desk, "dispatcher1", case_no, "DISPATCH", "PRAISE_IS_FORWARDED", unit=LEAD)
    await refused(desk, "dispatcher1", await desk.receive(), "FORWARD", "NOT_PRAISE", unit=LEAD)
    await refused(desk, "dispatcher1", case_no, "FORWARD", "UNIT_UNKNOWN")
    assert (await desk.move("dispatcher1", case_no, "FORWARD", unit=LEAD))["status"] == "CLOSED"
    assert await desk.told(case_no, "FORWARD") == {"UNIT", "CITIZEN", "UPSTREAM"}
    assert (await page(desk, case_no, "unit-cg"))["status"] == "CLOSED", "whoever is praised reads it"
    assert await desk.clocks(case_no) == {"DISPATCH": "STOPPED", "FINISH": "STOPPED"}
    case = await desk.case(case_no)
    assert {delta.reason for delta in deltas(NOTHING, counts_as(case))} == {"PRAISE"}


async def test_praise_enters_no_clocks_figure(desk: Desk) -> None:
    client = await desk.of("analyst1", "notify")

    async def figures() -> Any:
        return (await client.get("/reports/punctuality")).json()["rows"]

    yesterday = datetime.now(UTC) - timedelta(minutes=5)
    other, case_no = await desk.receive(), await desk.receive(**PRAISE)
    before = await figures()
    await shift(desk, case_no, Clock, Clock.name == "DISPATCH", due_at=yesterday)
    assert await figures() == before
    await shift(desk, other, Clock, Clock.name == "DISPATCH", due_at=yesterday)
    assert await figures() != before, "of any other kind it counts"


# 涉未成年人


async def test_a_minors_case_is_urgent_and_its_guardian_is_told_at_once(desk: Desk) -> None:
    case_no = await desk.receive(**{**CHILD, "urgency": "一般"})
    case = await desk.case(case_no)
    assert (case.minor, case.urgency) == (True, "E1")
    async with desk.city.database.transaction() as session:
        guardian = (await session.scalars(select(Unit).where(Unit.id == case.guardian_unit_id))).one()
        told = select(Notice).where(Notice.case_id == case.id, Notice.topic == "MINOR")
        notice = (await session.scalars(told)).one()
    assert guardian.code == "510104-MZ"
    assert (notice.unit_id, notice.channel) == (guardian.id, "staff")
    assert notice.created_at - case.created_at < timedelta(seconds=10)


@pytest.mark.parametrize("said", [{"category": "2105"}, {"minor": True}])
async def test_what_turns_out_to_concern_a_minor_becomes_so_and_the_clocks_with_it(
    desk: Desk, said: dict[str, Any]
) -> None:
    case_no = await desk.receive()
    before = (await desk.case(case_no)).finish_due
    await desk.move("dispatcher1", case_no, "CLASSIFY", **said)
    case = await desk.case(case_no)
    assert (case.minor, case.urgency) == (True, "E1")
    assert case.finish_due is not None
    assert before is not None
    assert case.finish_due < before
    assert await desk.told(case_no, "MINOR") == {"UNIT"}
    await desk.move("dispatcher1", case_no, "CLASSIFY", urgency="N")
    assert (await desk.case(case_no)).urgency == "E1", "nobody makes it ordinary again"
    await desk.move("dispatcher1", case_no, "CLASSIFY", minor=False, urgency="N")
    assert (await desk.case(case_no)).minor is ("category" in said), "what its category says is not taken back"


async def test_few_read_a_minors_case_and_its_guardian_may(desk: Desk) -> None:
    case_no = await desk.receive(**CHILD)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)

    async def seen_by(login: str) -> int:
        return (await (await desk.of(login)).get(f"/cases/{case_no}")).status_code

    for login in ("dispatcher1", "reviewer1", "leader1", "supervision1", "unit-cg", "unit-mz"):
        assert await seen_by(login) == 200, login
    for login in ("analyst1", "mediator1", "analyst51", "unit-zhzf"):
        assert await seen_by(login) == 404, login
    await desk.move("unit-cg", case_no, "ASK_RETURN", reason="OUTSIDE_DUTY", basis="三定方案第四条", unit="510104-ZHZF")
    await desk.move("dispatcher1", case_no, "GRANT_RETURN")
    assert (await seen_by("unit-zhzf"), await seen_by("unit-cg")) == (200, 404), "whoever has it reads it, no longer"
    answer = await desk.ask("unit-mz", case_no, "SIGN")
    assert answer.status_code == 404, "the guardian reads and does not handle"
    answer = await desk.ask("unit-cg", case_no, "SIGN")
    assert answer.status_code == 404, "who had it before knows nothing of it any more"
    async with desk.city.database.transaction() as session:
        guardian = (await session.scalars(select(Unit.id).where(Unit.code == "510104-MZ"))).one()
        ours = update(Case).where(Case.case_no == case_no).values(barred_units=[guardian])
        await session.execute(ours)
    assert await seen_by("unit-mz") == 404, "unless it is the one that is reported"


async def test_a_childs_name_and_school_leave_neither_to_lists_nor_to_the_upstream(desk: Desk) -> None:
    case_no = await desk.receive(**{**CHILD, "title": "东大街小学有孩子名叫王小明"})
    rows = (await (await desk.of("dispatcher1")).get("/cases", params={"view": "TO_DISPATCH", "limit": 100})).json()
    [row] = [row for row in rows["rows"] if row["case_no"] == case_no]
    assert row["title"] == "某小学有孩子名叫某某"
    await desk.move("dispatcher1", case_no, "ASK_INFO", note="请核实孩子名叫王小明，在东大街小学")
    owed = [one for one in await claim(await desk.city.database.pool(), "upstream", 1000, 1) if one.case_no == case_no]
    bodies = [write_back(one) for one in owed]
    assert bodies
    assert not any("王小明" in str(body) or "东大街" in str(body) for body in bodies)
