"""账号: made by one, given roles by another; what was handed out serves once; who loses rights loses them now."""

import secrets
from typing import Any

import httpx
import pytest

from casework.rules.words import Role
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ

HERE, ELSEWHERE = "510104", "510107"
WHY = "岗位调整，科长已批"
OWN = "薄雾穿过青石桥洞三更天明"


def named(role: str) -> str:
    return f"{role}-{secrets.token_hex(4)}"


async def administrator(desk: Desk, role: Role, area: str = HERE) -> httpx.AsyncClient:
    login = named(role.value.lower().replace("_", "-"))
    await employ(desk.city, login, [role], area)
    return await desk.of(login)


async def made(desk: Desk, **more: Any) -> tuple[str, str]:
    """A new account's login and one-time password."""
    client = await administrator(desk, Role.SYS_ADMIN)
    asked = {"login": named("new"), "name": "受理员丁", "area": HERE, **more}
    answer = await client.post("/accounts", json=asked)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["account"]["roles"], answer.json()["account"]["sessions"]) == ([], 0)
    return asked["login"], answer.json()["password"]


async def door(desk: Desk, path: str, **said: str) -> httpx.Response:
    async with desk.town.api("dispatch") as client:
        return await client.post(path, json=said)


async def granted(desk: Desk, login: str, **more: Any) -> httpx.Response:
    client = await administrator(desk, Role.SEC_ADMIN)
    return await client.put(f"/accounts/{login}/rights", json={"roles": ["AGENT"], "area": HERE, "why": WHY, **more})


async def act(desk: Desk, role: Role, login: str, what: str, why: str = WHY) -> httpx.Response:
    return await (await administrator(desk, role)).post(f"/accounts/{login}/acts", json={"act": what, "why": why})


async def test_it_takes_two_to_make_somebody_who_may_do_something(desk: Desk) -> None:
    login, handed_out = await made(desk)
    refused = await door(desk, "/session", login=login, password=handed_out)
    assert (refused.status_code, refused.json()["code"]) == (403, "sign_in.one_time")
    entered = await door(desk, "/session/password", login=login, password=handed_out, chosen=OWN)
    assert (entered.status_code, entered.json()["roles"]) == (200, [])
    assert (await door(desk, "/session", login=login, password=handed_out)).status_code == 401
    assert (await granted(desk, login)).json()["roles"] == ["AGENT"]
    assert (await door(desk, "/session", login=login, password=OWN)).json()["roles"] == ["AGENT"]


@pytest.mark.parametrize(
    ("chosen", "code"), [("short", "password.too_short"), ("password1234", "password.too_common"), ("", "")]
)
async def test_the_chosen_password_is_a_good_one_and_another(desk: Desk, chosen: str, code: str) -> None:
    login, handed_out = await made(desk)
    answer = await door(desk, "/session/password", login=login, password=handed_out, chosen=chosen or handed_out)
    [fault] = answer.json()["errors"]
    assert (answer.status_code, fault["field"], fault["code"]) == (422, "chosen", code or "password.same")
    wrong = await door(desk, "/session/password", login=login, password="不是这个口令", chosen=OWN)
    assert (wrong.status_code, wrong.json()["code"]) == (401, "sign_in.refused")


async def test_a_password_that_was_handed_out_is_over_after_three_days(desk: Desk) -> None:
    login, handed_out = await made(desk)
    db = await desk.city.database.pool()
    await db.execute("UPDATE account SET once_until = now() - interval '1 second' WHERE login = $1", login)
    late = await door(desk, "/session/password", login=login, password=handed_out, chosen=OWN)
    assert late.status_code == 401


