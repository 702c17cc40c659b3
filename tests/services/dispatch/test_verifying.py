"""核实: a public report is looked at by the grid worker on duty before it is filed; only what is admitted is sent."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from casework.db.models import Assignment, Case
from casework.rules.words import Role
from services.dispatch.worker import hand_over_once
from tests.services.dispatch.cases import LEAD, Desk
from tests.services.dispatch.staff import employ
from tests.services.dispatch.test_grids import ONE, TWO, at, make
from tests.services.dispatch.test_turns import clock, page, refused

SEEN = "现场查看，三盏路灯确实不亮"
LAMPS = {"text": "路口的路灯不亮。", "category": "0204", "kind": "求助"}
FIRST, SECOND = "verifier-a", "verifier-b"


@pytest.fixture(scope="module")
async def people(desk: Desk) -> None:
    for login in (FIRST, SECOND):
        await employ(desk.city, login, [Role.GRID_WORKER], f"{ONE}009", f"{ONE}-SQ")


@pytest.fixture(autouse=True)
async def grid(desk: Desk, people: None) -> str:
    """A grid with a worker on duty, and street lamps admitted to it; its code."""
    db = await desk.city.database.pool()
    await db.execute(
        "DELETE FROM duty_shift; DELETE FROM duty_leave; DELETE FROM grid_worker; DELETE FROM grid_cadre;"
        "DELETE FROM grid_item; DELETE FROM grid; UPDATE account SET active = true WHERE login LIKE 'verifier-%'"
    )
    code = str((await make(await desk.of("dispatcher1"), at(0))).json()["code"])
    await on_duty(desk, code, FIRST)
    await admit(desk)
    return code


async def on_duty(desk: Desk, grid: str, login: str) -> None:
    now = datetime.now(UTC)
    span = {"starts_at": (now - timedelta(hours=1)).isoformat(), "ends_at": (now + timedelta(hours=9)).isoformat()}
    community = await desk.of("community-017001")
    assert (await community.post(f"/grids/{grid}/duty", json={"login": login, **span})).status_code == 201


async def admit(desk: Desk, **more: Any) -> int:
    years = {"valid_from": "2026-01-01", "valid_to": "2028-01-01"}
    form = {"category": "0204", "area": "510104", "source": "区网格办〔2026〕1号", **years, **more}
    asked = await (await desk.of("dispatcher1")).post("/grid-items", json=form)
    assert asked.status_code == 201, asked.text
    number = int(asked.json()["id"])
    said = {"admit": True, "note": "符合网格职责"}
    assert (await (await desk.of("leader1")).post(f"/grid-items/{number}/decision", json=said)).status_code == 200
    return number


async def received(desk: Desk, **more: Any) -> str:
    """A citizen's report that lies in the grid."""
    place = {"lon": 104.0805, "lat": 30.6505, "crs": "CGCS2000"}
    return await desk.receive(**{**LAMPS, "urgency": "N", "place": place, **more})


async def sent(desk: Desk, **more: Any) -> str:
    case_no = await received(desk, **more)
    await desk.move("dispatcher1", case_no, "ASK_VERIFY")
    return case_no


async def task_of(desk: Desk, case_no: str) -> Assignment:
    async with desk.city.database.transaction() as session:
        query = select(Assignment).join(Case, Case.id == Assignment.case_id)
        return (await session.scalars(query.where(Case.case_no == case_no, Assignment.kind == "VERIFY"))).one()


async def mine(desk: Desk, login: str) -> set[str]:
    answer = await (await desk.of(login)).get("/verifications")
    assert answer.status_code == 200, answer.text
    return {one["case_no"] for one in answer.json()}


async def over(desk: Desk, case_no: str) -> None:
    """As if the task's time were over."""
    async with desk.city.database.transaction() as session:
        await session.execute(
            text(
                "UPDATE clock SET due_at = now() - interval '1 minute' WHERE state = 'RUNNING' AND name = 'INNER' "
                "AND case_id = (SELECT id FROM cases WHERE case_no = :case_no)"
            ),
            {"case_no": case_no},
        )


