"""Replaying a file: every row becomes a case once, whatever its encoding and dates; the same file again is harmless."""

import json
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from rich.progress import Progress

from casework.journey.city import City
from manage.replay import Hotline, ReplayRefused, Tally, replay, rows_of, summary
from tests.conftest import Town

FILE = """编号,标题,时间,内容
1,路灯不亮,2019/2/28 11:25:05,水井坊社区路灯三天不亮
2,占道经营,2019-3-1,早市占道
,无编号,,噪声扰民
"""


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "calls.csv"
    path.write_bytes(FILE.encode("gb18030"))
    return path


async def run(town: Town, path: Path) -> Tally:
    tally = Tally()
    transport = httpx.ASGITransport(app=town.apps["intake"])
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        hotline = Hotline(client, "hotline", town.template.hotline_secret)
        with Progress(console=Console(quiet=True), disable=True) as progress:
            await replay(hotline, rows_of(path), 0, tally, progress)
    return tally


async def test_every_row_becomes_a_case_once(town: Town, city: City, written: Path) -> None:
    first = await run(town, written)
    assert first.outcomes == {"accepted": 3}
    again = await run(town, written)
    assert again.outcomes == {"known": 3}
    db = await city.database.pool()
    rows = await db.fetch(
        "SELECT occurred_at, c.status, suggested_unit FROM request r JOIN cases c ON c.request_id = r.id"
    )
    assert len(rows) == 3
    assert {(row["status"], row["suggested_unit"]) for row in rows} == {("REVIEW", None)}
    assert sum(row["occurred_at"] is not None for row in rows) == 2
    assert "3" in summary(first, 1.0)[0]


def test_rows_are_read_in_either_encoding(tmp_path: Path, written: Path) -> None:
    other = tmp_path / "utf8.csv"
    other.write_text(FILE, "utf-8-sig")
    assert rows_of(written) == rows_of(other)


def test_a_phone_goes_along_where_there_is_one(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("标题,电话\n路灯不亮,13800138000\n噪声扰民,\n", "utf-8")
    said = [json.loads(row.body) for row in rows_of(path)]
    assert [row.get("person") for row in said] == [{"phone": "13800138000"}, None]


def test_a_file_without_words_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(ReplayRefused):
        rows_of(path)
    with pytest.raises(ReplayRefused):
        rows_of(tmp_path / "missing.csv")
