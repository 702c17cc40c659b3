"""街道吹哨、部门报到: a street calls departments; who comes when and from where, what they do, both scores."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy import select, text

from casework.db.models import Assignment, Case, Clock, ClockFired, Notice, Unit
from services.dispatch.worker import sweep_once
from tests.services.dispatch.cases import LAMP, Desk
from tests.services.dispatch.test_turns import clock, page, refused, shift

STREET, COMMUNITY = "street-017", "community-017001"
CG, ZHZF, GA, JJ = "510104-CG", "510104-ZHZF", "510104-GA", "510104-JJ"
SPOT = {"lon": 104.0905, "lat": 30.6505, "crs": "WGS84"}
NEAR = {"lon": 104.0915, "lat": 30.6505, "crs": "WGS84"}  # some 96 m east of it
FAR = {"lon": 104.1405, "lat": 30.6505, "crs": "WGS84"}  # some 4.8 km east of it
MATTER = "菜市场外占道经营，消防通道被堵"
_keys = count(1)


async def opened(desk: Desk, login: str = STREET, **more: Any) -> str:
    """A matter that the street opened itself; its case's number."""
    client = await desk.of(login, "intake")
    form = {"text": MATTER, "place": {"area_code": "510104017001", **SPOT}, **more}
    answer = await client.post("/matters", json=form, headers={"Idempotency-Key": f"matter-{next(_keys):06d}"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["request_no"])


async def whistled(desk: Desk, *units: str, level: str = "E1") -> str:
    """A matter for which those departments were called."""
    case_no = await opened(desk)
    await desk.move(STREET, case_no, "WHISTLE", note=MATTER, units=list(units), level=level)
    return case_no


async def whistles(desk: Desk, case_no: str, login: str = STREET) -> list[dict[str, Any]]:
    """The case's whistles as that person sees them."""
    answer = await (await desk.of(login)).get(f"/cases/{case_no}/whistles")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def report_in_clocks(desk: Desk, case_no: str) -> dict[str, Clock]:
    """The REPORT_IN clocks by the called unit's code."""
    async with desk.city.database.transaction() as session:
        query = (
            select(Unit.code, Clock)
            .join(Assignment, Assignment.unit_id == Unit.id)
            .join(Clock, Clock.assignment_id == Assignment.id)
            .join(Case, Case.id == Clock.case_id)
            .where(Case.case_no == case_no, Clock.name == "REPORT_IN")
        )
        return {code: found for code, found in await session.execute(query.order_by(Clock.id))}


# 街镇立件


async def test_a_street_opens_a_matter_of_its_own_and_has_it_at_once(desk: Desk) -> None:
    case_no = await opened(desk)
    case = await desk.case(case_no)
    assert (case.status, case.direction, case.level) == ("HANDLING", "GRID", "STREET")
    assert await desk.clocks(case_no) == {"FINISH": "RUNNING", "LEVEL": "RUNNING"}
    [lead] = (await page(desk, case_no, STREET))["assignments"]
    assert (lead["kind"], lead["signed_at"] is not None) == ("LEAD", True)
    assert case.accepted_at is None, "what nobody asked for does not enter the citizens' rate"
    assert case.contact_exempt, "nobody awaits a call"


async def test_a_community_opens_one_and_settles_it(desk: Desk) -> None:
    case_no = await opened(desk, COMMUNITY)
    assert (await desk.case(case_no)).level == "COMMUNITY"
    assert (await desk.move(COMMUNITY, case_no, "SETTLE", evidence="已当场劝离"))["status"] == "CLOSED"


async def test_a_repeated_click_opens_one_matter_and_empty_words_none(desk: Desk) -> None:
    client, key = await desk.of(STREET, "intake"), {"Idempotency-Key": "matter-twice-1"}
    answers = [await client.post("/matters", json={"text": MATTER}, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 200]
    assert answers[0].json()["request_no"] == answers[1].json()["request_no"]
    empty = await client.post("/matters", json={}, headers={"Idempotency-Key": "matter-empty-1"})
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "text")


# 吹哨、报到


async def test_each_called_department_has_its_own_time_to_report_in(desk: Desk) -> None:
    case_no = await whistled(desk, CG, ZHZF, level="E0")
    clocks = await report_in_clocks(desk, case_no)
    assert set(clocks) == {CG, ZHZF}
    assert {c.due_at - c.started_at for c in clocks.values()} == {timedelta(minutes=30)}
    assert await desk.told(case_no, "WHISTLE") == {"UNIT", "DISPATCHER"}
    seen = await page(desk, case_no, "unit-cg")
    assert "REPORT_IN" in seen["allowed_actions"]
    assert not {"FILE_RESULT", "ANSWER_LEAD", "WHISTLE", "GIVE_PLAN"} & set(seen["allowed_actions"])
    assert await desk.ask("unit-jj", case_no, "REPORT_IN"), "who was not called does not see the case"
    assert (await desk.ask("unit-jj", case_no, "REPORT_IN")).status_code == 404
    await desk.move("unit-cg", case_no, "REPORT_IN", **NEAR)
    clocks = await report_in_clocks(desk, case_no)
    assert (clocks[CG].state, clocks[ZHZF].state) == ("STOPPED", "RUNNING"), "one's coming stops one's own clock only"


@pytest.mark.parametrize(("level", "limit"), [("E0", "30m"), ("E1", "2h"), ("N", "1wd")])
async def test_the_level_says_how_soon(desk: Desk, level: str, limit: str) -> None:
    case_no = await whistled(desk, CG, level=level)
    assert (await report_in_clocks(desk, case_no))[CG].limit_text == limit
    assert (await desk.case(case_no)).urgency == "N", "the whistle's level is not the case's urgency"


@pytest.mark.parametrize(
    ("place", "verdict", "metres"),
    [(NEAR, "ON_SITE", range(90, 103)), (FAR, "OFF_SITE", range(4700, 4900)), ({}, "UNPLACED", [None])],
)
async def test_where_somebody_reports_in_from_is_kept_flagged_and_never_refused(
    desk: Desk, place: dict[str, Any], verdict: str, metres: Any
) -> None:
    case_no = await whistled(desk, CG)
    await desk.move("unit-cg", case_no, "REPORT_IN", **place)
    [call] = (await whistles(desk, case_no))[0]["calls"]
    assert (call["check_in"], call["in_time"], call["distance_m"] in metres) == (verdict, True, True), call
    [event] = [e for e in await desk.events(case_no) if e.action == "REPORT_IN"]
    assert event.data["check_in"] == verdict
    assert not {"lon", "lat"} & set(event.data), "where a person stood is told as a distance"


async def test_a_street_calls_departments_they_come_act_and_both_are_scored(desk: Desk) -> None:
    case_no = await whistled(desk, CG, ZHZF)
    promised = (await desk.case(case_no)).finish_due
    for login in ("unit-cg", "unit-zhzf"):
        await desk.move(login, case_no, "REPORT_IN", **NEAR)
        await desk.move(login, case_no, "GIVE_PLAN", text="两组人清理通道，今日完成")
    await desk.move("unit-cg", case_no, "ANSWER_WHISTLE", text="已清理占道摊位")
    await refused(desk, "unit-cg", case_no, "ANSWER_WHISTLE", "NOT_CALLED", text="已清理占道摊位")
    assert (await whistles(desk, case_no))[0]["ended_at"] is None
    await desk.move("unit-zhzf", case_no, "ANSWER_WHISTLE", text="已立案查处")
    await desk.move(STREET, case_no, "RATE_UNIT", unit=CG, score=5)
    await desk.move("unit-cg", case_no, "RATE_WHISTLE", score=4, justified=True)
    await desk.move("unit-zhzf", case_no, "RATE_WHISTLE", score=2, justified=False, note="一个部门即可处置")
    await refused(desk, STREET, case_no, "RATE_UNIT", "NOTHING_TO_RATE", unit=CG, score=5)
    await refused(desk, "unit-cg", case_no, "RATE_WHISTLE", "NOTHING_TO_RATE", score=1, justified=True, note="再评")
    [one] = await whistles(desk, case_no)
    assert one["ended_at"] is not None, "with the last answer the whistle is over"
    cg, zhzf = one["calls"]
    assert (cg["plan"], cg["result"], cg["score"], cg["whistle_score"]) == (
        *("两组人清理通道，今日完成", "已清理占道摊位"),
        *(5, 4),
    )
    assert (zhzf["justified"], zhzf["whistle_note"], zhzf["score"]) == (False, "一个部门即可处置", None)
    case = await desk.case(case_no)
    assert (case.status, case.finish_due) == ("HANDLING", promised), "a whistle moves no promise"
    assert await desk.told(case_no, "RATE_WHISTLE") == {"UNIT"}


async def test_a_second_whistle_while_the_first_is_on_calls_others(desk: Desk) -> None:
    case_no = await whistled(desk, CG)
    await refused(desk, STREET, case_no, "WHISTLE", "ALREADY_CALLED", note=MATTER, units=[GA, CG])
    await desk.move(STREET, case_no, "WHISTLE", note="需要疏导交通", units=[GA], level="E0")
    first, second = await whistles(desk, case_no)
    assert (first["no"], second["no"], second["calls"][0]["unit"]) == (1, 2, "锦江区公安局")
    await desk.move(STREET, case_no, "END_WHISTLE", no=2, note="交通已恢复")
    clocks = await report_in_clocks(desk, case_no)
    assert (clocks[CG].state, clocks[GA].state) == ("RUNNING", "CANCELLED"), "the end of one whistle ends its own calls"
    await desk.move(STREET, case_no, "RATE_UNIT", unit=GA, score=1, note="未到场")
    await desk.move(STREET, case_no, "WHISTLE", note="再次拥堵，请到场", units=[GA])


async def test_a_parents_person_acts_for_the_own_unit_before_the_one_below(desk: Desk) -> None:
    case_no = await whistled(desk, JJ, GA)
    await desk.move("unit-ga", case_no, "REPORT_IN")
    reported = {c["unit"]: c["reported_at"] is not None for c in (await whistles(desk, case_no))[0]["calls"]}
    assert reported == {"锦江区公安局交警部门": False, "锦江区公安局": True}


# 到点


async def test_a_department_that_does_not_come_is_seen_by_all_who_must_know(desk: Desk) -> None:
    case_no = await whistled(desk, CG, ZHZF, level="E0")
    await desk.move("unit-zhzf", case_no, "REPORT_IN", **NEAR)
    past = datetime.now(UTC) - timedelta(minutes=1)
    values = {"next_at": past, "due_at": past, "stages": ["BREACH"], "stage_times": [past], "stage_no": 1}
    await shift(desk, case_no, Clock, Clock.name == "REPORT_IN", **values)
    await sweep_once(desk.city)
    await sweep_once(desk.city)
    clocks = await report_in_clocks(desk, case_no)
    assert (clocks[CG].breached_at is not None, clocks[ZHZF].breached_at) == (True, None)
    async with desk.city.database.transaction() as session:
        fired = select(ClockFired.stage).where(ClockFired.clock_id == clocks[CG].id)
        assert list(await session.scalars(fired)) == ["BREACH"]
        owed = select(Notice.audience, Unit.code).outerjoin(Unit, Unit.id == Notice.unit_id)
        owed = owed.join(Case, Case.id == Notice.case_id)
        told = set(await session.execute(owed.where(Case.case_no == case_no, Notice.topic == "CLOCK_BREACH")))
    assert {tuple(row) for row in told} == {
        *(("UNIT", CG), ("STREET", "510104017-JZ")),
        *(("DISPATCHER", None), ("SUPERVISION", None)),
    }
    await desk.move("unit-cg", case_no, "REPORT_IN", **NEAR)
    [call] = [c for c in (await whistles(desk, case_no))[0]["calls"] if c["unit"] == "锦江区城市管理局"]
    assert call["in_time"] is False, "late is late, however near one stands"


async def test_what_the_street_files_ends_its_whistles(desk: Desk) -> None:
    case_no = await whistled(desk, CG)
    await desk.move(STREET, case_no, "FILE_RESULT", reply_text="通道已恢复。", factual=True, solved="SOLVED")
    assert (await report_in_clocks(desk, case_no))[CG].state == "CANCELLED"
    [one] = await whistles(desk, case_no)
    assert one["ended_at"] is not None
    await refused(desk, "unit-cg", case_no, "REPORT_IN", "NOT_NOW")
    await desk.move("unit-cg", case_no, "RATE_WHISTLE", score=3, justified=True)


async def test_a_suspended_case_lets_those_called_report_in(desk: Desk) -> None:
    case_no = await whistled(desk, CG)
    until = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    await desk.move(STREET, case_no, "ASK_SUSPENSION", reason="FORCE_MAJEURE", until=until, note="暴雨")
    await desk.move("dispatcher1", case_no, "GRANT_SUSPENSION")
    assert (await clock(desk, case_no, "REPORT_IN")).state == "RUNNING", "danger does not wait for the file"
    await desk.move("unit-cg", case_no, "REPORT_IN")


# 赛跑


async def test_two_check_ins_of_one_department_end_in_one_winner(desk: Desk) -> None:
    case_no = await whistled(desk, CG)
    await desk.of("unit-cg")
    answers = await asyncio.gather(*(desk.ask("unit-cg", case_no, "REPORT_IN", **place) for place in (NEAR, FAR)))
    assert sorted(answer.status_code for answer in answers) == [200, 409], [answer.text for answer in answers]
    lost = next(answer for answer in answers if answer.status_code == 409)
    assert lost.json()["code"] == "refused.ALREADY_REPORTED_IN"
    [event] = [e for e in await desk.events(case_no) if e.action == "REPORT_IN"]
    [call] = (await whistles(desk, case_no))[0]["calls"]
    assert event.data["distance_m"] == call["distance_m"]


async def test_a_check_in_against_the_end_of_the_whistle_ends_in_one_winner(desk: Desk) -> None:
    case_no = await whistled(desk, CG)
    await asyncio.gather(desk.of("unit-cg"), desk.of(STREET))
    answers = await asyncio.gather(
        desk.ask("unit-cg", case_no, "REPORT_IN", **NEAR), desk.ask(STREET, case_no, "END_WHISTLE", note="已恢复")
    )
    [call] = (await whistles(desk, case_no))[0]["calls"]
    came = call["reported_at"] is not None
    assert answers[1].status_code == 200
    assert (answers[0].status_code == 200) is came
    assert (await report_in_clocks(desk, case_no))[CG].state == ("STOPPED" if came else "CANCELLED")


async def test_a_repeated_request_key_whistles_once(desk: Desk) -> None:
    case_no = await opened(desk)
    said = {"note": MATTER, "units": [CG, CG], "headers": {"Idempotency-Key": "whistle-once"}}
    answers = [await desk.ask(STREET, case_no, "WHISTLE", **said) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    [one] = await whistles(desk, case_no)
    assert len(one["calls"]) == 1, "a unit that is named twice is called once"


# 拒绝


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"note": "来人"}, "MATTER_MISSING"),
        ({"units": []}, "CALLED_MISSING"),
        ({"units": ["NO-SUCH"]}, "UNIT_UNKNOWN"),
        ({"units": [CG, "510104017-JZ"]}, "CALLS_ITSELF"),
    ],
)
async def test_a_whistle_says_what_and_whom(desk: Desk, said: dict[str, Any], code: str) -> None:
    case_no = await opened(desk)
    await refused(desk, STREET, case_no, "WHISTLE", code, **{"note": MATTER, "units": [CG], **said})