async def for_the_rates(desk: Desk, case_no: str) -> tuple[bool | None, bool | None]:
    """监督举报率, 按时核实率: what the case's row keeps of it."""
    case = await desk.case(case_no)
    return case.verified, case.verified_in_time


async def test_a_report_is_verified_by_who_is_on_duty_and_then_dispatched(desk: Desk) -> None:
    case_no = await sent(desk)
    assert (await desk.case(case_no)).status == "REVIEW", "verifying is no status"
    assert case_no in await mine(desk, FIRST)
    inner = await clock(desk, case_no, "INNER")
    assert (inner.limit_text, inner.assignment_id) == ("60wm", (await task_of(desk, case_no)).id)
    assert await desk.told(case_no, "ASK_VERIFY") == {"GRID_WORKER"}
    assert (await page(desk, case_no, FIRST))["allowed_actions"] == ["ANSWER_VERIFY"]
    await refused(desk, "dispatcher1", case_no, "DISPATCH", "VERIFY_PENDING", unit=LEAD)
    await refused(desk, "dispatcher1", case_no, "ASK_VERIFY", "VERIFY_OPEN")
    await refused(desk, FIRST, case_no, "ANSWER_VERIFY", "FINDING_MISSING", note=SEEN)
    await refused(desk, FIRST, case_no, "ANSWER_VERIFY", "NOTE_MISSING", found=True)
    await desk.move(FIRST, case_no, "ANSWER_VERIFY", found=True, note=SEEN)
    assert (await task_of(desk, case_no)).outcome == "FOUND"
    assert await for_the_rates(desk, case_no) == (True, True)
    assert (await desk.clocks(case_no))["INNER"] == "STOPPED"
    assert "DISPATCHER" in await desk.told(case_no, "ANSWER_VERIFY")
    assert case_no not in await mine(desk, FIRST)
    await refused(desk, FIRST, case_no, "ANSWER_VERIFY", "NO_VERIFY", found=True, note=SEEN)
    assert (await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD))["status"] == "DISPATCHED"


async def test_what_is_not_found_is_guided_and_not_filed(desk: Desk) -> None:
    case_no = await sent(desk)
    await desk.move(FIRST, case_no, "ANSWER_VERIFY", found=False, note="现场未见异常，路灯完好")
    assert (await task_of(desk, case_no)).outcome == "NOT_FOUND"
    assert await for_the_rates(desk, case_no) == (False, True)
    told = {"reason": "NA10", "told": "经现场核实，未发现您反映的情况。"}
    assert (await desk.move("dispatcher1", case_no, "GUIDE", **told))["status"] == "GUIDED"


async def test_nobody_waits_for_a_verifying_whose_time_is_over_nor_in_danger(desk: Desk) -> None:
    case_no = await sent(desk)
    await over(desk, case_no)
    assert (await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD))["status"] == "DISPATCHED"
    assert (await task_of(desk, case_no)).outcome == "NOT_MADE"
    assert (await desk.clocks(case_no))["INNER"] == "CANCELLED"
    assert await for_the_rates(desk, case_no) == (None, False)
    urgent = await sent(desk, urgency="E1")
    assert (await desk.move("dispatcher1", urgent, "DISPATCH", unit=LEAD))["status"] == "DISPATCHED"
    assert await for_the_rates(desk, urgent) == (None, None), "nobody owed it any more before its limit"


async def test_an_answer_after_its_limit_is_late_and_a_second_one_in_time_does_not_mend_it(desk: Desk) -> None:
    case_no = await sent(desk)
    await over(desk, case_no)
    await desk.move(FIRST, case_no, "ANSWER_VERIFY", found=False, note="现场未见异常，路灯完好")
    assert await for_the_rates(desk, case_no) == (False, False)
    await desk.move("dispatcher1", case_no, "ASK_VERIFY")
    await desk.move(FIRST, case_no, "ANSWER_VERIFY", found=True, note=SEEN)
    assert await for_the_rates(desk, case_no) == (True, False)


