"""疑似重复 at the desk: candidates with their reasons, within the scope, nobody's name, nothing merged by itself."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from casework.db import likeness
from casework.journey.city import City
from casework.kit.texts import LANGS, TEXTS
from casework.rules.likeness import Reason
from casework.rules.points import Point, gcj02
from casework.rules.words import Role
from services.dispatch.worker import compare_once
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ

HERE = {"area_code": "510104017001", "lon": 104.081, "lat": 30.655, "crs": "WGS84"}
NOBODY = {"name": "李四光", "phone": "13911112222"}


async def index(city: City) -> None:
    while await compare_once(city):
        pass


async def similar(desk: Desk, case_no: str, login: str = "dispatcher1") -> list[dict[str, Any]]:
    await index(desk.city)
    answer = await (await desk.of(login)).get(f"/cases/{case_no}/similar")
    assert answer.status_code == 200, answer.text
    return list(answer.json()["cases"])


async def test_candidates_say_why_they_are_shown(desk: Desk) -> None:
    words = "锦官驿街八号院门口的化粪池堵塞，污水外溢三天没人处理，臭气熏天。"
    first = await desk.receive(text=words, category="0205", place=HERE)
    again = "八号院门口化粪池堵塞三天了，污水外溢，臭气熏天，锦官驿街没人处理。"
    twin = await desk.receive(text=again, category="0205", place={**HERE, "lat": 30.6559}, person=NOBODY)
    [found] = [row for row in await similar(desk, twin) if row["case_no"] == first]
    assert [reason["reason"] for reason in found["because"]] == ["SAME_WORDS", "NEAR", "SAME_CATEGORY"]
    assert found["because"][1]["text"] == f"相距约 {found['metres']} 米"
    assert 95 < found["metres"] < 105
    assert found["words"] > 0.5
    assert (found["status"], found["days"]) == ("REVIEW", 0)
    mine = await similar(desk, first)
    assert twin in [row["case_no"] for row in mine]
    assert (await desk.case(twin)).status == "REVIEW", "nothing is merged by itself"


async def test_another_callers_name_and_number_are_never_shown(desk: Desk) -> None:
    secret = {"name": "欧阳询问", "phone": "13988887777"}
    first = await desk.receive(
        text="我叫欧阳询问，电话13988887777，合江亭路口红绿灯坏了", person=secret, category="0803"
    )
    second = await desk.receive(text="合江亭路口红绿灯坏了，没人管，请修", category="0803", person=NOBODY)
    await index(desk.city)
    answer = await (await desk.of("dispatcher1")).get(f"/cases/{second}/similar")
    assert first in answer.text
    for told in ("欧阳", "13988887777", "询问"):
        assert told not in answer.text


async def test_the_same_caller_is_a_reason_for_the_centre_alone(desk: Desk) -> None:
    caller = {"name": "赵某", "phone": "13666660001"}
    first = await desk.handling(title="楼上", text="装修噪声太大", category="0603", person=caller)
    second = await desk.handling(title="吵", text="半夜还在敲墙不让人睡觉", category="0603", person=caller, place={})
    reasons = {
        login: {
            reason["reason"]
            for row in await similar(desk, second, login)
            if row["case_no"] == first
            for reason in row["because"]
        }
        for login in ("dispatcher1", "unit-cg")
    }
    assert reasons == {"dispatcher1": {"SAME_CALLER", "SAME_CATEGORY"}, "unit-cg": set()}


async def test_a_request_is_compared_while_it_is_written(desk: Desk) -> None:
    phone = "13666660002"
    first = await desk.receive(
        text="东大街下水道井盖被压碎，电动车差点掉进去", category="0203", person={"phone": phone}, place=HERE
    )
    await index(desk.city)
    agent = await desk.of("agent1")
    form = {"text": "东大街下水道井盖压碎了，电动车差点掉下去，快来修"}
    words = (await agent.post("/similar", json=form)).json()["cases"]
    assert [row["case_no"] for row in words] == [first]
    called = (await agent.post("/similar", json={"text": "还是那个井盖", "phone": phone, "category": "0203"})).json()
    assert [(row["case_no"], row["because"][0]["reason"]) for row in called["cases"]] == [(first, "SAME_CALLER")]
    near = {"text": "井盖坏了", "lon": 104.0815, "lat": 30.655, "crs": "WGS84", "category": "0203"}
    assert first in [row["case_no"] for row in (await agent.post("/similar", json=near)).json()["cases"]]
    drawn = {**near, **gcj02(Point(104.081, 30.655))._asdict(), "crs": "GCJ02"}
    found = (await agent.post("/similar", json=drawn)).json()["cases"]
    assert [row["metres"] for row in found if row["case_no"] == first] == [0], "systems are not mixed up"
    mixed = (await agent.post("/similar", json={**drawn, "crs": "WGS84"})).json()["cases"]
    assert first not in [row["case_no"] for row in mixed]
    db = await desk.city.database.pool()
    assert await db.fetchval("SELECT count(*) FROM request WHERE working_text LIKE '还是那个井盖%'") == 0


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"text": "x"},
        {"text": "井盖", "lat": 91.0},
        {"text": "井盖", "crs": "MARS"},
        {"text": "井盖", "area_code": "%"},
        {"text": "井盖", "category": "x"},
        {"text": "井盖", "phone": "1" * 99},
    ],
)
async def test_what_cannot_be_read_is_named(desk: Desk, form: dict[str, Any]) -> None:
    answer = await (await desk.of("agent1")).post("/similar", json=form)
    assert answer.status_code == 422
    assert answer.json()["errors"]


@pytest.mark.parametrize("text", ["！！！？？", "a\0b", "%' OR 1=1 --", "路" * 9_999, "𠮷野家" * 9])
async def test_any_words_are_compared(desk: Desk, text: str) -> None:
    answer = await (await desk.of("agent1")).post("/similar", json={"text": text, "area_code": "510104017001"})
    assert answer.status_code in (200, 400), answer.text


async def test_what_was_classified_anew_is_found_at_its_new_place(desk: Desk) -> None:
    case_no = await desk.receive(title="树", text="枝条折断悬空，随时会掉", category="0204", place={})
    other = await desk.receive(
        title="行道", text="枯死要倒了", category="0207", place={"area_code": "510104018001"}, person=NOBODY
    )
    await index(desk.city)
    assert other not in [row["case_no"] for row in await similar(desk, case_no)]
    await desk.move("dispatcher1", case_no, "CLASSIFY", category="0207", area_code="510104018001")
    [found] = [row for row in await similar(desk, other) if row["case_no"] == case_no]
    assert {reason["reason"] for reason in found["because"]} == {"SAME_COMMUNITY", "SAME_CATEGORY"}


async def test_candidates_stay_within_the_readers_scope(desk: Desk) -> None:
    words = "滨江东路共享单车乱停乱放堵塞盲道，盲人无法通行，请城管清理。"
    case_no = await desk.receive(text=words, place={"area_code": "510104018001"})
    await employ(desk.city, "street.desk", [Role.DISPATCHER, Role.AGENT], "510104017")
    await employ(desk.city, "province.desk", [Role.AGENT], "51")
    await index(desk.city)
    seen = {}
    for login in ("street.desk", "province.desk"):
        answer = await (await desk.of(login)).post("/similar", json={"text": words})
        seen[login] = case_no in [row["case_no"] for row in answer.json()["cases"]]
    assert seen == {"street.desk": False, "province.desk": True}
    hidden = await (await desk.of("street.desk")).get(f"/cases/{case_no}/similar")
    assert hidden.status_code == 404


async def test_no_case_is_left_out_however_late_it_commits(desk: Desk, city: City) -> None:
    """Numbers are given before the commit: a case that turns up late, behind others, is made comparable too."""
    await desk.receive(text="先到的一件")
    await index(city)
    late, later = await desk.receive(text="晚提交的一件"), await desk.receive(text="更晚的一件")
    late_id = (await desk.case(late)).id
    db = await city.database.pool()
    await index(city)
    await db.execute("DELETE FROM case_likeness WHERE case_id = $1", late_id)
    assert await likeness.write_missing(db, limit=500) == 1
    await db.execute("UPDATE likeness_reach SET seen_at = seen_at - interval '3 minutes'")
    await index(city)
    await db.execute("UPDATE likeness_reach SET seen_at = seen_at - interval '3 minutes'")
    await index(city)
    reach = await db.fetchrow("SELECT * FROM likeness_reach")
    assert reach["reached"] == reach["settled"] == (await desk.case(later)).id
    missing = "SELECT count(*) FROM cases c WHERE NOT EXISTS (SELECT FROM case_likeness l WHERE l.case_id = c.id)"
    assert await db.fetchval(missing) == 0
    assert await likeness.write_missing(db, limit=500) == 0


async def test_two_workers_do_not_wait_for_each_other(desk: Desk, city: City) -> None:
    await desk.receive(text="两个后台同时比对")
    db = await city.database.pool()
    async with db.acquire() as held, held.transaction():
        await held.execute("SELECT * FROM likeness_reach FOR UPDATE")
        assert await likeness.write_missing(db, limit=500) == 0
    assert await likeness.write_missing(db, limit=500) > 0


async def test_what_is_too_old_is_thrown_away(desk: Desk, city: City) -> None:
    case_no = await desk.receive(text="很久以前的事")
    await index(city)
    db = await city.database.pool()
    old = datetime.now(UTC) - likeness.KEPT - timedelta(hours=1)
    case_id = (await desk.case(case_no)).id
    await db.execute("UPDATE case_likeness SET created_at = $2 WHERE case_id = $1", case_id, old)
    assert await likeness.throw_away(db, limit=100) == 1
    assert await likeness.throw_away(db, limit=100) == 0


async def test_the_citizen_who_calls_twice_in_a_row_is_seen_at_once(desk: Desk) -> None:
    first = await desk.receive(text="自来水管爆裂", category="0301")
    again = await desk.receive(text="水管还在喷水", category="0301")
    client: httpx.AsyncClient = await desk.of("dispatcher1")
    found = (await client.get(f"/cases/{again}/similar")).json()["cases"]  # before any worker came by
    assert first in [row["case_no"] for row in found]


def test_every_reason_has_its_sentence() -> None:
    for reason in Reason:
        for language in LANGS:
            said = TEXTS.t(f"similar.{reason.value}", language, percent="1", metres="2")
            assert said != f"similar.{reason.value}"
            assert "{" not in said


# 附近


async def around(desk: Desk, case_no: str, login: str = "dispatcher1") -> dict[str, Any]:
    await index(desk.city)
    answer = await (await desk.of(login)).get(f"/cases/{case_no}/around")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_what_waits_near_a_case_is_shown_nearest_first(desk: Desk) -> None:
    corner = {**HERE, "lon": 104.0405, "lat": 30.6205}
    mine = await desk.receive(text="井盖松动，车过就响。", category="0205", place=corner)
    far = await desk.receive(text="树枝挡住了红绿灯。", category="0803", place={**corner, "lat": 30.6235})
    near = await desk.receive(text="夜里烧烤摊噪声大。", category="0603", place={**corner, "lat": 30.6215})
    await desk.receive(text="远处的流浪犬追人。", category="0603", place={**corner, "lat": 30.6265})
    over = await desk.receive(text="近处已经答复的咨询。", category="0205", place=corner)
    await desk.move("dispatcher1", over, "ANSWER", answer="已在电话中说明办理地点和所需材料。")
    found = await around(desk, mine)
    assert [one["case_no"] for one in found["cases"]] == [near, far], "neither what is over nor what is 600 m away"
    assert [one["metres"] for one in found["cases"]] == [pytest.approx(111, abs=2), pytest.approx(334, abs=3)]
    assert (found["total"], found["within"]) == (2, 500)
    assert found["point"] == {"lon": pytest.approx(104.0405), "lat": pytest.approx(30.6205)}
    assert found["cases"][0]["point"]["lat"] == pytest.approx(30.6215)


async def test_nothing_is_near_a_case_without_a_point(desk: Desk) -> None:
    found = await around(desk, await desk.receive(place={"area_code": "510104017001"}))
    assert (found["point"], found["cases"], found["total"]) == (None, [], 0)


async def test_what_is_near_stays_within_the_scope_of_the_reader(desk: Desk) -> None:
    corner = {**HERE, "lon": 104.0605, "lat": 30.6005}
    given = await desk.dispatched(text="桥栏杆断了一截。", category="0205", place=corner)
    await desk.receive(text="桥下积水过膝。", category="0205", place=corner)
    assert (await around(desk, given))["total"] == 1
    assert (await around(desk, given, "lead-cg"))["total"] == 0, "the unit was not given the other one"


# 来电补充


async def add_words(desk: Desk, login: str, case_no: str, text: str) -> httpx.Response:
    return await (await desk.of(login)).post(f"/cases/{case_no}/supplements", json={"text": text})


async def test_what_a_caller_adds_is_told_to_whoever_holds_the_case(desk: Desk) -> None:
    case_no = await desk.handling(text="路口红绿灯不亮。")
    words = "来电人张三丰（13812345678）补充：今早又有一起追尾。"
    for _ in range(2):
        assert (await add_words(desk, "agent1", case_no, words)).status_code == 204
    shown = (await (await desk.of("lead-cg")).get(f"/cases/{case_no}")).json()["supplements"]
    assert len(shown) == 1, "the same words again change nothing"
    assert "13812345678" not in shown[0]["text"]
    steps = (await (await desk.of("dispatcher1")).get(f"/cases/{case_no}/timeline")).json()
    (told,) = [step for step in steps if step["action"] == "SUPPLEMENT"]
    assert (told["role"], told["account"]) == ("AGENT", "受理员甲")
    assert (await desk.case(case_no)).status == "HANDLING"


async def test_what_a_caller_adds_ends_the_wait_for_information(desk: Desk) -> None:
    case_no = await desk.receive(text="灯坏了。")
    await desk.move("dispatcher1", case_no, "ASK_INFO", note="请补充具体地点和路灯编号。")
    assert (await add_words(desk, "agent1", case_no, "在水井坊街口的三号灯杆。")).status_code == 204
    assert (await desk.case(case_no)).status == "REVIEW"


async def test_words_that_say_nothing_and_cases_that_are_over_take_no_more(desk: Desk) -> None:
    case_no = await desk.receive(text="办事大厅几点开门？")
    empty = await add_words(desk, "agent1", case_no, "同意")
    assert (empty.status_code, empty.json()["errors"][0]["field"]) == (422, "text")
    await desk.move("dispatcher1", case_no, "ANSWER", answer="周一至周五九点开门，已在电话中说明。")
    over = await add_words(desk, "agent1", case_no, "周六开不开？")
    assert (over.status_code, over.json()["code"]) == (409, "supplement.over")
    assert "直接办结" in over.json()["detail"]
    assert (await add_words(desk, "lead-cg", case_no, "周六开不开？")).status_code == 403