async def test_what_is_asked_before_its_time_is_refused(desk: Desk) -> None:
    case_no = await whistled(desk, CG)
    await refused(desk, "unit-cg", case_no, "GIVE_PLAN", "REPORT_IN_FIRST", text="两组人清理通道")
    await refused(desk, "unit-cg", case_no, "ANSWER_WHISTLE", "REPORT_IN_FIRST", text="已清理占道")
    await refused(desk, "unit-cg", case_no, "WHISTLE", "NOT_YOUR_ROLE", note=MATTER, units=[GA])
    await refused(desk, "unit-cg", case_no, "RATE_WHISTLE", "NOTHING_TO_RATE", score=5, justified=True)
    await refused(desk, STREET, case_no, "REPORT_IN", "NOT_CALLED")
    await desk.move("unit-cg", case_no, "REPORT_IN")
    await refused(desk, "unit-cg", case_no, "REPORT_IN", "ALREADY_REPORTED_IN")
    await refused(desk, "unit-cg", case_no, "GIVE_PLAN", "PLAN_MISSING", text="好")
    await refused(desk, "unit-cg", case_no, "ANSWER_WHISTLE", "WHISTLE_ANSWER_MISSING", text="好")
    await refused(desk, STREET, case_no, "END_WHISTLE", "NOTE_MISSING")
    await refused(desk, STREET, case_no, "END_WHISTLE", "NO_WHISTLE", no=7, note="已恢复")
    await desk.move("unit-cg", case_no, "ANSWER_WHISTLE", text="已清理占道")
    await refused(desk, "unit-cg", case_no, "RATE_WHISTLE", "SCORE_REASON_MISSING", score=5, justified=False)
    await refused(desk, "unit-cg", case_no, "RATE_WHISTLE", "SCORE_MISSING", score=5)
    await refused(desk, STREET, case_no, "RATE_UNIT", "SCORE_MISSING", unit=CG)
    await refused(desk, STREET, case_no, "RATE_UNIT", "SCORE_REASON_MISSING", unit=CG, score=2)
    await refused(desk, STREET, case_no, "END_WHISTLE", "NO_WHISTLE", note="已恢复")


