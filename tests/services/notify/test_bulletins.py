"""通报: the month as it was frozen, the week as it stands, in three kinds of file, marked and in the audit log."""

import csv
import io
import re
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import insert, literal, select, update

from casework.db.models import Assignment, Case, Unit
from casework.journey.city import City
from casework.kit.texts import LANGS
from casework.rules.calendars import day_of
from casework.rules.rates import Rate
from casework.rules.words import Status
from services.notify.bulletins.content import Bulletin, Section, ranked
from services.notify.bulletins.files import as_csv, as_pdf, as_xlsx
from tests.conftest import Town
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_reports import DUE, KEPT, LATE, OPEN

LIVE = "=1+1 锦江区城管局"
MONTH, WEEK = {"period": "2026-06"}, {"period": "2026-W25"}


@pytest.fixture(scope="module")
async def june(city: City) -> None:
    """39 of 40 kept in one county, 4 of 5 in another, one open, two void; a unit whose name looks like a formula."""
    async with city.database.transaction() as session:
        await session.execute(update(Unit).where(Unit.code == "510104-CG").values(name=LIVE))
        unit_id = await session.scalar(select(Unit.id).where(Unit.code == "510104-CG"))
        rows = [Planted(KEPT, unit_id=unit_id)] * 39 + [Planted(LATE, unit_id=unit_id)]
        rows += [Planted(KEPT, "510105001001")] * 4 + [Planted(OPEN, "510105001001")]
        rows += [Planted(replace(KEPT, status=Status.VOID))] * 2
        led = await plant(session, rows)
        tasks = select(Case.id, literal(unit_id), literal("LEAD"), literal(1), literal("DONE"), literal(DUE))
        columns = ["case_id", "unit_id", "kind", "hop", "outcome", "closed_at"]
        tasks = tasks.where(Case.case_no.in_(led[:40]))
        await session.execute(insert(Assignment).from_select(columns, tasks))


@pytest.fixture(scope="module")
async def prefecture(town: Town, june: None) -> AsyncIterator[httpx.AsyncClient]:
    async with await town.sign_in("notify", "leader5101") as client:
        yield client


async def taken(client: httpx.AsyncClient, **asked: str) -> httpx.Response:
    answer = await client.get("/reports/bulletins", params=asked)
    assert answer.status_code == 200, answer.text
    return answer


async def lines_of(client: httpx.AsyncClient, **asked: str) -> list[list[str]]:
    text = (await taken(client, format="csv", **asked)).content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def table(lines: list[list[str]], title: str) -> list[list[str]]:
    """The lines of a section, to the empty one that ends it."""
    rest = lines[lines.index([title]) + 1 :]
    return rest[: rest.index([])] if [] in rest else rest


async def test_a_bulletin_says_what_is_provisional_and_then_what_is_frozen(prefecture: httpx.AsyncClient) -> None:
    before = await lines_of(prefecture, **MONTH)
    assert before[1] == ["成都市民生诉求响应完成情况月报（2026年6月）"]
    assert before[2][0].startswith("暂定数：尚未冻结")
    headline = ["应结口径", "43", "45", "95.56%", "", "95.00%", "达到目标"]
    assert headline in before
    assert ["作废", "2", "4.26%"] in table(before, "剔除件")

    made = await prefecture.post("/reports/frozen", json={"month": "2026-06"})
    assert made.status_code == 201, made.text
    after = await lines_of(prefecture, **MONTH)
    assert after[2][0].startswith("已冻结")
    assert headline in after
    [version] = table(after, "冻结与重述")[2:]
    assert version[1:2] + version[3:6] == ["冻结（第 1 版）", "43", "45", "95.56%"]
    assert version[-1] == made.json()["data_hash"]


async def test_what_changes_after_the_freeze_stands_beside_and_moves_no_frozen_figure(
    prefecture: httpx.AsyncClient, city: City
) -> None:
    await prefecture.post("/reports/frozen", json={"month": "2026-06"})
    async with city.database.transaction() as session:
        await plant(session, [Planted(LATE)])
    restated = (await prefecture.post("/reports/frozen", json={"month": "2026-06"})).json()
    assert restated["version"] == 2
    told = await lines_of(prefecture, **MONTH)
    assert "另有重述 1 次" in told[2][0]
    assert ["应结口径", "43", "45", "95.56%", "", "95.00%", "达到目标"] in told
    assert [line[4] for line in table(told, "冻结与重述")[2:]] == ["45", "46"]


async def test_areas_are_ranked_and_small_samples_marked(prefecture: httpx.AsyncClient) -> None:
    told = await lines_of(prefecture, **MONTH)
    places = table(told, "区划排名")
    assert places[0] == ["名次", "名称", "分子", "分母", "比率", "样本"]
    assert [line[:2] for line in places[1:]] == [["1", "锦江区"], ["", "青羊区"]]
    assert places[-1][2:] == ["4", "5", "80.00%", "小样本"]


async def test_a_week_has_its_own_cases_and_is_always_provisional(prefecture: httpx.AsyncClient) -> None:
    told = await lines_of(prefecture, **WEEK)
    assert "周报（2026年第25周（2026年6月15日至2026年6月21日））" in told[1][0]
    assert told[2][0].startswith("暂定数")
    assert next(line for line in told if line[:1] == ["应结口径"])[2] in ("45", "46")
    other = await lines_of(prefecture, period="2026-W24")
    assert ["应结口径", "0", "0", "—", "小样本", "", ""] in other