async def test_a_case_that_ends_needs_no_verifying(desk: Desk) -> None:
    case_no = await sent(desk)
    await desk.move("dispatcher1", case_no, "TRANSFER", line="119")
    assert ((await task_of(desk, case_no)).outcome, (await desk.clocks(case_no))["INNER"]) == (
        "NOT_NEEDED",
        "CANCELLED",
    )
    assert case_no not in await mine(desk, FIRST)


async def test_an_item_that_is_not_admitted_is_not_sent_to_a_grid(desk: Desk) -> None:
    """准入: no task is sent to grids unless its item is admitted (domain.md R8)."""
    shed = await received(desk, category="0101", text="楼顶私搭棚子。")
    await refused(desk, "dispatcher1", shed, "ASK_VERIFY", "GRID_ITEM_NOT_ADMITTED")
    unsorted = await received(desk, category=None, text="有问题。", kind=None)
    await refused(desk, "dispatcher1", unsorted, "ASK_VERIFY", "GRID_ITEM_UNSORTED")
    await admit(desk, category="0101", kinds=["DUTY"])
    await refused(desk, "dispatcher1", shed, "ASK_VERIFY", "GRID_ITEM_OTHER_KIND")
    await admit(desk, category="0101", area=ONE, valid_from="2027-01-01", valid_to="2027-06-01")
    db = await desk.city.database.pool()
    await db.execute("DELETE FROM grid_item WHERE category = '0101' AND kinds <> '{}'")
    await refused(desk, "dispatcher1", shed, "ASK_VERIFY", "GRID_ITEM_NOT_IN_FORCE")
    await db.execute("UPDATE grid_item SET valid_from = '2026-01-01' WHERE category = '0101'")
    await desk.move("dispatcher1", shed, "ASK_VERIFY")


async def test_an_item_that_was_taken_back_is_sent_no_more(desk: Desk) -> None:
    db = await desk.city.database.pool()
    await db.execute("DELETE FROM grid_item")
    number = await admit(desk)
    first = await sent(desk)
    leader = await desk.of("leader1")
    assert (await leader.post(f"/grid-items/{number}/end", json={"note": "职责调整"})).status_code == 200
    await refused(desk, "dispatcher1", await received(desk), "ASK_VERIFY", "GRID_ITEM_NOT_ADMITTED")
    await desk.move(FIRST, first, "ANSWER_VERIFY", found=True, note=SEEN)


async def test_it_goes_to_the_cases_grid_and_to_somebody_who_is_there(desk: Desk, grid: str) -> None:
    outside = await desk.receive(**LAMPS)
    await refused(desk, "dispatcher1", outside, "ASK_VERIFY", "VERIFY_GRID_UNKNOWN")
    await refused(desk, "dispatcher1", outside, "ASK_VERIFY", "VERIFY_GRID_UNKNOWN", grid=f"{TWO}001")
    await desk.move("dispatcher1", outside, "ASK_VERIFY", grid=grid)
    db = await desk.city.database.pool()
    await db.execute("DELETE FROM duty_shift")
    await refused(desk, "dispatcher1", await received(desk), "ASK_VERIFY", "VERIFY_NOBODY")


async def test_nobody_verifies_their_own_report(desk: Desk) -> None:
    client = await desk.of(FIRST, "intake")
    form = {"entry": "CALL", "place": {"lon": 104.0805, "lat": 30.6505, "crs": "CGCS2000"}, **LAMPS}
    answer = await client.post("/grid-reports", json=form, headers={"Idempotency-Key": "own-report-1"})
    case_no = answer.json()["request_no"]
    await desk.move("dispatcher1", case_no, "TAKE_ON")
    await refused(desk, "dispatcher1", case_no, "ASK_VERIFY", "VERIFY_OWN_REPORT")


