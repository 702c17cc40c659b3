"""Nobody gets in: every route of the three APIs, walked by nobody, by every role of another county, and by roles that
the case does not concern. A route that this table does not know fails the walk."""

import json
from dataclasses import dataclass
from enum import Enum
from importlib import import_module
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from casework.db import accounts
from casework.db.models import Unit
from casework.journey.city import City
from casework.kit.passwords import new_token, token_digest
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, UNIT_ROLES, Role
from manage.accounts import make_account
from tests.conftest import Town
from tests.journey.test_one_case import MESSAGE, move, send
from tests.services.intake.uploading import PIECE_TYPE, Uploader

HOME, AWAY = "510104", "510105"
PASSWORD = "walk-the-whole-town-77"
MARK = "绛雪轩路口的路灯"


class Door(Enum):
    """What stands at a route: nothing, a secret of its own, a session, or a session whose scope holds the thing."""

    OPEN = "open to all"
    SECRET = "opened by a signature, a link or a code"
    SIGNED_IN = "needs a session; shows only what is in scope"
    THING = "needs a session; names one thing, which must be in scope"


ITEM = {
    "title": "路灯报修",
    "area_code": AWAY,
    "unit": f"{AWAY}-CG",
    "valid_from": "2026-01-01",
    "answer": "请拨打城管热线。",
    "source_document": "本局公告",
}
ROUTES: dict[tuple[str, str, str], tuple[Door, Any]] = {
    ("intake", "POST", "/attachments"): (
        Door.THING,
        {"name": "a.jpg", "size": 9, "purpose": "CONTACT", "case_no": "{case_no}"},
    ),
    ("intake", "GET", "/attachments"): (Door.THING, {"case_no": "{case_no}"}),
    ("intake", "GET", "/attachments/demands"): (Door.SIGNED_IN, {"action": "CONTACT"}),
    ("intake", "HEAD", "/attachments/{attachment_id}"): (Door.THING, None),
    ("intake", "PATCH", "/attachments/{attachment_id}"): (Door.THING, None),
    ("intake", "POST", "/attachments/{attachment_id}/finish"): (Door.THING, None),
    ("intake", "GET", "/attachments/{attachment_id}"): (Door.THING, None),
    ("intake", "GET", "/attachments/{attachment_id}/content"): (Door.THING, None),
    ("intake", "GET", "/attachments/{attachment_id}/thumbnail"): (Door.THING, None),
    ("intake", "POST", "/attachments/{attachment_id}/original"): (Door.THING, {"purpose": "核对现场"}),
    ("intake", "GET", "/privacy-notice"): (Door.OPEN, None),
    ("intake", "POST", "/callers/check"): (Door.SIGNED_IN, {"phone": "13812345678"}),
    ("intake", "GET", "/callers/blocks"): (Door.SIGNED_IN, None),
    ("intake", "POST", "/callers/blocks"): (Door.SIGNED_IN, {"phone": "13700007777", "reason": "多次骚扰来电"}),
    ("intake", "POST", "/callers/blocks/{block_id}/decision"): (Door.THING, {"approve": True, "note": "情况属实"}),
    ("intake", "POST", "/callers/blocks/{block_id}/lift"): (Door.THING, {"note": "情况属实"}),
    ("intake", "POST", "/hotline/requests"): (Door.SECRET, {}),
    ("intake", "POST", "/imports"): (Door.SIGNED_IN, None),
    ("intake", "GET", "/imports"): (Door.SIGNED_IN, None),
    ("intake", "GET", "/imports/{job_id}"): (Door.THING, None),
    ("intake", "PUT", "/imports/{job_id}/mapping"): (Door.THING, {"columns": {}, "header_row": 1}),
    ("intake", "POST", "/imports/{job_id}/start"): (Door.THING, {}),
    ("intake", "DELETE", "/imports/{job_id}"): (Door.THING, None),
    ("intake", "GET", "/imports/{job_id}/errors.{kind}"): (Door.THING, None),
    ("intake", "POST", "/requests"): (Door.SIGNED_IN, {"text": "试一试"}),
    ("intake", "POST", "/emergencies"): (Door.SIGNED_IN, {}),
    ("intake", "POST", "/grid-reports"): (Door.SIGNED_IN, {"entry": "CALL", "text": "试一试"}),
    ("dispatch", "POST", "/session"): (Door.SECRET, {"login": "nobody", "password": "wrong"}),
    ("dispatch", "GET", "/session"): (Door.SIGNED_IN, None),
    ("dispatch", "DELETE", "/session"): (Door.SECRET, None),
    ("dispatch", "GET", "/cases"): (Door.SIGNED_IN, None),
    ("dispatch", "GET", "/queue/counts"): (Door.SIGNED_IN, None),
    ("dispatch", "POST", "/search/phone"): (Door.SIGNED_IN, {"phone": "13812345678"}),
    ("dispatch", "GET", "/units"): (Door.SIGNED_IN, None),
    ("dispatch", "GET", "/cases/{case_no}"): (Door.THING, None),
    ("dispatch", "GET", "/cases/{case_no}/timeline"): (Door.THING, None),
    ("dispatch", "GET", "/cases/{case_no}/repeats"): (Door.THING, None),
    ("dispatch", "POST", "/cases/{case_no}/moves"): (Door.THING, {"action": "PROPOSE_VOID", "note": "试一试"}),
    ("dispatch", "POST", "/cases/{case_no}/reveal"): (Door.THING, {"what": "phone", "purpose": "试一试"}),
    ("dispatch", "GET", "/knowledge/suggest"): (Door.SIGNED_IN, {"text": "路灯"}),
    ("dispatch", "GET", "/knowledge/search"): (Door.SIGNED_IN, {"text": "路灯"}),
    ("dispatch", "GET", "/knowledge/items"): (Door.SIGNED_IN, None),
    ("dispatch", "POST", "/knowledge/items"): (Door.SIGNED_IN, ITEM),
    ("dispatch", "GET", "/knowledge/items/{number}"): (Door.THING, None),
    ("dispatch", "PUT", "/knowledge/items/{number}"): (Door.THING, {**ITEM, "version": 1}),
    ("dispatch", "GET", "/knowledge/items/{number}/versions"): (Door.THING, None),
    ("dispatch", "POST", "/knowledge/items/{number}/submit"): (Door.THING, {"version": 1}),
    ("dispatch", "POST", "/knowledge/items/{number}/review"): (Door.THING, {"version": 1, "publish": True}),
    ("dispatch", "POST", "/knowledge/items/{number}/retire"): (Door.THING, {"version": 1, "note": "试一试"}),
    ("dispatch", "POST", "/knowledge/items/{number}/complaints"): (Door.THING, {"note": "内容有误"}),
    ("dispatch", "GET", "/knowledge/report"): (Door.SIGNED_IN, None),
    ("notify", "GET", "/citizen/links/{token}"): (Door.SECRET, None),
    ("notify", "POST", "/citizen/links/{token}/survey"): (Door.SECRET, {"solved": True}),
    ("notify", "POST", "/citizen/links/{token}/withdraw"): (Door.SECRET, {}),
    ("notify", "POST", "/citizen/track"): (Door.SECRET, {"request_no": "5" * 24, "query_code": "12345678"}),
    ("notify", "GET", "/citizen/links/{token}/pictures"): (Door.SECRET, None),
    ("notify", "GET", "/citizen/links/{token}/pictures/{attachment_id}"): (Door.SECRET, None),
    ("notify", "GET", "/citizen/links/{token}/pictures/{attachment_id}/thumbnail"): (Door.SECRET, None),
    ("notify", "GET", "/followups"): (Door.SIGNED_IN, None),
    ("notify", "GET", "/notices"): (Door.SIGNED_IN, None),
    ("notify", "POST", "/notices/{notice_id}/replay"): (Door.THING, None),
    ("notify", "GET", "/cases/{case_no}/notices"): (Door.THING, None),
    ("notify", "GET", "/reports/completion"): (Door.SIGNED_IN, None),
    ("notify", "GET", "/reports/completion/views"): (Door.SIGNED_IN, None),
    ("notify", "GET", "/reports/completion/cases"): (Door.SIGNED_IN, None),
    ("notify", "GET", "/reports/punctuality"): (Door.SIGNED_IN, None),
}
ROLES = [role for role in Role if role not in OUTSIDE_ROLES]
STRANGERS = [*((role, AWAY) for role in ROLES), *((role, HOME) for role in sorted(ADMIN_ROLES)), (Role.UNIT, "HOME-ZJ")]
REFUSED = {401, 403, 404}
DEAD_LETTERS = {"/notices", "/notices/{notice_id}/replay", "/cases/{case_no}/notices"}
"""The county's system administrator replays dead letters: he reads their case's number, nothing of the case."""


