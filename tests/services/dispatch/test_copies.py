"""直派抄送: what is dispatched straight to a street is copied to its district, which reads and does not handle it."""

from typing import Any

import pytest
from sqlalchemy import func, select

from casework.db.models import Case, CaseCopy
from casework.journey.city import City
from casework.rules.words import Role
from tests.conftest import Town
from tests.services.dispatch.cases import LAMP, Desk
from tests.services.dispatch.staff import employ
from tests.services.dispatch.test_turns import page

STREET, OFFICE = "510104017-JZ", "district-office"


@pytest.fixture(scope="module", autouse=True)
async def _office(town: Town, city: City) -> None:
    await employ(city, OFFICE, [Role.UNIT], "510104", "510104-ZFB")


async def copies(desk: Desk, login: str = OFFICE) -> list[dict[str, Any]]:
    answer = await (await desk.of(login)).get("/copies")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def rows(desk: Desk, case_no: str) -> int:
    async with desk.city.database.transaction() as session:
        query = select(func.count()).select_from(CaseCopy).join(Case, Case.id == CaseCopy.case_id)
        return int(await session.scalar(query.where(Case.case_no == case_no)) or 0)


async def test_the_district_reads_what_went_straight_to_a_street_and_cannot_handle_it(desk: Desk) -> None:
    case_no = await desk.receive(**LAMP)
    assert (await (await desk.of(OFFICE)).get(f"/cases/{case_no}")).status_code == 404
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=STREET)
    [found] = [row for row in await copies(desk) if row["case_no"] == case_no]
    assert (found["to_unit"], found["unit"]) == ("锦官驿街道办事处", "锦江区政府办公室")
    assert (await page(desk, case_no, OFFICE))["allowed_actions"] == []
    answer = await desk.ask(OFFICE, case_no, "SIGN")
    assert (answer.status_code, answer.json()["code"]) == (403, "refused.NOT_YOUR_CASE")
    assert "UNIT" in await desk.told(case_no, "COPIED")
    waiting = (await (await desk.of(OFFICE)).get("/cases")).json()["rows"]
    assert case_no not in {row["case_no"] for row in waiting}, "it does not wait for the district"


async def test_it_is_copied_and_told_once_however_often_it_is_dispatched(desk: Desk) -> None:
    case_no = await desk.receive(**LAMP)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=STREET)
    asked = {"reason": "OUTSIDE_DUTY", "basis": "街道权责清单第三条", "unit": "510104-CG"}
    await desk.move("street-017", case_no, "ASK_RETURN", **asked)
    await desk.move("dispatcher1", case_no, "GRANT_RETURN", unit="510104018-JZ")
    assert await rows(desk, case_no) == 1


async def test_what_goes_to_a_department_of_the_district_is_copied_to_nobody(desk: Desk) -> None:
    case_no = await desk.dispatched(**LAMP)
    assert await rows(desk, case_no) == 0
    assert await desk.told(case_no, "COPIED") == set()
    assert (await (await desk.of(OFFICE)).get(f"/cases/{case_no}")).status_code == 404


async def test_a_report_is_copied_to_nobody(desk: Desk) -> None:
    said = {"title": "施工收钱", "text": "巷口修灯的人收现金不开票。", "kind": "举报", "category": "0204"}
    case_no = await desk.receive(**said)
    await desk.move("dispatcher1", case_no, "SCREEN", no_unit=True)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=STREET)
    assert await rows(desk, case_no) == 0
    assert (await (await desk.of(OFFICE)).get(f"/cases/{case_no}")).status_code == 404
