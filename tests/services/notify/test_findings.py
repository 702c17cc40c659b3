"""剔除台账: one proposes with evidence, another rules, the counts are public, and the rates follow at once."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from casework.db import rollups
from casework.journey.city import City
from tests.conftest import Town
from tests.services.notify.planted import Planted, plant
from tests.services.notify.test_reports import KEPT

Seats = dict[str, httpx.AsyncClient]
LOGINS = ("supervision1", "leader1", "analyst1", "dispatcher1")


@pytest.fixture(scope="module")
async def cases(city: City) -> list[str]:
    async with city.database.transaction() as session:
        return await plant(session, [Planted(KEPT) for _ in range(8)] + [Planted(KEPT, "510105001001")])


@pytest.fixture(scope="module")
async def seats(town: Town, cases: list[str]) -> AsyncIterator[Seats]:
    async with AsyncExitStack() as stack:
        signed = {login: await town.sign_in("notify", login) for login in LOGINS}
        yield {login: await stack.enter_async_context(client) for login, client in signed.items()}


async def proposed(seats: Seats, case_no: str, **said: Any) -> dict[str, Any]:
    form = {"case_no": case_no, "reason": "FORCE_MAJEURE", "evidence": "洪水断路，电话13812345678", **said}
    answer = await seats["dispatcher1"].post("/findings", json=form)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ruled(seats: Seats, entry: dict[str, Any], login: str, *, grant: bool) -> httpx.Response:
    return await seats[login].post(f"/findings/{entry['id']}/ruling", json={"grant": grant, "note": "情况属实"})


async def headline(seats: Seats) -> tuple[int, int]:
    told = (await seats["analyst1"].get("/reports/completion", params={"from": "2026-06"})).json()["total"]
    return told["denominator"], told["excluded"].get("STRUCK", 0)


async def test_two_persons_leave_a_case_out_and_its_number_is_public(
    city: City, seats: Seats, cases: list[str]
) -> None:
    assert await headline(seats) == (8, 0)
    entry = await proposed(seats, cases[0])
    assert (entry["state"], "13812345678" in entry["evidence"]) == ("PROPOSED", False)
    assert await headline(seats) == (8, 0), "nothing changes before the second person"
    granted = await ruled(seats, entry, "supervision1", grant=True)
    assert granted.json()["state"] == "STANDING"
    assert await headline(seats) == (7, 1)
    async with city.database.transaction() as session:
        assert await rollups.recount(session) == []
    counts = (await seats["analyst1"].get("/findings/counts", params={"from": "2026-06"})).json()
    assert [(one["reason"], one["standing"]) for one in counts] == [("FORCE_MAJEURE", 1)]
    out = {"from": "2026-06", "part": "excluded", "reason": "STRUCK"}
    listed = (await seats["analyst1"].get("/reports/completion/cases", params=out)).json()["cases"]
    assert [case["case_no"] for case in listed] == [cases[0]]
    pool = await city.database.pool()
    steps = await pool.fetch(
        "SELECT data FROM event e JOIN cases c ON c.id = e.case_id WHERE c.case_no = $1 AND action = 'FINDING'",
        cases[0],
    )
    assert len(steps) == 2

    taken_back = await seats["leader1"].post(f"/findings/{entry['id']}/revocation", json={"note": "依据不足"})
    assert taken_back.json()["state"] == "REVOKED"
    assert await headline(seats) == (8, 0)
    async with city.database.transaction() as session:
        assert await rollups.recount(session) == []


async def test_who_proposed_may_not_rule(seats: Seats, cases: list[str]) -> None:
    form = {"case_no": cases[1], "reason": "SYSTEM_FAULT", "evidence": "平台停机两小时"}
    entry = (await seats["supervision1"].post("/findings", json=form)).json()
    own = await ruled(seats, entry, "supervision1", grant=True)
    assert (own.status_code, own.json()["code"]) == (409, "refused.FINDING_SECOND_PERSON")
    other = await ruled(seats, entry, "leader1", grant=False)
    assert other.json()["state"] == "REJECTED"
    twice = await ruled(seats, entry, "leader1", grant=True)
    assert (twice.status_code, twice.json()["code"]) == (409, "refused.FINDING_RULED")
    assert await headline(seats) == (8, 0)


async def test_a_case_stands_in_the_ledger_once(seats: Seats, cases: list[str]) -> None:
    await proposed(seats, cases[2])
    form = {"case_no": cases[2], "reason": "BEYOND_DUTY", "evidence": "超出职责"}
    again = await seats["dispatcher1"].post("/findings", json=form)
    assert (again.status_code, again.json()["code"]) == (409, "refused.FINDING_LIVE")


async def test_what_the_grid_missed_is_counted_apart(city: City, seats: Seats, cases: list[str]) -> None:
    entry = await proposed(seats, cases[3], kind="MISSED", reason="SHOULD_HAVE_SEEN")
    await ruled(seats, entry, "leader1", grant=True)
    told = await seats["analyst1"].get("/reports/figures", params={"from": "2026-06", "figure": "MISSED"})
    rate = told.json()["total"]["rates"]["MISSED"]
    assert (rate["numerator"], rate["denominator"]) == (1, 8)
    assert await headline(seats) == (8, 0)


@pytest.mark.parametrize(
    ("change", "status", "says"),
    [
        ({"reason": "NONE"}, 422, "FORCE_MAJEURE"),
        ({"attachments": ["nobodys"]}, 422, "attachments"),
        ({"case_no": "510104000000000000000000"}, 404, ""),
        ({"evidence": ""}, 422, "evidence"),
    ],
)
async def test_a_wrong_proposal_is_refused(
    seats: Seats, cases: list[str], change: dict[str, Any], status: int, says: str
) -> None:
    form = {"case_no": cases[4], "reason": "FORCE_MAJEURE", "evidence": "洪水断路", **change}
    answer = await seats["dispatcher1"].post("/findings", json=form)
    assert answer.status_code == status
    assert says in answer.text


async def test_another_countys_case_is_not_there(seats: Seats, cases: list[str]) -> None:
    form = {"case_no": cases[8], "reason": "FORCE_MAJEURE", "evidence": "洪水断路"}
    assert (await seats["dispatcher1"].post("/findings", json=form)).status_code == 404


async def test_the_ledger_is_read_page_by_page(seats: Seats, cases: list[str]) -> None:
    first = (await seats["analyst1"].get("/findings", params={"limit": 2})).json()
    second = (await seats["analyst1"].get("/findings", params={"limit": 200, "cursor": first["next"]})).json()
    ids = [row["id"] for row in (*first["items"], *second["items"])]
    assert ids == sorted(ids, reverse=True)
    standing = (await seats["analyst1"].get("/findings", params={"state": "STANDING"})).json()["items"]
    assert [row["case_no"] for row in standing] == [cases[3]]