@pytest.mark.parametrize("score", [0, 6, "好"])
async def test_a_score_is_one_to_five(desk: Desk, score: Any) -> None:
    answer = await desk.ask(STREET, await opened(desk), "RATE_UNIT", unit=CG, score=score)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "RATE_UNIT.score")


@pytest.mark.parametrize("level", ["C", "E9", ""])
async def test_a_level_is_one_of_three(desk: Desk, level: str) -> None:
    answer = await desk.ask(STREET, await opened(desk), "WHISTLE", note=MATTER, units=[CG], level=level)
    assert answer.status_code == 422


async def test_only_who_leads_the_case_whistles(desk: Desk) -> None:
    case_no = await desk.handling(**LAMP)
    await desk.move("unit-cg", case_no, "ADD_CO_UNIT", unit="510104017-JZ", until=_soon(), note="请协助")
    await refused(desk, STREET, case_no, "WHISTLE", "NOT_YOUR_CASE", note=MATTER, units=[ZHZF])


def _soon() -> str:
    return (datetime.now(UTC) + timedelta(hours=3)).isoformat()


async def test_a_helper_who_is_also_called_has_two_tasks(desk: Desk) -> None:
    case_no = await whistled(desk, CG)
    await desk.move(STREET, case_no, "ADD_CO_UNIT", unit=CG, until=_soon(), note="请协助登记")
    await desk.move("unit-cg", case_no, "ANSWER_LEAD", text="已登记")
    assert (await report_in_clocks(desk, case_no))[CG].state == "RUNNING", "the helper's answer is no check-in"
    await desk.move("unit-cg", case_no, "REPORT_IN")


