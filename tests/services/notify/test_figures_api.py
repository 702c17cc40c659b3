"""The set of figures as supervisors ask for it: rates, times, definitions, and clear refusals."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from casework.journey.city import City
from casework.kit.texts import LANGS, t
from casework.rules.calendars import day_of
from casework.rules.rates import BASES, DEFINITION_VERSION, FIGURES, TIMES
from casework.rules.words import Direction, Status
from tests.conftest import Town
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_reports import DUE, ENGLISH, KEPT

JUNE = {"from": "2026-06"}
SENT = replace(
    KEPT,
    first_unit_id=1,
    dispatched_in_time=True,
    followed="ANSWERED",
    solved=True,
    satisfaction="GOOD",
    worked_minutes=2400,
)


@pytest.fixture(scope="module")
async def planted(city: City) -> list[str]:
    """June in one county: 40 good, 1 reworked, 1 returned and sent to another, 2 from the grid; one of July."""
    async with city.database.transaction() as session:
        rows = [Planted(SENT) for _ in range(40)]
        rows.append(Planted(replace(SENT, rework_count=1, solved=False, satisfaction="BAD", supervisions=1)))
        rows.append(Planted(replace(SENT, returns=1, misdirected=True, followed="UNREACHED", solved=None)))
        grid = replace(SENT, direction=Direction.GRID, followed=None, solved=None, satisfaction=None)
        rows.append(Planted(grid, "510104017001A02"))
        rows.append(Planted(replace(grid, status=Status.VOID)))
        july = DUE + timedelta(days=20)
        rows.append(Planted(replace(SENT, finish_due=july, completed_at=july, extensions=1)))
        return await plant(session, rows)


@pytest.fixture(scope="module")
async def analyst(town: Town, planted: list[str]) -> AsyncIterator[httpx.AsyncClient]:
    async with await town.sign_in("notify", "analyst1") as client:
        yield client


async def told(client: httpx.AsyncClient, headers: dict[str, str] | None = None, **ask: Any) -> dict[str, Any]:
    answer = await client.get("/reports/figures", params=ask, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def of(row: dict[str, Any], code: str) -> tuple[int, int]:
    return row["rates"][code]["numerator"], row["rates"][code]["denominator"]


async def test_a_county_has_every_rate(analyst: httpx.AsyncClient) -> None:
    found = await told(analyst, **JUNE)
    [row] = found["rows"]
    assert (row["key"], row["name"], row["month"]) == ("510104", "锦江区", None)
    assert set(row["rates"]) == {figure.code for figure in FIGURES}
    assert of(row, "COMPLETION") == of(row, "SIGN") == of(row, "FINISH") == (43, 43)
    assert of(row, "REWORK") == of(row, "SUPERVISION") == (1, 43)
    assert (of(row, "RETURN"), of(row, "FIRST_RIGHT")) == ((1, 44), (43, 44))  # accepted in June: July's too
    assert (of(row, "COVERED"), of(row, "REACHED"), of(row, "SOLVED"), of(row, "SATISFIED")) == (
        (42, 43),
        (41, 42),
        (40, 41),
        (41, 42),
    )
    assert (of(row, "GRID_CLOSED_IN_TIME"), of(row, "GRID_FILED_RIGHT")) == ((1, 1), (1, 2))
    assert row["rates"]["GRID_CLOSED_IN_TIME"]["small"]
    assert row["rates"]["GRID_FILED_IN_TIME"] == {
        **{"numerator": 0, "denominator": 0, "rate": None},
        **{"small": True, "raw": None},
    }
    assert not row["rates"]["SIGN"]["small"]
    assert row["times"]["WORKING"]["mean"] == 2400
    assert row["times"]["NATURAL"]["cases"] == 43
    minutes = (DUE - SENT.created_at) / timedelta(minutes=1)
    assert row["times"]["NATURAL"]["mean"] == minutes
    assert 0.75 * minutes < row["times"]["NATURAL"]["median"] < 1.25 * minutes
    assert found["total"]["rates"] == row["rates"]
    assert found["definition"] == DEFINITION_VERSION
    assert found["mature"] == {"A": True, "B": True, "C": True}


async def test_months_stand_apart_and_add_up(analyst: httpx.AsyncClient) -> None:
    found = await told(analyst, **JUNE, to="2026-07", monthly=True, figure=["EXTENSION", "RETURN"], times=False)
    rows = {row["month"]: row for row in found["rows"]}
    assert {month: of(row, "EXTENSION") for month, row in rows.items()} == {"2026-06": (0, 43), "2026-07": (1, 1)}
    assert of(found["total"], "EXTENSION") == (1, 44)
    assert set(found["total"]["rates"]) == {"EXTENSION", "RETURN"}
    assert found["total"]["times"] == {}


@pytest.mark.parametrize(
    ("by", "names"),
    [
        ("grid", {"水井坊社区（未细到下一级）", "510104017001A02"}),
        ("urgency", {"一般"}),
        ("street", {"锦官驿街道"}),
        ("month", {"2026年6月"}),
        ("channel", {"12345热线"}),
    ],
)
async def test_every_node_has_its_name(analyst: httpx.AsyncClient, by: str, names: set[str]) -> None:
    found = await told(analyst, **JUNE, by=by, figure=["FINISH"], times=False)
    assert {row["name"] for row in found["rows"]} == names


async def test_a_figure_opens_its_cases_page_by_page(analyst: httpx.AsyncClient, planted: list[str]) -> None:
    ask: dict[str, Any] = {**JUNE, "figure": "REWORK", "part": "numerator"}
    answer = (await analyst.get("/reports/figures/cases", params=ask)).json()
    assert [case["case_no"] for case in answer["cases"]] == [planted[40]]
    ask = {**JUNE, "figure": "SIGN", "limit": 30}
    first = (await analyst.get("/reports/figures/cases", params=ask)).json()
    second = (await analyst.get("/reports/figures/cases", params={**ask, "cursor": first["next"]})).json()
    seen = [case["case_no"] for case in (*first["cases"], *second["cases"])]
    assert seen == planted[:43]
    void = {**JUNE, "figure": "FINISH", "part": "excluded", "reason": "VOID"}
    out = (await analyst.get("/reports/figures/cases", params=void)).json()
    assert [case["case_no"] for case in out["cases"]] == [planted[43]]
    timed = (await analyst.get("/reports/figures/cases", params={**JUNE, "figure": "WORKING", "limit": 200})).json()
    assert len(timed["cases"]) == 43


async def test_what_a_figure_means_is_said_in_both_languages(analyst: httpx.AsyncClient) -> None:
    for headers in ({}, ENGLISH):
        said = (await analyst.get("/reports/figures/definitions", headers=headers)).json()
        assert said["version"] == DEFINITION_VERSION == said["versions"][-1]
        assert [one["code"] for one in said["figures"]] == [figure.code for figure in FIGURES]
    for lang in LANGS:
        for figure in FIGURES:
            for code in (f"figure.name.{figure.code}", f"figure.words.{figure.code}"):
                assert t(code, lang) != code
        assert all(t(f"figure.basis.{basis.value}", lang) != f"figure.basis.{basis.value}" for basis in BASES)
        assert all(t(f"figure.name.{time.value}", lang) != f"figure.name.{time.value}" for time in TIMES)
    assert all(t(f"figure.name.{one.code}", "zh-CN").startswith(one.zh.split("（")[0]) for one in FIGURES)


@pytest.mark.parametrize(
    ("ask", "field", "says"),
    [
        ({"figure": "NOBODY"}, "figure", "COMPLETION"),
        ({"definition": "1999.1"}, "definition", DEFINITION_VERSION),
        ({"from": "2051-01"}, "from", f"{day_of(datetime.now(UTC)):%Y-%m}"),
        ({"from": "2026-13"}, "from", "2026-06"),
    ],
)
async def test_what_cannot_be_told_is_refused_with_what_can(
    analyst: httpx.AsyncClient, ask: dict[str, str], field: str, says: str
) -> None:
    answer = await analyst.get("/reports/figures", params=ask)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert fault["field"] == field
    assert says in fault["message"]


async def test_a_period_that_is_not_mature_is_refused_with_the_latest_that_is(
    analyst: httpx.AsyncClient, city: City
) -> None:
    now = datetime.now(UTC)
    later = replace(
        SENT,
        status=Status.HANDLING,
        created_at=now,
        accepted_at=now,
        finish_due=now + timedelta(days=9),
        first_completed_at=None,
        completed_at=None,
    )
    async with city.database.transaction() as session:
        await plant(session, [Planted(later)])
    this_month = f"{day_of(now):%Y-%m}"
    answer = await analyst.get("/reports/figures", params={"from": this_month, "mature": True})
    assert answer.status_code == 422
    before = (day_of(now).replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    assert before in answer.json()["errors"][0]["message"]
    as_it_stands = await told(analyst, **{"from": this_month})
    assert as_it_stands["mature"] == {"A": False, "B": False, "C": False}
    assert (await told(analyst, **JUNE, mature=True))["rows"]
