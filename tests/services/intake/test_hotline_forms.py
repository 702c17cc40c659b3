"""A citizen's words are never refused for their form: what is badly written is accepted, with a flag (issue 2 §5)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.db.models import Case, Clock, Request
from casework.journey.city import City
from tests.services.intake.hotline import Hotline, as_json, said

# what is said, the flags it leaves, what is kept of it
FORMS: list[tuple[str, dict[str, Any], list[str], dict[str, Any]]] = [
    ("a number and words, and no more", {}, [], {"kind": None, "area_code": "510104", "phone": None}),
    ("null in every place", {k: None for k in ("title", "kind", "person", "place", "call", "urgency")}, [], {}),
    # 诉求人
    ("a phone of six digits", {"person": {"phone": "123456"}}, ["PHONE_UNUSABLE"], {"phone": "123456"}),
    ("a phone in words", {"person": {"phone": "问邻居"}}, ["PHONE_UNUSABLE"], {"phone": "问邻居"}),
    ("a phone as a number", {"person": {"phone": 13812345678}}, [], {"phone": "13812345678"}),
    ("a phone with blanks", {"person": {"phone": " 138 1234 5678 "}}, [], {"phone": "138 1234 5678"}),
    ("a phone that is a list", {"person": {"phone": ["13812345678"]}}, ["PHONE_UNUSABLE"], {"phone": None}),
    ("a phone that is true", {"person": {"phone": True}}, ["PHONE_UNUSABLE"], {"phone": None}),
    ("two hundred digits", {"person": {"phone": "1" * 200}}, ["PHONE_UNUSABLE"], {"phone": "1" * 40}),
    ("a person who is a word", {"person": "张三丰"}, [], {"name": "张三丰"}),
    ("a person who is a list", {"person": ["张三丰"]}, ["NAME_UNUSABLE"], {"name": None}),
    ("a name with NUL characters", {"person": {"name": "张\0三"}}, [], {"name": "张三"}),
    ("a name of NUL characters", {"person": {"name": "\0"}}, [], {"name": None}),
    ("anonymous in Chinese", {"person": {"anonymous": "是"}}, [], {"anonymous": True}),
    ("no reply wanted, as 0", {"person": {"reply_wanted": 0}}, [], {"reply_wanted": False}),
    ("a reply wanted perhaps", {"person": {"reply_wanted": "也许"}}, ["YES_NO_UNUSABLE"], {"reply_wanted": True}),
    ("secret by a list", {"person": {"secret": [1]}}, ["YES_NO_UNUSABLE"], {"secret": False}),
    ("secret by a huge number", {"person": {"secret": 10**4000}}, ["YES_NO_UNUSABLE"], {"secret": False}),
    # 地点
    ("a place that is a word", {"place": "大慈寺路口"}, [], {"address": "大慈寺路口"}),
    ("a place that is a number", {"place": 7}, [], {"address": "7"}),
    ("a place that is a list", {"place": [1, 2]}, ["ADDRESS_UNUSABLE"], {"address": None}),
    ("a county that is not there", {"place": {"area_code": "999999"}}, ["AREA_UNKNOWN"], {"area_code": "510104"}),
    ("no such community", {"place": {"area_code": "510104017999"}}, ["AREA_UNKNOWN"], {"area_code": "510104017"}),
    ("an area in words", {"place": {"area_code": "锦江区"}}, ["AREA_UNKNOWN"], {"area_code": "510104"}),
    ("an area as a number", {"place": {"area_code": 510104017001}}, [], {"area_code": "510104017001"}),
    ("an area in full-width digits", {"place": {"area_code": "５１０１０４"}}, ["AREA_UNKNOWN"], {}),
    ("an area of one blank", {"place": {"area_code": " "}}, [], {"area_code": "510104"}),
    ("coordinates as strings", {"place": {"lon": "104.08", "lat": "30.65"}}, [], {"lon": 104.08, "lat": 30.65}),
    ("a latitude of 200", {"place": {"lon": 104, "lat": 200}}, ["POINT_UNUSABLE"], {"lon": None, "lat": None}),
    ("coordinates in words", {"place": {"lon": "东经", "lat": 30}}, ["POINT_UNUSABLE"], {"lon": None}),
    ("a longitude alone", {"place": {"lon": 104.08}}, [], {"lon": None, "lat": None}),
    ("coordinates that are objects", {"place": {"lon": {}, "lat": []}}, ["POINT_UNUSABLE"], {"lon": None}),
    ("another spelling of the system", {"place": {"crs": "gcj-02"}}, [], {"crs": "GCJ02"}),
    ("a system that nobody knows", {"place": {"crs": "MARS"}}, ["CRS_UNKNOWN"], {"crs": None}),
    ("an address of a thousand", {"place": {"address": "路" * 1000}}, ["ADDRESS_UNUSABLE"], {"address": "路" * 500}),
    # 性质、分类、时间
    ("a kind in Chinese", {"kind": "投诉"}, [], {"kind": "COMPLAINT"}),
    ("a kind that nobody knows", {"kind": "吐槽"}, ["KIND_UNKNOWN"], {"kind": None}),
    ("a kind that is an object", {"kind": {"code": "HELP"}}, ["KIND_UNKNOWN"], {"kind": None}),
    ("a category as a number", {"category": 2301}, [], {"category": "2301"}),
    ("a category that is not there", {"category": "9999"}, ["CATEGORY_UNKNOWN"], {"category": None}),
    ("an urgency that nobody knows", {"urgency": "马上"}, ["URGENCY_UNKNOWN"], {"urgency": "N"}),
    ("an urgency in Chinese", {"urgency": "紧急"}, [], {"urgency": "E1"}),
    ("a day in words", {"occurred_at": "昨天"}, ["TIME_UNUSABLE"], {"occurred_at": None}),
    ("a 31st of February", {"occurred_at": "2026-02-31T10:00:00"}, ["TIME_UNUSABLE"], {"occurred_at": None}),
    ("a day with slashes", {"occurred_at": "2026/02/13 16:00"}, [], {"occurred_at": "2026-02-13T08:00:00+00:00"}),
    ("the first day of all", {"occurred_at": "0001-01-01T00:00:00"}, ["TIME_UNUSABLE"], {"occurred_at": None}),
    ("the last day of all", {"occurred_at": "9999-12-31T23:59:59-23:59"}, ["TIME_UNUSABLE"], {"occurred_at": None}),
    ("a deadline in words", {"upstream_due": "尽快"}, ["UPSTREAM_DUE_UNUSABLE"], {"upstream_due": None}),
    ("a channel that nobody knows", {"channel": "PIGEON"}, [], {"channel": "HOTLINE"}),
    ("a call that is a word", {"call": "call-7"}, [], {"call_id": "call-7"}),
    # 文字
    ("words with NUL characters", {"text": "路灯\0不亮"}, [], {"text": "路灯不亮"}),
    ("words that are a number", {"text": 110}, [], {"text": "110"}),
    ("a rare name of four bytes each", {"person": {"name": "𠮷𡈽"}}, [], {"name": "𠮷𡈽"}),
    ("rare words of four bytes each", {"text": "𪚥𠀀巷"}, [], {"text": "𪚥𠀀巷"}),
    ("Tibetan", {"text": "གློག་སྒྲོན་མི་གསལ།"}, [], {"text": "གློག་སྒྲོན་མི་གསལ།"}),
    ("Yi", {"text": "ꆈꌠꉙꁱꂷ"}, [], {"text": "ꆈꌠꉙꁱꂷ"}),
    ("pictures and joiners", {"text": "👨‍👩‍👧 \u202e⃠ \ufeff灯"}, [], {"text": "👨‍👩‍👧 \u202e⃠ \ufeff灯"}),
    ("a script for a browser", {"title": "<script>alert(1)</script>"}, [], {"title": "<script>alert(1)</script>"}),
    ("a statement for a database", {"text": "'; DROP TABLE cases; --"}, [], {"text": "'; DROP TABLE cases; --"}),
]  # fmt: skip
SEALED = {"title", "text", "name", "phone"}


async def _kept(city: City, request_no: str) -> dict[str, Any]:
    async with city.database.transaction() as session:
        query = select(Request, Case).join(Case, Case.request_id == Request.id).where(Request.request_no == request_no)
        request, case = (await session.execute(query)).one()
    kept = {**vars(request), **vars(case)}
    for name in SEALED:
        sealed = kept[f"{name}_sealed"]
        kept[name] = city.keyring.open(sealed, f"request.{name}") if sealed else None
    kept["occurred_at"] = request.occurred_at.isoformat() if request.occurred_at else None
    return kept


@pytest.mark.parametrize(("message", "flags", "kept"), [row[1:] for row in FORMS], ids=[row[0] for row in FORMS])
async def test_a_bad_form_is_accepted_with_a_flag(
    hotline: Hotline, city: City, message: dict[str, Any], flags: list[str], kept: dict[str, Any]
) -> None:
    answer = await hotline.send(said(**message))
    assert answer.status_code == 201, answer.text
    assert answer.json()["flags"] == flags
    found = await _kept(city, answer.json()["request_no"])
    assert {name: found[name] for name in kept} == kept
    assert found["flags"] == flags
    assert found["status"] == "REVIEW"


async def test_a_number_as_a_number_is_the_number(hotline: Hotline) -> None:
    first = await hotline.send(as_json({"upstream_no": 8812345, "text": "路灯不亮"}))
    again = await hotline.send({"upstream_no": "8812345", "text": "路灯不亮"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["request_no"] == again.json()["request_no"]


async def test_infinite_coordinates_are_no_place(hotline: Hotline) -> None:
    for number in (b"NaN", b"Infinity", b"-1e400"):
        body = as_json(said(place={"lon": 7, "lat": 30})).replace(b'"lon": 7', b'"lon": ' + number)
        answer = await hotline.send(body)
        assert (answer.status_code, answer.json()["flags"]) == (201, ["POINT_UNUSABLE"])


async def test_without_kind_and_place_it_runs_as_help_and_stands_unrouted(hotline: Hotline, city: City) -> None:
    answer = await hotline.send(said())
    [case] = answer.json()["cases"]
    assert set(case["due"]) == {"DISPATCH", "FINISH"}
    assert case["provisional"] is True
    found = await _kept(city, answer.json()["request_no"])
    assert found["suggested_unit"] is None
    assert found["routing"]["unrouted"]


# the upstream's deadline from now, whether it becomes the promise
UPSTREAM_DUE = [
    ("in a day, earlier than our seven working days", timedelta(days=1), True),
    ("in seventy years, later than ours", timedelta(days=25_567), False),
    ("yesterday: over already, and said so", timedelta(days=-1), True),
]


@pytest.mark.parametrize(("ahead", "holds"), [row[1:] for row in UPSTREAM_DUE], ids=[row[0] for row in UPSTREAM_DUE])
async def test_the_earlier_deadline_is_the_promise(hotline: Hotline, city: City, ahead: timedelta, holds: bool) -> None:
    due = datetime.now(UTC) + ahead
    answer = await hotline.send(said(kind="求助", upstream_due=due.isoformat()))
    [case] = answer.json()["cases"]
    async with city.database.transaction() as session:
        query = select(Clock).join(Case, Case.id == Clock.case_id).where(Case.case_no == case["case_no"])
        finish = (await session.scalars(query.where(Clock.name == "FINISH"))).one()
    assert (finish.due_at < finish.own_due_at) is holds
    assert (finish.due_at == due) is holds
    assert finish.stages[-1] == "BREACH"
    assert case["due"]["FINISH"].startswith(finish.due_at.isoformat()[:19])
