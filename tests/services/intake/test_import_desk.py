"""Looking, mapping, starting and stopping; what was wrong as a file; who sees what, and for how long."""

import csv
import io
import json
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook

from casework.db import import_jobs
from casework.journey.city import City
from tests.conftest import Town
from tests.services.intake.lists import HEAD, as_csv, brought, row, take_all, upload

BAD = [
    # a row like this                                                 field            why
    ({"标题": "", "诉求内容": ""}, "text", "import.row.no_words"),
    ({"工单编号": "5.10104E+17"}, "upstream_no", "import.row.digits_lost"),
    ({"诉求内容": "长" * 20_001}, "text", "import.row.too_long"),
    ({"工单编号": "9" * 65}, "upstream_no", "import.row.too_long"),
    ({"区划代码": "510107"}, "area_code", "import.row.out_of_scope"),
]


@pytest.fixture(scope="module")
async def agent(town: Town) -> httpx.AsyncClient:
    """The agent who brings lists."""
    return await town.sign_in("intake", "agent1")


@pytest.fixture(scope="module")
async def colleague(town: Town) -> httpx.AsyncClient:
    """Another agent of the same county."""
    return await town.sign_in("intake", "agent2")


async def elsewhere(city: City, job_id: int) -> None:
    """The import becomes another county's."""
    await (await city.database.pool()).execute("UPDATE import_job SET area_code = '510107' WHERE id = $1", job_id)


async def test_the_preview_shows_twenty_rows_with_what_each_column_holds(agent: httpx.AsyncClient) -> None:
    rows = [["十一月工单"], HEAD, *(row(n) for n in range(40))]
    told = await brought(agent, as_csv(rows, "gb18030"), "preview")
    assert (told["state"], told["rows"], told["header_row"], told["encoding"]) == ("READY", 40, 2, "gb18030")
    assert told["preview"]["columns"] == list(HEAD)
    assert told["preview"]["numbers"] == list(range(3, 23))
    assert told["preview"]["rows"][0] == row(0)
    assert told["mapping"]["columns"] == {
        "工单编号": "upstream_no",
        "标题": "title",
        "诉求内容": "text",
        "诉求性质": "kind",
        "分类": "category",
        "来电时间": "occurred_at",
        "姓名": "name",
        "联系电话": "phone",
        "区划代码": "area_code",
        "地址": "address",
    }


async def test_a_mapping_is_kept_for_the_next_file_of_its_source(agent: httpx.AsyncClient, city: City) -> None:
    file = as_csv([["甲", "乙", "丙"], ["1", "路灯不亮", "城管"], ["2", "井盖破了", "城管"]])
    first = await brought(agent, file, "kept")
    assert first["mapping"]["columns"] == {}
    refused = await agent.post(f"/imports/{first['id']}/start")
    assert (refused.status_code, refused.json()["code"]) == (409, "import.no_words_column")
    form = {
        "header_row": 1,
        "columns": {"甲": "upstream_no", "乙": "title", "丙": "category"},
        "values": {"category": {"城管": "0102"}},
        "fixed": {"kind": "投诉", "channel": "MEDIA"},
    }
    mapped = await agent.put(f"/imports/{first['id']}/mapping", json=form)
    assert mapped.status_code == 200, mapped.text
    assert (mapped.json()["rows"], mapped.json()["preview"]["numbers"]) == (2, [2, 3])
    second = await brought(agent, as_csv([["丙", "乙", "甲"], ["城管", "又坏了", "3"]]), "kept")
    assert second["mapping"]["columns"] == form["columns"]
    assert (await take_all(agent, city, second["id"]))["taken"] == 1
    found = await (await city.database.pool()).fetchrow(
        "SELECT c.kind, c.category, c.channel, r.upstream_no FROM cases c JOIN request r ON r.id = c.request_id "
        "WHERE r.source = 'import:kept'"
    )
    assert tuple(found) == ("COMPLAINT", "0102", "MEDIA", "3")


WRONG_FORMS: list[tuple[dict[str, Any], str]] = [
    ({"header_row": 1, "columns": {"没有": "title"}}, "import.column_unknown"),
    ({"header_row": 9, "columns": {}}, "import.file.no_such_row"),
    ({"header_row": 1, "columns": {"标题": "no_field"}}, "unprocessable"),
    ({"header_row": 1, "columns": {"标题": "text", "诉求内容": "text"}}, "unprocessable"),
    ({"header_row": 1, "fixed": {"no_field": "x"}}, "unprocessable"),
]


@pytest.mark.parametrize(("form", "code"), WRONG_FORMS)
async def test_a_mapping_that_cannot_be_is_told_so(agent: httpx.AsyncClient, form: dict[str, Any], code: str) -> None:
    told = await brought(agent, as_csv([HEAD, row(1)]), "wrong-forms")
    answer = await agent.put(f"/imports/{told['id']}/mapping", json=form)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_a_list_without_a_head_is_mapped_by_letters(agent: httpx.AsyncClient, city: City) -> None:
    told = await brought(agent, as_csv([["路灯不亮", "张三"], ["井盖破了", "李四"]]), "no-head")
    assert (told["header_row"], told["preview"]["columns"]) == (0, ["A", "B"])
    form = {"header_row": 0, "columns": {"A": "title", "B": "name"}}
    assert (await agent.put(f"/imports/{told['id']}/mapping", json=form)).status_code == 200
    assert (await take_all(agent, city, told["id"]))["taken"] == 2


