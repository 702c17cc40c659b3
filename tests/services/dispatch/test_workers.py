"""网格员管理: admitted, trained, posted, moved by the community, suspended, out; rights end with the step itself."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from casework.db.models import Account, AuditLog, DutyShift, GridWorker, Request, Session
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.test_grids import ONE, at, make

STREET, COMMUNITY = "street-017", "community-017001"
_numbers = count(1)


@pytest.fixture(scope="module")
async def grids(desk: Desk) -> list[str]:
    """Two grids of one community, and one of another in the same street's county."""
    dispatcher = await desk.of("dispatcher1")
    made = [await make(dispatcher, at(0)), await make(dispatcher, at(1), name="二格")]
    other = await make(dispatcher, at(3), community="510104018001", name="别的社区")
    return [one.json()["code"] for one in (*made, other)]


async def step(desk: Desk, login: str, worker: str, what: str, **said: Any) -> httpx.Response:
    form = {"step": what, "note": "按规定办理", **said}
    return await (await desk.of(login)).post(f"/grid-workers/{worker}/steps", json=form)


async def took(desk: Desk, login: str, worker: str, what: str, **said: Any) -> dict[str, Any]:
    answer = await step(desk, login, worker, what, **said)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def admitted(desk: Desk, grid: str) -> str:
    login = f"new-walker-{next(_numbers)}"
    form = {"login": login, "name": "新网格员", "grid": grid, "note": "公开招录合格"}
    answer = await (await desk.of(STREET)).post("/grid-workers", json=form)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["stage"], answer.json()["password"]) == ("ADMITTED", None)
    return login


async def posted(desk: Desk, grid: str) -> tuple[str, str]:
    """A worker on duty: the login and the password of the first day."""
    login = await admitted(desk, grid)
    await took(desk, COMMUNITY, login, "TRAIN", topic="入户走访与保密", hours=16, passed=True)
    return login, (await took(desk, STREET, login, "POST"))["password"]


async def signed_in(desk: Desk, login: str, password: str) -> httpx.AsyncClient:
    door = desk.town.api("dispatch")
    assert (await door.post("/session", json={"login": login, "password": password})).status_code == 200
    return door


