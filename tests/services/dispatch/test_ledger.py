"""挂账: what objectively cannot be solved now is listed with measures and a plan, reviewed, and taken off in time."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from casework.db.models import Case, Supervision
from casework.journey.counting import facts_of
from casework.rules.rates import View, exclusion, standing
from casework.rules.words import Exclusion
from services.dispatch.worker import turn_once
from tests.services.dispatch.cases import LAMP, Desk, now
from tests.services.dispatch.test_turns import clock, page, refused, shift


def plan(**more: Any) -> dict[str, Any]:
    until = (datetime.now(UTC) + timedelta(days=200)).isoformat()
    return {"reason": "FUNDS_OR_PLAN", "measures": "先行安装临时照明，列入明年计划", "until": until, **more}


async def asked(desk: Desk) -> str:
    """A case whose unit has asked for the ledger."""
    case_no = await desk.handling(**LAMP)
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    await desk.move("unit-cg", case_no, "ASK_LEDGER", **plan())
    return case_no


async def listed(desk: Desk) -> str:
    """A case on the ledger."""
    case_no = await asked(desk)
    await desk.move("leader1", case_no, "GRANT_LEDGER")
    return case_no


async def row(desk: Desk, case_no: str, login: str = "leader1") -> dict[str, Any] | None:
    answer = await (await desk.of(login)).get("/ledger")
    assert answer.status_code == 200, answer.text
    return next((found for found in answer.json() if found["case_no"] == case_no), None)


async def missed(desk: Desk, case_no: str) -> None:
    """As if the review's time were over."""
    past = datetime.now(UTC) - timedelta(minutes=1)
    await shift(desk, case_no, Case, Case.on_ledger, ledger_review_due=past)


async def test_a_leader_lists_it_and_the_citizen_is_told_the_plan(desk: Desk) -> None:
    case_no = await asked(desk)
    promised = (await desk.case(case_no)).finish_due
    assert "LEADER" in await desk.told(case_no, "ASK_LEDGER")
    await refused(desk, "dispatcher1", case_no, "GRANT_LEDGER", "NOT_YOUR_ROLE")
    assert (await desk.move("leader1", case_no, "GRANT_LEDGER"))["status"] == "SUSPENDED"
    case = await desk.case(case_no)
    assert (case.on_ledger, case.finish_due) == (True, promised)
    assert (await clock(desk, case_no, "FINISH")).state == "PAUSED"
    assert {"UNIT", "CITIZEN"} <= await desk.told(case_no, "GRANT_LEDGER")
    found = await row(desk, case_no)
    assert found is not None
    assert (found["measures"], found["reviews"], found["overdue"]) == (plan()["measures"], 0, False)
    assert found["unit"] is not None
    await refused(desk, "unit-cg", case_no, "RESUME", "ON_LEDGER")


async def test_while_it_is_listed_it_stands_beside_the_rate_and_after_it_counts(desk: Desk) -> None:
    case_no = await listed(desk)
    case = await desk.case(case_no)
    assert exclusion(facts_of(case), case.finish_due, View.A) is Exclusion.LEDGER
    assert standing(facts_of(case), datetime.now(UTC), View.A).exclusion is Exclusion.LEDGER
    await desk.move("unit-cg", case_no, "TAKE_OFF_LEDGER", note="资金已到位")
    case = await desk.case(case_no)
    assert (case.status, case.on_ledger, case.ledger_review_due) == ("HANDLING", False, None)
    assert exclusion(facts_of(case), case.finish_due, View.A) is None
    assert (await clock(desk, case_no, "FINISH")).state == "RUNNING"
    assert {"UNIT", "CITIZEN"} <= await desk.told(case_no, "TAKE_OFF_LEDGER")
    assert await row(desk, case_no) is None
    result = {"reply_text": "路灯已安装。", "factual": True, "solved": "SOLVED"}
    assert (await desk.move("unit-cg", case_no, "FILE_RESULT", **result))["status"] == "RESULT_REVIEW"
    [motion] = (await page(desk, case_no))["motions"]
    assert (motion["kind"], motion["ruling"], motion["ended_at"] is not None) == ("LEDGER", "GRANTED", True)


