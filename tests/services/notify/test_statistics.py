"""统计接口与年度指标: cities' frozen months are collected, added up as Σ over Σ, and a year is frozen of them."""

import hashlib
from collections.abc import AsyncIterator, Iterable
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from casework.catalog.load import Catalog
from casework.journey.city import City
from casework.journey.collecting import keep_own
from casework.journey.freezing import freeze
from casework.rules.indicators import CODES, added, missing_months
from casework.rules.words import Role
from tests.conftest import Town
from tests.services.dispatch.staff import at_work, employ
from tests.services.intake.lists import as_xlsx
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_reports import KEPT

HEAD = "月份,区划,指标,分子,分母,定义版本"
LINE = tuple[str, str, str, int, int]
YEAR = [f"2025-{month:02d}" for month in range(1, 13)]


def table(lines: Iterable[LINE], version: str = "2026.5") -> bytes:
    return "\n".join([HEAD, *(",".join([*map(str, line), version]) for line in lines)]).encode()


async def bring(client: httpx.AsyncClient, content: bytes, name: str = "上报.csv", **asked: str) -> httpx.Response:
    return await client.post("/statistics/months", files={"file": (name, content)}, params=asked)


def faults(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(one["field"], one["code"].rpartition(".")[2]) for one in answer.json()["errors"]]


class People:
    """Signed-in analysts: of the province, of two prefectures, of a county."""

    def __init__(self, town: Town, city: City) -> None:
        self.town, self.city = town, city

    async def of(self, area: str, service: str = "notify") -> httpx.AsyncClient:
        login = f"statistics-{area}"
        pool = await self.city.database.pool()
        if not await pool.fetchval("SELECT 1 FROM account WHERE login = $1", login):
            await employ(self.city, login, [Role.ANALYST], area)
        return await at_work(self.town, self.city, service, login)


@pytest.fixture(scope="module")
async def people(town: Town, city: City) -> People:
    return People(town, city)


@pytest.fixture(scope="module")
async def intake(people: People) -> AsyncIterator[httpx.AsyncClient]:
    async with await people.of("51", "intake") as client:
        yield client


@pytest.fixture(scope="module")
async def province(people: People) -> AsyncIterator[httpx.AsyncClient]:
    async with await people.of("51") as client:
        yield client


def test_areas_and_months_add_up_as_sums_never_as_a_mean_of_rates() -> None:
    # 1 of 1 and 90 of 199: 91 of 200, not (100 % + 45 %) / 2; left out: 2 of all, not of those that have any
    told = added([{"A": (1, 1)}, {"A": (90, 199), "OUT_VOID": (2, 201)}])
    assert told == {"A": (91, 200), "OUT_VOID": (2, 202)}
    assert added([told, {}]) == told, "adding up again changes nothing"
    assert missing_months(2025, [date(2025, n, 1) for n in range(1, 12)]) == [date(2025, 12, 1)]


async def test_the_definitions_are_told_in_both_languages(province: httpx.AsyncClient) -> None:
    told = (await province.get("/statistics/definitions")).json()
    assert tuple(one["code"] for one in told["indicators"]) == CODES
    for one in told["indicators"]:
        for words in (one["name"], one["words"]):
            assert words["zh-CN"] != words["en"]
            assert not any(said.startswith(("report.", "figure.", "statistics.")) for said in words.values())
    assert told["version"] in told["versions"]


async def test_a_year_is_the_sum_of_its_months_by_city_and_for_the_province(
    intake: httpx.AsyncClient, province: httpx.AsyncClient, catalog: Catalog
) -> None:
    lines: list[LINE] = [(month, "510300", "A", 9, 10) for month in YEAR]
    assert faults(await bring(intake, table(lines)))[0] == ("row.2.area", "area")
    lines = [(month, "5103", code, n, d) for month in YEAR for code, n, d in (("A", 9, 10), ("满意率", 3, 4))]
    lines += [(month, county, "A", 90, 100) for month in YEAR[:11] for county in ("510402", "510403")]
    content = table(lines)
    answer = await bring(intake, content, sha256=hashlib.sha256(content).hexdigest())
    assert answer.status_code == 201, answer.text
    assert len(answer.json()["months"]) == 23

    year = (await province.get("/statistics/years/2025")).json()
    by_city = {row["area"]: row["rates"] for row in year["rows"]}
    assert (by_city["5103"]["A"]["numerator"], by_city["5103"]["A"]["denominator"]) == (108, 120)
    assert by_city["5103"]["SATISFIED"]["denominator"] == 48
    assert (by_city["5104"]["A"]["numerator"], by_city["5104"]["A"]["denominator"]) == (1980, 2200)
    assert (year["total"]["rates"]["A"]["numerator"], year["total"]["rates"]["A"]["denominator"]) == (2088, 2320)
    assert year["complete"] is False
    gaps = {one["area"]: one["months"] for one in year["missing"]}
    assert gaps["5104"] == ["2025-12"]
    assert "5103" not in gaps
    assert len(gaps["5101"]) == 12
    assert len(gaps) == len(catalog.areas.children("51")) - 1


