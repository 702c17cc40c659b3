"""Lanes: everything asked is answered once, whatever comes while a lane closes, breaks or has no connection."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from casework.db.inbox import Letter
from casework.db.lanes import Lanes
from casework.journey.city import City
from tests.services.intake.hotline import Hotline, rows, said


async def squares(connection: asyncpg.Connection, numbers: Sequence[int]) -> list[int]:
    """One statement for all; 0 is refused."""
    if 0 in numbers:
        raise ValueError("nothing")
    rows = await connection.fetch("SELECT n * n FROM unnest($1::int[]) WITH ORDINALITY AS t (n, i) ORDER BY i", numbers)
    return [row[0] for row in rows]


@pytest.fixture(params=[(1, 1), (1, 100), (4, 1), (3, 7)], ids=lambda shape: f"{shape[0]} wide, {shape[1]} together")
def lanes(request: pytest.FixtureRequest, city: City) -> Lanes[int, int]:
    width, together = request.param
    return Lanes(city.database.pool, squares, width=width, together=together)


async def test_each_gets_its_own_answer(lanes: Lanes[int, int]) -> None:
    answers = await asyncio.gather(*(lanes.do(number) for number in range(1, 200)))
    assert answers == [number * number for number in range(1, 200)]


async def test_what_comes_while_a_lane_closes_is_not_left_waiting(lanes: Lanes[int, int]) -> None:
    async def one_after_another() -> None:
        for number in range(1, 300):
            assert await lanes.do(number) == number * number
            for _ in range(number % 7):  # the next one comes at every point of the lane's closing
                await asyncio.sleep(0)

    async with asyncio.timeout(60):
        await asyncio.gather(one_after_another(), one_after_another())


async def test_what_breaks_does_not_take_later_things_with_it(lanes: Lanes[int, int]) -> None:
    broken = await asyncio.gather(lanes.do(0), return_exceptions=True)
    assert isinstance(broken[0], ValueError)
    assert await lanes.do(3) == 9


async def test_an_asker_that_has_gone_hinders_nobody(lanes: Lanes[int, int]) -> None:
    gone = asyncio.create_task(lanes.do(2))
    await asyncio.sleep(0)
    gone.cancel()
    async with asyncio.timeout(60):
        assert await lanes.do(3) == 9


async def test_without_a_connection_all_who_wait_are_told() -> None:
    async def no_pool() -> asyncpg.Pool:
        raise ConnectionRefusedError

    lanes = Lanes(no_pool, squares, width=2, together=3)
    answers = await asyncio.gather(*(lanes.do(number) for number in range(1, 9)), return_exceptions=True)
    assert [type(answer) for answer in answers] == [ConnectionRefusedError] * 8


async def test_a_lane_whose_connection_is_cut_goes_on_with_another(city: City) -> None:
    async def cut_at_seven(connection: asyncpg.Connection, numbers: Sequence[int]) -> list[int]:
        if 7 in numbers:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return await squares(connection, numbers)

    lanes = Lanes(city.database.pool, cut_at_seven)
    async with asyncio.timeout(60):
        answers = await asyncio.gather(*(lanes.do(number) for number in range(5, 10)), return_exceptions=True)
    assert isinstance(
        answers[2], asyncpg.PostgresConnectionError | asyncpg.InterfaceError | asyncpg.OperatorInterventionError
    )
    assert answers[:2] + answers[3:] == [25, 36, 64, 81]


async def test_messages_that_come_together_are_stored_together_each_once(city: City) -> None:
    letters = [Letter("hotline", f"lane-{number % 6}", "hotline", bytes([number]), b"-") for number in range(12)]
    stored = await asyncio.gather(*map(city.inbox_lane.do, letters))
    assert [found.fresh for found in stored] == [True] * 6 + [False] * 6
    assert [found.digest for found in stored] == [bytes([number]) for number in range(6)] * 2  # what came first
    assert [found.id for found in stored[:6]] == [found.id for found in stored[6:]]
    db = await city.database.pool()
    assert await db.fetchval("SELECT count(*) FROM inbox WHERE message_id LIKE 'lane-%'") == 6
    again = await city.inbox_lane.do(letters[0])
    assert (again.fresh, again.id) == (False, stored[0].id)


async def test_a_thing_may_be_refused_alone(city: City) -> None:
    async def odd_only(connection: asyncpg.Connection, numbers: Sequence[int]) -> list[int | Exception]:
        return [number if number % 2 else ValueError(number) for number in numbers]

    lanes = Lanes(city.database.pool, odd_only, together=100)
    answers = await asyncio.gather(*(lanes.do(number) for number in range(6)), return_exceptions=True)
    assert [answer for answer in answers if isinstance(answer, int)] == [1, 3, 5]
    assert [str(answer) for answer in answers if isinstance(answer, ValueError)] == ["0", "2", "4"]


async def test_one_known_number_among_many_new_ones_keeps_none_of_them_out(hotline: Hotline, city: City) -> None:
    known = said(text="路灯不亮")
    assert (await hotline.send(known)).status_code == 201
    before = await rows(city, "cases", "supplement")
    more = {**known, "text": "第三根灯杆"}
    answers = await asyncio.gather(*(hotline.send(message) for message in [*(said() for _ in range(20)), more]))
    assert [answer.status_code for answer in answers] == [201] * 20 + [200]
    assert answers[-1].json()["supplemented"]
    after = await rows(city, "cases", "supplement")
    assert after == {"cases": before["cases"] + 20, "supplement": before["supplement"] + 1}


async def test_messages_of_many_shapes_at_once_each_become_their_own_case(hotline: Hotline, city: City) -> None:
    """With and without a phone to be told at, of every kind, urgent or not: notices, clocks and sums differ."""
    shapes = [
        said(kind=kind, urgency=urgency, person={"phone": phone})
        for kind in ("咨询", "投诉", "表扬", None)
        for urgency in ("N", "E0", None)
        for phone in ("13812345678", None)
    ]
    answers = await asyncio.gather(*map(hotline.send, shapes))
    assert {answer.status_code for answer in answers} == {201}
    numbers = [answer.json()["request_no"] for answer in answers]
    db = await city.database.pool()
    kept = await db.fetch("SELECT request_no, upstream_no FROM request WHERE request_no = ANY($1)", numbers)
    assert {row["request_no"]: row["upstream_no"] for row in kept} == {
        number: shape["upstream_no"] for number, shape in zip(numbers, shapes, strict=True)
    }