async def errors_of(client: httpx.AsyncClient, job_id: int, kind: str) -> list[list[str]]:
    """The file of errors as its reader sees it."""
    answer = await client.get(f"/imports/{job_id}/errors.{kind}")
    assert answer.status_code == 200, answer.text
    assert "attachment" in answer.headers["content-disposition"]
    if kind == "csv":
        return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    (sheet,) = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).sheet_names
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return [[str(cell) for cell in cells] for cells in book.get_sheet_by_name(sheet).iter_rows()]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_bad_rows_are_told_by_row_and_column_and_good_ones_taken(
    agent: httpx.AsyncClient, city: City, kind: str
) -> None:
    rows = [row(n, **changed) for n, (changed, _, _) in enumerate(BAD)]
    file = as_csv([HEAD, row(100), *rows, row(101)])
    done = await take_all(agent, city, (await brought(agent, file, f"bad-{kind}"))["id"])
    assert (done["state"], done["taken"], done["bad"], done["done"]) == ("DONE", 2, len(BAD), len(BAD) + 2)
    head, *told = await errors_of(agent, done["id"], kind)
    assert head == ["行号 row", "列 column", "问题", "problem", *HEAD]
    columns = {"text": "诉求内容", "upstream_no": "工单编号", "area_code": "区划代码"}
    assert [(line[0], line[1]) for line in told] == [
        (str(n + 3), columns[field]) for n, (_, field, _) in enumerate(BAD)
    ]
    assert [line[4:] for line in told] == rows
    assert all(line[2].endswith("。") and line[3].endswith((".", " scope.")) for line in told)


