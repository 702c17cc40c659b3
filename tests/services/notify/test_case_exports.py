"""工单清单导出: all rows once, masked, in constant memory, whatever becomes of the worker."""

import asyncio
import csv
import hashlib
import io
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook

from casework.db import case_exports as rows
from casework.journey.city import City
from casework.rules.words import Status
from services.notify.case_lists import writing
from services.notify.case_lists.packing import Packer, packed_lines, sweep
from services.notify.case_lists.writing import step
from tests.conftest import Town
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_reports import KEPT, OPEN

JUNE = {"from": "2026-06"}
LIVE = "=HYPERLINK(1) 请回电13800138000"


@pytest.fixture(scope="module")
async def june(city: City) -> list[str]:
    """23 cases of a county in June, two void; one that concerns a minor, one guarded; others elsewhere."""
    async with city.database.transaction() as session:
        facts = [KEPT] * 18 + [OPEN] * 3 + [replace(KEPT, status=Status.VOID)] * 2
        found = await plant(session, [Planted(one) for one in facts])
        await plant(session, [Planted(KEPT, "510105001001")] * 4)
    pool = await city.database.pool()
    await pool.execute("UPDATE cases SET title = $2 WHERE case_no = $1", found[0], LIVE)
    await pool.execute("UPDATE cases SET minor = true WHERE case_no = $1", found[1])
    await pool.execute("UPDATE cases SET guarded = true, title = '举报张三' WHERE case_no = $1", found[2])
    return found


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "BLOCK", 4)


@pytest.fixture(scope="module")
async def analyst(town: Town, june: list[str]) -> AsyncIterator[httpx.AsyncClient]:
    async with await town.sign_in("notify", "analyst1") as client:
        yield client


async def begun(client: httpx.AsyncClient, **asked: str) -> int:
    answer = await client.post("/reports/exports", json={**JUNE, **asked})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


async def all_written(city: City) -> None:
    while await step(city):
        pass


