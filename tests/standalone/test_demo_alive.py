"""`--alive`: the simulated townspeople act through the public API, keep off what people touch, and outlive outages."""

import asyncio
import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from casework.catalog.load import Catalog
from casework.journey.city import City
from casework.rules import asks
from casework.rules.words import Satisfaction
from manage.seed.acts import Townspeople, touched_by_others
from manage.seed.alive import arrivals_of, keep_going
from manage.seed.desk import Away, Busy, Desks
from manage.seed.mending import grade
from manage.seed.texts import words
from tests.conftest import Town
from tests.services.notify.life import Life

NOW = datetime(2026, 11, 20, 7, 0, tzinfo=UTC)


@pytest.fixture(autouse=True, scope="module")
def _on_our_own() -> None:
    """The stores of the whole test run are wanted here."""


class Front(httpx.AsyncBaseTransport):
    """One origin before the three APIs, as the one-machine front is. `down`: nobody answers."""

    def __init__(self, apps: dict[str, FastAPI]) -> None:
        self._doors = {name: httpx.ASGITransport(app=app) for name, app in apps.items()}
        self.down = False
        self.asked: Counter[str] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked[request.url.path.rsplit("/", 1)[-1]] += 1
        if self.down:
            raise httpx.ConnectError("nobody there")
        _, _, service, path = request.url.raw_path.decode().split("/", 3)
        inner = httpx.Request(
            request.method,
            f"http://localhost:8000/{path}",
            headers=request.headers,
            content=await request.aread(),
        )
        return await self._doors[service].handle_async_request(inner)


@pytest.fixture
async def front(town: Town) -> Front:
    return Front(town.apps)


@pytest.fixture
async def people(front: Front, town: Town, catalog: Catalog) -> Townspeople:
    folder: Path = town.settings.data
    desks = Desks("http://localhost:8000", folder, front)
    return Townspeople(desks, arrivals_of(desks, catalog), words(), random.Random(11))


async def acts(people: Townspeople, count: int) -> list[tuple[str, str, str]]:
    """So many acts; where nobody more may sign in just now, that one is left out."""
    done = []
    for _ in range(count):
        try:
            found = await people.act()
        except Busy:
            continue
        if found is not None:
            done.append(found)
    return done


async def test_they_report_and_carry_cases_on_by_the_tables_rules(people: Townspeople, town: Town) -> None:
    done = await acts(people, 120)
    what = Counter(line[1].split(" -> ")[0] for line in done)
    assert {"派单", "签收", "先行联系", "中心响应"} <= set(what)
    assert not [line for line in done if " -> " not in line[1]]  # no act was refused
    async with await town.sign_in("dispatch", "dispatcher1") as dispatcher:
        counts = (await dispatcher.get("/queue/counts")).json()["counts"]
    assert counts["OPEN"] > 5


async def test_a_case_that_a_person_moved_is_left_alone(people: Townspeople, town: Town) -> None:
    await acts(people, 40)
    async with await town.sign_in("dispatch", "dispatcher2") as person:
        rows = (await person.get("/cases", params={"view": "TO_DISPATCH", "limit": 200})).json()["rows"]
        mine = [row for row in rows if row["suggested_unit"] and row["status"] == "REVIEW"][:3]
        assert mine
        for row in mine:
            note = {"action": "ASK_INFO", "note": "请补充具体位置"}
            assert (await person.post(f"/cases/{row['case_no']}/moves", json=note)).status_code == 200
        await acts(people, 60)
        for row in mine:
            page = (await person.get(f"/cases/{row['case_no']}")).json()
            assert page["version"] == row["version"] + 1


async def test_what_a_bad_grade_named_is_put_right_and_ruled_on(people: Townspeople, city: City, town: Town) -> None:
    life = Life(city)
    case_no = await life.in_follow_up()
    await life.do(case_no, "followup1", asks.AnswerSurvey(solved=True, satisfaction=Satisfaction.BAD))
    async with await town.sign_in("dispatch", "followup1") as officer:
        people.moved(case_no, (await officer.get(f"/cases/{case_no}")).json()["version"])  # nobody else is at it
        done: list[tuple[str, str, str] | None] = []
        for _ in range(300):  # one of what waits is chosen each time; a few are sent back first
            done.append(await people.put_right())
            [task] = (await officer.get(f"/cases/{case_no}/rectifications")).json()
            if task["step"] == "ACCEPTED":
                break
    assert task["step"] == "ACCEPTED"
    assert task["answer"]
    steps = [line[1].split(" -> ")[0] for line in done if line is not None and line[2] == case_no]
    assert (steps[0], steps[-1]) == ("整改答复", "整改通过")
    assert set(steps) <= {"整改答复", "整改退回", "整改通过"}


@pytest.mark.parametrize("solved", [True, False])
def test_people_rate_as_they_were_served(solved: bool) -> None:
    own = random.Random(4)
    found = Counter(grade(own, solved=solved) for _ in range(400))
    bad = (found[Satisfaction.BAD] + found[Satisfaction.VERY_BAD]) / 400
    assert len(found) > 2
    assert bad < 0.2 if solved else bad > 0.7


def step(minutes_ago: float, role: str, version: int | None) -> dict[str, Any]:
    return {"at": (NOW - timedelta(minutes=minutes_ago)).isoformat(), "role": role, "version": version}


@pytest.mark.parametrize(
    ("steps", "mine", "touched"),
    [
        ([step(3, "UPSTREAM", 1)], 0, False),  # the hotline brought it just now -> free
        ([step(30, "UPSTREAM", 1), step(9, "DISPATCHER", 2)], 0, True),  # a person 9 minutes ago -> not ours
        ([step(30, "UPSTREAM", 1), step(11, "DISPATCHER", 2)], 0, False),  # a person 11 minutes ago -> free again
        ([step(5, "UPSTREAM", 1), step(4, "DISPATCHER", 2)], 2, False),  # that was ourselves -> free
        ([step(5, "DISPATCHER", 2), step(1, "UNIT", 3)], 2, True),  # ourselves, then a person -> not ours
        ([step(1, "SYSTEM", None)], 0, False),  # a clock fired -> free
        ([step(1, "CITIZEN", 7)], 6, True),  # the citizen answered -> not ours
    ],
)
def test_ten_minutes_belong_to_whoever_moved_it(steps: list[dict[str, Any]], mine: int, touched: bool) -> None:
    assert touched_by_others(steps, mine, NOW) is touched


async def test_while_the_system_is_away_they_wait_and_then_go_on(
    people: Townspeople, front: Front, capsys: pytest.CaptureFixture[str]
) -> None:
    front.down = True
    with pytest.raises(Away):
        await people.act()
    stop = asyncio.Event()
    going = asyncio.create_task(keep_going(people, 6000, stop))
    await asyncio.sleep(0.1)
    front.down = False
    for _ in range(200):
        await asyncio.sleep(0.1)
        if " -> " in capsys.readouterr().out:
            break
    else:
        pytest.fail("they did not go on")
    stop.set()
    await going


async def test_no_more_sign_in_than_the_door_lets_in_beside_people(
    people: Townspeople, front: Front, town: Town
) -> None:
    await acts(people, 60)
    assert front.asked["session"] <= 12
    logins = json.loads((town.settings.data / "demo-accounts.json").read_text("utf-8"))
    assert len(logins) > 12
