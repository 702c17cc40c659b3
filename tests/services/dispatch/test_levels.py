"""分级响应: grid → community → street → county; what a level does not take on or settle in time is raised, once."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from casework.db.models import Assignment, Case, Clock, ClockFired, Event, Unit
from casework.journey.move import move
from casework.rules import asks
from casework.rules.decide import Refused
from casework.rules.facts import SYSTEM
from services.dispatch.worker import sweep_once, turn_once
from tests.services.dispatch.cases import LAMP, Desk, now
from tests.services.dispatch.test_turns import clock, page, refused
from tests.services.dispatch.test_whistles import opened

GRID, COMMUNITY, STREET = "grid-017001001", "community-017001", "street-017"
CITY = "unit-city-cg"
_keys = count(1)


async def reported(desk: Desk, **more: Any) -> str:
    """What a grid worker reported to the community, in 待签收 there; its number."""
    client = await desk.of(GRID, "intake")
    form = {"entry": "COMMUNITY", "text": "路灯不亮，夜间无法通行", "category": "0204", "kind": "HELP", **more}
    answer = await client.post("/grid-reports", json=form, headers={"Idempotency-Key": f"level-{next(_keys):06d}"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["request_no"])


async def signed(desk: Desk) -> str:
    """The same, signed by the community."""
    case_no = await reported(desk)
    await desk.move(COMMUNITY, case_no, "SIGN")
    return case_no


async def late(desk: Desk, case_no: str, name: str = "LEVEL") -> None:
    """As if that clock's time were over."""
    past = datetime.now(UTC) - timedelta(minutes=1)
    async with desk.city.database.transaction() as session:
        await session.execute(
            text(
                "UPDATE clock SET due_at = :past, next_at = :past, stages = '{BREACH}', stage_no = 1, "
                "stage_times = ARRAY[CAST(:past AS timestamptz)] WHERE state = 'RUNNING' AND name = :name "
                "AND case_id = (SELECT id FROM cases WHERE case_no = :case_no)"
            ),
            {"past": past, "name": name, "case_no": case_no},
        )


async def leads(desk: Desk, case_no: str) -> list[tuple[str, str | None]]:
    """Who led the case, oldest first: the unit's code, and how it ended."""
    async with desk.city.database.transaction() as session:
        query = select(Unit.code, Assignment.outcome).join(Assignment, Assignment.unit_id == Unit.id)
        query = query.join(Case, Case.id == Assignment.case_id).where(Case.case_no == case_no)
        return [tuple(row) for row in await session.execute(query.order_by(Assignment.id))]


async def raises(desk: Desk, case_no: str) -> list[Event]:
    return [event for event in await desk.events(case_no) if event.action == "RAISE"]


async def test_a_level_has_its_own_time_to_take_a_matter_on_and_to_settle_it(desk: Desk) -> None:
    case_no = await reported(desk)
    sign, level = await clock(desk, case_no, "SIGN"), await clock(desk, case_no, "LEVEL")
    assert (sign.limit_text, level.limit_text, level.assignment_id) == ("4h", "2wd", None)
    await desk.move(COMMUNITY, case_no, "SIGN")
    assert (await desk.move(COMMUNITY, case_no, "SETTLE", evidence="已换灯泡"))["status"] == "CLOSED"
    assert (await clock(desk, case_no, "LEVEL")).state == "STOPPED"


@pytest.mark.parametrize("name", ["SIGN", "LEVEL"])
async def test_what_nobody_takes_on_in_time_goes_to_the_street_once(desk: Desk, name: str) -> None:
    case_no = await reported(desk)
    promised = (await desk.case(case_no)).finish_due
    await late(desk, case_no, name)
    await sweep_once(desk.city)
    await asyncio.gather(turn_once(desk.city), turn_once(desk.city))
    await turn_once(desk.city)
    case = await desk.case(case_no)
    assert (case.status, case.level) == ("DISPATCHED", "STREET")
    assert (case.finish_due, case.finish_due_original) == (promised, promised), "the citizen's promise stands"
    assert await leads(desk, case_no) == [("510104017001-SQ", "RAISED"), ("510104017-JZ", None)]
    [event] = await raises(desk, case_no)
    assert (event.role, event.data["from_level"], event.data["to_level"]) == ("SYSTEM", "COMMUNITY", "STREET")
    level = await clock(desk, case_no, "LEVEL")
    assert (level.cycle, level.state, level.limit_text) == (2, "RUNNING", "4wd")
    async with desk.city.database.transaction() as session:
        fired = select(func.count()).select_from(ClockFired).join(Clock).where(Clock.case_id == case.id)
        assert await session.scalar(fired) == 1, "the breach below stays seen, once"
    assert await desk.told(case_no, "RAISE") >= {"UNIT", "DISPATCHER", "GRID_WORKER"}
    await refused(desk, COMMUNITY, case_no, "SIGN", "NOT_YOUR_CASE")
    assert (await desk.move(STREET, case_no, "SIGN"))["status"] == "HANDLING"


