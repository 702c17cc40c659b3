"""评分 and 防注水检查: points by the city's schemes, and what looks too good, with its cases."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import select

from casework.db.models import Unit
from casework.journey.city import City
from casework.journey.freezing import freeze
from casework.rules.rates import Rate
from casework.rules.scoring import Part, grade, score
from casework.rules.words import Status
from tests.conftest import Town
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_reports import DUE, KEPT

JUNE = {"from": "2026-06"}
ANSWERED = replace(KEPT, followed="ANSWERED", solved=True, satisfaction="GOOD")
LEAST = {"A": 90.0, "B": 75.0, "C": 60.0, "D": 40.0, "E": 0.0}


@pytest.mark.parametrize(
    ("rates", "points", "letter"),
    [
        ({"X": Rate(9, 10), "Y": Rate(1, 10)}, 0.6 * 90 + 0.4 * 90, "A"),  # Y counts in reverse
        ({"X": Rate(9, 10)}, 90.0, "A"),  # Y has no case: X has all the weight
        ({"X": Rate(1, 2), "Y": Rate(1, 2)}, 50.0, "D"),
        ({"X": Rate(0, 2), "Y": Rate(2, 2)}, 0.0, "E"),
        ({}, None, None),  # nobody was promised anything
    ],
)
def test_figures_are_weighed_into_points_and_a_grade(
    rates: dict[str, Rate], points: float | None, letter: str | None
) -> None:
    found = score([Part("X", 60), Part("Y", 40, reverse=True)], rates)
    assert found == (None if points is None else pytest.approx(points))
    assert grade(found, LEAST) == letter


def test_a_part_may_count_how_many_there_were() -> None:
    parts = [Part("X", 80, full=100, count_weight=20)]
    assert score(parts, {"X": Rate(50, 50)}) == pytest.approx(80 + 10)
    assert score(parts, {"X": Rate(500, 500)}) == pytest.approx(100)


@pytest.fixture(scope="module")
async def planted(city: City) -> list[str]:
    """June of one unit: five alike; one more each that is quick, rung for in vain, extended late, filed at night."""
    async with city.database.transaction() as session:
        unit_id = await session.scalar(select(Unit.id).where(Unit.code == "510104-CG"))
        rows = [Planted(replace(ANSWERED, first_unit_id=unit_id), unit_id=unit_id) for _ in range(9)]
        rows.append(Planted(replace(KEPT, status=Status.VOID), unit_id=unit_id))
        return await plant(session, rows)


@pytest.fixture(scope="module")
async def analyst(town: Town, planted: list[str]) -> AsyncIterator[httpx.AsyncClient]:
    async with await town.sign_in("notify", "analyst1") as client:
        yield client


async def event(pool: asyncpg.Pool, case_no: str, action: str, at: datetime, data: str = "{}") -> None:
    unit = "(SELECT id FROM unit WHERE code = '510104-CG')"
    await pool.execute(
        f"INSERT INTO event (case_id, at, action, role, unit_id, data) SELECT id, $2, $3, 'UNIT', {unit}, $4::jsonb "
        "FROM cases WHERE case_no = $1",
        *(case_no, at, action, data),
    )


@pytest.fixture(scope="module")
async def suspicious(city: City, planted: list[str]) -> dict[str, set[str]]:
    """Which cases each check is to hit."""
    pool = await city.database.pool()
    await pool.execute("UPDATE cases SET reply_text = '已处理。' WHERE case_no = ANY($1)", planted[:5])
    lead = (
        "INSERT INTO assignment (case_id, unit_id, kind, hop, opened_at, signed_at, closed_at, outcome) "
        "SELECT id, lead_unit_id, 'LEAD', 1, $2, $2, completed_at, 'DONE' FROM cases WHERE case_no = $1"
    )
    await pool.execute(lead, planted[5], DUE - timedelta(minutes=4))
    await pool.execute(lead, planted[6], DUE - timedelta(minutes=6))
    await event(pool, planted[6], "CONTACT", DUE - timedelta(days=1), '{"way": "PHONE", "outcome": "NO_ANSWER"}')
    await event(pool, planted[7], "CONTACT", DUE - timedelta(days=1), '{"way": "PHONE", "outcome": "REACHED"}')
    asked = (
        "INSERT INTO motion (case_id, kind, asked_at, was_due) SELECT id, 'EXTENSION', $2, $3 FROM cases "
        "WHERE case_no = $1"
    )
    await pool.execute(asked, planted[7], DUE - timedelta(minutes=30), DUE)
    await pool.execute(asked, planted[8], DUE - timedelta(minutes=90), DUE)
    night = datetime(2026, 6, 11, 15, 55, tzinfo=UTC)  # 23:55 in Shanghai
    for case_no in planted[:5]:
        await event(pool, case_no, "FILE_RESULT", night)
    await event(pool, planted[8], "FILE_RESULT", night - timedelta(hours=1))
    await freeze(city, "5101", date(2026, 6, 1))
    await event(pool, planted[8], "REWORK", datetime.now(UTC) + timedelta(minutes=1))
    return {
        "QUICK": {planted[5]},
        "SAME_REPLY": set(planted[:5]),
        "DOUBTFUL_CONTACT": {planted[6]},
        "LATE_EXTENSION": {planted[7]},
        "MANY_EXCLUDED": {planted[9]},
        "REVOKED_AFTER_FREEZE": {planted[8]},
        "MASS_FILING": set(planted[:5]),
    }


async def test_each_check_hits_its_cases_and_no_others(
    analyst: httpx.AsyncClient, suspicious: dict[str, set[str]]
) -> None:
    answer = await analyst.get("/reports/checks", params=JUNE)
    assert answer.status_code == 200, answer.text
    told = {line["check"]: line for line in answer.json()["checks"]}
    assert {check: line["hit"] for check, line in told.items()} == {c: len(cases) for c, cases in suspicious.items()}
    assert [(unit["unit"], unit["hit"]) for unit in told["QUICK"]["units"]] == [("510104-CG", 1)]
    for check, expected in suspicious.items():
        page = (await analyst.get("/reports/checks/cases", params={**JUNE, "check": check})).json()
        assert {case["case_no"] for case in page["cases"]} == expected, check


async def test_a_county_is_scored_by_the_citys_scheme(analyst: httpx.AsyncClient) -> None:
    told: dict[str, Any] = (await analyst.get("/reports/scores", params={**JUNE, "scheme": "COUNTY"})).json()
    [row] = told["rows"]
    assert (row["key"], row["score"], row["grade"]) == ("510104", pytest.approx(100), "A")
    assert set(row["parts"]) == {"COMPLETION", "SOLVED", "SATISFIED"}
    refused = await analyst.get("/reports/scores", params={**JUNE, "scheme": "NONE"})
    assert refused.status_code == 422
    assert "DUTY_CHIEF" in refused.json()["errors"][0]["message"]
