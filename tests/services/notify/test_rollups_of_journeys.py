"""Whatever people do to cases through the real APIs, the kept sums are what the cases add up to, after every move."""

import json
import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from casework.db import rollups
from casework.db.reads.questions import By, Question
from casework.db.reads.supervisor import completion, counted, observed_now
from casework.journey.city import City
from casework.rules.facts import Actor
from casework.rules.rates import View
from casework.rules.rollups import NOTHING
from casework.rules.tallies import Period
from casework.rules.words import Role
from services.dispatch.worker import fold_once
from tests.conftest import Town
from tests.journey.test_one_case import MESSAGE, send

STEPS = 260
LOGINS = ("dispatcher1", "reviewer1", "unit-cg", "followup1", "agent1", "community-017001")
LEADER = Actor(frozenset({Role.LEADER}), area="5101")
SELDOM = {"ANSWER", "GUIDE", "TRANSFER", "WITHDRAW", "PROPOSE_VOID", "VOID"}
FURTHER = {
    "DISPATCH",
    "SIGN",
    "CONTACT",
    "FILE_RESULT",
    "ACCEPT_RESULT",
    "ANSWER_SURVEY",
    "REWORK",
    "TAKE_ON",
    "SCREEN",
    "FORWARD",
}
NEXT = {
    "CALLED": "dispatcher1",
    "REVIEW": "dispatcher1",
    "NEED_INFO": "agent1",
    "DISPATCHED": "unit-cg",
    "HANDLING": "unit-cg",
    "REWORK": "unit-cg",
    "RESULT_REVIEW": "reviewer1",
    "FOLLOW_UP": "followup1",
}
WORDS: dict[str, dict[str, Any]] = {
    "ANSWER": {"answer": "请到社区服务中心办理。"},
    "GUIDE": {"reason": "NA01", "told": "请向有权机关提出。"},
    "TRANSFER": {"line": "119"},
    "ASK_INFO": {"note": "请补充地点"},
    "SUPPLY_INFO": {"note": "三号楼门口"},
    "DISPATCH": {"unit": "510104-CG"},
    "CONTACT": {"way": "PHONE", "note": "已说明", "outcome": "REACHED"},
    "FEEDBACK": {"text": "正在维修"},
    "FILE_RESULT": {
        "reply_text": "已修复。",
        "finding": "线路短路",
        "factual": True,
        "solved": "SOLVED",
        "adoption": "ADOPTED",
    },
    "SCREEN": {"no_unit": True, "confirmed": True},
    "FORWARD": {"unit": "510104-CG"},
    "SEND_BACK_RESULT": {"note": "请说明完工情况"},
    "CLOSE_REASONED": {"reason": "UNREASONABLE"},
    "REWORK": {"note": "又坏了"},
    "WITHDRAW": {"identity_checked": True},
    "PROPOSE_VOID": {"note": "测试件"},
    "SETTLE": {"evidence": "已清理"},
    "CALL": {"note": "社区无力处理"},
}


def said(action: str, chance: random.Random) -> dict[str, Any]:
    """What somebody says with an action; now and then something that makes a difference."""
    words = dict(WORDS.get(action, {}))
    if action == "CLASSIFY":
        words = chance.choice(
            [
                {"kind": "PRAISE"},
                {"kind": "CONSULT"},
                {"kind": "COMPLAINT"},
                {"urgency": "E1"},
                {"category": "0203"},
                {"area_code": chance.choice(["510104018001", "510104017"])},
            ]
        )
    if action == "ANSWER_SURVEY":
        words = {"solved": chance.random() < 0.5}
    if action == "CONTACT":
        words["contacted_at"] = datetime.now(UTC).isoformat()
    return {"action": action, **words}


@pytest.fixture(scope="module")
async def staff(town: Town) -> dict[str, httpx.AsyncClient]:
    return {login: await town.sign_in("dispatch", login) for login in LOGINS}


