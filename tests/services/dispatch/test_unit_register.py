"""单位名录: registered, changed, retired and never deleted; nothing that hangs on a unit is left hanging."""

import secrets
from typing import Any

import httpx
import pytest

from casework.rules.words import Role
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ

HERE, ELSEWHERE = "510104", "510107"
WHY = "机构改革，职能并入城管局"


async def keeper(desk: Desk, role: Role = Role.SYS_ADMIN, area: str = HERE) -> httpx.AsyncClient:
    login = f"{role.value.lower().replace('_', '-')}-{secrets.token_hex(4)}"
    await employ(desk.city, login, [role], area)
    return await desk.of(login)


def form(**more: Any) -> dict[str, Any]:
    code = f"510104-{secrets.token_hex(4).upper()}"
    return {"code": code, "name": "锦江区某中心", "department": "CG", "area": HERE, "parent": "510104-CG", **more}


async def registered(client: httpx.AsyncClient, **more: Any) -> str:
    answer = await client.post("/unit-register", json=form(**more))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["unit"]["code"])


async def test_a_unit_is_registered_with_the_level_of_its_area_and_changed(desk: Desk) -> None:
    client = await keeper(desk)
    code = await registered(client)
    changed = {"name": "锦江区市容中心", "department": "ZJ", "parent": "510104-ZJ"}
    unit = (await client.put(f"/unit-register/{code}", json=changed)).json()["unit"]
    assert (unit["name"], unit["parent"], unit["level"], unit["active"]) == (
        "锦江区市容中心",
        "510104-ZJ",
        "COUNTY",
        True,
    )
    reader = await keeper(desk, Role.SEC_ADMIN)
    [found] = (await reader.get("/unit-register", params={"words": code})).json()["units"]
    assert found == unit
    assert (await reader.put(f"/unit-register/{code}", json=changed)).status_code == 403
    auditor = await keeper(desk, Role.AUDIT_ADMIN)
    entries = (await auditor.get("/audit", params={"subject": f"unit:{code}"})).json()["entries"]
    assert [entry["act"] for entry in entries] == ["UNIT_CHANGED", "UNIT_REGISTERED"]


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"code": "510104-CG"}, "code", "unit.code_taken"),
        ({"department": "NONE"}, "department", "unit.department_unknown"),
        ({"area": ELSEWHERE}, "area", "account.area_unknown"),
        ({"area": "51010"}, "area", "account.area_unknown"),
        ({"department": "JZ"}, "area", "unit.level"),
        ({"parent": "510107-CG"}, "parent", "account.unit_unknown"),
    ],
)
async def test_a_wrong_unit_is_named_by_its_field(desk: Desk, said: dict[str, str], field: str, code: str) -> None:
    answer = await (await keeper(desk)).post("/unit-register", json=form(**said))
    assert answer.status_code == 422, answer.text
    assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [(field, code)]


async def test_units_belong_to_no_circle(desk: Desk) -> None:
    client = await keeper(desk)
    above = await registered(client)
    below = await registered(client, parent=above)
    for parent in (above, below):
        said = {"name": "锦江区某中心", "department": "CG", "parent": parent}
        [fault] = (await client.put(f"/unit-register/{above}", json=said)).json()["errors"]
        assert (fault["field"], fault["code"]) == ("parent", "unit.circle")


async def test_a_unit_is_retired_when_nothing_hangs_on_it_and_never_deleted(desk: Desk) -> None:
    client = await keeper(desk)
    code = await registered(client)
    below = await registered(client, parent=code)
    login = f"unit-{secrets.token_hex(4)}"
    await employ(desk.city, login, [Role.UNIT], HERE, below)
    path = f"/unit-register/{code}/retire"
    assert (await client.post(path, json={"why": WHY})).json()["code"] == "unit.in_use"
    assert (await client.post(f"/unit-register/{below}/retire", json={"why": WHY})).json()["code"] == "unit.in_use"
    closing = await client.post(f"/accounts/{login}/acts", json={"act": "CLOSE", "why": WHY})
    assert closing.status_code == 200
    for one in (below, code):
        assert (await client.post(f"/unit-register/{one}/retire", json={"why": "1"})).status_code == 422
        retired = (await client.post(f"/unit-register/{one}/retire", json={"why": WHY})).json()["unit"]
        assert retired["active"] is False
    assert (await client.post(path, json={"why": WHY})).status_code == 200, "a repeat changes nothing"
    assert (await client.get("/unit-register", params={"words": code})).json()["units"] == []
    kept = (await client.get("/unit-register", params={"words": code, "closed": True})).json()["units"]
    assert [one["code"] for one in kept] == [code]
    assert code not in {one["code"] for one in (await (await desk.of("dispatcher1")).get("/units")).json()}


async def test_a_unit_with_a_case_shows_it_and_stays(desk: Desk) -> None:
    await desk.handling()
    client = await keeper(desk)
    shown = (await client.get("/unit-register/510104-CG")).json()["hanging"]
    assert shown["tasks"] >= 1
    assert shown["accounts"] >= 2
    answer = await client.post("/unit-register/510104-CG/retire", json={"why": WHY})
    assert (answer.status_code, answer.json()["code"]) == (409, "unit.in_use")
    assert str(shown["tasks"]) in answer.json()["detail"]


async def test_a_unit_elsewhere_is_not_found(desk: Desk) -> None:
    stranger = await keeper(desk, area=ELSEWHERE)
    for answer in (
        await stranger.get("/unit-register/510104-CG"),
        await stranger.post("/unit-register/510104-CG/retire", json={"why": WHY}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "unit.not_found")
