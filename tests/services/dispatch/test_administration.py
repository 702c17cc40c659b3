"""管理: the system's and the security administrator see the area's accounts, the auditor what was done; nobody else."""

import secrets

import pytest

from casework.rules.words import Role
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ

HERE, ELSEWHERE = "510104", "510107"


async def administrator(desk: Desk, role: Role, area: str = HERE) -> str:
    login = f"{role.value.lower()}-{secrets.token_hex(4)}"
    await employ(desk.city, login, [role], area)
    return login


@pytest.mark.parametrize("role", [Role.SYS_ADMIN, Role.SEC_ADMIN])
async def test_accounts_of_the_own_area_are_listed_without_their_secrets(desk: Desk, role: Role) -> None:
    await employ(desk.city, f"there-{secrets.token_hex(4)}", [Role.AGENT], ELSEWHERE)
    client = await desk.of(await administrator(desk, role))
    first = (await client.get("/accounts", params={"limit": 2})).json()
    assert [len(first["accounts"]), first["next"]] == [2, first["accounts"][1]["login"]]
    second = (await client.get("/accounts", params={"cursor": first["next"], "limit": 200})).json()
    found = [*first["accounts"], *second["accounts"]]
    assert [one["login"] for one in found] == sorted({one["login"] for one in found})
    assert {one["area"][:6] for one in found} == {HERE}
    assert not {"password_hash", "id"} & set(found[0])


async def test_accounts_are_found_by_a_part_of_their_login_or_unit(desk: Desk) -> None:
    client = await desk.of(await administrator(desk, Role.SYS_ADMIN))
    found = (await client.get("/accounts", params={"words": "dispatcher1"})).json()["accounts"]
    assert [(one["login"], one["roles"], one["active"]) for one in found] == [("dispatcher1", ["DISPATCHER"], True)]
    assert (await client.get("/accounts", params={"words": "100%"})).json()["accounts"] == []


async def test_the_auditor_reads_what_was_revealed_and_by_whom(desk: Desk) -> None:
    case_no = await desk.receive()
    dispatcher = await desk.of("dispatcher1")
    asked = {"what": "phone", "purpose": "回电核实地址"}
    assert (await dispatcher.post(f"/cases/{case_no}/reveal", json=asked)).status_code == 200
    auditor = await desk.of(await administrator(desk, Role.AUDIT_ADMIN))
    found = (
        await auditor.get("/audit", params={"act": "REVEALED", "login": "dispatcher1", "subject": case_no})
    ).json()["entries"]
    assert [(one["subject"], one["data"]["purpose"]) for one in found] == [(case_no, "回电核实地址")]
    assert (await auditor.get("/audit", params={"subject": "nothing"})).json() == {"entries": [], "next": None}


async def test_an_auditor_of_another_county_reads_none_of_it(desk: Desk) -> None:
    case_no = await desk.receive()
    asked = {"what": "phone", "purpose": "回电核实地址"}
    await (await desk.of("dispatcher1")).post(f"/cases/{case_no}/reveal", json=asked)
    stranger = await desk.of(await administrator(desk, Role.AUDIT_ADMIN, ELSEWHERE))
    assert (await stranger.get("/audit")).json()["entries"] == []


@pytest.mark.parametrize("role", [Role.SYS_ADMIN, Role.SEC_ADMIN])
async def test_who_administers_does_not_audit(desk: Desk, role: Role) -> None:
    client = await desk.of(await administrator(desk, role))
    assert (await client.get("/audit")).status_code == 403


async def test_who_audits_administers_no_accounts(desk: Desk) -> None:
    client = await desk.of(await administrator(desk, Role.AUDIT_ADMIN))
    assert (await client.get("/accounts")).status_code == 403