async def called(desk: Desk, login: str, said: str = "井盖缺失") -> str:
    client = await desk.of(login, "intake")
    form = {"entry": "CALL", "text": said}
    answer = await client.post("/grid-reports", json=form, headers={"Idempotency-Key": f"worker-{next(_numbers):05d}"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["request_no"])


async def test_a_worker_signs_in_only_after_training_and_posting(desk: Desk, grids: list[str]) -> None:
    login = await admitted(desk, grids[0])
    assert (await step(desk, STREET, login, "POST")).json()["code"] == "refused.WORKER.NOT_NOW"
    await took(desk, COMMUNITY, login, "TRAIN", topic="入户走访", hours=8, passed=False)
    assert (await step(desk, STREET, login, "POST")).json()["code"] == "refused.WORKER.NOT_TRAINED"
    await took(desk, COMMUNITY, login, "TRAIN", topic="入户走访", hours=8, passed=True)
    done = await took(desk, STREET, login, "POST")
    door = await signed_in(desk, login, done["password"])
    assert (await door.get("/session")).json()["area"] == grids[0]
    shown = (await (await desk.of(COMMUNITY)).get(f"/grid-workers/{login}")).json()
    assert [one["step"] for one in shown["history"]] == ["ADMIT", "TRAIN", "TRAIN", "POST"]
    assert all(one["by"] and one["note"] for one in shown["history"])
    assert "REASSIGN" in shown["allowed"]
    assert "EXIT" not in shown["allowed"]


@pytest.mark.parametrize(("what", "who"), [("SUSPEND", COMMUNITY), ("EXIT", STREET)])
async def test_rights_end_at_once(desk: Desk, grids: list[str], what: str, who: str) -> None:
    login, password = await posted(desk, grids[0])
    door = await signed_in(desk, login, password)
    case_no = await called(desk, login)
    assert (await door.get(f"/cases/{case_no}")).status_code == 200
    done = await took(desk, who, login, what, reason="RESIGNED")
    assert done["left_open"] == [case_no]
    assert (await door.get(f"/cases/{case_no}")).status_code == 401, "the open session is over"
    again = await desk.town.api("dispatch").post("/session", json={"login": login, "password": password})
    assert again.status_code == 401
    assert "COMMUNITY" in await desk.told(case_no, "WORKER_LEFT")
    left = (await (await desk.of(COMMUNITY)).get("/grid-workers/left-open")).json()["items"]
    assert (case_no, login) in {(one["case_no"], one["reporter"]) for one in left}
    async with desk.city.database.transaction() as session:
        account = (await session.scalars(select(Account).where(Account.login == login))).one()
        open_sessions = select(func.count()).select_from(Session).where(Session.account_id == account.id)
        assert await session.scalar(open_sessions) == 0
        walks = select(func.count()).select_from(GridWorker).where(GridWorker.account_id == account.id)
        assert await session.scalar(walks) == (1 if what == "SUSPEND" else 0)


async def test_who_is_suspended_comes_back_with_the_same_password(desk: Desk, grids: list[str]) -> None:
    login, password = await posted(desk, grids[0])
    await took(desk, COMMUNITY, login, "SUSPEND")
    assert (await step(desk, COMMUNITY, login, "RESTORE")).json()["code"] == "refused.WORKER.NOT_YOUR_ROLE"
    assert (await took(desk, STREET, login, "RESTORE"))["password"] is None
    assert (await (await signed_in(desk, login, password)).get("/session")).status_code == 200


async def test_who_disclosed_residents_information_does_not_come_back(desk: Desk, grids: list[str]) -> None:
    login, _ = await posted(desk, grids[0])
    await took(desk, STREET, login, "EXIT", reason="PRIVACY")
    refused = await step(desk, STREET, login, "ADMIT", grid=grids[0])
    assert (refused.status_code, refused.json()["code"]) == (409, "refused.WORKER.BARRED")
    other, first = await posted(desk, grids[0])
    await took(desk, STREET, other, "EXIT", reason="RESIGNED")
    await took(desk, STREET, other, "ADMIT", grid=grids[1])
    assert (await step(desk, STREET, other, "POST")).json()["code"] == "refused.WORKER.NOT_NOW"
    await took(desk, COMMUNITY, other, "TRAIN", topic="再培训", passed=True)
    assert (await took(desk, STREET, other, "POST"))["password"] not in (None, first)


async def test_the_community_moves_its_workers_between_its_grids(desk: Desk, grids: list[str]) -> None:
    """社区党组织统筹."""
    login, password = await posted(desk, grids[0])
    door = await signed_in(desk, login, password)
    now = datetime.now(UTC)
    span = {"starts_at": (now + timedelta(hours=1)).isoformat(), "ends_at": (now + timedelta(hours=9)).isoformat()}
    shift = await (await desk.of(COMMUNITY)).post(f"/grids/{grids[0]}/duty", json={"login": login, **span})
    assert shift.status_code == 201, shift.text
    refused = await step(desk, COMMUNITY, login, "REASSIGN", grid=grids[0])
    assert refused.json()["code"] == "refused.WORKER.GRID_UNKNOWN", "where one is already"
    refused = await step(desk, COMMUNITY, login, "REASSIGN", grid=grids[2])
    assert refused.json()["code"] == "refused.WORKER.GRID_UNKNOWN", "another community's grid"
    await took(desk, COMMUNITY, login, "REASSIGN", grid=grids[1])
    assert (await door.get("/session")).json()["area"] == grids[1], "the scope moves along at once"
    shown = (await (await desk.of(COMMUNITY)).get(f"/grid-workers/{login}")).json()
    assert shown["history"][-1]["data"] == {"grid": grids[1], "from_grid": grids[0]}
    async with desk.city.database.transaction() as session:
        account = (await session.scalars(select(Account).where(Account.login == login))).one()
        shifts = select(func.count()).select_from(DutyShift).where(DutyShift.account_id == account.id)
        assert await session.scalar(shifts) == 0, "the former grid's roster is left, and its hole is listed"
        logged = select(func.count()).select_from(AuditLog).where(AuditLog.act == "WORKER_REASSIGN")
        assert await session.scalar(logged) == 1


async def test_nobody_else_decides_about_a_worker(desk: Desk, grids: list[str]) -> None:
    login, _ = await posted(desk, grids[0])
    assert (await step(desk, "community-018001", login, "SUSPEND")).status_code == 404
    assert (await step(desk, "street-018", login, "EXIT", reason="UNFIT")).status_code == 404
    assert (await step(desk, login, login, "RESTORE")).status_code == 403
    taken = {"login": login, "name": "重名", "grid": grids[0], "note": "公开招录"}
    answer = await (await desk.of(STREET)).post("/grid-workers", json=taken)
    assert [one["code"] for one in answer.json()["errors"]] == ["worker.login_taken"]


async def test_two_who_admit_under_one_login_end_in_one_worker(desk: Desk, grids: list[str]) -> None:
    form = {"login": "same-login", "name": "新网格员", "grid": grids[0], "note": "公开招录合格"}
    street, supervision = await desk.of(STREET), await desk.of("supervision1")
    answers = await asyncio.gather(*(client.post("/grid-workers", json=form) for client in (street, supervision)))
    assert sorted(answer.status_code for answer in answers) == [201, 422]


async def test_a_workers_history_cannot_be_rewritten(desk: Desk, grids: list[str]) -> None:
    await admitted(desk, grids[0])
    with pytest.raises(IntegrityError, match="append-only"):
        async with desk.city.database.transaction() as session:
            await session.execute(text("UPDATE worker_event SET note = '改写'"))


async def test_a_group_leader_reports_and_is_no_grid_worker(desk: Desk) -> None:
    """居民小组长."""
    community = await desk.of(COMMUNITY)
    form = {"community": ONE, "group": "三组", "name": "赵小组", "phone": "13811112222"}
    made = await community.post("/group-leaders", json=form)
    assert made.status_code == 201, made.text
    number = made.json()["id"]
    assert "13811112222" not in made.text
    assert "赵小组" not in made.text
    shown = await community.post(f"/group-leaders/{number}/reveal", json={"what": "phone", "purpose": "核实上报"})
    assert shown.json()["value"] == "13811112222"
    agent, key = await desk.of("agent1", "intake"), {"Idempotency-Key": "group-leader-1"}
    told = await agent.post("/requests", json={"text": "三组路灯不亮", "group_leader": number}, headers=key)
    assert (told.status_code, told.json()["flags"]) == (201, ["GROUP_LEADER"])
    async with desk.city.database.transaction() as session:
        query = select(Request).where(Request.request_no == told.json()["request_no"])
        request = (await session.scalars(query)).one()
        assert desk.city.keyring.open(request.phone_sealed or b"", "request.phone") == "13811112222"
        assert await session.scalar(select(Account.id).where(Account.display_name == "赵小组")) is None
    assert (await community.post(f"/group-leaders/{number}/end", json={"note": "换届卸任"})).status_code == 204
    key = {"Idempotency-Key": "group-leader-2"}
    refused = await agent.post("/requests", json={"text": "路灯不亮", "group_leader": number}, headers=key)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "group_leader")
    assert (await community.get("/group-leaders")).json()["items"] == []


@pytest.mark.parametrize(("wrong", "field"), [({"phone": "12"}, "phone"), ({"community": "510104018001"}, "community")])
async def test_a_wrong_group_leader_is_named_by_its_field(desk: Desk, wrong: dict[str, str], field: str) -> None:
    form = {"community": ONE, "group": "三组", "name": "赵小组", "phone": "13811112222", **wrong}
    answer = await (await desk.of(COMMUNITY)).post("/group-leaders", json=form)
    assert [one["field"] for one in answer.json()["errors"]] == [field]
