"""What a file may look like, and the one sentence for each that cannot be used."""

import asyncio
import io
import re
import zipfile
from datetime import datetime
from typing import Any

import httpx
import pytest

from casework.journey.city import City
from services.intake.tables import bounds, limited
from services.intake.tables.faults import TableRefused
from services.intake.tables.limited import Row, reading
from tests.conftest import Town
from tests.services.intake.lists import HEAD, as_csv, as_xlsx, brought, row, upload

OLE = bytes.fromhex("d0cf11e0a1b11ae1")


@pytest.fixture(scope="module")
async def agent(town: Town) -> httpx.AsyncClient:
    """The agent who brings lists."""
    return await town.sign_in("intake", "agent1")


async def read(content: bytes) -> list[list[str]]:
    """The rows of a file, as the reading process gives them."""
    async with reading() as table:
        await table.write(content)
        await table.about()
        rows: list[Row] = [one async for one in table.rows()]
    return [one.cells for one in rows]


def unpacked(content: bytes, part: str, change: tuple[bytes, bytes]) -> bytes:
    """A workbook with one of its parts changed by a regular expression."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            data = before.read(name)
            after.writestr(name, re.sub(*change, data, flags=re.DOTALL) if name == part else data)
    return file.getvalue()


def plain(book: Any, sheet: Any) -> None:
    sheet.write_row(0, 0, ["标题", "内容"])
    sheet.write_row(1, 0, ["路灯不亮", "三天了"])


def far_corner(book: Any, sheet: Any) -> None:
    plain(book, sheet)
    sheet.write(1_048_575, 150, "x")


def too_wide(book: Any, sheet: Any) -> None:
    sheet.write(0, 400, "x")


def two_million_cells(book: Any, sheet: Any) -> None:
    for number in range(3):
        sheet.write_blank(number * 300_000, 0, None, book.add_format({"bold": True}))


BOOK = as_xlsx(plain)
REFUSED = [
    # a file of this kind       is refused with
    (b"", "empty"),
    (b" \r\n\r\n ", "empty"),
    (b"%PDF-1.7 ...", "kind"),
    (b"\x89PNG\r\n\x1a\n" + bytes(64), "kind"),
    (b'{"title": "x"}', "kind"),
    (b"<html><table></table></html>", "kind"),
    (b"\x00\x01\x02" * 2000, "kind"),
    (OLE + bytes(600) + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
    (OLE + bytes(600) + "Workbook".encode("utf-16-le"), "old_excel"),
    (BOOK[:-200], "broken"),
    (b"PK\x03\x04" + bytes(500), "broken"),
    (unpacked(BOOK, "xl/worksheets/sheet1.xml", (rb"<sheetData>.*", b"<sheetData><row")), "broken"),
    (unpacked(BOOK, "xl/workbook.xml", (rb"<sheets>.*</sheets>", b"<sheets></sheets>")), "no_sheet"),
    (unpacked(BOOK, "xl/workbook.xml", (rb'sheetId="1"', b'sheetId="1" state="hidden"')), "no_sheet"),
    (b"".join(b"\xff\xff\xfe\x80" for _ in range(20)), "encoding"),
    ('标题,内容\n"路灯,不亮\n井盖,破了\n'.encode(), "quotes"),
    ("标题,内容\n".encode(), "no_rows"),
    (as_csv([HEAD] + [[""] * 10] * 1000), "no_rows"),
    (b"\n" * 1_000_000 + b",,,\n", "no_rows"),
    (b",,,,\n" * 1_000_000, "no_rows"),
    (",".join(["x"] * 201).encode(), "too_wide"),
    (as_xlsx(too_wide), "too_wide"),
    (as_xlsx(two_million_cells), "no_rows"),
    (as_xlsx(far_corner), "too_complex"),
    (b"a," + b"x" * 2_000_000, "quotes"),
]


@pytest.mark.parametrize(("content", "code"), REFUSED, ids=[f"{n}-{code}" for n, (_, code) in enumerate(REFUSED)])
async def test_a_file_that_cannot_be_used_is_one_sentence(
    agent: httpx.AsyncClient, city: City, content: bytes, code: str
) -> None:
    answer = await upload(agent, content, source="bad-files")
    assert answer.status_code == 422, answer.text
    told = answer.json()
    assert told["code"] == f"import.file.{code}"
    assert "{" not in told["detail"]
    assert told["detail"].endswith("。")
    db = await city.database.pool()
    assert await db.fetchval("SELECT count(*) FROM import_job") == 0
    assert await db.fetchval("SELECT count(*) FROM import_block") == 0


async def test_a_reader_that_has_told_all_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr(limited, "LEAVES_S", 30.0)
    monkeypatch.setattr(asyncio.subprocess.Process, "kill", lambda process: killed.append(process.pid))
    async with reading() as table:
        await table.write("标题,内容\n路灯,不亮\n".encode())
        await table.about()
        assert [row.number async for row in table.rows()] == [1, 2]
    assert killed == []


async def test_more_than_the_rows_that_are_read_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    head = "标题,内容\n".encode()
    with pytest.raises(TableRefused, match="too_many_rows"):
        await read(head + b"a,b\n" * (bounds.MOST_ROWS + 1))


async def test_a_hundred_megabytes_and_one_are_refused_before_they_are_read(agent: httpx.AsyncClient) -> None:
    seen = 0

    async def body() -> Any:
        nonlocal seen
        for _ in range(200):
            seen += 1
            yield b"x" * 2**20

    kind = "multipart/form-data; boundary=b"
    declared = {"Content-Type": kind, "Content-Length": str(200 * 2**20)}
    answer = await agent.post("/imports", params={"source": "large"}, content=body(), headers=declared)
    assert (answer.status_code, answer.json()["code"]) == (413, "import.file.too_large")
    assert "100 MB" in answer.json()["detail"]
    assert seen <= 1


async def test_a_body_that_does_not_say_its_length_is_cut_off(agent: httpx.AsyncClient) -> None:

    async def body() -> Any:
        yield b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(120):
            yield b"a,b\n" * 2**18
        yield b"\r\n--b--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    answer = await agent.post("/imports", params={"source": "large"}, content=body(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "import.file.too_large")


ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "utf-16"]


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_chinese_is_read_in_any_encoding_it_comes_in(encoding: str) -> None:
    rows = [["标题", "姓名"], ["龘靐齉爩", "𠮷野家"], ["路灯", "㐂"]]
    assert await read(as_csv(rows, encoding)) == rows


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
async def test_columns_are_told_by_whatever_parts_them(delimiter: str) -> None:
    content = f"标题{delimiter}内容\n路灯{delimiter}不亮\n".encode()
    assert await read(content) == [["标题", "内容"], ["路灯", "不亮"]]


async def test_merged_cells_are_filled_down_and_across() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.merge_range(0, 0, 0, 3, "十一月工单")  # a title over all columns is no data
        sheet.merge_range(1, 0, 2, 0, "标题")  # a head of two rows
        sheet.merge_range(1, 1, 1, 2, "联系人")
        sheet.write(1, 3, "地点")
        sheet.write_row(2, 1, ["姓名", "电话", "地址"])
        sheet.merge_range(3, 0, 4, 0, "路灯不亮")  # two callers, one matter
        sheet.write_row(3, 1, ["张三", "13800000001"])
        sheet.write_row(4, 1, ["李四", "13800000002"])
        sheet.merge_range(3, 3, 4, 3, "春熙路")

    assert await read(as_xlsx(write)) == [
        ["十一月工单"],
        ["标题", "联系人", "联系人", "地点"],
        ["标题", "姓名", "电话", "地址"],
        ["路灯不亮", "张三", "13800000001", "春熙路"],
        ["路灯不亮", "李四", "13800000002", "春熙路"],
    ]


async def test_a_column_merged_to_the_bottom_makes_no_rows() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["标题", "区"])
        sheet.write(1, 0, "路灯")
        sheet.merge_range(1, 1, 200_000, 1, "锦江区")
        sheet.write(999, 0, "井盖")

    assert await read(as_xlsx(write)) == [["标题", "区"], ["路灯", "锦江区"], ["井盖", "锦江区"]]


async def test_a_table_that_begins_in_the_middle_of_the_sheet_keeps_its_columns() -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_row(4, 2, ["标题", "联系人"])
        sheet.merge_range(5, 2, 6, 2, "路灯")
        sheet.write(5, 3, "张三")
        sheet.write(6, 3, "李四")

    assert await read(as_xlsx(write)) == [
        ["", "", "标题", "联系人"],
        ["", "", "路灯", "张三"],
        ["", "", "路灯", "李四"],
    ]


async def test_numbers_and_days_are_read_as_they_were_typed() -> None:
    def write(book: Any, sheet: Any) -> None:
        day = book.add_format({"num_format": "yyyy/m/d"})
        sheet.write_row(0, 0, [13812345678, 13812345678.0, 0.1 + 0.2, 1, True, 510104199001011234])
        sheet.write_datetime(0, 6, datetime(2026, 11, 2, 8, 5), day)
        sheet.write_number(0, 7, 46328.5)

    (cells,) = await read(as_xlsx(write))
    assert cells[:5] == ["13812345678", "13812345678", "0.3", "1", "是"]
    assert cells[5] == "5.10104199001011E+17"  # its last digits are gone: it says so
    assert cells[6].startswith("2026-11-02")
    assert cells[7] == "46328.5"


async def test_the_first_sheet_with_rows_is_read_and_another_may_be_named(agent: httpx.AsyncClient) -> None:
    def write(book: Any, sheet: Any) -> None:
        for name, title in (("甲", "路灯"), ("乙", "井盖")):
            other = book.add_worksheet(name)
            other.write_row(0, 0, ["标题", "内容"])
            other.write_row(1, 0, [title, "坏了"])

    first = await brought(agent, as_xlsx(write), "sheets")
    named = await brought(agent, as_xlsx(write), "sheets", sheet="乙")
    unknown = await upload(agent, as_xlsx(write), "sheets", sheet="丙")
    assert (first["sheet"], first["preview"]["rows"][0][0]) == ("甲", "路灯")
    assert (named["sheet"], named["preview"]["rows"][0][0]) == ("乙", "井盖")
    assert named["sheets"] == ["诉求", "甲", "乙"]
    assert unknown.json()["code"] == "import.file.no_such_sheet"


async def test_a_name_with_path_parts_and_a_phone_is_shown_without_them(agent: httpx.AsyncClient) -> None:
    told = (await upload(agent, as_csv([HEAD, row(1)]), "names", "..\\..\\张三 13812345678.csv")).json()
    assert told["file_name"] == "张三 138****5678.csv"


async def test_what_is_no_form_is_told_so(agent: httpx.AsyncClient) -> None:
    bare = await agent.post("/imports", params={"source": "forms"}, content=b"a,b")
    other = await agent.post("/imports", params={"source": "forms"}, files={"picture": ("a.csv", b"a,b")})
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    broken = await agent.post("/imports", params={"source": "forms"}, content=b"no form at all", headers=kind)
    assert [(a.status_code, a.json()["code"]) for a in (bare, other, broken)] == [
        (415, "unsupported_type"),
        (400, "import.no_file"),
        (400, "import.form_broken"),
    ]