async def test_reviews_are_kept_and_may_move_the_plan(desk: Desk) -> None:
    case_no = await listed(desk)
    first = (await desk.case(case_no)).ledger_review_due
    assert timedelta(days=29) < first - datetime.now(UTC) < timedelta(days=31)
    later = datetime.now(UTC) + timedelta(days=300)
    await refused(desk, "unit-cg", case_no, "REVIEW_LEDGER", "NOTE_MISSING", note="在办")
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    await refused(desk, "unit-cg", case_no, "REVIEW_LEDGER", "LEDGER_DATE_WRONG", note="计划已调整", until=past)
    await desk.move("unit-cg", case_no, "REVIEW_LEDGER", note="项目已立项，待招标", until=later.isoformat())
    found = await row(desk, case_no)
    assert found is not None
    assert (found["reviews"], found["planned_for"][:10]) == (1, f"{later:%Y-%m-%d}")
    assert (await desk.case(case_no)).ledger_review_due > first
    assert "SUPERVISION" in await desk.told(case_no, "REVIEW_LEDGER")


async def test_a_missed_review_is_supervised_once(desk: Desk) -> None:
    case_no = await listed(desk)
    await missed(desk, case_no)
    assert (await row(desk, case_no))["overdue"]
    await turn_once(desk.city)
    await turn_once(desk.city)
    async with desk.city.database.transaction() as session:
        query = select(Supervision.trigger).join(Case, Case.id == Supervision.case_id).where(Case.case_no == case_no)
        assert list(await session.scalars(query)) == ["LEDGER"]
    await desk.move("unit-cg", case_no, "ANSWER_SUPERVISION", text="已安排本周复核")
    await desk.move("unit-cg", case_no, "REVIEW_LEDGER", note="项目已立项，待招标")
    await turn_once(desk.city)
    assert not (await row(desk, case_no))["overdue"]


async def test_what_is_late_or_urgent_or_without_a_plan_is_not_listed(desk: Desk) -> None:
    case_no = await desk.handling(**LAMP)
    await refused(desk, "unit-cg", case_no, "ASK_LEDGER", "CONTACT_NOT_MADE", **plan())
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    await refused(desk, "unit-cg", case_no, "ASK_LEDGER", "LEDGER_REASON_UNKNOWN", **plan(reason="X"))
    await refused(desk, "unit-cg", case_no, "ASK_LEDGER", "LEDGER_MEASURES_MISSING", **plan(measures="等"))
    far = (datetime.now(UTC) + timedelta(days=800)).isoformat()
    await refused(desk, "unit-cg", case_no, "ASK_LEDGER", "LEDGER_DATE_WRONG", **plan(until=far))
    await refused(desk, "leader1", case_no, "GRANT_LEDGER", "NOTHING_PENDING")
    await desk.move("unit-cg", case_no, "ASK_LEDGER", **plan())
    await refused(desk, "unit-cg", case_no, "ASK_LEDGER", "ALREADY_ASKED", **plan())
    await refused(desk, "leader1", case_no, "REJECT_LEDGER", "NOTE_MISSING")
    past = datetime.now(UTC) - timedelta(minutes=1)
    await shift(desk, case_no, Case, Case.id > 0, finish_due=past)
    await refused(desk, "leader1", case_no, "GRANT_LEDGER", "LEDGER_TOO_LATE")
    await desk.move("leader1", case_no, "REJECT_LEDGER", note="已逾期，请尽快办理")
    await shift(desk, case_no, Case, Case.id > 0, finish_due=past)
    await refused(desk, "unit-cg", case_no, "ASK_LEDGER", "LEDGER_TOO_LATE", **plan())
    await shift(desk, case_no, Case, Case.id > 0, urgency="E1")
    await refused(desk, "unit-cg", case_no, "ASK_LEDGER", "LEDGER_NEVER", **plan())


async def test_a_suspended_case_is_not_on_the_ledger(desk: Desk) -> None:
    case_no = await desk.handling(**LAMP)
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    await desk.move("unit-cg", case_no, "ASK_SUSPENSION", reason="PARTS_OR_SEASON", until=until, note="等配件")
    await desk.move("dispatcher1", case_no, "GRANT_SUSPENSION")
    await refused(desk, "unit-cg", case_no, "TAKE_OFF_LEDGER", "NOT_ON_LEDGER", note="可以办理")
    assert await row(desk, case_no) is None
