"""网格事务: the duty list by day and kind, items admitted by two persons, cadres told of what is serious."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from casework.db.models import AuditLog
from casework.rules.words import Role
from services.dispatch.worker import tell_cadres_once
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ
from tests.services.dispatch.test_grids import ONE, at, make

STREET = "street-017"
_codes = count(1)


@pytest.fixture(autouse=True)
async def grid(desk: Desk) -> str:
    """A grid of the community; its code. The registers are empty."""
    db = await desk.city.database.pool()
    await db.execute("DELETE FROM cadre_told; DELETE FROM grid_cadre; DELETE FROM grid_item; DELETE FROM grid")
    return str((await make(await desk.of("dispatcher1"), at(0))).json()["code"])


def item(**more: Any) -> dict[str, Any]:
    years = {"valid_from": "2026-01-01", "valid_to": "2028-01-01"}
    return {"category": "0203", "area": "510104", "source": "区网格办〔2026〕1号", **years, **more}


async def ask(desk: Desk, login: str = "dispatcher1", **more: Any) -> httpx.Response:
    return await (await desk.of(login)).post("/grid-items", json=item(**more))


async def decide(desk: Desk, number: int, login: str = "leader1", **said: Any) -> httpx.Response:
    form = {"admit": True, "note": "符合网格职责", **said}
    return await (await desk.of(login)).post(f"/grid-items/{number}/decision", json=form)


async def test_the_duty_list_is_that_of_the_kind_and_the_day(desk: Desk) -> None:
    worker = await desk.of("grid-017001001")
    general = (await worker.get("/duty-list", params={"kind": "GENERAL"})).json()
    assert {"VISIT", "NO-LAW"} <= {one["id"] for one in general["items"]}
    assert general["version"] == desk.city.catalog.version
    before = (await worker.get("/duty-list", params={"day": "2025-06-01"})).json()
    assert before["items"] == [], "no list was in force yet"


async def test_an_item_is_admitted_by_another_person_than_asked(desk: Desk) -> None:
    asked = await ask(desk)
    assert (asked.status_code, asked.json()["state"]) == (201, "ASKED")
    number = asked.json()["id"]
    admitted = await decide(desk, number)
    assert (admitted.status_code, admitted.json()["state"]) == (200, "ADMITTED")
    [shown] = (await (await desk.of("unit-cg")).get("/grid-items", params={"state": "ADMITTED"})).json()["items"]
    assert (shown["name"], shown["asked_by"], shown["decided_by"]) == ("井盖缺失或破损", "派单员甲", "区级分管领导甲")
    assert (await decide(desk, number)).json()["code"] == "grid_item.decided"
    leader = await desk.of("leader1")
    ended = await leader.post(f"/grid-items/{number}/end", json={"note": "职责调整"})
    assert ended.json()["state"] == "ENDED"
    assert (await leader.post(f"/grid-items/{number}/end", json={"note": "职责调整"})).status_code == 409
    async with desk.city.database.transaction() as session:
        acts = select(AuditLog.act).where(AuditLog.subject == f"grid_item:{number}").order_by(AuditLog.id)
        assert list(await session.scalars(acts)) == ["GRID_ITEM_ASKED", "GRID_ITEM_ADMITTED", "GRID_ITEM_ENDED"]


async def test_nobody_admits_what_they_asked_for(desk: Desk) -> None:
    await employ(desk.city, "both.hats", [Role.LEADER, Role.DISPATCHER], "510104")
    number = (await ask(desk, "both.hats")).json()["id"]
    assert (await decide(desk, number, "both.hats")).json()["code"] == "grid_item.second_person"
    assert (await decide(desk, number, "dispatcher1")).status_code == 403
    assert (await decide(desk, number, admit=False)).json()["state"] == "REFUSED"


# what is asked otherwise, the field, the reason
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"category": "9999"}, "category", "grid_item.category_unknown"),
    ({"area": "510105"}, "area", "grid_item.area_unknown"),
    ({"area": "510104999999"}, "area", "grid_item.area_unknown"),
    ({"valid_to": "2026-01-01"}, "valid_to", "grid_item.ends_before_it_begins"),
    ({"valid_to": "2030-01-01"}, "valid_to", "grid_item.too_long"),
]


@pytest.mark.parametrize(("otherwise", "field", "code"), WRONG)
async def test_a_wrong_item_is_named_by_its_field(desk: Desk, otherwise: dict[str, Any], field: str, code: str) -> None:
    answer = await ask(desk, **otherwise)
    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


async def test_an_item_is_asked_for_once(desk: Desk) -> None:
    assert (await ask(desk)).status_code == 201
    assert (await ask(desk)).json()["code"] == "grid_item.there_already"
    assert (await ask(desk, area="510104017")).status_code == 201, "for a street of its own it may be"


async def serious(desk: Desk, **more: Any) -> str:
    return await desk.receive(place={"lon": 104.0805, "lat": 30.6505, "crs": "CGCS2000"}, **{"urgency": "E1", **more})


async def package(desk: Desk, grid: str, login: str = STREET, **more: Any) -> httpx.Response:
    form = {"login": login, "note": "街道班子成员结对", **more}
    return await (await desk.of("supervision1")).post(f"/grids/{grid}/cadres", json=form)


async def told(desk: Desk, case_no: str) -> list[str]:
    """Who was told of a serious case: the accounts' logins."""
    case = await desk.case(case_no)
    db = await desk.city.database.pool()
    rows = await db.fetch(
        "SELECT a.login FROM notice n JOIN account a ON a.id = n.account_id"
        " WHERE n.case_id = $1 AND n.topic = 'CADRE_SERIOUS' ORDER BY n.id",
        case.id,
    )
    return [row["login"] for row in rows]