async def test_the_xlsx_holds_numbers_as_numbers_and_no_text_as_a_formula(prefecture: httpx.AsyncClient) -> None:
    file = (await taken(prefecture, format="xlsx", **MONTH)).content
    book = CalamineWorkbook.from_filelike(io.BytesIO(file))
    first, units = (book.get_sheet_by_index(place).to_python() for place in (0, 2))
    assert "leader5101" in str(first[0][0])
    assert first[6][:4] == ["应结口径", 43.0, 45.0, pytest.approx(43 / 45)]
    assert LIVE in [line[1] for line in units], "a name that looks like a formula is there as it is, as text"


async def test_the_csv_quotes_what_looks_like_a_formula(prefecture: httpx.AsyncClient) -> None:
    assert f"'{LIVE}" in [
        line[1] for line in table(await lines_of(prefecture, **MONTH), "承办单位排名")[1:] if line[1:]
    ]


async def test_the_pdf_is_one_whatever_the_names_hold(prefecture: httpx.AsyncClient) -> None:
    answer = await taken(prefecture, format="pdf", **MONTH)
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["cache-control"] == "no-store"


async def test_each_file_is_in_the_audit_log_with_its_digest(prefecture: httpx.AsyncClient, city: City) -> None:
    pool = await city.database.pool()
    count = "SELECT count(*) FROM audit_log WHERE act = 'bulletin.export' AND subject = 'bulletin:5101:2026-06'"
    before = await pool.fetchval(count)
    await taken(prefecture, format="csv", **MONTH)
    assert await pool.fetchval(count) == before + 1
    data = await pool.fetchval(
        "SELECT data::text FROM audit_log WHERE act = 'bulletin.export' ORDER BY id DESC LIMIT 1"
    )
    assert '"format": "csv"' in data


async def test_a_county_gets_its_own_and_no_other(town: Town, june: None) -> None:
    async with await town.sign_in("notify", "analyst1") as county:
        told = await lines_of(county, **MONTH)
        assert told[1][0].startswith("锦江区")
        assert next(line for line in told if line[:1] == ["应结口径"])[1] == "39"
        refused = await county.get("/reports/bulletins", params={**MONTH, "area": "510105"})
        assert refused.status_code == 403


@pytest.mark.parametrize("login", ["dispatcher1", "unit-zj", "followup1"])
async def test_others_may_not_take_it_along(town: Town, june: None, login: str) -> None:
    async with await town.sign_in("notify", login) as client:
        assert (await client.get("/reports/bulletins", params=MONTH)).status_code == 403


@pytest.mark.parametrize("period", ["2026", "2026-13", "2026-W54", "2025-W53"])
async def test_what_is_no_month_and_no_week_is_refused_by_name(prefecture: httpx.AsyncClient, period: str) -> None:
    answer = await prefecture.get("/reports/bulletins", params={"period": period})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["period"]


async def test_a_period_to_come_is_refused_with_the_latest_that_is_over(prefecture: httpx.AsyncClient) -> None:
    today = day_of(datetime.now(UTC))
    coming = (today.replace(day=28) + timedelta(days=10)).strftime("%Y-%m")
    answer = await prefecture.get("/reports/bulletins", params={"period": coming})
    assert answer.status_code == 422
    assert f"{today.replace(day=1) - timedelta(days=1):%Y-%m}" in answer.json()["errors"][0]["message"]


@pytest.mark.parametrize(
    ("rates", "places"),
    [
        ({"a": (90, 100), "b": (38, 40), "c": (15, 30)}, [(1, "b"), (2, "a"), (3, "c")]),  # best first
        ({"a": (20, 40), "b": (40, 80), "c": (0, 90)}, [(1, "b"), (1, "a"), (3, "c")]),  # equals share a place
        ({"a": (29, 29), "b": (1, 40), "c": (9, 10)}, [(1, "b"), (None, "a"), (None, "c")]),  # small ones have none
        ({"a": (0, 0), None: (50, 50), "b": (0, 31)}, [(1, "b"), (None, None), (None, "a")]),  # nor has no case
    ],
)
def test_ranks(rates: dict[str | None, tuple[int, int]], places: list[tuple[int | None, str | None]]) -> None:
    found = ranked({key: Rate(*n) for key, n in rates.items()})
    assert [(place, key) for place, key, _ in found] == places


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1", "@SUM(A1)", "\t=1", "{=1}", "#read(1) $x$ " + "很长的名称" * 9])
def test_no_text_becomes_live_in_any_file(text: str) -> None:
    told = Bulletin(text, text, False, text, 0.95, text, [Section("表", [text], [[text, 1]], text)])
    book = zipfile.ZipFile(io.BytesIO(as_xlsx(told, text)))
    assert b"<f" not in book.read("xl/worksheets/sheet1.xml").replace(b"<footer", b""), "a formula"
    lines = as_csv(told, text).decode("utf-8-sig").splitlines()
    assert not [line for line in lines if line.startswith(("=", "+", "-", "@", "\t"))]
    assert as_pdf(told, text).startswith(b"%PDF-")


async def test_every_word_of_it_is_there_in_english_too(prefecture: httpx.AsyncClient) -> None:
    for language in LANGS:
        asked = {**MONTH, "format": "csv"}
        answer = await prefecture.get("/reports/bulletins", params=asked, headers={"Accept-Language": language})
        text = answer.content.decode("utf-8-sig")
        assert not re.search(r"(bulletin|report|figure)\.[a-zA-Z_.]+|\{[a-z]+\}", text), "a code without its words"
    assert "Monthly bulletin" in text