async def shown(client: httpx.AsyncClient, export_id: int) -> dict[str, Any]:
    answer = await client.get(f"/reports/exports/{export_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def file_of(client: httpx.AsyncClient, export_id: int) -> bytes:
    answer = await client.get(f"/reports/exports/{export_id}/file")
    assert answer.status_code == 200, answer.text
    return answer.content


async def lines_of(client: httpx.AsyncClient, export_id: int) -> list[list[str]]:
    return list(csv.reader(io.StringIO((await file_of(client, export_id)).decode("utf-8-sig"))))


async def test_a_list_shows_its_progress_and_holds_each_case_once(
    city: City, analyst: httpx.AsyncClient, june: list[str]
) -> None:
    export_id = await begun(analyst)
    assert (await shown(analyst, export_id))["total"] is None
    assert (await analyst.get(f"/reports/exports/{export_id}/file")).status_code == 409
    await step(city)
    half = await shown(analyst, export_id)
    assert (half["state"], half["rows"], half["total"]) == ("RUNNING", 4, 22)
    await all_written(city)
    done = await shown(analyst, export_id)
    assert (done["state"], done["rows"], done["total"]) == ("DONE", 22, 22)
    lines = await lines_of(analyst, export_id)
    assert "analyst1" in lines[0][0]
    assert lines[1][:2] == ["工单编号", "状态"]
    assert [line[0] for line in lines[2:]] == [june[0], *june[2:]], "an analyst reads no minor's case"
    whole = await file_of(analyst, export_id)
    assert (len(whole), hashlib.sha256(whole).hexdigest()) == (done["bytes"], done["sha256"])


async def test_nothing_in_it_is_a_formula_or_names_a_person(
    city: City, analyst: httpx.AsyncClient, june: list[str]
) -> None:
    export_id = await begun(analyst)
    await all_written(city)
    by_number = {line[0]: line for line in (await lines_of(analyst, export_id))[2:]}
    title = by_number[june[0]][8]
    assert title.startswith("'=HYPERLINK(1)")
    assert "13800138000" not in title
    assert by_number[june[2]][8] == "（举报件，内容不导出）"
    assert by_number[june[-1]][15] == "作废"


async def test_an_xlsx_has_the_same_lines_as_text(city: City, analyst: httpx.AsyncClient, june: list[str]) -> None:
    export_id = await begun(analyst, format="xlsx")
    await all_written(city)
    book = CalamineWorkbook.from_filelike(io.BytesIO(await file_of(analyst, export_id)))
    lines = book.get_sheet_by_index(0).to_python()
    assert "analyst1" in str(lines[0][0])
    assert [line[0] for line in lines[2:]] == [june[0], *june[2:]]
    assert str(lines[2][8]).startswith("=HYPERLINK(1)")


def test_a_full_sheet_is_followed_by_another(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    packer = Packer(path, "工单", "水印", ["编号", "标题"], sheet_rows=5)
    packer.add(packed_lines([[n, "一行\u2028两段\n三段"] for n in range(4)]))
    packer.add(packed_lines([[n, None] for n in range(4, 8)]))
    packer.close()
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["工单", "工单 2", "工单 3"]
    numbers = [[line[0] for line in book.get_sheet_by_name(name).to_python()[2:]] for name in book.sheet_names]
    assert numbers == [[0, 1, 2], [3, 4, 5], [6, 7]]


def test_what_a_killed_worker_left_on_the_disk_goes_after_a_day(tmp_path: Path) -> None:
    for name, age in (("gridcall-export-old", 90_000), ("gridcall-export-new", 60), ("files", 90_000)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "sheet.xml").write_text("x")
        os.utime(tmp_path / name, (1e9 - age, 1e9 - age))
    sweep(tmp_path, 1e9)
    assert {left.name for left in tmp_path.iterdir()} == {"gridcall-export-new", "files"}


@pytest.mark.parametrize(
    ("kind", "killed_at"),
    [("csv", "block"), ("csv", "finish"), ("xlsx", "block"), ("xlsx", "replace"), ("xlsx", "finish")],
)
async def test_a_worker_killed_anywhere_repeats_nothing_and_loses_nothing(
    city: City,
    analyst: httpx.AsyncClient,
    june: list[str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    killed_at: str,
) -> None:
    export_id = await begun(analyst, format=kind)
    await step(city)
    real = getattr(rows, killed_at)

    async def killed(*given: Any, **more: Any) -> Any:
        await real(*given, **more)
        raise asyncio.CancelledError

    monkeypatch.setattr(rows, killed_at, killed)
    with pytest.raises(asyncio.CancelledError):
        await all_written(city)
    monkeypatch.setattr(rows, killed_at, real)
    pool = await city.database.pool()
    await pool.execute("UPDATE case_export SET lease_until = now() WHERE id = $1", export_id)  # time passes
    await all_written(city)
    done = await shown(analyst, export_id)
    assert (done["state"], done["rows"]) == ("DONE", 22)
    whole = await file_of(analyst, export_id)
    if kind == "csv":
        numbers = [line[0] for line in csv.reader(io.StringIO(whole.decode("utf-8-sig")))][2:]
    else:
        lines = CalamineWorkbook.from_filelike(io.BytesIO(whole)).get_sheet_by_index(0).to_python()
        numbers = [str(line[0]) for line in lines[2:]]
    assert numbers == [june[0], *june[2:]]


async def test_two_workers_write_it_once(city: City, analyst: httpx.AsyncClient, june: list[str]) -> None:
    export_id = await begun(analyst)
    await asyncio.gather(*(all_written(city) for _ in range(3)))
    await all_written(city)
    assert [line[0] for line in (await lines_of(analyst, export_id))[2:]] == [june[0], *june[2:]]


async def test_the_filters_are_those_of_the_reports(city: City, analyst: httpx.AsyncClient, june: list[str]) -> None:
    export_id = await begun(analyst, view="D")
    await all_written(city)
    assert [line[0] for line in (await lines_of(analyst, export_id))[2:]] == june[18:21]


async def test_it_is_nobody_elses_and_each_use_is_in_the_audit_log(
    city: City, town: Town, analyst: httpx.AsyncClient
) -> None:
    export_id = await begun(analyst)
    await all_written(city)
    await file_of(analyst, export_id)
    async with await town.sign_in("notify", "leader1") as other:
        for path in ("", "/file"):
            assert (await other.get(f"/reports/exports/{export_id}{path}")).status_code == 404
        assert export_id not in [one["id"] for one in (await other.get("/reports/exports")).json()]
    async with await town.sign_in("notify", "dispatcher1") as other:
        assert (await other.post("/reports/exports", json=JUNE)).status_code == 403
    pool = await city.database.pool()
    acts = await pool.fetch("SELECT act FROM audit_log WHERE subject = $1 ORDER BY id", f"case_export:{export_id}")
    assert [row["act"] for row in acts] == ["cases.export", "cases.export_download"]


async def test_who_may_not_export_any_more_gets_no_file(city: City, town: Town, june: list[str]) -> None:
    pool = await city.database.pool()
    async with await town.sign_in("notify", "supervision1") as client:
        export_id = await begun(client)
        await step(city)
        await pool.execute("UPDATE account SET roles = '{AGENT}' WHERE login = 'supervision1'")
        await all_written(city)
        await pool.execute("UPDATE account SET roles = '{SUPERVISION}' WHERE login = 'supervision1'")
        told = await shown(client, export_id)
    assert told["state"] == "FAILED"
    assert "不再有导出权限" in told["problem"]
    assert await pool.fetchval("SELECT count(*) FROM case_export_block WHERE export_id = $1", export_id) == 0


async def test_a_file_goes_when_its_time_is_over(city: City, analyst: httpx.AsyncClient) -> None:
    export_id = await begun(analyst)
    await all_written(city)
    pool = await city.database.pool()
    await pool.execute("UPDATE case_export SET expires_at = now() WHERE id = $1", export_id)
    assert await writing.forget_old(city) == 1
    answer = await analyst.get(f"/reports/exports/{export_id}/file")
    assert answer.status_code == 409
    assert "重新导出" in answer.text


async def test_too_many_at_once_and_unknown_filters_are_refused(city: City, analyst: httpx.AsyncClient) -> None:
    wrong = await analyst.post("/reports/exports", json={**JUNE, "area": "999999"})
    assert [fault["field"] for fault in wrong.json()["errors"]] == ["area"]
    for _ in range(rows.AT_ONCE):
        await begun(analyst)
    assert (await analyst.post("/reports/exports", json=JUNE)).status_code == 409
    await all_written(city)
