"""The follow-up queue 待回访: who said "unsolved" stands first, then by due time, all pages together are all cases."""

import httpx
import pytest

from casework.journey.city import City
from casework.rules import asks
from casework.rules.words import Satisfaction
from tests.services.notify.conftest import Client
from tests.services.notify.life import Life


async def answer(life: Life, case_no: str, *, solved: bool, comment: str = "") -> None:
    said = asks.AnswerSurvey(solved=solved, satisfaction=Satisfaction.BAD, comment=comment)
    await life.do(case_no, "followup1", said)


async def due_in_days(city: City, case_no: str, days: int) -> None:
    pool = await city.database.pool()
    await pool.execute(
        "UPDATE cases SET next_due = now() + make_interval(days => $2) WHERE case_no = $1", case_no, days
    )


async def all_pages(officer: httpx.AsyncClient, limit: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    cursor: str | None = None
    while True:
        asked = {"limit": str(limit), **({"cursor": cursor} if cursor else {})}
        page = (await officer.get("/followups", params=asked)).json()
        rows += page["items"]
        assert len(page["items"]) <= limit
        assert len(rows) < 100, "the pages go round in circles"
        cursor = page["next"]
        if cursor is None:
            assert page["total"] == len(rows)
            return rows


@pytest.fixture(scope="module")
async def cases(city: City) -> dict[str, str]:
    """Five that wait, with their due times in days, and one that is closed."""
    life = Life(city)
    found = {name: await life.in_follow_up() for name in ("late", "soon", "later", "unsolved", "without", "closed")}
    await answer(life, found["unsolved"], solved=False, comment="还是不亮，电话13812345678")
    await answer(life, found["closed"], solved=True)
    for name, days in (("late", -1), ("soon", 1), ("later", 9), ("unsolved", 20)):
        await due_in_days(city, found[name], days)
    pool = await city.database.pool()
    await pool.execute("UPDATE cases SET next_due = NULL WHERE case_no = $1", found["without"])
    await pool.execute("UPDATE cases SET call_from = NULL")  # whatever hour it is: see test_when_to_call.py
    return found


@pytest.mark.parametrize("limit", [1, 2, 50])
async def test_unsolved_first_then_by_due_time_over_all_pages(
    limit: int, cases: dict[str, str], client: Client
) -> None:
    rows = await all_pages(await client("followup1"), limit)
    assert [row["case_no"] for row in rows] == [
        cases[name] for name in ("unsolved", "late", "soon", "later", "without")
    ]


async def test_a_row_has_what_the_officer_needs_to_call(cases: dict[str, str], client: Client) -> None:
    rows = await all_pages(await client("followup1"), 50)
    unsolved, late = rows[0], rows[1]
    survey = unsolved["survey"]
    assert isinstance(survey, dict)
    assert (survey["solved"], survey["satisfaction"], survey["role"]) == (False, "BAD", "FOLLOW_UP")
    assert survey["comment"] == "还是不亮，电话138****5678"
    assert (late["overdue"], unsolved["overdue"], late["survey"]) == (True, False, None)
    assert unsolved["unit"] == "锦江区城市管理局"
    assert unsolved["reply_text"] == "路灯已修复，今晚亮灯。"
    assert isinstance(unsolved["version"], int)


async def test_the_area_narrows_and_the_scope_holds(cases: dict[str, str], client: Client, city: City) -> None:
    officer = await client("followup1")
    assert (await officer.get("/followups", params={"area": "510104017"})).json()["total"] == 5
    assert (await officer.get("/followups", params={"area": "510105"})).json()["total"] == 0
    pool = await city.database.pool()
    moved = "UPDATE cases SET area_code = $2 WHERE case_no = $1"
    await pool.execute(moved, cases["soon"], "510105001001")
    try:
        numbers = [row["case_no"] for row in await all_pages(officer, 50)]
        assert cases["soon"] not in numbers
        assert len(numbers) == 4
    finally:
        await pool.execute(moved, cases["soon"], "510104017001")


@pytest.mark.parametrize("login", ["dispatcher1", "unit-cg", "analyst1", "agent1"])
async def test_only_follow_up_officers_see_it(login: str, cases: dict[str, str], client: Client) -> None:
    assert (await (await client(login)).get("/followups")).status_code == 403


async def test_nobody_is_not_let_in(client: Client) -> None:
    assert (await (await client(None)).get("/followups")).status_code == 401


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "WzEsICJ4IiwgMV0", "WzEsICIyMDI2LTAxLTAxIiwgMV0"])
async def test_a_cursor_of_ones_own_making_is_told_as_wrong(cursor: str, client: Client) -> None:
    answer = await (await client("followup1")).get("/followups", params={"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"


@pytest.mark.parametrize("asked", [{"area": "51%"}, {"limit": "0"}, {"limit": "201"}])
async def test_what_cannot_be_asked_is_told(asked: dict[str, str], client: Client) -> None:
    assert (await (await client("followup1")).get("/followups", params=asked)).status_code == 422