async def test_what_is_not_settled_in_time_goes_up_level_by_level(desk: Desk) -> None:
    case_no = await signed(desk)
    promised = (await desk.case(case_no)).finish_due
    for level, unit in (("STREET", "510104017-JZ"), ("COUNTY", (await desk.case(case_no)).suggested_unit)):
        await late(desk, case_no)
        await turn_once(desk.city)
        case = await desk.case(case_no)
        assert (case.status, case.level, (await leads(desk, case_no))[-1]) == ("HANDLING", level, (unit, None))
    assert case.finish_due == promised
    await refused(desk, "unit-cg", case_no, "ASK_RETURN", "RETURN_DESIGNATED", **_RETURN)
    assert "CONTACT" in (await page(desk, case_no, "unit-cg"))["allowed_actions"], "the new lead's own first contact"
    await late(desk, case_no)
    await turn_once(desk.city)
    case = await desk.case(case_no)
    assert (case.level, case.finish_due, (await leads(desk, case_no))[-1]) == ("CITY", promised, ("5101-CG", None))
    await refused(desk, "unit-cg", case_no, "CONTACT", "NOT_YOUR_CASE", contacted_at=now(), way="PHONE")
    buttons = (await page(desk, case_no, CITY))["allowed_actions"]
    assert "CONTACT" in buttons
    assert "RAISE" not in buttons, "there is no level above the city"
    assert await turn_once(desk.city) == 0


async def test_what_no_unit_of_the_city_answers_for_stays_and_is_seen_as_late(desk: Desk) -> None:
    case_no = await signed(desk)
    for _ in ("STREET", "COUNTY"):
        await late(desk, case_no)
        await turn_once(desk.city)
    async with desk.city.database.transaction() as session:
        await session.execute(update(Unit).where(Unit.code == "5101-CG").values(active=False))
    try:
        await late(desk, case_no)
        await turn_once(desk.city)
        assert (await desk.case(case_no)).level == "COUNTY"
        await refused(desk, "unit-cg", case_no, "RAISE", "NO_UNIT_ABOVE", note="需市级处置")
    finally:
        async with desk.city.database.transaction() as session:
            await session.execute(update(Unit).where(Unit.code == "5101-CG").values(active=True))
    await turn_once(desk.city)
    assert (await desk.case(case_no)).level == "CITY", "as soon as there is one, it goes there"


_RETURN = {"reason": "OUTSIDE_DUTY", "basis": "城管局三定方案第四条", "unit": "510104-ZHZF"}


async def test_a_community_raises_what_it_cannot_settle(desk: Desk) -> None:
    case_no = await signed(desk)
    await refused(desk, COMMUNITY, case_no, "RAISE", "NOTE_MISSING")
    await desk.move(COMMUNITY, case_no, "RAISE", note="需街道协调产权单位")
    assert (await desk.case(case_no)).level == "STREET"
    await refused(desk, COMMUNITY, case_no, "RAISE", "NOT_YOUR_CASE", note="再次上报")
    assert (await desk.move(STREET, case_no, "SETTLE", evidence="已协调修复"))["status"] == "CLOSED", "街镇办结"


async def test_a_citizens_case_is_under_no_graded_response(desk: Desk) -> None:
    case_no = await desk.handling(**LAMP)
    assert "LEVEL" not in await desk.clocks(case_no)
    await refused(desk, "unit-cg", case_no, "RAISE", "NOT_GRADED", note="需市级处置")


async def test_nothing_is_raised_before_its_time(desk: Desk) -> None:
    case_no = await reported(desk)
    assert await turn_once(desk.city) == 0
    with pytest.raises(Refused, match="LEVEL_NOT_OVER"):
        async with desk.city.database.transaction() as session:
            await move(session, desk.city, case_no, SYSTEM, asks.Raise(note="超时"))


async def test_a_filed_result_holds_the_level_and_a_rejected_one_lets_it_run_on(desk: Desk) -> None:
    case_no = await opened(desk)
    result = {"reply_text": "通道已恢复。", "factual": True, "solved": "SOLVED"}
    await desk.move(STREET, case_no, "FILE_RESULT", **result)
    assert (await clock(desk, case_no, "LEVEL")).state == "FILED"
    await desk.move("reviewer1", case_no, "SEND_BACK_RESULT", note="缺照片")
    assert (await clock(desk, case_no, "LEVEL")).state == "RUNNING"
    await desk.move(STREET, case_no, "FILE_RESULT", **result)
    await desk.move("reviewer1", case_no, "ACCEPT_RESULT")
    assert (await clock(desk, case_no, "LEVEL")).state == "STOPPED"


async def test_a_suspension_holds_the_level(desk: Desk) -> None:
    case_no = await opened(desk)
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    await desk.move(STREET, case_no, "ASK_SUSPENSION", reason="FORCE_MAJEURE", until=until, note="暴雨")
    await desk.move("dispatcher1", case_no, "GRANT_SUSPENSION")
    assert (await clock(desk, case_no, "LEVEL")).state == "PAUSED"
    await desk.move(STREET, case_no, "RESUME")
    assert (await clock(desk, case_no, "LEVEL")).state == "RUNNING"


async def test_a_raise_against_a_settling_ends_in_one_winner(desk: Desk) -> None:
    case_no = await signed(desk)
    await late(desk, case_no)
    await desk.of(COMMUNITY)
    settled, raised = await asyncio.gather(
        desk.ask(COMMUNITY, case_no, "SETTLE", evidence="已换灯泡"), turn_once(desk.city)
    )
    case = await desk.case(case_no)
    if settled.status_code == 200:
        assert (case.status, case.level, await raises(desk, case_no)) == ("CLOSED", "COMMUNITY", [])
    else:
        assert settled.json()["code"] == "refused.NOT_YOUR_CASE"
        assert (case.status, case.level, raised) == ("HANDLING", "STREET", 1)
    assert (await clock(desk, case_no, "LEVEL")).state == ("STOPPED" if case.status == "CLOSED" else "RUNNING")