async def test_a_mended_list_of_errors_can_be_imported(agent: httpx.AsyncClient, city: City) -> None:
    bad = row(7, 标题="=1+1", 诉求内容="@SUM(A1)", 工单编号="7E+20")
    done = await take_all(agent, city, (await brought(agent, as_csv([HEAD, bad]), "mended"))["id"])
    answer = await agent.get(f"/imports/{done['id']}/errors.csv")
    mended = answer.content.replace(b"7E+20,", b"L7,")
    assert b"'=1+1" in mended
    done = await take_all(agent, city, (await brought(agent, mended, "mended"))["id"])
    assert done["taken"] == 1
    title = await (await city.database.pool()).fetchval("SELECT title FROM cases WHERE title LIKE '%1+1'")
    assert title == "=1+1"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_no_cell_of_a_list_of_errors_is_a_formula(agent: httpx.AsyncClient, city: City, kind: str) -> None:
    live = ["=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1"]
    rows = [row(n, 工单编号="1E+20", 地址=cell) for n, cell in enumerate(live)]
    done = await take_all(agent, city, (await brought(agent, as_csv([HEAD, *rows]), f"live-{kind}"))["id"])
    content = (await agent.get(f"/imports/{done['id']}/errors.{kind}")).content
    if kind == "csv":
        cells = [cell for line in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    else:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        read = [cells[-1] for cells in book.get_sheet_by_index(0).iter_rows()][1:]
        assert read == [cell.strip() for cell in live]  # texts all, no formula's value


async def test_a_row_that_came_apart_is_not_taken_shifted(agent: httpx.AsyncClient, city: City) -> None:
    broken = "标题,内容\n路灯,坏了,三天\n井盖,破了\n".encode()
    done = await take_all(agent, city, (await brought(agent, broken, "apart"))["id"])
    _, told = await errors_of(agent, done["id"], "csv")
    assert (done["taken"], done["bad"], told[0]) == (1, 1, "2")


async def test_others_of_the_area_see_an_import_masked(agent: httpx.AsyncClient, colleague: httpx.AsyncClient) -> None:
    told = await brought(agent, as_csv([HEAD, row(1), row(2)]), "masked")
    seen = (await colleague.get(f"/imports/{told['id']}")).json()
    assert seen["masked"]
    assert "张三" not in json.dumps(seen["preview"], ensure_ascii=False)
    assert "13800000001" not in json.dumps(seen["preview"])
    assert "138****0001" in json.dumps(seen["preview"])


async def test_a_list_of_errors_is_masked_for_others_and_its_reading_is_in_the_audit_log(
    agent: httpx.AsyncClient, colleague: httpx.AsyncClient, city: City
) -> None:
    bad = row(1, 工单编号="1E+20", 诉求内容="我是张三，电话13812345678")
    done = await take_all(agent, city, (await brought(agent, as_csv([HEAD, bad]), "masked-errors"))["id"])
    own = json.dumps(await errors_of(agent, done["id"], "csv"), ensure_ascii=False)
    others = json.dumps(await errors_of(colleague, done["id"], "csv"), ensure_ascii=False)
    assert "张三" in own
    assert "13812345678" in own
    assert "张三" not in others
    assert "13812345678" not in others
    acts = await (await city.database.pool()).fetch(
        "SELECT act, data FROM audit_log WHERE subject = $1 ORDER BY id", f"import:{done['id']}"
    )
    assert [one["act"] for one in acts] == ["IMPORT_UPLOADED", "IMPORT_STARTED", *["IMPORT_ERRORS_READ"] * 2]


async def test_an_import_of_another_area_is_not_there(agent: httpx.AsyncClient, city: City) -> None:
    told = await brought(agent, as_csv([HEAD, row(1)]), "elsewhere")
    await elsewhere(city, told["id"])
    where = f"/imports/{told['id']}"
    form = {"header_row": 1, "columns": {}}
    answers = [
        await agent.get(where),
        await agent.put(f"{where}/mapping", json=form),
        await agent.post(f"{where}/start"),
        await agent.delete(where),
        await agent.get(f"{where}/errors.csv"),
        await agent.get(f"{where}/errors.xlsx"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 6
    listed = (await agent.get("/imports")).json()["items"]
    assert told["id"] not in [one["id"] for one in listed]


async def test_a_source_name_of_another_area_cannot_be_used(agent: httpx.AsyncClient, city: City) -> None:
    await (await city.database.pool()).execute(
        "INSERT INTO import_source (name, area_code) VALUES ('theirs', '510107')"
    )
    answer = await upload(agent, as_csv([HEAD, row(1)]), "theirs")
    assert (answer.status_code, answer.json()["code"]) == (409, "import.source_taken")


async def test_only_agents_and_dispatchers_bring_lists(town: Town) -> None:
    async with town.api("intake") as nobody:
        assert (await upload(nobody, as_csv([HEAD, row(1)]))).status_code == 401
    unit = await town.sign_in("intake", "grid-017001001")
    assert (await upload(unit, as_csv([HEAD, row(1)]))).status_code == 403
    assert (await unit.get("/imports")).status_code == 403


async def test_a_stopped_import_takes_nothing_and_forgets_its_rows(agent: httpx.AsyncClient, city: City) -> None:
    told = await brought(agent, as_csv([HEAD, row(1)]), "stopped")
    stopped = (await agent.delete(f"/imports/{told['id']}")).json()
    assert stopped["state"] == "STOPPED"
    again = await agent.post(f"/imports/{told['id']}/start")
    assert (again.status_code, again.json()["code"]) == (409, "import.over")
    db = await city.database.pool()
    assert await db.fetchval("SELECT count(*) FROM import_block WHERE job_id = $1", told["id"]) == 0
    assert await db.fetchval("SELECT preview_sealed FROM import_job WHERE id = $1", told["id"]) is None


async def test_after_seven_days_persons_are_forgotten_and_counts_stay(agent: httpx.AsyncClient, city: City) -> None:
    waiting = await brought(agent, as_csv([HEAD, row(1)]), "forgotten")
    other = await brought(agent, as_csv([HEAD, row(2, 工单编号="1E+20"), row(3)]), "forgotten")
    done = await take_all(agent, city, other["id"])
    db = await city.database.pool()
    ids = [waiting["id"], done["id"]]
    left = await db.fetchval("SELECT min(expires_at - now()) FROM import_job WHERE id = ANY($1)", ids)
    assert 6.9 < left.total_seconds() / 86_400 <= 7
    await db.execute("UPDATE import_job SET expires_at = now() - interval '1 minute' WHERE id = ANY($1)", ids)
    assert await import_jobs.forget(db) == 2
    for table in ("import_block", "import_problem"):
        assert await db.fetchval(f"SELECT count(*) FROM {table} WHERE job_id = ANY($1)", ids) == 0
    shown = (await agent.get(f"/imports/{waiting['id']}")).json()
    assert (shown["state"], shown["preview"]) == ("EXPIRED", None)
    shown = (await agent.get(f"/imports/{done['id']}")).json()
    assert (shown["state"], shown["taken"], shown["bad"]) == ("DONE", 1, 1)
    gone = await agent.get(f"/imports/{done['id']}/errors.csv")
    assert (gone.status_code, gone.json()["code"]) == (404, "import.errors_expired")


async def test_nothing_of_a_list_stands_in_the_clear(agent: httpx.AsyncClient, city: City) -> None:
    """No phone, name or word of a waiting or bad row is readable in any column of the import's tables."""
    bad = row(1, 工单编号="1E+20", 姓名="诸葛孔明", 联系电话="13987654321")
    await take_all(agent, city, (await brought(agent, as_csv([HEAD, bad]), "sealed"))["id"])
    await brought(agent, as_csv([HEAD, bad]), "sealed")
    db = await city.database.pool()
    for table in ("import_job", "import_block", "import_problem"):
        rows = await db.fetch(f"SELECT t::text AS whole, t.* FROM {table} t")
        assert rows
        for one in rows:
            blobs = b"".join(value for value in one.values() if isinstance(value, bytes))
            for word in ("诸葛孔明", "13987654321", "路灯"):
                assert word not in one["whole"]
                assert word.encode() not in blobs