def routes_of(town: Town) -> set[tuple[str, str, str]]:
    return {
        (service, method, route.path)
        for service in town.apps
        for router in import_module(f"services.{service}.app").ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }


@dataclass
class Things:
    """What lies in the home county: the ids that its routes name, and texts that nobody else may read."""

    ids: dict[str, str]
    marks: tuple[str, ...]


@pytest.fixture(scope="module")
async def things(town: Town, city: City) -> Things:
    """A case with a unit, a notice, an attachment, a block, an import and a knowledge item, all in the home county."""
    sent = await send(town, "walk-1", {**MESSAGE, "upstream_no": "WALK-1", "title": MARK, "text": f"{MARK}不亮"})
    case_no = str(sent.json()["cases"][0]["case_no"])
    dispatcher = await town.sign_in("dispatch", "dispatcher1")
    await move(dispatcher, case_no, "DISPATCH", unit=f"{HOME}-CG")
    unit = Uploader(await town.sign_in("intake", "unit-cg"))
    declared = await unit.declare(b"x" * 900, purpose="CONTACT", case_no=case_no)
    assert declared.status_code == 201, declared.text
    agent = await town.sign_in("intake", "agent1")
    block = await agent.post("/callers/blocks", json={"phone": "13711110000", "reason": "多次骚扰来电"})
    table = "标题,内容\n路灯,不亮\n".encode()
    job = await agent.post("/imports?name=a.csv&source=walk", content=table, headers={"content-type": "text/csv"})
    writer = await town.sign_in("dispatch", "knowledge1")
    item = await writer.post(
        "/knowledge/items", json={**ITEM, "area_code": HOME, "unit": f"{HOME}-CG", "title": f"{MARK}报修"}
    )
    assert item.status_code == 201, item.text
    db = await city.database.pool()
    notice = await db.fetchval(
        "SELECT min(n.id) FROM notice n JOIN cases c ON c.id = n.case_id WHERE case_no = $1", case_no
    )
    ids = {
        "case_no": case_no,
        "attachment_id": declared.json()["id"],
        "block_id": str(block.json()["id"]),
        "job_id": str(job.json().get("id", "1")),
        "kind": "csv",
        "number": str(item.json()["item_no"]),
        "notice_id": str(notice),
        "token": "A" * 22,
    }
    return Things(ids, (case_no, MARK, "138****5678", "137****0000"))


