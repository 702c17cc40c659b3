"""One matter, many callers; a change of what a case is about; a calendar announced late: through the real API."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from casework.db.models import Case, Clock, Motion
from casework.journey.move import move
from casework.journey.replanning import replan_once
from casework.rules import asks
from casework.rules.decide import Refused
from casework.rules.facts import CITIZEN
from services.dispatch.worker import turn_once
from tests.services.dispatch.cases import LEAD, Desk, now
from tests.services.dispatch.test_turns import clock, page, refused, shift


async def _two(desk: Desk) -> tuple[str, str]:
    """A main case and one of another caller about the same matter."""
    other = {"name": "李四维", "phone": "13700001234"}
    return await desk.receive(), await desk.receive(person=other)


async def _answered(desk: Desk, case_no: str) -> None:
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    await desk.move("unit-cg", case_no, "SIGN")
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    await desk.move("unit-cg", case_no, "FILE_RESULT", reply_text="路灯已修复。", factual=True, solved="SOLVED")
    await desk.move("reviewer1", case_no, "ACCEPT_RESULT")


async def test_every_caller_is_answered_and_none_learns_of_another(desk: Desk) -> None:
    main, other = await _two(desk)
    merged = await desk.move("dispatcher1", other, "MERGE", main=main)
    assert (merged["status"], merged["next_due"]) == ("MERGED", None)
    assert set((await desk.clocks(other)).values()) == {"CANCELLED"}
    assert (await desk.case(main)).merged == 1
    await _answered(desk, main)
    follower = await desk.case(other)
    assert follower.reply_text == "路灯已修复。"
    assert await desk.told(other, "MAIN_ANSWERED") == {"CITIZEN", "UPSTREAM"}
    seen = await page(desk, other)
    assert (seen["main_case_no"], (await page(desk, main))["followers"]) == (main, [other])
    for case_no, words in ((main, ("李四维", "13700001234")), (other, ("张三丰", "13812345678"))):
        events = [str(event.data) for event in await desk.events(case_no)]
        assert not [word for word in words for event in events if word in event]


async def test_a_merged_case_counts_once_in_the_rate_and_in_the_heat_of_its_main_case(desk: Desk) -> None:
    main, other = await _two(desk)
    await desk.move("dispatcher1", other, "MERGE", main=main)
    case = await desk.case(other)
    assert (case.status, case.ended_as, case.completed_at) == ("MERGED", "MERGED", None)


async def test_what_was_another_matter_stands_alone_again_under_its_own_promise(desk: Desk) -> None:
    main, other = await _two(desk)
    promised = (await desk.case(other)).finish_due
    await desk.move("dispatcher1", other, "DISPATCH", unit=LEAD)
    await desk.move("dispatcher1", other, "MERGE", main=main)
    await refused(desk, "dispatcher1", other, "UNMERGE", "NOTE_MISSING")
    assert (await desk.move("dispatcher1", other, "UNMERGE", note="不是同一盏灯"))["status"] == "REVIEW"
    case = await desk.case(other)
    assert (case.finish_due, case.finish_due_original, case.main_case_id) == (promised, promised, None)
    assert (case.ended_at, case.lead_unit_id) == (None, None)
    finish = await clock(desk, other, "FINISH")
    assert (finish.state, finish.due_at, finish.cycle) == ("RUNNING", promised, 2)
    assert (await desk.case(main)).merged == 0
    await _answered(desk, main)
    assert (await desk.case(other)).reply_text is None


async def test_a_main_case_is_another_open_one_that_follows_nobody(desk: Desk) -> None:
    main, other = await _two(desk)
    third = await desk.receive()
    await desk.move("dispatcher1", other, "MERGE", main=main)
    await refused(desk, "dispatcher1", third, "MERGE", "MAIN_UNKNOWN", main="510104202601010100000000")
    await refused(desk, "dispatcher1", third, "MERGE", "MAIN_UNKNOWN")
    await refused(desk, "dispatcher1", third, "MERGE", "MAIN_SAME", main=third)
    await refused(desk, "dispatcher1", third, "MERGE", "MAIN_ENDED", main=other)
    await refused(desk, "dispatcher1", main, "MERGE", "HAS_FOLLOWERS", main=third)
    await desk.move("dispatcher1", main, "PROPOSE_VOID", note="测试件")
    await refused(desk, "reviewer1", main, "VOID", "HAS_FOLLOWERS")


async def test_a_citizen_does_not_take_the_others_case_along(desk: Desk) -> None:
    main, other = await _two(desk)
    await desk.move("dispatcher1", other, "MERGE", main=main)
    async with desk.city.database.transaction() as session:
        with pytest.raises(Refused, match="WITHDRAW_BY_PHONE"):
            await move(session, desk.city, main, CITIZEN, asks.Withdraw(identity_checked=True))


async def test_two_who_merge_crosswise_wait_for_one_another(desk: Desk) -> None:
    for _ in range(5):
        one, two = await _two(desk)
        answers = await asyncio.gather(
            desk.ask("dispatcher1", one, "MERGE", main=two), desk.ask("dispatcher2", two, "MERGE", main=one)
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409], [a.text for a in answers]
        merged = [(await desk.case(case_no)).status for case_no in (one, two)]
        assert sorted(merged) == ["MERGED", "REVIEW"]


async def test_merging_against_moving_ends_in_one_winner(desk: Desk) -> None:
    main, other = await _two(desk)
    answers = await asyncio.gather(
        desk.ask("dispatcher1", other, "MERGE", main=main), desk.ask("dispatcher2", other, "ANSWER", answer="已答复您")
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409]


# 变更分类


@pytest.mark.parametrize(
    ("kind", "policy", "what"),
    [
        ("COMPLAINT", "KEEP", "same"),
        ("COMPLAINT", "EXTEND_ONLY", "later"),
        ("COMPLAINT", "RECOMPUTE", "later"),
        ("CONSULT", "KEEP", "same"),
        ("CONSULT", "EXTEND_ONLY", "same"),
        ("CONSULT", "RECOMPUTE", "earlier"),
    ],
)
async def test_the_policy_says_what_becomes_of_the_promise(desk: Desk, kind: str, policy: str, what: str) -> None:
    case_no = await desk.handling()
    was = await desk.case(case_no)
    await refused(desk, "dispatcher1", case_no, "RECLASSIFY", "NOTE_MISSING", kind=kind, policy=policy)
    await desk.move("dispatcher1", case_no, "RECLASSIFY", kind=kind, policy=policy, note="性质有误")
    case, finish = await desk.case(case_no), await clock(desk, case_no, "FINISH")
    moved = {"same": case.finish_due == was.finish_due, "later": case.finish_due > was.finish_due}
    assert {**moved, "earlier": case.finish_due < was.finish_due}[what]
    assert (case.kind, finish.cycle, finish.due_at) == (kind, 2, case.finish_due)
    assert case.finish_due_original == was.finish_due_original
    [*_, event] = await desk.events(case_no)
    assert event.data["before"]["kind"] == "HELP"
    assert {event.data["was_due"], event.data["due"]} == {was.finish_due.isoformat(), case.finish_due.isoformat()}
    assert await desk.told(case_no, "RECLASSIFY") == {"UNIT", "CITIZEN", "UPSTREAM"}


async def test_a_new_limit_keeps_the_suspensions_so_far(desk: Desk) -> None:
    case_no = await desk.handling()
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    until = (datetime.now(UTC) + timedelta(days=9)).isoformat()
    await desk.move("unit-cg", case_no, "ASK_SUSPENSION", reason="COURT", until=until, note="等待判决")
    await desk.move("dispatcher1", case_no, "GRANT_SUSPENSION")
    ago = datetime.now(UTC) - timedelta(days=10)
    await shift(desk, case_no, Motion, Motion.kind == "SUSPENSION", ruled_at=ago, until=datetime.now(UTC))
    await shift(desk, case_no, Clock, Clock.name == "FINISH", paused_at=ago, started_at=ago)
    await shift(desk, case_no, Case, Case.id > 0, accepted_at=ago)
    await turn_once(desk.city)
    await desk.move("dispatcher1", case_no, "RECLASSIFY", kind="HELP", policy="RECOMPUTE", note="核对")
    left = (await desk.case(case_no)).finish_due - datetime.now(UTC)
    assert left > timedelta(days=6), "seven working days remain: the ten days before were all suspended"


# 日历公布


async def test_a_calendar_that_is_announced_moves_what_was_provisional_once(desk: Desk) -> None:
    case_no = await desk.handling()
    finish = await clock(desk, case_no, "FINISH")
    await shift(desk, case_no, Clock, Clock.name == "FINISH", calendar_unannounced=True, calendar_version="cn/old+0")
    start = finish.started_at
    await shift(desk, case_no, Clock, Clock.name == "FINISH", due_at=finish.due_at - timedelta(days=2))
    await shift(desk, case_no, Case, Case.id > 0, finish_due=finish.due_at - timedelta(days=2), provisional=True)
    assert await replan_once(desk.city) >= 1
    assert await replan_once(desk.city) == 0, "a repeat finds nothing to do"
    after, case = await clock(desk, case_no, "FINISH"), await desk.case(case_no)
    assert (after.id, after.started_at, after.due_at) == (finish.id, start, finish.due_at)
    assert (after.calendar_unannounced, case.finish_due, case.provisional) == (False, finish.due_at, False)
    [*_, event] = await desk.events(case_no)
    assert (event.action, event.data["due"]) == ("REPLANNED", finish.due_at.isoformat())


async def test_what_people_agreed_on_is_not_moved_by_a_calendar(desk: Desk) -> None:
    case_no = await desk.handling()
    until = ((await desk.case(case_no)).finish_due + timedelta(days=2)).isoformat()
    await desk.move("unit-cg", case_no, "ASK_EXTENSION", until=until, note="需采购灯具")
    await desk.move("dispatcher1", case_no, "GRANT_EXTENSION")
    agreed = (await desk.case(case_no)).finish_due
    await shift(desk, case_no, Clock, Clock.state == "RUNNING", calendar_unannounced=True, calendar_version="cn/old+0")
    assert await replan_once(desk.city) >= 1
    assert (await desk.case(case_no)).finish_due == agreed
    assert await replan_once(desk.city) == 0
