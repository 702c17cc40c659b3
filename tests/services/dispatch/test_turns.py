"""The turns that a case may take: who may ask, who rules, and what runs meanwhile, through the real API."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from casework.db.models import Assignment, Case, Clock, ClockFired, Motion, Supervision
from casework.journey.move import move
from casework.rules import asks
from casework.rules.decide import Refused
from casework.rules.facts import SYSTEM
from services.dispatch.worker import sweep_once, turn_once
from tests.services.dispatch.cases import LEAD, Desk, now

OTHER = "510104-ZHZF"
RETURN = {"reason": "OUTSIDE_DUTY", "basis": "城管局三定方案第四条", "unit": OTHER}


async def page(desk: Desk, case_no: str, login: str = "dispatcher1") -> dict[str, Any]:
    """The case as that person sees it."""
    answer = await (await desk.of(login)).get(f"/cases/{case_no}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def clock(desk: Desk, case_no: str, name: str) -> Clock:
    """The last clock of a name."""
    async with desk.city.database.transaction() as session:
        query = select(Clock).join(Case, Case.id == Clock.case_id).where(Case.case_no == case_no, Clock.name == name)
        return (await session.scalars(query.order_by(Clock.id.desc()))).first()


async def shift(desk: Desk, case_no: str, model: Any, where: Any, **values: Any) -> None:
    """As if time had passed: rows of the case are moved back."""
    async with desk.city.database.transaction() as session:
        of_case = select(Case.id).where(Case.case_no == case_no).scalar_subquery()
        key = Case.id if model is Case else model.case_id
        await session.execute(update(model).where(key == of_case, where).values(**values))


async def refused(desk: Desk, login: str, case_no: str, action: str, code: str, **said: Any) -> None:
    """The move is refused with that reason."""
    answer = await desk.ask(login, case_no, action, **said)
    assert answer.json().get("code") == f"refused.{code}", answer.text


# 退单


async def test_a_granted_return_goes_to_another_unit_under_the_same_deadline(desk: Desk) -> None:
    case_no = await desk.dispatched()
    promised = (await desk.case(case_no)).finish_due
    asked = await desk.move("unit-cg", case_no, "ASK_RETURN", **RETURN)
    assert asked["status"] == "RETURN_REVIEW"
    assert await desk.clocks(case_no) == {"DISPATCH": "STOPPED", "SIGN": "FILED", "FINISH": "RUNNING"}
    granted = await desk.move("dispatcher1", case_no, "GRANT_RETURN")
    assert granted["status"] == "DISPATCHED"
    case = await desk.case(case_no)
    assert (case.finish_due, case.finish_due_original, case.signed_in_time) == (promised, promised, None)
    sign = await clock(desk, case_no, "SIGN")
    assert (sign.state, sign.cycle) == ("RUNNING", 1), "the new unit's own clock"
    await refused(desk, "unit-cg", case_no, "SIGN", "NOT_YOUR_CASE")
    assert (await desk.move("unit-zhzf", case_no, "SIGN"))["status"] == "HANDLING"
    seen = await page(desk, case_no)
    assert [(m["kind"], m["ruling"]) for m in seen["motions"]] == [("RETURN", "GRANTED")]
    assert await desk.told(case_no, "GRANT_RETURN") >= {"UNIT", "UPSTREAM"}


async def test_a_rejected_return_counts_as_signed_when_it_was_asked(desk: Desk) -> None:
    case_no = await desk.dispatched()
    await desk.move("unit-cg", case_no, "ASK_RETURN", **RETURN)
    await refused(desk, "dispatcher1", case_no, "REJECT_RETURN", "NOTE_MISSING")
    assert (await desk.move("dispatcher1", case_no, "REJECT_RETURN", note="属城管职责"))["status"] == "HANDLING"
    async with desk.city.database.transaction() as session:
        motion = (await session.scalars(select(Motion).order_by(Motion.id.desc()))).first()
        lead = (await session.scalars(select(Assignment).where(Assignment.case_id == motion.case_id))).one()
    assert lead.signed_at == motion.asked_at
    sign, contact = await clock(desk, case_no, "SIGN"), await clock(desk, case_no, "CONTACT")
    assert (sign.state, sign.stopped_at) == ("STOPPED", motion.asked_at)
    assert contact.started_at == motion.asked_at, "the unit gains nothing by arguing"
    assert (await desk.case(case_no)).signed_in_time is True
    await refused(desk, "unit-cg", case_no, "ASK_RETURN", "RETURN_ONCE", **RETURN)


async def test_a_return_after_signing_holds_the_contact_and_lets_it_run_on(desk: Desk) -> None:
    case_no = await desk.handling()
    before = await clock(desk, case_no, "CONTACT")
    await desk.move("unit-cg", case_no, "ASK_RETURN", **RETURN)
    assert (await clock(desk, case_no, "CONTACT")).state == "FILED"
    await desk.move("dispatcher1", case_no, "REJECT_RETURN", note="属城管职责")
    after = await clock(desk, case_no, "CONTACT")
    assert (after.id, after.state, after.due_at) == (before.id, "RUNNING", before.due_at)


async def test_a_return_comes_too_late_once_signed_and_the_time_is_over(desk: Desk) -> None:
    case_no = await desk.handling()
    long_ago = datetime.now(UTC) - timedelta(days=20)
    await shift(desk, case_no, Assignment, Assignment.kind == "LEAD", opened_at=long_ago)
    await refused(desk, "unit-cg", case_no, "ASK_RETURN", "RETURN_TOO_LATE", **RETURN)
    assert "ASK_RETURN" not in (await page(desk, case_no, "unit-cg"))["allowed_actions"]


async def test_whoever_has_the_case_after_a_return_makes_a_first_contact_of_its_own(desk: Desk) -> None:
    case_no = await desk.handling()
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    await desk.move("unit-cg", case_no, "ASK_RETURN", **RETURN)
    await desk.move("dispatcher1", case_no, "GRANT_RETURN")
    await desk.move("unit-zhzf", case_no, "SIGN")
    result = {"reply_text": "路灯已修复。", "factual": True, "solved": "SOLVED"}
    await refused(desk, "unit-zhzf", case_no, "FILE_RESULT", "CONTACT_NOT_MADE", **result)


async def test_a_return_asked_late_is_a_signing_that_was_late_whoever_has_it_next(desk: Desk) -> None:
    case_no = await desk.dispatched()
    yesterday = datetime.now(UTC) - timedelta(days=1)
    await shift(desk, case_no, Clock, Clock.name == "SIGN", due_at=yesterday)
    await desk.move("unit-cg", case_no, "ASK_RETURN", **RETURN)
    await desk.move("dispatcher1", case_no, "GRANT_RETURN")
    await desk.move("unit-zhzf", case_no, "SIGN")
    assert (await desk.case(case_no)).signed_in_time is False


async def test_what_is_disputed_is_designated_and_then_not_returned(desk: Desk) -> None:
    case_no = await desk.dispatched()
    promised = (await desk.case(case_no)).finish_due
    await desk.move("unit-cg", case_no, "ASK_RETURN", **RETURN)
    assert (await desk.move("dispatcher1", case_no, "CONSULT", note="两家职责交叉"))["status"] == "CONSULTATION"
    assert await desk.clocks(case_no) == {"DISPATCH": "STOPPED", "SIGN": "STOPPED", "FINISH": "RUNNING"}
    await refused(desk, "dispatcher1", case_no, "DESIGNATE", "NOT_YOUR_ROLE", unit=LEAD, note="会商纪要")
    designated = await desk.move("leader1", case_no, "DESIGNATE", unit=OTHER, note="会商纪要第3号")
    assert (designated["status"], (await desk.case(case_no)).finish_due) == ("HANDLING", promised)
    await refused(desk, "unit-zhzf", case_no, "ASK_RETURN", "RETURN_DESIGNATED", **{**RETURN, "unit": LEAD})
    assert [a["designated"] for a in (await page(desk, case_no))["assignments"]] == [False, True]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"reason": "BUSY"}, "RETURN_REASON_UNKNOWN"),
        ({"basis": "忙"}, "RETURN_BASIS_MISSING"),
        ({"unit": ""}, "RETURN_UNIT_MISSING"),
        ({"unit": LEAD}, "RETURN_UNIT_MISSING"),
        ({"unit": "NO-SUCH"}, "RETURN_UNIT_MISSING"),
    ],
)
async def test_a_return_names_the_law_and_who_should_have_it(desk: Desk, said: dict[str, str], code: str) -> None:
    case_no = await desk.dispatched()
    await refused(desk, "unit-cg", case_no, "ASK_RETURN", code, **{**RETURN, **said})


async def test_an_emergency_is_never_returned(desk: Desk) -> None:
    case_no = await desk.receive()
    await desk.move("dispatcher1", case_no, "CLASSIFY", urgency="E0")
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    await refused(desk, "unit-cg", case_no, "ASK_RETURN", "RETURN_NEVER", **RETURN)


async def test_two_rulings_on_one_return_end_in_one_winner(desk: Desk) -> None:
    case_no = await desk.dispatched()
    await desk.move("unit-cg", case_no, "ASK_RETURN", **RETURN)
    await asyncio.gather(desk.of("dispatcher1"), desk.of("dispatcher2"))
    answers = await asyncio.gather(
        desk.ask("dispatcher1", case_no, "GRANT_RETURN"),
        desk.ask("dispatcher2", case_no, "REJECT_RETURN", note="属城管职责"),
        desk.ask("unit-cg", case_no, "SIGN"),
    )
    assert [answer.status_code == 200 for answer in answers].count(True) == 1, [answer.text for answer in answers]
    assert {answer.status_code for answer in answers} <= {200, 403, 409}
    async with desk.city.database.transaction() as session:
        leads = select(Assignment).join(Case, Case.id == Assignment.case_id).where(Case.case_no == case_no)
        open_leads = [lead for lead in await session.scalars(leads) if lead.closed_at is None]
    assert len(open_leads) == 1


async def test_the_time_lost_belongs_to_whoever_held_the_case(desk: Desk) -> None:
    case_no = await desk.dispatched()
    await desk.move("unit-cg", case_no, "ASK_RETURN", **RETURN)
    await desk.move("dispatcher1", case_no, "GRANT_RETURN")
    await desk.move("unit-zhzf", case_no, "SIGN")
    spans = (await (await desk.of("dispatcher1")).get(f"/cases/{case_no}/holding")).json()
    assert [span["unit"] for span in spans] == [None, "锦江区城市管理局", None, "锦江区综合行政执法局"]
    assert [one["end"] for one in spans[:-1]] == [one["start"] for one in spans[1:]]


# 主办、协办、下派


def _soon(hours: float = 3) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


async def test_a_helper_answers_the_lead_who_stays_accountable(desk: Desk) -> None:
    case_no = await desk.handling()
    added = await desk.move("unit-cg", case_no, "ADD_CO_UNIT", unit=OTHER, until=_soon(), note="请查处占道")
    assert added["status"] == "HANDLING"
    inner, finish = await clock(desk, case_no, "INNER"), await clock(desk, case_no, "FINISH")
    assert (inner.state, inner.assignment_id is not None) == ("RUNNING", True)
    assert inner.due_at < finish.due_at
    seen = await page(desk, case_no, "unit-zhzf")
    assert "ANSWER_LEAD" in seen["allowed_actions"]
    assert "FILE_RESULT" not in seen["allowed_actions"], "the lead cannot pass its clock to a helper"
    await refused(desk, "unit-zhzf", case_no, "ADD_CO_UNIT", "NOT_YOUR_CASE", unit=OTHER, until=_soon(), note="x")
    await desk.move("unit-zhzf", case_no, "ANSWER_LEAD", text="已清理占道")
    assert (await clock(desk, case_no, "INNER")).state == "STOPPED"
    [lead, helper] = (await page(desk, case_no))["assignments"]
    assert (lead["kind"], lead["closed_at"]) == ("LEAD", None)
    assert (helper["kind"], helper["outcome"], helper["answer"]) == ("CO", "ANSWERED", "已清理占道")
    assert await desk.told(case_no, "ADD_CO_UNIT") == {"UNIT"}


async def test_a_late_answer_says_why_and_how_things_stand(desk: Desk) -> None:
    case_no = await desk.handling()
    await desk.move("unit-cg", case_no, "ADD_CO_UNIT", unit=OTHER, until=_soon(), note="请查处占道")
    await shift(desk, case_no, Clock, Clock.name == "INNER", due_at=datetime.now(UTC) - timedelta(hours=1))
    await refused(desk, "unit-zhzf", case_no, "ANSWER_LEAD", "LATE_REASON_MISSING", text="已清理")
    said = {"text": "已清理", "late_reason": "人手不足", "interim": "剩一处明日完成"}
    await desk.move("unit-zhzf", case_no, "ANSWER_LEAD", **said)
    assert (await clock(desk, case_no, "INNER")).breached_at is not None


async def test_what_is_passed_down_goes_below_and_falls_away_with_the_result(desk: Desk) -> None:
    case_no = await desk.receive()
    await desk.move("dispatcher1", case_no, "DISPATCH", unit="510104-GA")
    await desk.move("unit-ga", case_no, "SIGN")
    below = {"unit": "510104-JJ", "until": _soon(), "note": "请到现场"}
    await refused(desk, "unit-ga", case_no, "DELEGATE", "NOT_BELOW", **{**below, "unit": OTHER})
    await desk.move("unit-ga", case_no, "DELEGATE", **below)
    await refused(desk, "unit-ga", case_no, "DELEGATE", "ALREADY_WITH_IT", **below)
    assert "ANSWER_LEAD" in (await page(desk, case_no, "unit-jj"))["allowed_actions"]
    await desk.move("unit-ga", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    await desk.move("unit-ga", case_no, "FILE_RESULT", reply_text="已疏导交通。", factual=True, solved="SOLVED")
    assert (await clock(desk, case_no, "INNER")).state == "CANCELLED"
    assert [a["outcome"] for a in (await page(desk, case_no))["assignments"]] == [None, "NOT_NEEDED"]


async def test_an_inner_deadline_ends_before_the_outer_one(desk: Desk) -> None:
    case_no = await desk.handling()
    after = ((await desk.case(case_no)).finish_due + timedelta(minutes=1)).isoformat()
    for until, code in ((after, "INNER_DUE_TOO_LATE"), (_soon(-1), "INNER_DUE_MISSING"), (None, "INNER_DUE_MISSING")):
        await refused(desk, "unit-cg", case_no, "ADD_CO_UNIT", code, unit=OTHER, until=until, note="请协助")


# 延期


async def _later(desk: Desk, case_no: str, days: int = 2) -> str:
    return ((await desk.case(case_no)).finish_due + timedelta(days=days)).isoformat()


async def test_an_extension_moves_the_promise_and_keeps_the_first_one(desk: Desk) -> None:
    case_no = await desk.handling()
    first = (await desk.case(case_no)).finish_due
    until = await _later(desk, case_no)
    await desk.move("unit-cg", case_no, "ASK_EXTENSION", until=until, note="需采购灯具")
    assert (await desk.case(case_no)).finish_due == first, "asking moves nothing"
    await refused(desk, "unit-cg", case_no, "ASK_EXTENSION", "ALREADY_ASKED", until=until, note="需采购灯具")
    await desk.move("dispatcher1", case_no, "GRANT_EXTENSION")
    case = await desk.case(case_no)
    assert (case.finish_due.isoformat(), case.finish_due_original) == (datetime.fromisoformat(until).isoformat(), first)
    finish = await clock(desk, case_no, "FINISH")
    assert (finish.cycle, finish.state, finish.due_at) == (2, "RUNNING", case.finish_due)
    seen = await page(desk, case_no)
    assert "延" in next(c["why"] for c in seen["clocks"] if c["name"] == "FINISH" and c["cycle"] == 2)
    assert await desk.told(case_no, "GRANT_EXTENSION") == {"UNIT", "CITIZEN", "UPSTREAM"}
    second = await _later(desk, case_no)
    await desk.move("unit-cg", case_no, "ASK_EXTENSION", until=second, note="灯具晚到")
    await refused(desk, "dispatcher1", case_no, "GRANT_EXTENSION", "LEADER_NEEDED")
    await desk.move("leader1", case_no, "GRANT_EXTENSION")
    third = await _later(desk, case_no)
    await refused(desk, "unit-cg", case_no, "ASK_EXTENSION", "EXTENSION_NO_MORE", until=third, note="再延")


async def test_no_extension_mends_a_broken_promise(desk: Desk) -> None:
    case_no = await desk.handling()
    await desk.move("unit-cg", case_no, "ASK_EXTENSION", until=await _later(desk, case_no), note="需采购")
    past = datetime.now(UTC) - timedelta(minutes=1)
    await shift(desk, case_no, Case, Case.id > 0, finish_due=past)
    await shift(desk, case_no, Clock, Clock.name == "FINISH", due_at=past)
    await refused(desk, "dispatcher1", case_no, "GRANT_EXTENSION", "EXTENSION_TOO_LATE")
    await desk.move("dispatcher1", case_no, "REJECT_EXTENSION", note="已超期")
    await refused(desk, "unit-cg", case_no, "ASK_EXTENSION", "EXTENSION_TOO_LATE", until=_soon(90), note="需采购")


async def test_an_extension_is_bounded_by_the_rule_and_by_the_upstream(desk: Desk) -> None:
    case_no = await desk.handling()
    for until, code in (
        (await _later(desk, case_no, 60), "EXTENSION_DATE_WRONG"),
        (await _later(desk, case_no, -1), "EXTENSION_DATE_WRONG"),
        (None, "EXTENSION_DATE_MISSING"),
    ):
        await refused(desk, "unit-cg", case_no, "ASK_EXTENSION", code, until=until, note="需采购")
    upstream = await desk.case(case_no)
    await shift(desk, case_no, Case, Case.id > 0, upstream_due=upstream.finish_due)
    until = await _later(desk, case_no)
    await refused(desk, "unit-cg", case_no, "ASK_EXTENSION", "EXTENSION_DATE_WRONG", until=until, note="需采购")


# 挂起


async def _contacted(desk: Desk) -> str:
    case_no = await desk.handling()
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    return case_no


async def test_a_suspension_stops_the_time_and_what_remained_runs_on(desk: Desk) -> None:
    case_no = await _contacted(desk)
    before = await clock(desk, case_no, "FINISH")
    asked = {"reason": "COURT", "until": _soon(24 * 10), "note": "等待法院判决"}
    await desk.move("unit-cg", case_no, "ASK_SUSPENSION", **asked)
    assert (await desk.move("dispatcher1", case_no, "GRANT_SUSPENSION"))["status"] == "SUSPENDED"
    paused = await clock(desk, case_no, "FINISH")
    assert (paused.state, paused.next_at, (await desk.case(case_no)).next_due) == ("PAUSED", None, None)
    assert await turn_once(desk.city) == 0, "it is not over yet"
    await refused(desk, "unit-cg", case_no, "FILE_RESULT", "NOT_NOW")
    ten_days_ago = datetime.now(UTC) - timedelta(days=10)
    await shift(desk, case_no, Clock, Clock.name == "FINISH", paused_at=ten_days_ago, started_at=ten_days_ago)
    await shift(desk, case_no, Motion, Motion.kind == "SUSPENSION", until=datetime.now(UTC) - timedelta(seconds=1))
    assert await turn_once(desk.city) >= 1
    case, after = await desk.case(case_no), await clock(desk, case_no, "FINISH")
    assert (case.status, after.state, after.id) == ("HANDLING", "RUNNING", before.id)
    assert after.due_at > before.due_at
    assert (case.finish_due, case.finish_due_original) == (after.due_at, before.due_at)
    assert after.next_at is not None
    assert await turn_once(desk.city) == 0, "once"


async def test_stages_that_fired_do_not_fire_again_after_a_suspension(desk: Desk) -> None:
    case_no = await _contacted(desk)
    finish = await clock(desk, case_no, "FINISH")
    due = datetime.now(UTC) - timedelta(seconds=1)
    await shift(desk, case_no, Clock, Clock.name == "FINISH", next_at=due, stage_times=[due, *finish.stage_times[1:]])
    await sweep_once(desk.city)
    await desk.move("unit-cg", case_no, "ASK_SUSPENSION", reason="COURT", until=_soon(48), note="等待判决")
    await desk.move("leader1", case_no, "GRANT_SUSPENSION")
    await desk.move("unit-cg", case_no, "RESUME")
    after = await clock(desk, case_no, "FINISH")
    assert after.stage_no == 2
    assert len(after.stages) == len(set(after.stages)) == len(after.stage_times)
    assert after.next_at == after.stage_times[1]
    async with desk.city.database.transaction() as session:
        fired = list(await session.scalars(select(ClockFired.stage).where(ClockFired.clock_id == finish.id)))
    assert fired == [finish.stages[0]]


async def test_a_suspension_needs_a_reason_an_end_and_a_contact(desk: Desk) -> None:
    fresh = await desk.handling()
    asked = {"reason": "COURT", "until": _soon(24), "note": "等待判决"}
    await refused(desk, "unit-cg", fresh, "ASK_SUSPENSION", "CONTACT_NOT_MADE", **asked)
    case_no = await _contacted(desk)
    for said, code in (
        ({"reason": "TIRED"}, "SUSPENSION_REASON_UNKNOWN"),
        ({"until": _soon(24 * 200)}, "SUSPENSION_END_WRONG"),
        ({"until": _soon(-1)}, "SUSPENSION_END_WRONG"),
        ({"note": ""}, "NOTE_MISSING"),
    ):
        await refused(desk, "unit-cg", case_no, "ASK_SUSPENSION", code, **{**asked, **said})
    await refused(desk, "dispatcher1", case_no, "GRANT_SUSPENSION", "NOTHING_PENDING")
    await desk.move("unit-cg", case_no, "ASK_SUSPENSION", **asked)
    await desk.move("dispatcher1", case_no, "REJECT_SUSPENSION", note="理由不足")
    await refused(desk, "dispatcher1", case_no, "GRANT_SUSPENSION", "NOTHING_PENDING")
    await desk.move("unit-cg", case_no, "ASK_SUSPENSION", **asked)
    await shift(desk, case_no, Motion, Motion.ruling.is_(None), until=datetime.now(UTC) - timedelta(hours=1))
    await refused(desk, "dispatcher1", case_no, "GRANT_SUSPENSION", "SUSPENSION_PAST")


async def test_danger_does_not_wait(desk: Desk) -> None:
    case_no = await desk.receive()
    await desk.move("dispatcher1", case_no, "CLASSIFY", urgency="E0")
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    await desk.move("unit-cg", case_no, "SIGN")
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE", outcome="REACHED")
    asked = {"reason": "COURT", "until": _soon(2), "note": "等待判决"}
    await refused(desk, "unit-cg", case_no, "ASK_SUSPENSION", "SUSPENSION_NEVER", **asked)
    await refused(desk, "unit-cg", case_no, "ASK_EXTENSION", "EXTENSION_NO_MORE", until=_soon(30), note="再等")


async def test_a_suspension_ends_by_itself_only_when_it_is_over(desk: Desk) -> None:
    case_no = await _contacted(desk)
    await desk.move("unit-cg", case_no, "ASK_SUSPENSION", reason="COURT", until=_soon(48), note="等待判决")
    await desk.move("dispatcher1", case_no, "GRANT_SUSPENSION")
    async with desk.city.database.transaction() as session:
        with pytest.raises(Refused, match="SUSPENSION_NOT_OVER"):
            await move(session, desk.city, case_no, SYSTEM, asks.Resume())


async def test_who_was_not_called_in_does_not_answer(desk: Desk) -> None:
    case_no = await desk.handling()
    await refused(desk, "unit-cg", case_no, "ANSWER_LEAD", "NOT_HELPING", text="已办")


# 会审、重启


async def test_a_closure_that_judges_the_citizen_takes_two_people(desk: Desk) -> None:
    case_no = await desk.followed_up()
    await desk.move("followup1", case_no, "ANSWER_SURVEY", solved=False)
    said = {"reason": "UNREASONABLE", "note": "诉求超出规划，已当面说明"}
    await refused(desk, "followup1", case_no, "CLOSE_REASONED", "CLOSURE_NOT_PROPOSED", **said)
    await desk.move("followup1", case_no, "PROPOSE_CLOSURE", **said)
    await refused(desk, "followup1", case_no, "CLOSE_REASONED", "CLOSURE_SECOND_PERSON", **said)
    other = {**said, "reason": "UNFOUNDED"}
    await refused(desk, "reviewer1", case_no, "CLOSE_REASONED", "CLOSURE_NOT_PROPOSED", **other)
    assert (await desk.move("reviewer1", case_no, "CLOSE_REASONED", **said))["status"] == "CLOSED"


async def test_a_new_fact_reopens_a_closed_case_within_its_window(desk: Desk) -> None:
    case_no = await desk.followed_up()
    await desk.move("followup1", case_no, "ANSWER_SURVEY", solved=True)
    completed = (await desk.case(case_no)).completed_at
    await refused(desk, "agent1", case_no, "REOPEN", "NOTE_MISSING")
    assert (await desk.move("agent1", case_no, "REOPEN", note="当晚又灭了"))["status"] == "REWORK"
    case = await desk.case(case_no)
    assert (case.completed_at, case.first_completed_at, case.ended_at) == (None, completed, None)
    assert case.rework_count == 1
    late = await desk.followed_up()
    await desk.move("followup1", late, "ANSWER_SURVEY", solved=True)
    await shift(desk, late, Case, Case.id > 0, ended_at=datetime.now(UTC) - timedelta(days=16))
    await refused(desk, "agent1", late, "REOPEN", "WINDOW_PAST", note="又坏了")
    await shift(desk, late, Case, Case.id > 0, ended_at=datetime.now(UTC), lead_unit_id=None)
    await refused(desk, "agent1", late, "REOPEN", "NOBODY_HAD_IT", note="又坏了")


# 督办


async def _supervisions(desk: Desk, case_no: str) -> list[Supervision]:
    async with desk.city.database.transaction() as session:
        query = select(Supervision).join(Case, Case.id == Supervision.case_id).where(Case.case_no == case_no)
        return list(await session.scalars(query.order_by(Supervision.no)))


async def test_a_broken_promise_is_supervised_once_by_itself(desk: Desk) -> None:
    case_no = await desk.handling()
    past = datetime.now(UTC) - timedelta(minutes=1)
    last = {"due_at": past, "next_at": past, "stages": ["BREACH"], "stage_times": [past]}
    await shift(desk, case_no, Clock, Clock.name == "FINISH", **last)
    await sweep_once(desk.city)
    assert await turn_once(desk.city) >= 1
    await turn_once(desk.city)
    [one] = await _supervisions(desk, case_no)
    assert (one.trigger, one.rung, one.opened_by) == ("LATE", "WRITTEN", None)
    assert (await clock(desk, case_no, "SUPERVISE")).due_at == one.due_at
    await refused(desk, "unit-cg", case_no, "ANSWER_SUPERVISION", "SUPERVISION_ANSWER_MISSING", text="好")
    await desk.move("unit-cg", case_no, "ANSWER_SUPERVISION", text="今日完成维修并回复。")
    assert (await clock(desk, case_no, "SUPERVISE")).state == "STOPPED"
    await refused(desk, "unit-cg", case_no, "ANSWER_SUPERVISION", "NOT_SUPERVISED", text="今日完成维修。")


@pytest.mark.parametrize(("column", "trigger"), [("returns", "RETURNS"), ("rework_count", "REWORKS")])
async def test_what_goes_round_three_times_is_supervised_by_itself(desk: Desk, column: str, trigger: str) -> None:
    case_no = await desk.handling()
    await shift(desk, case_no, Case, Case.id > 0, **{column: 2})
    await turn_once(desk.city)
    assert await _supervisions(desk, case_no) == []
    await shift(desk, case_no, Case, Case.id > 0, **{column: 3})
    await turn_once(desk.city)
    await turn_once(desk.city)
    assert [one.trigger for one in await _supervisions(desk, case_no)] == [trigger]


async def test_a_higher_rung_follows_the_lower_one_with_a_clock_of_its_own(desk: Desk) -> None:
    case_no = await desk.handling()
    await desk.move("dispatcher1", case_no, "URGE", note="群众又来电")
    assert await desk.told(case_no, "URGE") == {"UNIT"}
    await refused(desk, "dispatcher1", case_no, "SUPERVISE", "NOT_YOUR_ROLE", note="逾期未办")
    await desk.move("supervision1", case_no, "SUPERVISE", note="逾期未办", trigger="LATE")
    first = await clock(desk, case_no, "SUPERVISE")
    await desk.move("leader1", case_no, "SUPERVISE", rung="LISTED", note="仍未办")
    async with desk.city.database.transaction() as session:
        assert (await session.get(Clock, first.id)).state == "CANCELLED"
    seen = await page(desk, case_no)
    assert [(one["rung"], one["trigger"]) for one in seen["supervisions"]] == [("WRITTEN", "HAND"), ("LISTED", "HAND")]
    assert (await clock(desk, case_no, "SUPERVISE")).cycle == 2
