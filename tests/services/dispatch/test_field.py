"""现场: arrivals are written into the case's history, a call for help reaches the centre and the community at once."""

from typing import Any

import httpx
from sqlalchemy import select

from casework.db.models import Alarm, AuditLog, Notice
from tests.services.dispatch.cases import LEAD, Desk
from tests.services.dispatch.test_levels import COMMUNITY, GRID, STREET, reported
from tests.services.dispatch.test_whistles import SPOT

HELP = {"lon": 104.09, "lat": 30.65, "accuracy": 12.4, "note": "被围堵"}


def key(name: str) -> dict[str, str]:
    return {"Idempotency-Key": f"field-test-{name}"}


async def post(desk: Desk, login: str, path: str, name: str, **said: Any) -> httpx.Response:
    return await (await desk.of(login)).post(path, json=said, headers=key(name))


async def test_an_arrival_says_how_far_from_the_spot_one_stands(desk: Desk) -> None:
    case_no = await reported(desk, place=SPOT)
    before = (await desk.case(case_no)).version
    here = {"lon": SPOT["lon"], "lat": SPOT["lat"], "accuracy": 8, "acted_at": "2026-11-23T08:00:00+08:00"}
    answer = await post(desk, COMMUNITY, f"/cases/{case_no}/arrivals", "here", **here)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["check_in"], answer.json()["distance_m"]) == ("ON_SITE", 0)
    far = await post(desk, COMMUNITY, f"/cases/{case_no}/arrivals", "far", lon=SPOT["lon"] + 0.02, lat=SPOT["lat"])
    assert far.json()["check_in"] == "OFF_SITE"
    assert far.json()["distance_m"] > 1000
    steps = (await (await desk.of(COMMUNITY)).get(f"/cases/{case_no}/timeline")).json()
    arrivals = [step for step in steps if step["action"] == "ARRIVAL"]
    assert [step["action_text"] for step in arrivals] == ["到场签到"] * 2
    assert arrivals[0]["acted_at"] == "2026-11-23T00:00:00Z"
    assert (await desk.case(case_no)).version == before


async def test_a_place_set_by_hand_proves_nothing(desk: Desk) -> None:
    case_no = await reported(desk, place=SPOT)
    pin = {"lon": SPOT["lon"], "lat": SPOT["lat"], "placed_by": "MANUAL", "reason": "室内无信号"}
    answer = await post(desk, GRID, f"/cases/{case_no}/arrivals", "pin", **pin)
    assert answer.json()["check_in"] == "UNPLACED"


async def test_an_arrival_sent_again_is_the_same_one(desk: Desk) -> None:
    case_no = await reported(desk, place=SPOT)
    said = [(await post(desk, GRID, f"/cases/{case_no}/arrivals", "twice")).json() for _ in range(2)]
    assert said[0] == said[1]
    assert len([event for event in await desk.events(case_no) if event.action == "ARRIVAL"]) == 1


async def test_nobody_arrives_at_a_case_outside_the_scope(desk: Desk) -> None:
    case_no = await desk.receive()
    assert (await post(desk, GRID, f"/cases/{case_no}/arrivals", "outside")).status_code == 404


async def told_of(desk: Desk, place: str) -> list[Notice]:
    async with desk.city.database.transaction() as session:
        query = select(Notice).where(Notice.topic == "ALARM").order_by(Notice.id)
        return [notice for notice in await session.scalars(query) if place in notice.params["place"]]


async def test_a_call_for_help_is_told_once_to_the_centre_and_the_community(desk: Desk) -> None:
    said = {**HELP, "lon": 104.0911}
    first, again = [await post(desk, GRID, "/alarms", "help", **said) for _ in range(2)]
    assert first.status_code == 201, first.text
    assert first.json() == again.json()
    told = await told_of(desk, "104.09110, 30.65000 ±12 m")
    assert sorted(notice.audience for notice in told) == ["COMMUNITY", "DISPATCHER"]
    assert {notice.unit_id is not None for notice in told} == {True}
    waiting = (await (await desk.of("dispatcher1")).get("/alarms")).json()
    mine = next(alarm for alarm in waiting if alarm["id"] == first.json()["id"])
    assert (mine["login"], mine["note"], mine["answered_at"]) == (GRID, "被围堵", None)


async def test_help_without_any_place_is_taken_all_the_same(desk: Desk) -> None:
    answer = await post(desk, GRID, "/alarms", "nowhere")
    assert answer.status_code == 201
    assert [notice.audience for notice in await told_of(desk, "—")]


async def test_one_answers_a_call_for_help_and_it_is_in_the_audit_log(desk: Desk) -> None:
    alarm = (await post(desk, GRID, "/alarms", "answered", **HELP)).json()
    path = f"/alarms/{alarm['id']}/answer"
    done = await post(desk, STREET, path, "-", note="已派两人前往")
    assert (done.status_code, done.json()["answer"]) == (200, "已派两人前往")
    late = await post(desk, "dispatcher1", path, "-", note="我也派人")
    assert (late.status_code, late.json()["code"]) == (409, "alarm.answered")
    assert (await post(desk, GRID, path, "-", note="自己处理")).status_code == 403
    seen = next(one for one in (await (await desk.of(GRID)).get("/alarms")).json() if one["id"] == alarm["id"])
    assert seen["answer"] == "已派两人前往"
    async with desk.city.database.transaction() as session:
        noted = select(AuditLog.subject).where(AuditLog.act == "ALARM_ANSWERED")
        assert f"alarm:{alarm['id']}" in set(await session.scalars(noted))
        assert await session.scalar(select(Alarm.answered_by).where(Alarm.id == alarm["id"])) is not None


async def test_what_is_no_place_is_named(desk: Desk) -> None:
    answer = await post(desk, GRID, "/alarms", "wrong", lon=200, lat=30)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "lon"


async def test_the_lists_to_choose_from_hold_no_retired_category(desk: Desk) -> None:
    client = await desk.of(GRID)
    lists = (await client.get("/field/lists")).json()
    codes = {one["code"] for one in lists["categories"]}
    retired = {one.code for one in desk.city.catalog.categories.values() if one.retired}
    assert "0204" in codes
    assert not codes & retired
    english = (await client.get("/field/lists", headers={"Accept-Language": "en"})).json()
    assert {one["code"] for one in english["return_reasons"]} == {one["code"] for one in lists["return_reasons"]}
    assert "Outside this unit's area" in {one["text"] for one in english["return_reasons"]}


async def test_one_reads_what_was_told_to_oneself_and_to_ones_unit(desk: Desk) -> None:
    case_no = await reported(desk)
    other = await desk.receive()
    await desk.move("dispatcher1", other, "DISPATCH", unit=LEAD)
    mine = await (await desk.of(COMMUNITY, "notify")).get("/notices/mine", params={"limit": 100})
    assert mine.status_code == 200, mine.text
    texts = {one["case_no"]: one["text"] for one in mine.json()["items"]}
    assert case_no in texts[case_no]
    assert other not in texts
    units = (await (await desk.of("unit-cg", "notify")).get("/notices/mine", params={"limit": 1})).json()
    assert [one["case_no"] for one in units["items"]] == [other]
    assert units["next"] is None or isinstance(units["next"], int)
    worker = (await (await desk.of(GRID, "notify")).get("/notices/mine")).json()
    assert other not in {one["case_no"] for one in worker["items"]}
