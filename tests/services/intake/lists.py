"""Lists of requests for the tests, as files: CSV in an encoding, XLSX as Excel writes it."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import xlsxwriter

from casework.db.sources import Sources
from casework.journey.city import City
from services.intake.importing.running import Importer

HEAD = ("工单编号", "标题", "诉求内容", "诉求性质", "分类", "来电时间", "姓名", "联系电话", "区划代码", "地址")
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def row(number: int, **changed: str) -> list[str]:
    """A good row of HEAD."""
    said = {
        "工单编号": f"L{number:06d}",
        "标题": f"第{number}件：路灯不亮",
        "诉求内容": f"小区北门第{number}号路灯三天不亮，晚上看不清路，请尽快维修。",
        "诉求性质": "求助",
        "分类": "占道经营",
        "来电时间": "2026/11/2 8:05",
        "姓名": "张三",
        "联系电话": f"138{number % 100_000_000:08d}",
        "区划代码": "510104017",
        "地址": "春熙路街道1号",
    }
    return [({**said, **changed})[name] for name in HEAD]


def as_csv(rows: Sequence[Sequence[str]], encoding: str = "utf-8-sig") -> bytes:
    """The rows as a CSV file."""
    file = io.StringIO()
    csv.writer(file).writerows(rows)
    return file.getvalue().encode(encoding)


def as_xlsx(write: Callable[[Any, Any], None]) -> bytes:
    """A workbook whose one sheet `write(book, sheet)` fills."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, SAFE) as book:
        write(book, book.add_worksheet("诉求"))
    return file.getvalue()


async def upload(
    client: httpx.AsyncClient, content: bytes, source: str = "county-list", name: str = "十一月.csv", **params: str
) -> httpx.Response:
    """The file sent as a browser sends it."""
    return await client.post("/imports", params={"source": source, **params}, files={"file": (name, content)})


async def brought(
    client: httpx.AsyncClient, content: bytes, source: str = "county-list", **params: str
) -> dict[str, Any]:
    """The answer to a file that can be used."""
    answer = await upload(client, content, source, **params)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def take_all(client: httpx.AsyncClient, city: City, job_id: int) -> dict[str, Any]:
    """Start it, let the worker's rounds run until nothing is left; the answer then."""
    started = await client.post(f"/imports/{job_id}/start")
    assert started.status_code == 200, started.text
    importer = Importer(city, Sources(city.keyring))
    while await importer.run_once():
        pass
    told: dict[str, Any] = (await client.get(f"/imports/{job_id}")).json()
    return told
