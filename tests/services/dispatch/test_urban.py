"""数字城管 as cases of the one table: report → verify 核实 → file 立案 → dispatch → handle → check 核查 → close."""

from itertools import count
from typing import Any

import httpx
import pytest

from casework.rules.words import Role
from tests.services.dispatch.cases import LEAD, Desk, now
from tests.services.dispatch.staff import employ
from tests.services.dispatch.test_checks import photo
from tests.services.dispatch.test_grids import ONE, at, make
from tests.services.dispatch.test_turns import clock, page, refused
from tests.services.dispatch.test_verifying import admit, on_duty

COLLECTOR = "collector-a"
SPOT = {"lon": 104.0805, "lat": 30.6505, "crs": "CGCS2000", "area_code": ONE}
LAMP_PART, RUBBLE = "5101040118000077", "5101040103"
_keys = count(1)


@pytest.fixture(scope="module")
async def grid(desk: Desk) -> str:
    """A duty grid 责任网格 with a collector 监督员 on duty, lamps and rubble admitted to it; its code."""
    await employ(desk.city, COLLECTOR, [Role.GRID_WORKER], f"{ONE}009", f"{ONE}-SQ")
    made = await make(await desk.of("dispatcher1"), at(0), kind="DUTY")
    await on_duty(desk, made.json()["code"], COLLECTOR)
    for category in ("0204", "0409"):
        await admit(desk, category=category, kinds=["DUTY"])
    return str(made.json()["code"])


async def reported(desk: Desk, code: str, login: str = COLLECTOR, **more: Any) -> httpx.Response:
    client = await desk.of(login, "intake")
    form = {"entry": "CALL", "text": "三盏路灯不亮", "urban_code": code, "place": SPOT, **more}
    return await client.post("/grid-reports", json=form, headers={"Idempotency-Key": f"urban-{next(_keys):05d}"})


async def test_a_public_report_goes_all_the_way_from_verifying_to_closing(desk: Desk, grid: str) -> None:
    case_no = await desk.receive(text="路口的路灯不亮。", category="0204", place=SPOT)
    await desk.move("dispatcher1", case_no, "CLASSIFY", kind="GRID_PART")
    await desk.move("dispatcher1", case_no, "ASK_VERIFY")  # to the collector whose grid holds the spot
    await refused(desk, COLLECTOR, case_no, "ANSWER_VERIFY", "PHOTO_MISSING", found=True, note="确有三盏不亮")
    seen = await photo(desk, COLLECTOR, case_no, "BEFORE", lon=SPOT["lon"])
    await desk.move(COLLECTOR, case_no, "ANSWER_VERIFY", found=True, note="确有三盏不亮", attachments=[seen])
    await desk.move("dispatcher1", case_no, "CLASSIFY", urban_code=LAMP_PART)  # 立案
    case = await desk.case(case_no)
    assert (case.urban_code, case.kind) == (LAMP_PART, "GRID_PART")
    finish = await clock(desk, case_no, "FINISH")
    assert (finish.limit_text, finish.due_at) == ("24h", case.finish_due), "a core area's limit for a lamp"
    shown = await page(desk, case_no, "dispatcher1")
    assert shown["urban"] == {
        "code": "510104 01 18 000077",
        "name": "路灯",
        "area_class": "A",
        "condition": "不亮或损坏",
        "close": "修复",
    }
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    await desk.move("unit-cg", case_no, "SIGN")
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE", outcome="REACHED")
    await desk.move("unit-cg", case_no, "FILE_RESULT", reply_text="路灯已修复。", factual=True, solved="SOLVED")
    assert (await desk.move("reviewer1", case_no, "ACCEPT_RESULT"))["status"] == "FOLLOW_UP"
    assert (await desk.move("followup1", case_no, "ANSWER_SURVEY", solved=True))["status"] == "CLOSED"


async def test_what_a_collector_reports_is_checked_by_the_collector(desk: Desk, grid: str) -> None:
    answer = await reported(desk, RUBBLE, text="路边积存建筑垃圾")
    assert answer.status_code == 201, answer.text
    case_no = answer.json()["request_no"]
    case = await desk.case(case_no)
    assert (case.kind, case.category, case.area_code) == ("GRID_EVENT", "0409", ONE)
    await desk.move("dispatcher1", case_no, "TAKE_ON")
    assert (await clock(desk, case_no, "FINISH")).limit_text == "240wm"
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    await desk.move("unit-cg", case_no, "SIGN")
    if not (await desk.case(case_no)).contact_exempt:
        await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE", outcome="REACHED")
    await desk.move("unit-cg", case_no, "FILE_RESULT", reply_text="已清运。", factual=True, solved="SOLVED")
    await refused(desk, "reviewer1", case_no, "ACCEPT_RESULT", "CHECK_PENDING", note="已办")
    pair = [await photo(desk, COLLECTOR, case_no, moment, lon=SPOT["lon"]) for moment in ("BEFORE", "AFTER")]
    await desk.move(COLLECTOR, case_no, "PASS_CHECK", note="现场已清净", attachments=pair)
    assert (await desk.move("reviewer1", case_no, "ACCEPT_RESULT"))["status"] == "FOLLOW_UP"


# the code, what is wrong
WRONG = [
    ("123", "URBAN_CODE_FORM"),
    ("5101040701", "URBAN_CODE_CLASS"),
    ("5101040118000000", "URBAN_CODE_SERIAL"),
    ("5101042101", "URBAN_CODE_UNKNOWN"),
    ("5101050103", "URBAN_CODE_ELSEWHERE"),
]


@pytest.mark.parametrize(("code", "fault"), WRONG)
async def test_a_wrong_code_is_told_at_the_door_and_at_the_desk(desk: Desk, grid: str, code: str, fault: str) -> None:
    said = []
    for language in ("zh-CN", "en"):
        client = await desk.of(COLLECTOR, "intake")
        client.headers["Accept-Language"] = language
        answer = await reported(desk, code)
        assert answer.status_code == 422, answer.text
        [wrong] = answer.json()["errors"]
        assert (wrong["field"], wrong["code"]) == ("urban_code", f"refused.{fault}")
        said.append(wrong["message"])
    assert said[0] != said[1]
    await refused(desk, "dispatcher1", await desk.receive(), "CLASSIFY", fault, urban_code=code)


async def test_an_area_of_another_class_has_another_limit(desk: Desk) -> None:
    case_no = await desk.receive(text="路边积存建筑垃圾。", category="0409", place={"area_code": "510104018001"})
    await desk.move("dispatcher1", case_no, "CLASSIFY", urban_code=RUBBLE)
    assert (await clock(desk, case_no, "FINISH")).limit_text == "2wd"
    [before] = [event.data["before"] for event in await desk.events(case_no) if event.action == "CLASSIFY"]
    assert before["urban_code"] is None


async def test_the_classes_are_told_with_the_limits_of_the_readers_area(desk: Desk, grid: str) -> None:
    client = await desk.of(COLLECTOR)
    found = {one["code"]: one for one in (await client.get("/urban-classes", params={"type": "EVENT"})).json()}
    assert (found[RUBBLE]["name"], found[RUBBLE]["limit"], found[RUBBLE]["area_class"]) == (
        "积存垃圾渣土",
        "240wm",
        "A",
    )
    elsewhere = await client.get("/urban-classes", params={"type": "EVENT", "area": "510105"})
    assert {one["code"]: one["limit"] for one in elsewhere.json()}["5101050103"] == "2wd"