async def test_the_same_file_again_changes_nothing_and_other_figures_are_a_further_version(
    intake: httpx.AsyncClient, province: httpx.AsyncClient
) -> None:
    first = await bring(intake, table([("2023-01", "5103", "A", 8, 10)]))
    again = await bring(intake, table([("2023-01", "5103", "A", 8, 10)]), "又一份.csv")
    assert [one["known"] for one in first.json()["months"] + again.json()["months"]] == [False, True]
    restated = (await bring(intake, table([("2023-01", "5103", "A", 7, 10)]))).json()["months"]
    assert [(one["version"], one["known"]) for one in restated] == [(2, False)]
    series = (await province.get("/statistics/months", params={"from": "2023-01"})).json()["series"]
    assert [(one["version"], one["restated"], one["total"]["rates"]["A"]["numerator"]) for one in series] == [
        (1, False, 8),
        (2, True, 7),
    ]
    assert [one["source"] for one in series] == ["上报.csv", "上报.csv"]
    assert len({one["source_hash"] for one in series}) == 2
    year = (await province.get("/statistics/years/2023")).json()
    assert year["total"]["rates"]["A"]["numerator"] == 7, "the year is made of the latest versions"


async def test_a_workbook_is_read_as_well(intake: httpx.AsyncClient) -> None:
    lines = (["2024年上报"], ["month", "area", "code", "numerator", "denominator"], ["2024-02", 5103, "A", 8, 10])

    def write(book: Any, sheet: Any) -> None:
        for place, line in enumerate(lines):
            sheet.write_row(place, 0, line)

    answer = await bring(intake, as_xlsx(write), "上报.xlsx")
    assert answer.status_code == 201, answer.text
    assert [one["month"] for one in answer.json()["months"]] == ["2024-02"]


WRONG: list[tuple[LINE, str, str]] = [
    (("2024-3", "5103", "A", 1, 2), "month", "month"),
    (("2039-01", "5103", "A", 1, 2), "month", "not_over"),
    (("2024-03", "5199", "A", 1, 2), "area", "area"),
    (("2024-03", "510104017", "A", 1, 2), "area", "area"),
    (("2024-03", "5103", "BEST", 1, 2), "code", "unknown_code"),
    (("2024-03", "5103", "A", 3, 2), "numerator", "above_one"),
    (("2024-03", "5103", "A", -1, 2), "numerator", "not_a_count"),
    (("2024-03", "5103", "A", "", 2), "numerator", "missing"),  # type: ignore[arg-type]
    (("2024-03", "5103", "SIGN", 1, 2), "code", "no_headline"),
]


@pytest.mark.parametrize(("line", "field", "code"), WRONG)
async def test_a_wrong_row_is_named_and_nothing_of_the_file_is_taken(
    line: LINE, field: str, code: str, intake: httpx.AsyncClient, province: httpx.AsyncClient
) -> None:
    answer = await bring(intake, table([("2024-04", "5103", "A", 1, 2), line]))
    assert faults(answer) == [(f"row.3.{field}", code)]
    assert (await province.get("/statistics/months", params={"from": "2024-04"})).json()["series"] == []


async def test_rows_that_would_be_counted_twice_are_refused(intake: httpx.AsyncClient) -> None:
    whole: LINE = ("2024-05", "5103", "A", 1, 2)
    assert faults(await bring(intake, table([whole, whole]))) == [("row.3.code", "repeated")]
    county: LINE = ("2024-05", "510302", "A", 1, 2)
    assert faults(await bring(intake, table([whole, county]))) == [("row.3.area", "mixed")]


async def test_a_file_that_is_not_the_one_its_sender_hashed_is_refused(intake: httpx.AsyncClient) -> None:
    content = table([("2024-06", "5103", "A", 1, 2)])
    assert faults(await bring(intake, content, sha256="0" * 64)) == [("sha256", "wrong_hash")]
    assert faults(await bring(intake, "无表头".encode())) == [("row.1", "no_head")]


async def test_a_city_tells_and_reads_its_own_months_only(people: People, province: httpx.AsyncClient) -> None:
    async with await people.of("5104", "intake") as own:
        assert faults(await bring(own, table([("2024-07", "5103", "A", 1, 2)]))) == [("row.2.area", "outside")]
        assert (await bring(own, table([("2024-07", "510402", "A", 1, 2)]))).status_code == 201
    async with await people.of("5104") as own:
        year = (await own.get("/statistics/years/2025")).json()
        assert {row["area"] for row in year["rows"]} | {one["area"] for one in year["missing"]} == {"5104"}
        assert {part["area"] for part in year["parts"]} == {"5104"}
        assert (await own.get("/statistics/months", params={"from": "2024-01", "area": "5103"})).status_code == 403
        assert (await own.post("/statistics/years", json={"year": 2025})).status_code == 403
    async with await people.of("510402") as county:
        [told] = (await county.get("/statistics/months", params={"from": "2024-07"})).json()["series"]
        assert [row["area"] for row in told["rows"]] == ["510402"]
        assert (await county.get("/statistics/years/2025")).status_code == 403