# 清单与评价


async def test_each_sees_the_whistles_that_concern_it(desk: Desk) -> None:
    case_no = await whistled(desk, CG)

    async def seen(login: str, **params: Any) -> set[str]:
        answer = await (await desk.of(login)).get("/whistles", params={"limit": 200, **params})
        assert answer.status_code == 200, answer.text
        return {one["case_no"] for one in answer.json()["whistles"]}

    for login in (STREET, "unit-cg", "dispatcher1", "supervision1"):
        assert case_no in await seen(login, open_only=True), login
    for login in ("unit-zhzf", "community-017001"):
        assert case_no not in await seen(login), login
    await desk.move(STREET, case_no, "END_WHISTLE", note="已恢复")
    assert case_no not in await seen("unit-cg", open_only=True)
    assert case_no in await seen("unit-cg")
    client = await desk.of("dispatcher1")
    first = (await client.get("/whistles", params={"limit": 1})).json()
    second = (await client.get("/whistles", params={"limit": 1, "cursor": first["next"]})).json()
    assert first["whistles"][0]["id"] > second["whistles"][0]["id"]


async def test_the_figures_judge_both_sides(desk: Desk) -> None:
    async with desk.city.database.transaction() as session:
        await session.execute(text("UPDATE whistle SET called_at = '2025-03-05T00:00Z' WHERE id > 0"))
    case_no = await whistled(desk, CG, GA)
    await desk.move("unit-cg", case_no, "REPORT_IN", **FAR)
    await desk.move(STREET, case_no, "END_WHISTLE", note="已恢复")
    await desk.move(STREET, case_no, "RATE_UNIT", unit=CG, score=4)
    await desk.move("unit-cg", case_no, "RATE_WHISTLE", score=5, justified=True)
    await desk.move("unit-ga", case_no, "RATE_WHISTLE", score=1, justified=False, note="无需到场")
    month = datetime.now(UTC).strftime("%Y-%m")
    client = await desk.of("supervision1")
    called = (await client.get("/whistles/tallies", params={"month": month})).json()["rows"]
    by_name = {row["unit"]: row for row in called}
    cg, ga = by_name["锦江区城市管理局"], by_name["锦江区公安局"]
    assert (cg["called"], cg["in_time_share"], cg["off_site"], cg["mean_score"]) == (1, 1.0, 1, 4.0)
    assert (ga["called"], ga["in_time_share"], ga["mean_score"]) == (1, None, None), "0 ÷ 0 is no figure"
    [street] = (await client.get("/whistles/tallies", params={"month": month, "of": "CALLER"})).json()["rows"]
    assert (street["called"], street["mean_score"], street["justified_share"]) == (2, 3.0, 0.5)