@pytest.fixture(scope="module")
async def strangers(town: Town, city: City) -> dict[tuple[str, str], dict[str, httpx.AsyncClient]]:
    """Clients of every role of the other county, and of home roles that the case does not concern, by service."""
    async with city.database.transaction() as session:
        session.add(Unit(code=f"{AWAY}-CG", name="青羊区城市管理局", department="CG", level="COUNTY", area_code=AWAY))
        await session.flush()
        for role in ROLES:
            area = f"{AWAY}001001001" if role is Role.GRID_WORKER else AWAY
            unit = f"{AWAY}-CG" if role in UNIT_ROLES | {Role.GRID_WORKER} else None
            await account(session, f"away-{role.value.lower()}", role, area, unit)
        for role in ADMIN_ROLES:
            await account(session, f"home-{role.value.lower()}", role, HOME, None)
    logins = {(role.value, AWAY): f"away-{role.value.lower()}" for role in ROLES}
    logins |= {(role.value, HOME): f"home-{role.value.lower()}" for role in ADMIN_ROLES}
    logins[Role.UNIT.value, "HOME-ZJ"] = "unit-zj"
    found: dict[tuple[str, str], dict[str, httpx.AsyncClient]] = {}
    for key, login in logins.items():
        found[key] = await clients_of(town, city, login)
    return found


