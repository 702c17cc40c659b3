"""差评整改: a bad grade is put right by the unit that held the case, ruled on, and read by the citizen once; the case
goes its own way meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from casework.db.models import Case, Clock, Event, Notice, RateDelta
from casework.journey.move import move
from casework.rules import asks
from casework.rules.decide import Refused
from casework.rules.facts import SYSTEM
from services.dispatch.worker import archive_once, sweep_once
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.test_turns import clock, page, refused, shift

DONE = "已登门致歉，路灯改为当日抢修"
OFFICER, UNIT = "followup1", "unit-cg"


async def rated(desk: Desk, grade: str | None, *, solved: bool = True, case_no: str | None = None) -> str:
    """A case that was rated so by phone; its number."""
    case_no = case_no or await desk.followed_up()
    await desk.move(OFFICER, case_no, "ANSWER_SURVEY", solved=solved, satisfaction=grade, comment="来的人态度不好")
    return case_no


async def of(desk: Desk, case_no: str, login: str = OFFICER) -> list[dict[str, Any]]:
    """The case's rectifications as that person sees them."""
    answer = await (await desk.of(login)).get(f"/cases/{case_no}/rectifications")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def listed(desk: Desk, login: str) -> set[str]:
    """What waits in that person's list, which the queue's view must also show."""
    client = await desk.of(login)
    found: set[str] = set()
    cursor = None
    while True:
        said = {"limit": 1, **({"cursor": cursor} if cursor else {})}
        answer = (await client.get("/rectifications", params=said)).json()
        found |= {one["case_no"] for one in answer["rectifications"]}
        cursor = answer["next"]
        if cursor is None:
            break
    seen: list[str] = []
    while True:
        said = {"view": "RECTIFY", "limit": 1, **({"cursor": cursor} if cursor else {})}
        answer = (await client.get("/cases", params=said)).json()
        seen += [row["case_no"] for row in answer["rows"]]
        cursor = answer["next"]
        if cursor is None:
            break
    assert sorted(found) == sorted(seen)
    assert (await client.get("/queue/counts")).json()["counts"]["RECTIFY"] == len(seen)
    return found


async def amounts(desk: Desk, case_no: str) -> dict[str, int]:
    """What the figure's sums were told in all."""
    async with desk.city.database.transaction() as session:
        rows = await session.execute(select(RateDelta.names, RateDelta.amounts))
        told: dict[str, int] = {"RECTIFIED:d": 0, "RECTIFIED:n": 0, "COMPLETION:n": 0}
        for names, values in rows:
            for name, value in zip(names, values, strict=True):
                if name in told:
                    told[name] += value
        return told


async def overdue(desk: Desk, case_no: str) -> None:
    """As if the rectification's time were over."""
    past = datetime.now(UTC) - timedelta(minutes=1)
    last = {"due_at": past, "next_at": past, "stages": ["BREACH"], "stage_times": [past], "stage_no": 1}
    await shift(desk, case_no, Clock, Clock.name == "RECTIFY", **last)


@pytest.mark.parametrize("grade", ["BAD", "VERY_BAD"])
async def test_a_bad_grade_is_put_right_and_the_citizen_is_told_once(desk: Desk, grade: str) -> None:
    case_no = await rated(desk, grade)
    case, runs = await desk.case(case_no), await clock(desk, case_no, "RECTIFY")
    assert (case.status, case.next_due, case.rectified) == ("CLOSED", None, "OPEN")
    assert (runs.state, runs.limit_text, runs.due_at) == ("RUNNING", "5wd", case.rectify_due)
    assert "51号" in runs.limit_source
    assert await desk.told(case_no, "RECTIFY") == {"UNIT"}
    assert case_no in await listed(desk, UNIT)
    assert "ANSWER_RECTIFICATION" in (await page(desk, case_no, UNIT))["allowed_actions"]
    await desk.move(UNIT, case_no, "ANSWER_RECTIFICATION", text=DONE)
    assert await desk.told(case_no, "ANSWER_RECTIFICATION") == {"FOLLOW_UP"}
    assert await desk.told(case_no, "ACCEPT_RECTIFICATION") == set(), "nobody tells the citizen before it is accepted"
    await desk.move(OFFICER, case_no, "ACCEPT_RECTIFICATION")
    await refused(desk, OFFICER, case_no, "ACCEPT_RECTIFICATION", "NO_RECTIFICATION_TO_REVIEW")
    assert await desk.told(case_no, "ACCEPT_RECTIFICATION") == {"UNIT", "CITIZEN"}
    async with desk.city.database.transaction() as session:
        sent = select(func.count()).select_from(Notice).join(Case, Case.id == Notice.case_id)
        sent = sent.where(Case.case_no == case_no, Notice.topic == "ACCEPT_RECTIFICATION", Notice.channel == "sms")
        assert await session.scalar(sent) == 1
    [one] = await of(desk, case_no, UNIT)
    assert (one["grade"], one["answer"], one["step"], one["in_time"]) == (grade, DONE, "ACCEPTED", True)
    case = await desk.case(case_no)
    assert (case.rectified, case.rectify_due) == ("IN_TIME", None)
    assert case_no not in await listed(desk, OFFICER)