@pytest.fixture(scope="module")
async def begun(town: Town) -> list[str]:
    """Cases from the hotline and from the grid, of several kinds."""
    numbers = []
    for number, kind in enumerate(["求助", "投诉", "咨询", "表扬", "举报", "建议"] * 2):
        message = {**MESSAGE, "kind": kind, "upstream_no": f"12345-walk-{number}"}
        answer = await send(town, f"walk-{number}", message)
        assert answer.status_code == 201, answer.text
        numbers.append(answer.json()["cases"][0]["case_no"])
    grid = await town.sign_in("intake", "grid-017001001")
    for number, form in enumerate([{"entry": "CALL"}, {"entry": "CALL"}, {"entry": "COMMUNITY"}]):
        key = {"Idempotency-Key": f"walk-grid-{number}"}
        answer = await grid.post("/grid-reports", json={"text": "井盖缺失", **form}, headers=key)
        if answer.status_code == 201:
            numbers.append(answer.json()["cases"][0]["case_no"])
    assert len(numbers) >= 14
    return numbers


async def differences(city: City) -> list[rollups.Difference | rollups.FigureDifference]:
    async with city.database.transaction() as session:
        return await rollups.recount(session)


async def test_every_move_writes_what_it_changes(
    city: City, staff: dict[str, httpx.AsyncClient], begun: list[str]
) -> None:
    chance = random.Random(20261123)
    made: Counter[str] = Counter()
    at: dict[str, str] = {}
    assert await differences(city) == []
    for _ in range(STEPS):
        case_no = chance.choice(begun)
        login = NEXT.get(at.get(case_no, ""), "dispatcher1") if chance.random() < 0.8 else chance.choice(LOGINS)
        page = await staff[login].get(f"/cases/{case_no}")
        actions = page.json().get("allowed_actions", []) if page.status_code == 200 else []
        if not actions:
            continue
        weights = [0.05 if action in SELDOM else 9.0 if action in FURTHER else 1.0 for action in actions]
        ask = said(chance.choices(actions, weights)[0], chance)
        answer = await staff[login].post(f"/cases/{case_no}/moves", json=ask)
        assert answer.status_code in (200, 409, 422), (ask, answer.text)
        if answer.status_code == 200:
            made[ask["action"]] += 1
            at[case_no] = answer.json()["status"]
            assert await differences(city) == [], json.dumps(ask, ensure_ascii=False)
        if chance.random() < 0.1:
            await fold_once(city, limit=chance.randint(1, 20))
    assert len(made) >= 10, made
    assert {"CLASSIFY", "DISPATCH", "SIGN", "CONTACT", "FILE_RESULT", "ACCEPT_RESULT"} <= set(made), made


async def test_the_report_of_the_journeys_is_the_count_of_its_cases(city: City, begun: list[str]) -> None:
    async with city.database.transaction() as session:
        observed = await observed_now(session)
        months = Period.months(observed.date(), observed.date().replace(year=observed.year + 1))
        for view in (View.A, View.A0, View.B, View.C, View.ALL):
            question = Question(view, months, By.COUNTY)
            kept = await completion(session, LEADER, question, observed, city.catalog.calendars)
            assert kept == await counted(session, LEADER, question, observed, city.catalog.calendars)
            assert kept or view is View.C


async def test_a_move_that_forgot_its_delta_is_found(
    city: City, staff: dict[str, httpx.AsyncClient], town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same answer, written by a program that adds nothing to the sums."""
    answer = await send(town, "walk-forgot", {**MESSAGE, "upstream_no": "12345-walk-forgot"})
    case_no = answer.json()["cases"][0]["case_no"]
    with monkeypatch.context() as patched:
        patched.setattr("casework.journey.move.counts_as", lambda case: NOTHING)
        told = await staff["dispatcher1"].post(f"/cases/{case_no}/moves", json=said("ANSWER", random.Random(1)))
        assert told.status_code == 200
    found = await differences(city)
    assert {one.view for one in found if isinstance(one, rollups.Difference)} >= {View.A, View.B, View.C, View.ALL}
    async with city.database.transaction() as session:
        await rollups.recount(session, mend=True)
    assert await differences(city) == []