async def test_a_year_with_gaps_is_frozen_only_when_said_and_restated_when_months_come(
    intake: httpx.AsyncClient, province: httpx.AsyncClient
) -> None:
    refused = await province.post("/statistics/years", json={"year": 2025})
    assert faults(refused) == [("incomplete", "months_missing")]
    assert "攀枝花" in refused.json()["errors"][0]["message"]
    assert faults(await province.post("/statistics/years", json={"year": 2026})) == [("year", "not_over")]
    assert faults(await province.post("/statistics/years", json={"year": 2001})) == [("year", "none_told")]

    first = (await province.post("/statistics/years", json={"year": 2025, "incomplete": True})).json()
    again = (await province.post("/statistics/years", json={"year": 2025, "incomplete": True})).json()
    assert (first["id"], first["version"], first["complete"]) == (again["id"], 1, False)
    assert any(one["months"] == ["2025-12"] for one in first["missing"])
    answer = await bring(intake, table([("2025-12", "510402", "A", 0, 100)]))
    assert answer.status_code == 201
    second = (await province.post("/statistics/years", json={"year": 2025, "incomplete": True})).json()
    assert (second["version"], second["restated"]) == (2, True)

    kept = (await province.get("/statistics/years/2025/frozen")).json()["versions"]
    assert [one["total"]["rates"]["A"]["denominator"] for one in kept] == [2320, 2420]
    assert kept[0] == first, "the frozen one stays what it was"
    for one in kept:
        proof = (await province.get(f"/statistics/frozen-years/{one['id']}/verification")).json()
        assert proof == {"id": one["id"], "data_same": True, "figures_same": True}


@pytest.mark.parametrize(
    "statement", ["UPDATE collected_month SET version = 9", "DELETE FROM collected_month", "DELETE FROM year_freeze"]
)
async def test_the_database_refuses_to_change_what_was_told(city: City, statement: str) -> None:
    pool = await city.database.pool()
    with pytest.raises(asyncpg.PostgresError, match="append"):
        await pool.execute(statement)


async def test_a_spoilt_month_is_seen_in_the_year(city: City, province: httpx.AsyncClient) -> None:
    pool = await city.database.pool()
    spoil = "UPDATE collected_month SET sums = $1 WHERE area = '5103' AND month = '2025-05-01' RETURNING id"
    kept = await pool.fetchval("SELECT sums FROM collected_month WHERE area = '5103' AND month = '2025-05-01'")
    await pool.execute("ALTER TABLE collected_month DISABLE TRIGGER collected_month_append_only")
    await pool.execute(spoil, '{"5103": {"A": [10, 10]}}')
    [first, *_] = (await province.get("/statistics/years/2025/frozen")).json()["versions"]
    proof = (await province.get(f"/statistics/frozen-years/{first['id']}/verification")).json()
    assert (proof["data_same"], proof["figures_same"]) == (False, False)
    await pool.execute(spoil, kept)
    await pool.execute("ALTER TABLE collected_month ENABLE TRIGGER collected_month_append_only")


async def test_a_month_frozen_here_is_told_with_its_exclusions(city: City, province: httpx.AsyncClient) -> None:
    async with city.database.transaction() as session:
        await plant(session, [Planted(KEPT) for _ in range(3)])
    frozen = await freeze(city, "5101", date(2026, 6, 1))
    async with city.database.transaction() as session:
        assert await keep_own(session) == 1
    async with city.database.transaction() as session:
        assert await keep_own(session) == 0
    asked = {"from": "2026-06", "area": "5101"}
    [told] = (await province.get("/statistics/months", params=asked)).json()["series"]
    assert (told["origin"], told["source_hash"], told["cases"]) == ("OWN", frozen.data_hash, 3)
    ratio: dict[str, Any] = told["total"]["rates"]["A"]
    assert (ratio["numerator"], ratio["denominator"], ratio["small"]) == (3, 3, True)
    [one] = (await province.get("/statistics/months", params={**asked, "code": "A"})).json()["series"]
    assert list(one["total"]["rates"]) == ["A"]
    unknown = await province.get("/statistics/months", params={**asked, "code": "BEST"})
    assert unknown.status_code == 422


async def test_the_file_of_the_howto_is_taken_as_it_stands(intake: httpx.AsyncClient) -> None:
    page = (Path(__file__).parents[3] / "docs" / "howto" / "collect-the-year.md").read_text("utf-8")
    content = page.split("```csv\n")[1].split("```")[0].encode()
    answer = await bring(intake, content)
    assert answer.status_code == 201, answer.text
