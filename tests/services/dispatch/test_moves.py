"""The turns of a case through the API, each once: who may, and what follows."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from casework.db.models import Assignment, Case
from casework.journey.move import move
from casework.rules import asks
from casework.rules.decide import Refused
from casework.rules.facts import ATTEMPTS_NEEDED, SYSTEM, WINDOW_DAYS
from casework.rules.words import Action, Role
from services.dispatch.worker import archive_once
from tests.services.dispatch.cases import Desk, now
from tests.services.dispatch.staff import employ

# 审核派单


async def test_an_answer_closes_at_once_and_is_the_reply(desk: Desk) -> None:
    case_no = await desk.receive(kind="咨询")
    moved = await desk.move("agent1", case_no, "ANSWER", answer="办证需身份证原件，电话 13812345678 不再使用。")
    assert (moved["status"], moved["allowed_actions"], moved["next_due"]) == ("ANSWERED", [], None)
    case = await desk.case(case_no)
    assert case.reply_text == "办证需身份证原件，电话 138****5678 不再使用。"
    assert case.ended_at == case.completed_at
    assert await desk.clocks(case_no) == {"DISPATCH": "STOPPED", "FINISH": "STOPPED"}
    assert await desk.told(case_no, "ANSWER") == {"CITIZEN", "UPSTREAM"}


async def test_guiding_keeps_the_reason_and_what_was_told(desk: Desk) -> None:
    case_no = await desk.receive()
    moved = await desk.move("dispatcher1", case_no, "GUIDE", reason="NA02", told="请通过劳动仲裁解决。")
    assert moved["status"] == "GUIDED"
    case = await desk.case(case_no)
    assert (case.reason_code, case.reply_text, case.completed_at) == ("NA02", "请通过劳动仲裁解决。", None)


async def test_an_emergency_is_handed_over_without_any_field(desk: Desk) -> None:
    case_no = await desk.receive()
    assert (await desk.move("agent1", case_no, "TRANSFER"))["status"] == "TRANSFERRED"
    named = await desk.receive()
    await desk.move("agent1", named, "TRANSFER", line="119，来电 13812345678")
    assert (await desk.case(named)).reason_code == "119，来电 138****5678"
    assert await desk.clocks(case_no) == {"DISPATCH": "STOPPED", "FINISH": "STOPPED"}


async def test_what_is_missing_is_asked_for_and_supplied(desk: Desk) -> None:
    case_no = await desk.receive()
    asked = await desk.move("dispatcher1", case_no, "ASK_INFO", note="请说明灯杆编号")
    assert asked["status"] == "NEED_INFO"
    assert await desk.clocks(case_no) == {"DISPATCH": "RUNNING", "FINISH": "RUNNING"}
    assert (await desk.move("agent1", case_no, "SUPPLY_INFO", note="灯杆 17 号"))["status"] == "REVIEW"


async def test_classifying_makes_the_promise_anew_from_the_acceptance(desk: Desk) -> None:
    case_no = await desk.receive(kind=None, category=None, place=None)
    before = await desk.case(case_no)
    assert (before.provisional, before.suggested_unit) == (True, None)
    said = {"kind": "CONSULT", "category": "0204", "area_code": "510104017000"}
    moved = await desk.move("dispatcher1", case_no, "CLASSIFY", **said)
    after = await desk.case(case_no)
    assert (moved["status"], after.kind, after.area_code, after.suggested_unit) == (
        *("REVIEW", "CONSULT", "510104017", "510104-CG"),
    )
    assert after.finish_due < before.finish_due, "a consultation has three working days, not seven"
    [*_, event] = await desk.events(case_no)
    assert event.data["before"]["kind"] is None


async def test_a_category_brings_its_urgency_upwards_only(desk: Desk) -> None:
    case_no = await desk.receive()
    for said, urgency in (
        ({"category": "0202"}, "E0"),  # 路面塌陷
        ({"category": "0204"}, "E0"),  # 路灯: does not make it less urgent
        ({"urgency": "N"}, "N"),  # a person may
    ):
        await desk.move("dispatcher1", case_no, "CLASSIFY", **said)
        assert (await desk.case(case_no)).urgency == urgency


async def test_a_dispatch_without_a_unit_takes_the_suggestion(desk: Desk) -> None:
    case_no = await desk.receive()
    assert (await desk.move("dispatcher1", case_no, "DISPATCH"))["status"] == "DISPATCHED"
    async with desk.city.database.transaction() as session:
        query = select(Assignment).join(Case, Case.id == Assignment.case_id).where(Case.case_no == case_no)
        lead = (await session.scalars(query)).one()
    assert (lead.kind, lead.hop, lead.signed_at) == ("LEAD", 1, None)
    assert await desk.told(case_no, "DISPATCH") == {"UNIT", "UPSTREAM"}


# 办理


async def test_a_call_that_nobody_took_is_an_attempt_and_no_contact(desk: Desk) -> None:
    case_no = await desk.handling()
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE", reached=False, note="无人接听")
    assert (await desk.clocks(case_no))["CONTACT"] == "RUNNING"
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="VISIT")
    assert (await desk.clocks(case_no))["CONTACT"] == "STOPPED"
    assert (await desk.case(case_no)).contacted_in_time is True


async def test_who_is_anonymous_need_not_be_called(desk: Desk) -> None:
    case_no = await desk.handling(person={"anonymous": True})
    assert "CONTACT" not in await desk.clocks(case_no)
    filed = await desk.move("unit-cg", case_no, "FILE_RESULT", reply_text="路灯已修复。", factual=True, solved="SOLVED")
    assert filed["status"] == "RESULT_REVIEW"


async def test_a_result_that_is_sent_back_counts_as_never_filed(desk: Desk) -> None:
    case_no = await desk.filed()
    assert (await desk.clocks(case_no))["FINISH"] == "FILED"
    back = await desk.move("reviewer1", case_no, "SEND_BACK_RESULT", note="请附照片")
    assert back["status"] == "HANDLING"
    assert (await desk.clocks(case_no))["FINISH"] == "RUNNING"
    assert (await desk.case(case_no)).filed_at is None
    await desk.move("unit-cg", case_no, "FILE_RESULT", reply_text="照片已附。", factual=True, solved="SOLVED")
    await desk.move("reviewer1", case_no, "ACCEPT_RESULT")
    filed = [event for event in await desk.events(case_no) if event.action == "FILE_RESULT"]
    assert (await desk.case(case_no)).completed_at == filed[-1].at, "the filing time counts, not the review's"


async def test_a_unit_that_had_the_case_before_may_look_and_not_act(desk: Desk) -> None:
    await employ(desk.city, "unit-before", [Role.UNIT], "510104", "510104-ZJ")
    case_no = await desk.handling()
    async with desk.city.database.transaction() as session:
        account = await desk.of("unit-before")
        case = (await session.scalars(select(Case).where(Case.case_no == case_no))).one()
        unit_id = (await account.get("/session")).json()["unit_id"]
        session.add(Assignment(case_id=case.id, unit_id=unit_id, kind="LEAD", hop=0, closed_at=case.created_at))
    client = await desk.of("unit-before")
    page = await client.get(f"/cases/{case_no}")
    assert (page.status_code, page.json()["allowed_actions"]) == (200, [])
    for language, sentence in (("zh-CN", "该工单不在您单位办理。"), ("en", None)):
        answer = await desk.ask("unit-before", case_no, "FEEDBACK", text="进展", headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (403, "refused.NOT_YOUR_CASE")
        assert sentence is None or answer.json()["detail"] == sentence


async def test_only_a_communitys_case_is_settled_by_the_community(desk: Desk) -> None:
    case_no = await desk.receive()
    await desk.move("dispatcher1", case_no, "DISPATCH", unit="510104017001-SQ")
    await desk.move("community-017001", case_no, "SIGN")
    page = (await (await desk.of("community-017001")).get(f"/cases/{case_no}")).json()
    assert not {"SETTLE", "CALL"} & set(page["allowed_actions"])
    answer = await desk.ask("community-017001", case_no, "SETTLE", evidence="当场修好了")
    assert (answer.status_code, answer.json()["code"]) == (409, "refused.NOT_COMMUNITY_LEVEL")


# 回访


async def test_unreached_is_closed_only_after_the_attempts(desk: Desk) -> None:
    case_no = await desk.followed_up()
    for tried in range(ATTEMPTS_NEEDED):
        assert (await desk.ask("followup1", case_no, "CLOSE_UNREACHED")).status_code == 409, tried
        await desk.move("followup1", case_no, "RECORD_ATTEMPT", note="无人接听")
    assert (await desk.move("followup1", case_no, "CLOSE_UNREACHED"))["status"] == "CLOSED"
    assert await desk.clocks(case_no) == {
        **{"DISPATCH": "STOPPED", "SIGN": "STOPPED", "CONTACT": "STOPPED", "FINISH": "STOPPED"},
        **{"REVIEW_RESULT": "STOPPED", "FOLLOW_UP": "STOPPED"},
    }


async def test_a_reasoned_closure_names_a_reason_of_the_catalogue(desk: Desk) -> None:
    reasons = desk.city.catalog.reasons
    reason = sorted(reasons.closure_codes - reasons.closures_of_two)[0]
    case_no = await desk.followed_up()
    await desk.move("followup1", case_no, "ANSWER_SURVEY", solved=False, satisfaction="BAD")
    answer = await desk.ask("followup1", case_no, "CLOSE_REASONED", reason=reason)
    assert answer.json()["code"] == "refused.NOTE_MISSING"
    closed = await desk.move("followup1", case_no, "CLOSE_REASONED", reason=reason, note="诉求超出规划，已当面说明")
    assert closed["status"] == "CLOSED"
    assert (await desk.case(case_no)).reason_code == reason


async def test_rework_revokes_the_completion_and_runs_its_own_clock(desk: Desk) -> None:
    case_no = await desk.followed_up()
    assert (await desk.case(case_no)).completed_at is not None
    await desk.move("followup1", case_no, "ANSWER_SURVEY", solved=False)
    await desk.move("followup1", case_no, "REWORK", note="又灭了")
    case = await desk.case(case_no)
    assert (case.completed_at, case.rework_count, case.in_rework) == (None, 1, True)
    assert case.first_completed_at is not None
    clocks = await desk.clocks(case_no)
    assert (clocks["FINISH"], clocks["REWORK"], clocks["CONTACT"]) == ("STOPPED", "RUNNING", "RUNNING")


# 撤诉、作废、归档

OPEN_TO_WITHDRAW = ("receive", "dispatched", "handling", "filed", "followed_up")


@pytest.mark.parametrize("stage", OPEN_TO_WITHDRAW)
async def test_a_checked_citizen_may_withdraw_at_any_time(desk: Desk, stage: str) -> None:
    case_no = await getattr(desk, stage)()
    gone = await desk.move("agent1", case_no, "WITHDRAW", identity_checked=True, note="已自行解决")
    assert (gone["status"], gone["allowed_actions"]) == ("TERMINATED", [])
    assert "RUNNING" not in (await desk.clocks(case_no)).values()
    async with desk.city.database.transaction() as session:
        query = select(Assignment).join(Case, Case.id == Assignment.case_id)
        assert not (await session.scalars(query.where(Case.case_no == case_no, Assignment.closed_at.is_(None)))).all()


async def test_a_case_is_void_by_two_people_only(desk: Desk) -> None:
    case_no = await desk.handling()
    assert (await desk.ask("dispatcher2", case_no, "VOID")).json()["code"] == "refused.VOID_NOT_PROPOSED"
    proposed = await desk.move("dispatcher1", case_no, "PROPOSE_VOID", note="测试件")
    assert (proposed["status"], "VOID" in proposed["allowed_actions"]) == ("HANDLING", False)
    for who in ("unit-cg", "agent1", "followup1"):
        assert (await desk.ask(who, case_no, "VOID")).status_code in (403, 404)
    assert (await desk.ask("dispatcher1", case_no, "VOID")).json()["code"] == "refused.SECOND_PERSON_NEEDED"
    assert (await desk.move("reviewer1", case_no, "VOID"))["status"] == "VOID"
    assert "RUNNING" not in (await desk.clocks(case_no)).values()


ENDED = ("CLOSED", "ANSWERED", "GUIDED", "TRANSFERRED", "TERMINATED", "VOID")


async def _ended(desk: Desk, as_: str) -> str:
    if as_ == "CLOSED":
        case_no = await desk.followed_up()
        await desk.move("followup1", case_no, "ANSWER_SURVEY", solved=True)
        return case_no
    case_no = await desk.receive()
    if as_ == "VOID":
        await desk.move("dispatcher1", case_no, "PROPOSE_VOID", note="测试件")
    moves = {
        "ANSWERED": ("dispatcher1", "ANSWER", {"answer": "已答复"}),
        "GUIDED": ("dispatcher1", "GUIDE", {"reason": "NA02", "told": "请走仲裁"}),
        "TRANSFERRED": ("dispatcher1", "TRANSFER", {}),
        "TERMINATED": ("dispatcher1", "WITHDRAW", {"identity_checked": True}),
        "VOID": ("dispatcher2", "VOID", {}),
    }
    who, action, said = moves[as_]
    await desk.move(who, case_no, action, **said)
    return case_no


@pytest.mark.parametrize("as_", ENDED)
async def test_an_ended_case_is_archived_after_its_window(desk: Desk, as_: str) -> None:
    case_no = await _ended(desk, as_)
    with pytest.raises(Refused, match="WINDOW_OPEN"):
        async with desk.city.database.transaction() as session:
            await move(session, desk.city, case_no, SYSTEM, asks.Archive())
    await archive_once(desk.city)
    assert (await desk.case(case_no)).status == as_
    async with desk.city.database.transaction() as session:
        day_short = func.now() - timedelta(days=WINDOW_DAYS - 1)
        await session.execute(update(Case).where(Case.case_no == case_no).values(ended_at=day_short))
    await archive_once(desk.city)
    assert (await desk.case(case_no)).status == as_
    async with desk.city.database.transaction() as session:
        over = func.now() - timedelta(days=WINDOW_DAYS)
        await session.execute(update(Case).where(Case.case_no == case_no).values(ended_at=over))
    assert await archive_once(desk.city) == 1
    assert await archive_once(desk.city) == 0
    case = await desk.case(case_no)
    assert (case.status, case.ended_as) == ("ARCHIVED", as_)
    [*_, event] = await desk.events(case_no)
    assert (event.action, event.role, event.account_id) == ("ARCHIVE", "SYSTEM", None)


async def test_nobody_archives_by_hand(desk: Desk) -> None:
    case_no = await _ended(desk, "GUIDED")
    for action in (Action.ARCHIVE, Action.ACCEPT, Action.ASK_COMMUNITY):
        assert (await desk.ask("dispatcher1", case_no, action.value)).status_code == 422
