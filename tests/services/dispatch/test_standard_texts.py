"""常用语 as they are kept: found by words, checked for places that nobody fills, kept by who answers for the area."""

from typing import Any

import pytest
from sqlalchemy import select

from casework.db.models import AuditLog
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.test_desk import call

FORM = {"title": "催办", "body": "请于{截止时间}前办结，{填写要求}。", "action": "URGE", "shared": True}


@pytest.fixture(autouse=True)
async def _none_kept(desk: Desk) -> None:
    await (await desk.city.database.pool()).execute("DELETE FROM standard_text")


async def write(desk: Desk, login: str, **given: Any) -> dict[str, Any]:
    status, body = await call(desk, login, "POST", "/standard-texts", {**FORM, **given})
    assert status == 201, body
    return dict(body)


@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_a_place_that_nobody_fills_is_refused_by_its_name(desk: Desk, method: str) -> None:
    kept = await write(desk, "dispatcher1")
    path = "/standard-texts" if method == "POST" else f"/standard-texts/{kept['id']}"
    status, body = await call(desk, "dispatcher1", method, path, {**FORM, "body": "{工单号}请{科室}办理"})
    assert (status, [one["field"] for one in body["errors"]]) == (422, ["body"])
    assert "工单号、科室" in body["errors"][0]["message"]
    assert "工单编号" in body["errors"][0]["message"]
    found = (await call(desk, "dispatcher1", "GET", "/standard-texts"))[1]
    assert [one["body"] for one in found] == [FORM["body"]]


async def test_the_places_that_are_offered_are_those_that_pass(desk: Desk) -> None:
    _, places = await call(desk, "dispatcher1", "GET", "/standard-texts/places")
    body = "".join("{" + one["name"] + "}" for one in places)
    assert (await write(desk, "dispatcher1", body=body))["body"] == body


async def test_texts_are_found_by_words_and_paged_to_the_last(desk: Desk) -> None:
    for at in range(5):
        await write(desk, "dispatcher1", title=f"井盖{at}")
    await write(desk, "dispatcher1", title="路灯", shared=False)
    await write(desk, "dispatcher1", title="树枝", body="涉及井盖的另办")
    seen, cursor = [], 0
    while True:
        path = f"/standard-texts/found?words=井盖&limit=2&cursor={cursor}"
        _, page = await call(desk, "dispatcher2", "GET", path)
        assert page["total"] == 6
        seen += [one["title"] for one in page["texts"]]
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == ["树枝", "井盖4", "井盖3", "井盖2", "井盖1", "井盖0"]
    assert (await call(desk, "dispatcher2", "GET", "/standard-texts/found?words=路灯"))[1]["texts"] == []
    assert (await call(desk, "dispatcher2", "GET", "/standard-texts/found?words=%25"))[1]["total"] == 0


async def test_who_answers_for_the_area_keeps_what_is_shared_in_it_and_leaves_a_trace(desk: Desk) -> None:
    kept, own = await write(desk, "dispatcher1"), await write(desk, "dispatcher1", shared=False)
    _, page = await call(desk, "leader5101", "GET", "/standard-texts/found")
    assert [(one["id"], one["mine"], one["keeps"]) for one in page["texts"]] == [(kept["id"], False, True)]
    status, changed = await call(desk, "leader5101", "PUT", f"/standard-texts/{kept['id']}", {**FORM, "title": "改"})
    assert (status, changed["title"], changed["owner"], changed["area_code"]) == (200, "改", "派单员甲", "510104")
    assert (await call(desk, "supervision1", "DELETE", f"/standard-texts/{own['id']}"))[0] == 404
    assert (await call(desk, "supervision1", "DELETE", f"/standard-texts/{kept['id']}"))[0] == 204
    async with desk.city.database.transaction() as session:
        query = select(AuditLog).where(AuditLog.subject == f"standard_text:{kept['id']}").order_by(AuditLog.id)
        told = [(row.act, row.data["title"]) for row in await session.scalars(query)]
    assert told == [("STANDARD_TEXT_CHANGED", "催办"), ("STANDARD_TEXT_DROPPED", "改")]