@pytest.mark.parametrize("grade", ["VERY_GOOD", "GOOD", "FAIR", None])
async def test_any_other_grade_asks_for_nothing(desk: Desk, grade: str | None) -> None:
    case_no = await rated(desk, grade)
    assert await of(desk, case_no) == []
    assert "RECTIFY" not in await desk.clocks(case_no)
    await refused(desk, UNIT, case_no, "ANSWER_RECTIFICATION", "NOTHING_TO_RECTIFY", text=DONE)
    assert await desk.told(case_no, "RECTIFY") == set()


async def test_the_answer_is_sent_back_under_the_same_limit(desk: Desk) -> None:
    case_no = await rated(desk, "BAD")
    limit = (await clock(desk, case_no, "RECTIFY")).due_at
    await desk.move(UNIT, case_no, "ANSWER_RECTIFICATION", text=DONE)
    assert (await clock(desk, case_no, "RECTIFY")).state == "FILED"
    await refused(desk, UNIT, case_no, "ANSWER_RECTIFICATION", "NOTHING_TO_RECTIFY", text=DONE)
    await refused(desk, OFFICER, case_no, "SEND_BACK_RECTIFICATION", "NOTE_MISSING")
    await desk.move(OFFICER, case_no, "SEND_BACK_RECTIFICATION", note="没有说明今后的措施")
    again = await clock(desk, case_no, "RECTIFY")
    assert (again.state, again.due_at, again.cycle) == ("RUNNING", limit, 1)
    assert await desk.told(case_no, "SEND_BACK_RECTIFICATION") == {"UNIT"}
    [one] = await of(desk, case_no)
    assert (one["step"], one["answer"]) == ("OPEN", None)
    kept = [e.data["sent_back"] for e in await desk.events(case_no) if e.action == "SEND_BACK_RECTIFICATION"]
    assert kept == [DONE], "what was sent back stays in the history"


async def test_a_late_one_breaches_like_any_clock_and_counts_as_late(desk: Desk) -> None:
    case_no = await rated(desk, "BAD")
    await overdue(desk, case_no)
    await sweep_once(desk.city)
    await sweep_once(desk.city)
    assert await desk.told(case_no, "CLOCK_BREACH") == {"UNIT", "FOLLOW_UP", "SUPERVISION"}
    [one] = await of(desk, case_no)
    assert one["late"]
    await desk.move(UNIT, case_no, "ANSWER_RECTIFICATION", text=DONE)
    await desk.move(OFFICER, case_no, "ACCEPT_RECTIFICATION")
    assert (await desk.case(case_no)).rectified == "LATE"
    async with desk.city.database.transaction() as session:
        query = select(func.count()).select_from(Event).join(Case, Case.id == Event.case_id)
        breaches = query.where(Case.case_no == case_no, Event.data["stage"].astext == "BREACH")
        assert await session.scalar(breaches) == 1


async def test_what_was_answered_in_time_counts_whenever_it_is_accepted(desk: Desk) -> None:
    case_no = await rated(desk, "BAD")
    await desk.move(UNIT, case_no, "ANSWER_RECTIFICATION", text=DONE)
    async with desk.city.database.transaction() as session:
        await session.execute(
            text(
                "UPDATE clock SET due_at = filed_at WHERE name = 'RECTIFY' "
                "AND case_id = (SELECT id FROM cases WHERE case_no = :case_no)"
            ),
            {"case_no": case_no},
        )
    await desk.move(OFFICER, case_no, "ACCEPT_RECTIFICATION")
    assert (await desk.case(case_no)).rectified == "IN_TIME"


async def test_repeated_answers_lead_to_one_rectification(desk: Desk) -> None:
    case_no = await rated(desk, "BAD", solved=False)
    await rated(desk, "VERY_BAD", solved=False, case_no=case_no)
    assert len(await of(desk, case_no)) == 1
    await desk.move(UNIT, case_no, "ANSWER_RECTIFICATION", text=DONE)
    await desk.move(OFFICER, case_no, "ACCEPT_RECTIFICATION")
    await rated(desk, "BAD", solved=True, case_no=case_no)
    assert len(await of(desk, case_no)) == 1, "the asking has had its rectification"
    assert (await desk.case(case_no)).status == "CLOSED"


async def test_a_better_grade_takes_it_back_while_nobody_has_answered(desk: Desk) -> None:
    case_no = await rated(desk, "BAD", solved=False)
    await rated(desk, "GOOD", solved=False, case_no=case_no)
    [one] = await of(desk, case_no)
    assert one["step"] == "DROPPED"
    case = await desk.case(case_no)
    assert (case.rectified, case.rectify_due) == (None, None)
    assert (await desk.clocks(case_no))["RECTIFY"] == "CANCELLED"
    await rated(desk, "VERY_BAD", solved=False, case_no=case_no)
    assert [one["step"] for one in await of(desk, case_no)] == ["DROPPED", "OPEN"], "and a bad one asks again"