async def test_whose_roles_change_signs_in_again_and_a_repeat_changes_nothing(desk: Desk) -> None:
    login = named("agent")
    await employ(desk.city, login, [Role.AGENT], HERE)
    person = await desk.of(login)
    assert (await person.get("/session")).status_code == 200
    answer = await granted(desk, login, roles=["REVIEWER"])
    assert (answer.json()["roles"], answer.json()["sessions"]) == (["REVIEWER"], 0)
    assert (await person.get("/session")).status_code == 401
    await granted(desk, login, roles=["REVIEWER"])
    auditor = await administrator(desk, Role.AUDIT_ADMIN)
    asked = {"act": "ACCOUNT_GRANTED", "subject": f"account:{login}"}
    [entry] = (await auditor.get("/audit", params=asked)).json()["entries"]
    assert (entry["data"]["was"]["roles"], entry["data"]["now"]["roles"]) == (["AGENT"], ["REVIEWER"])
    assert entry["data"]["why"] == WHY


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"roles": ["SYS_ADMIN", "AGENT"]}, "roles", "account.admin_alone"),
        ({"roles": ["UPSTREAM"]}, "roles", "account.outside_role"),
        ({"roles": ["GRID_WORKER"], "unit": "510104-CG"}, "roles", "account.worker"),
        ({"roles": ["UNIT"]}, "unit", "account.unit_needed"),
        ({"roles": ["UNIT"], "unit": "510107-CG"}, "unit", "account.unit_unknown"),
        ({"area": ELSEWHERE}, "area", "account.area_unknown"),
        ({"area": "51"}, "area", "account.area_unknown"),
        ({"why": "同意"}, "why", "account.why_missing"),
    ],
)
async def test_a_wrong_grant_is_named_by_its_field(desk: Desk, said: dict[str, Any], field: str, code: str) -> None:
    login, _ = await made(desk)
    answer = await granted(desk, login, **said)
    assert answer.status_code == 422, answer.text
    assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    ("said", "field", "code"),
    [
        ({"login": "dispatcher1"}, "login", "worker.login_taken"),
        ({"area": ELSEWHERE}, "area", "account.area_unknown"),
        ({"unit": "510107-CG"}, "unit", "account.unit_unknown"),
    ],
)
async def test_an_account_that_cannot_be_made_is_named(desk: Desk, said: dict[str, str], field: str, code: str) -> None:
    client = await administrator(desk, Role.SYS_ADMIN)
    answer = await client.post("/accounts", json={"login": named("x"), "name": "某人", "area": HERE, **said})
    assert (answer.status_code, [(f["field"], f["code"]) for f in answer.json()["errors"]]) == (422, [(field, code)])


async def test_who_is_closed_is_out_at_once_and_comes_back_by_the_other_administrator(desk: Desk) -> None:
    login = named("agent")
    await employ(desk.city, login, [Role.AGENT], HERE)
    person = await desk.of(login)
    assert (await act(desk, Role.SYS_ADMIN, login, "CLOSE")).json()["account"]["active"] is False
    assert (await person.get("/session")).status_code == 401
    assert (await act(desk, Role.SYS_ADMIN, login, "OPEN")).status_code == 403
    assert (await act(desk, Role.SYS_ADMIN, login, "RESET")).json()["code"] == "account.closed"
    opened = (await act(desk, Role.SEC_ADMIN, login, "OPEN")).json()["account"]
    assert (opened["active"], opened["may"]) == (True, ["GRANT", "CLOSE"])
    assert (await act(desk, Role.SEC_ADMIN, login, "CLOSE", why="1")).json()["errors"][0]["field"] == "why"


async def test_a_locked_account_is_unlocked_and_sessions_are_ended(desk: Desk) -> None:
    login, handed_out = await made(desk)
    await door(desk, "/session/password", login=login, password=handed_out, chosen=OWN)
    for _ in range(5):
        await door(desk, "/session", login=login, password="猜一个口令试试")
    assert (await door(desk, "/session", login=login, password=OWN)).status_code == 401
    unlocked = (await act(desk, Role.SYS_ADMIN, login, "UNLOCK")).json()["account"]
    assert (unlocked["locked_until"], "SIGN_OUT" in unlocked["may"]) == (None, True)
    assert (await door(desk, "/session", login=login, password=OWN)).status_code == 200
    assert (await act(desk, Role.SEC_ADMIN, login, "SIGN_OUT")).json()["account"]["sessions"] == 0


async def test_an_administrators_reset_password_opens_nothing_before_the_other_agrees(desk: Desk) -> None:
    login = named("sec")
    await employ(desk.city, login, [Role.SEC_ADMIN], HERE)
    handed_out = (await act(desk, Role.SYS_ADMIN, login, "RESET")).json()["password"]
    asked = {"login": login, "password": handed_out, "chosen": OWN}
    assert (await door(desk, "/session/password", **asked)).status_code == 401
    assert (await act(desk, Role.SEC_ADMIN, login, "OPEN")).status_code == 200
    assert (await door(desk, "/session/password", **asked)).json()["roles"] == ["SEC_ADMIN"]


async def test_nobody_looks_after_the_own_account_or_one_elsewhere(desk: Desk) -> None:
    login = named("sys")
    await employ(desk.city, login, [Role.SYS_ADMIN], HERE)
    own = await (await desk.of(login)).post(f"/accounts/{login}/acts", json={"act": "CLOSE", "why": WHY})
    assert (own.status_code, own.json()["code"]) == (409, "account.oneself")
    stranger = await administrator(desk, Role.SYS_ADMIN, ELSEWHERE)
    far = await stranger.post(f"/accounts/{login}/acts", json={"act": "CLOSE", "why": WHY})
    assert (far.status_code, far.json()["code"]) == (404, "account.not_found")
