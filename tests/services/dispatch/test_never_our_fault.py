"""Any parameter and any body at any route (F25): a refusal is the caller's to understand, never an error of ours."""

import base64
import json
from collections import defaultdict
from typing import Any, get_args

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.journey.city import City
from casework.rules.asks import AnyAsk
from casework.rules.words import ADMIN_ROLES, OUTSIDE_ROLES, Role
from tests.conftest import Town
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.odd import FUZZ, ODD_TEXTS, VALUES
from tests.services.dispatch.staff import employ

ASKS = get_args(get_args(AnyAsk)[0])
SERVICES = ("intake", "dispatch", "notify")
ENDS = {"once": "true"}
"""A stream of changes tells what was missed and ends; no other route knows the word."""
CURSORS = [
    {"rank": 10**30},
    {"rank": 10},
    {"rank": -1},
    {"id": float("inf")},
    {"id": float("nan")},
    {"id": 2**63},
    {"due": "0001-01-01T00:00:00+14:00"},
    {"due": "9999-12-31T23:59:59-14:00"},
    {"due": 5},
    {"due": ["2026"]},
]


@pytest.fixture(scope="module")
async def everybody(desk: Desk, city: City) -> dict[str, httpx.AsyncClient]:
    """One person with every business role, at each service: nothing is refused for who asks."""
    roles = sorted(set(Role) - ADMIN_ROLES - OUTSIDE_ROLES)
    await employ(city, "everybody", roles, "510104", "510104-CG")
    return {service: await desk.of("everybody", service) for service in SERVICES}


def _parameters(town: Town) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Every parameter of every route: service, method, path, and how the parameter is declared."""
    return [
        (service, method, path, parameter)
        for service in SERVICES
        for path, methods in town.apps[service].openapi()["paths"].items()
        for method, route in methods.items()
        for parameter in route.get("parameters", [])
    ]


async def test_no_value_of_any_parameter_is_our_fault(
    town: Town, desk: Desk, everybody: dict[str, httpx.AsyncClient]
) -> None:
    case_no = await desk.receive()
    asked = 0
    for service, method, path, parameter in _parameters(town):
        for odd in ODD_TEXTS:
            value = odd.replace("/", "_") or "_"
            names = defaultdict(lambda: "1", case_no=case_no)
            where, name = parameter["in"], parameter["name"]
            if where == "path":
                names[name] = "".join(f"%{byte:02X}" for byte in value.encode())
            headers = {name: value} if where == "header" and value.isascii() and value.isprintable() else {}
            url = path.format_map(names)
            answer = await everybody[service].request(
                method, url, params={**ENDS, name: value} if where == "query" else ENDS, headers=headers
            )
            assert answer.status_code < 500, (service, method, url, name, value, answer.text)
            asked += 1
    assert asked > 200


@pytest.mark.parametrize("odd", CURSORS, ids=str)
async def test_a_cursor_that_we_did_not_write_is_named(everybody: dict[str, httpx.AsyncClient], odd: Any) -> None:
    said = {"rank": 0, "due": None, "id": 1, **odd}
    cursor = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()
    answer = await everybody["dispatch"].get("/cases", params={"cursor": cursor})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["cursor"]


@FUZZ
@given(ask=st.sampled_from(ASKS), data=st.data())
async def test_no_words_of_any_move_are_our_fault(
    desk: Desk, everybody: dict[str, httpx.AsyncClient], ask: Any, data: st.DataObject
) -> None:
    fields = {name: VALUES for name in ask.model_fields if name not in ("action", "version")}
    words = data.draw(st.fixed_dictionaries({}, optional=fields))
    case_no = await desk.receive()
    body = json.dumps({"action": ask.model_fields["action"].default, **words}).encode()
    answer = await everybody["dispatch"].post(
        f"/cases/{case_no}/moves", content=body, headers={"content-type": "application/json"}
    )
    assert answer.status_code < 500, (body, answer.text)
    page = await everybody["dispatch"].get(f"/cases/{case_no}")
    assert page.status_code == 200, (body, page.text)


# the ends of the calendar, in zones that lead beyond it
MOMENTS = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1999-12-31T23:59:59Z", "2100-01-01T00:00:00Z"]


@pytest.mark.parametrize("moment", MOMENTS)
async def test_a_time_out_of_this_century_is_named(desk: Desk, moment: str) -> None:
    case_no = await desk.handling()
    answers = [
        await desk.ask("dispatcher1", case_no, "PROPOSE_VOID", note="x", acted_at=moment),
        await desk.ask("unit-cg", case_no, "CONTACT", way="VISIT", contacted_at=moment),
    ]
    for answer, field in zip(answers, ("acted_at", "contacted_at"), strict=True):
        assert answer.status_code == 422
        assert field in answer.json()["errors"][0]["field"]


@FUZZ
@given(body=VALUES)
async def test_no_body_at_any_route_is_our_fault(
    town: Town, desk: Desk, everybody: dict[str, httpx.AsyncClient], body: Any
) -> None:
    for service in SERVICES:
        for path, methods in town.apps[service].openapi()["paths"].items():
            if "post" not in methods:
                continue
            url = path.format_map(defaultdict(lambda: "1"))
            headers = {"content-type": "application/json", "Idempotency-Key": "odd-body-1"}
            answer = await everybody[service].post(url, content=json.dumps(body).encode(), headers=headers)
            assert answer.status_code < 500, (url, body, answer.text)


async def test_nul_in_words_is_left_out(desk: Desk) -> None:
    case_no = await desk.receive()
    await desk.move("dispatcher1", case_no, "ASK_INFO", note="请说明\0地点")
    [*_, event] = await desk.events(case_no)
    assert event.data["note"] == "请说明地点"


async def test_asking_for_too_much_is_named(everybody: dict[str, httpx.AsyncClient]) -> None:
    for limit in ("0", "201", "-1", "x", str(10**30)):
        answer = await everybody["dispatch"].get("/cases", params={"limit": limit})
        assert answer.status_code == 422