async def clients_of(town: Town, city: City, login: str) -> dict[str, httpx.AsyncClient]:
    """Clients with a session of that account; made without the door, which lets only so many in a minute."""
    token = new_token()
    async with city.database.transaction() as session:
        found = await accounts.by_login(session, login)
        assert found is not None
        await accounts.open_session(session, found.account, token_digest(token))
    clients = {service: town.api(service) for service in town.apps}
    for client in clients.values():
        client.cookies.set(town.settings.session_cookie, token)
    return clients


async def account(session: Any, login: str, role: Role, area: str, unit: str | None) -> None:
    made = await make_account(
        session, login=login, password=PASSWORD, display_name=login, roles=[role.value], area_code=area, unit=unit
    )
    assert made


async def ask(client: httpx.AsyncClient, method: str, path: str, said: Any, ids: dict[str, str]) -> httpx.Response:
    """The request with the home county's ids filled in."""
    if said is not None:
        said = json.loads(json.dumps(said).replace("{case_no}", ids["case_no"]))
    told = {"params": said} if method == "GET" else {"json": said}
    headers = {"Idempotency-Key": f"walk-{abs(hash((id(client), path)))}", "Upload-Offset": "0"}
    if method == "PATCH":
        headers["content-type"] = PIECE_TYPE
    return await client.request(method, path.format(**ids), headers=headers, **(told if said is not None else {}))


def test_every_route_is_in_the_table(town: Town) -> None:
    known = set(ROUTES)
    assert routes_of(town) - known == set(), "routes without a line in the walk"
    assert known - routes_of(town) == set(), "lines without a route"


@pytest.mark.parametrize(("service", "method", "path"), sorted(ROUTES))
async def test_without_a_session_nothing_is_shown(
    town: Town, things: Things, service: str, method: str, path: str
) -> None:
    door, said = ROUTES[service, method, path]
    async with town.api(service) as nobody:
        answer = await ask(nobody, method, path, said, things.ids)
    if door is Door.OPEN:
        assert answer.status_code == 200
    elif door is Door.SECRET:
        assert answer.status_code in {401, 404, 422}
    else:
        assert answer.status_code == 401, answer.text
    assert not [mark for mark in things.marks if mark in answer.text]


@pytest.mark.parametrize(("service", "method", "path"), sorted(ROUTES))
async def test_a_stranger_of_any_role_sees_and_moves_nothing_of_the_other_county(
    city: City,
    things: Things,
    strangers: dict[tuple[str, str], dict[str, httpx.AsyncClient]],
    service: str,
    method: str,
    path: str,
) -> None:
    door, said = ROUTES[service, method, path]
    if path == "/session":
        return
    before = await state_of(city, things.ids["case_no"])
    for (role, where), clients in strangers.items():
        answer = await ask(clients[service], method, path, said, things.ids)
        keeper = (role, where) == (Role.SYS_ADMIN, HOME) and path in DEAD_LETTERS
        marks = things.marks[1:] if keeper else things.marks
        leaks = [mark for mark in marks if mark in answer.text]
        assert not leaks, f"{role} of {where} reads {leaks}"
        assert answer.status_code < 500, f"{role} of {where}: {answer.text}"
        if door is Door.THING and not keeper:
            assert answer.status_code in REFUSED, f"{role} of {where}: {answer.status_code} {answer.text[:200]}"
    assert await state_of(city, things.ids["case_no"]) == before


async def state_of(city: City, case_no: str) -> tuple[Any, ...]:
    """What a stranger might have changed."""
    db = await city.database.pool()
    row = await db.fetchrow(
        "SELECT c.status, c.version, (SELECT count(*) FROM event e WHERE e.case_id = c.id) AS events, "
        "(SELECT count(*) FROM attachment) AS files FROM cases c WHERE case_no = $1",
        case_no,
    )
    return tuple(row)


async def test_the_home_county_does_see_it(town: Town, things: Things) -> None:
    """The walk proves something only if the marks are there to be seen."""
    dispatcher = await town.sign_in("dispatch", "dispatcher1")
    assert MARK in (await dispatcher.get("/cases?view=OPEN")).text
    assert MARK in (await dispatcher.get(f"/cases/{things.ids['case_no']}")).text
    unit = await town.sign_in("dispatch", "unit-cg")
    assert MARK in (await unit.get("/cases")).text