async def test_it_goes_on_beside_a_rework_which_is_asked_again(desk: Desk) -> None:
    case_no = await rated(desk, "BAD", solved=False)
    await desk.move(OFFICER, case_no, "REWORK", note="路灯仍不亮，请再办")
    await desk.move(UNIT, case_no, "ANSWER_RECTIFICATION", text=DONE)
    await desk.move(OFFICER, case_no, "ACCEPT_RECTIFICATION")
    case = await desk.case(case_no)
    assert (case.status, case.rectified) == ("REWORK", "IN_TIME")
    assert case.completed_at is None, "putting the grade right completes nothing"
    now = datetime.now(UTC).isoformat()
    await desk.move(UNIT, case_no, "CONTACT", contacted_at=now, way="PHONE")
    await desk.move(UNIT, case_no, "FILE_RESULT", reply_text="已换新灯。", factual=True, solved="SOLVED")
    await desk.move("reviewer1", case_no, "ACCEPT_RESULT")
    await rated(desk, "VERY_BAD", case_no=case_no)
    assert [one["step"] for one in await of(desk, case_no)] == ["ACCEPTED", "OPEN"]


async def test_the_archive_waits_until_it_is_put_right(desk: Desk) -> None:
    case_no = await rated(desk, "BAD")
    long_ago = datetime.now(UTC) - timedelta(days=16)
    await shift(desk, case_no, Case, Case.id > 0, ended_at=long_ago)
    await archive_once(desk.city)
    with pytest.raises(Refused, match="RECTIFICATION_OPEN"):
        async with desk.city.database.transaction() as session:
            await move(session, desk.city, case_no, SYSTEM, asks.Archive())
    assert (await desk.case(case_no)).status == "CLOSED"
    await desk.move(UNIT, case_no, "ANSWER_RECTIFICATION", text=DONE)
    await desk.move(OFFICER, case_no, "ACCEPT_RECTIFICATION")
    await archive_once(desk.city)
    assert (await desk.case(case_no)).status == "ARCHIVED"


async def test_it_falls_away_with_a_case_that_is_withdrawn(desk: Desk) -> None:
    case_no = await rated(desk, "BAD", solved=False)
    await desk.move("dispatcher1", case_no, "WITHDRAW", identity_checked=True, note="诉求人来电撤回")
    [one] = await of(desk, case_no)
    assert one["step"] == "DROPPED"
    assert (await desk.clocks(case_no))["RECTIFY"] == "CANCELLED"


async def test_it_is_a_figure_of_its_own_and_leaves_the_headline_alone(desk: Desk) -> None:
    case_no = await desk.followed_up()
    before = await amounts(desk, case_no)
    await rated(desk, "BAD", case_no=case_no)
    asked = await amounts(desk, case_no)
    assert asked == {**before, "RECTIFIED:d": before["RECTIFIED:d"] + 1}, "what is not put right yet counts below"
    await desk.move(UNIT, case_no, "ANSWER_RECTIFICATION", text=DONE)
    await desk.move(OFFICER, case_no, "ACCEPT_RECTIFICATION")
    assert await amounts(desk, case_no) == {**asked, "RECTIFIED:n": before["RECTIFIED:n"] + 1}


async def test_only_the_unit_that_held_the_case_answers_and_only_follow_up_rules(desk: Desk) -> None:
    case_no = await rated(desk, "BAD")
    answer = await desk.ask("unit-jj", case_no, "ANSWER_RECTIFICATION", text=DONE)
    assert answer.status_code == 404
    assert case_no not in await listed(desk, "unit-jj")
    await refused(desk, OFFICER, case_no, "ANSWER_RECTIFICATION", "NOT_YOUR_ROLE", text=DONE)
    for nothing in ("", "1", "同意", "好"):
        await refused(desk, UNIT, case_no, "ANSWER_RECTIFICATION", "RECTIFICATION_MISSING", text=nothing)
    await refused(desk, OFFICER, case_no, "ACCEPT_RECTIFICATION", "NO_RECTIFICATION_TO_REVIEW")
    await desk.move(UNIT, case_no, "ANSWER_RECTIFICATION", text=DONE)
    await refused(desk, UNIT, case_no, "ACCEPT_RECTIFICATION", "NOT_YOUR_ROLE")


async def test_a_repeated_request_key_opens_and_answers_it_once(desk: Desk) -> None:
    case_no = await desk.followed_up()
    said = {"solved": True, "satisfaction": "BAD", "headers": {"Idempotency-Key": "bad-once"}}
    for _ in range(2):
        assert (await desk.ask(OFFICER, case_no, "ANSWER_SURVEY", **said)).status_code == 200
    for _ in range(2):
        key = {"Idempotency-Key": "mended-once"}
        assert (await desk.ask(UNIT, case_no, "ANSWER_RECTIFICATION", text=DONE, headers=key)).status_code == 200
    assert [one["step"] for one in await of(desk, case_no)] == ["ANSWERED"]