async def test_a_leave_moves_the_open_task_to_the_substitute_at_once(desk: Desk) -> None:
    case_no = await sent(desk)
    now = datetime.now(UTC)
    span = {"starts_at": (now - timedelta(hours=1)).isoformat(), "ends_at": (now + timedelta(days=2)).isoformat()}
    form = {"login": FIRST, "substitute": SECOND, "reason": "病假", **span}
    assert (await (await desk.of("community-017001")).post("/leaves", json=form)).status_code == 201
    assert case_no in await mine(desk, SECOND)
    assert (await desk.ask(FIRST, case_no, "ANSWER_VERIFY", found=True, note=SEEN)).status_code == 404
    await refused(desk, "community-017001", case_no, "ANSWER_VERIFY", "NOT_YOUR_VERIFY", found=True, note=SEEN)
    assert "HANDED_OVER" in [event.action for event in await desk.events(case_no)]
    assert await hand_over_once(desk.city) == 0, "once"
    await desk.move(SECOND, case_no, "ANSWER_VERIFY", found=True, note=SEEN)


async def test_what_a_suspended_worker_had_goes_to_who_is_on_duty_or_to_the_community(desk: Desk, grid: str) -> None:
    first, community = await sent(desk), await desk.of("community-017001")
    suspend = {"step": "SUSPEND", "note": "考核不合格停岗"}
    done = await community.post(f"/grid-workers/{FIRST}/steps", json=suspend)
    assert done.json()["handed_over"] == [{"case_no": first, "to": None}], "nobody else is on duty"
    assert first in await mine(desk, "community-017001")
    assert await desk.told(first, "HANDED_OVER") == {"COMMUNITY"}
    await desk.move("community-017001", first, "ANSWER_VERIFY", found=True, note=SEEN)
    await on_duty(desk, grid, SECOND)
    second = await sent(desk)
    db = await desk.city.database.pool()
    await db.execute("UPDATE account SET active = false WHERE login = $1", SECOND)
    restore = {"step": "RESTORE", "note": "整改合格复岗"}
    answer = await (await desk.of("street-017")).post(f"/grid-workers/{FIRST}/steps", json=restore)
    assert answer.status_code == 200, answer.text
    assert await hand_over_once(desk.city) >= 1, "whatever made the worker leave"
    first_again = await db.fetchval("SELECT id FROM account WHERE login = $1", FIRST)
    assert (await task_of(desk, second)).account_id == first_again


async def test_a_check_goes_to_who_stands_in_for_the_discoverer(desk: Desk) -> None:
    client = await desk.of(SECOND, "intake")
    place = {"lon": 104.0805, "lat": 30.6505, "crs": "CGCS2000"}
    form = {"entry": "CALL", "place": place, **LAMPS}
    answer = await client.post("/grid-reports", json=form, headers={"Idempotency-Key": "check-stand-in"})
    case_no = answer.json()["request_no"]
    await desk.move("dispatcher1", case_no, "TAKE_ON")
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    await desk.move("unit-cg", case_no, "SIGN")
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=datetime.now(UTC).isoformat(), way="PHONE")
    now = datetime.now(UTC)
    span = {"starts_at": (now - timedelta(hours=1)).isoformat(), "ends_at": (now + timedelta(days=2)).isoformat()}
    community = await desk.of("community-017001")
    third = await employ(desk.city, "verifier-c", [Role.GRID_WORKER], f"{ONE}009", f"{ONE}-SQ")
    for login, substitute in ((SECOND, None), (FIRST, "verifier-c")):
        form = {"login": login, "substitute": substitute, "reason": "病假", **span}
        assert (await community.post("/leaves", json=form)).status_code == 201
    result = {"reply_text": "路灯已修复。", "factual": True, "solved": "SOLVED"}
    await desk.move("unit-cg", case_no, "FILE_RESULT", **result)
    assert (await desk.case(case_no)).checker_id == third
