"""Both directions are measured: the centre's promises by their clocks, the grid's call by the centre's answer."""

import httpx

from casework.journey.city import City
from tests.conftest import Town
from tests.journey.test_one_case import MESSAGE, move, send


async def call_from_the_grid(town: Town, key: str) -> str:
    """A grid worker calls the centre; the case's number."""
    worker = await town.sign_in("intake", "grid-017001001")
    report = {"entry": "CALL", "text": "楼顶广告牌松动，请求处置。"}
    answer = await worker.post("/grid-reports", json=report, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["cases"][0]["case_no"])


async def lines_of(client: httpx.AsyncClient) -> dict[tuple[str, str], tuple[int, int]]:
    answer = await client.get("/reports/punctuality")
    assert answer.status_code == 200, answer.text
    return {(row["direction"], row["clock"]): (row["kept"], row["due"]) for row in answer.json()["rows"]}


async def test_a_call_answered_in_time_and_one_left_too_long(town: Town, city: City) -> None:
    dispatcher = await town.sign_in("dispatch", "dispatcher1")
    analyst = await town.sign_in("notify", "analyst1")
    answered, left = await call_from_the_grid(town, "call-answered"), await call_from_the_grid(town, "call-left-1")
    await move(dispatcher, answered, "TAKE_ON")
    assert (await lines_of(analyst))["GRID", "RESPOND"] == (1, 1)

    db = await city.database.pool()
    await db.execute(
        "UPDATE clock k SET due_at = now() - interval '1 second' FROM cases c WHERE c.id = k.case_id AND case_no = $1",
        left,
    )
    assert (await lines_of(analyst))["GRID", "RESPOND"] == (1, 2)
    await move(dispatcher, left, "TAKE_ON")
    assert (await lines_of(analyst))["GRID", "RESPOND"] == (1, 2)

    sent = await send(town, "punctual-1", {**MESSAGE, "upstream_no": "P-1"})
    await move(dispatcher, sent.json()["cases"][0]["case_no"], "DISPATCH")
    assert (await lines_of(analyst))["CENTRE", "DISPATCH"] == (1, 1)


async def test_a_cancelled_promise_counts_nowhere(town: Town) -> None:
    dispatcher = await town.sign_in("dispatch", "dispatcher1")
    analyst = await town.sign_in("notify", "analyst1")
    before = await lines_of(analyst)
    sent = await send(town, "punctual-2", {**MESSAGE, "upstream_no": "P-2"})
    case_no = sent.json()["cases"][0]["case_no"]
    await move(dispatcher, case_no, "WITHDRAW", identity_checked=True)
    assert await lines_of(analyst) == before


async def test_another_area_sees_nothing_of_it(town: Town) -> None:
    analyst = await town.sign_in("notify", "analyst1")
    answer = await analyst.get("/reports/punctuality?area=510105")
    assert answer.json()["rows"] == []