async def test_a_packaged_cadre_is_told_of_a_serious_case_once_and_may_read_it(desk: Desk, grid: str) -> None:
    """包联."""
    cadre = await desk.of(STREET)
    before = await serious(desk)
    assert (await desk.case(before)).area_code == grid
    assert (await cadre.get(f"/cases/{before}")).status_code == 404, "not packaged with this grid yet"
    made = await package(desk, grid)
    assert made.status_code == 201, made.text
    calm = await serious(desk, urgency="N", category="0101", text="咨询物业费。")
    elsewhere = await desk.receive(urgency="E1")
    assert await tell_cadres_once(desk.city) >= 1
    assert await tell_cadres_once(desk.city) == 0, "each once"
    assert await told(desk, before) == [STREET]
    assert [await told(desk, one) for one in (calm, elsewhere)] == [[], []]
    assert (await cadre.get(f"/cases/{before}")).status_code == 200
    dispatcher = await desk.of("dispatcher1")
    assert (await dispatcher.get(f"/grids/{grid}")).json()["cadre"]["login"] == STREET
    ended = await (await desk.of("leader1")).post(f"/grid-cadres/{made.json()['id']}/end", json={"note": "岗位调整"})
    assert ended.status_code == 204
    after = await serious(desk)
    assert await tell_cadres_once(desk.city) == 0
    assert await told(desk, after) == []
    assert (await cadre.get(f"/cases/{after}")).status_code == 404
    [row] = (await dispatcher.get(f"/grids/{grid}/cadres")).json()
    assert (row["login"], row["valid_to"] is None) == (STREET, False), "the past stays"


async def test_a_packaging_to_come_counts_from_its_day(desk: Desk, grid: str) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert (await package(desk, grid, starts_at=tomorrow.isoformat())).status_code == 201
    case_no = await serious(desk)
    await tell_cadres_once(desk.city)
    assert await told(desk, case_no) == []
    assert (await package(desk, grid)).json()["code"] == "cadre.there_already", "the two would overlap"
    ends = {"ends_at": (tomorrow - timedelta(hours=1)).isoformat()}
    assert (await package(desk, grid, **ends)).status_code == 201


async def test_the_registry_takes_one_cadre_for_the_present(desk: Desk, grid: str) -> None:
    dispatcher = await desk.of("dispatcher1")
    for version, login in enumerate([STREET, STREET, "leader1", None], start=1):
        form = {"name": "一格", "cadre": login, "version": version}
        answer = await dispatcher.put(f"/grids/{grid}", json=form)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["cadre"] or {}).get("login") == login
    rows = (await dispatcher.get(f"/grids/{grid}/cadres")).json()
    assert [(row["login"], row["valid_to"] is None) for row in rows] == [("leader1", False), (STREET, False)]


async def test_a_redrawn_grid_keeps_its_cadre(desk: Desk, grid: str) -> None:
    dispatcher = await desk.of("dispatcher1")
    await package(desk, grid)
    borders = {"version": 1, "polygon": (await dispatcher.get(f"/grids/{grid}")).json()["polygon"], "crs": "CGCS2000"}
    new = await dispatcher.post(f"/grids/{grid}/borders", json=borders)
    assert (new.status_code, new.json()["cadre"]["login"]) == (201, STREET)


async def test_a_cadre_is_somebody_near_the_grid(desk: Desk, grid: str) -> None:
    wrong = await package(desk, grid, "street-018")
    assert [one["code"] for one in wrong.json()["errors"]] == ["grid.no_cadre"]
    past = {"ends_at": (datetime.now(UTC) - timedelta(days=1)).isoformat()}
    assert [one["field"] for one in (await package(desk, grid, **past)).json()["errors"]] == ["ends_at"]
    assert (await package(desk, f"{ONE}999")).status_code == 404
