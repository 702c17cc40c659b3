"""All routes x all roles x two counties: nobody sees, moves, reveals or counts a case outside the scope (ASVS 8.2.2).

The routes are the apps' own, so a route without an entry in ways.py fails here.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any, get_args

import httpx
import pytest
from fastapi.routing import iter_route_contexts

from casework.journey.city import City
from casework.rules.asks import AnyAsk
from casework.rules.transitions import OPEN as OPEN_STATUSES
from casework.rules.transitions import TRANSITIONS
from casework.rules.words import ADMIN_ROLES, UNIT_ROLES, Role, Status
from tests.conftest import Town
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ
from tests.services.dispatch.two_counties import ROLES, County, settle, standing
from tests.services.dispatch.ways import WAYS, Way

AREA_BLIND = ADMIN_ROLES | {Role.KNOWLEDGE}
"""Roles that see no case at all."""
ACTIONS = [ask.model_fields["action"].default for ask in get_args(get_args(AnyAsk)[0])]
SIGNED = {route: way for route, way in WAYS.items() if way.who is not None}
LISTS = ("/cases", "/queue/counts", "/units", "/search/phone", "/followups", "/notices", "/imports", "/session")
_keys = count(1)


@pytest.fixture(scope="module")
async def desk(town: Town, city: City) -> Desk:
    return Desk(town, city)


@pytest.fixture(scope="module")
async def counties(desk: Desk) -> tuple[County, County]:
    return await settle(desk)


def _routes(town: Town) -> Iterator[tuple[str, str, str]]:
    for service, app in town.apps.items():
        for route in iter_route_contexts(app.routes):
            methods = set(route.methods or {"WEBSOCKET"})
            for method in methods - {"HEAD"} or methods:
                yield service, method, str(route.path)


def test_every_route_is_in_the_walk(town: Town) -> None:
    assert set(_routes(town)) == set(WAYS)


async def ask(client: httpx.AsyncClient, route: tuple[str, str, str], way: Way, county: County) -> httpx.Response:
    """The route, asked for the county's things."""
    _, method, path = route
    names = {"case_no": county.cases[way.about], "kind": "csv", **county.ids}
    more: dict[str, Any] = {"headers": dict(way.headers)}
    if way.key:
        more["headers"]["Idempotency-Key"] = f"walk-{next(_keys):06d}"
    if way.content is not None:
        more["content"] = way.content
    if way.json is not None:
        more["json"] = way.json(county)
    if way.files is not None:
        more["files"] = way.files(county)
    return await client.request(method, path.format(**names), params=way.params(county), **more)


@pytest.mark.parametrize("route", SIGNED, ids=" ".join)
async def test_nobody_gets_in_without_a_session(
    route: tuple[str, str, str], town: Town, desk: Desk, counties: tuple[County, County]
) -> None:
    before = [await standing(desk, county) for county in counties]
    for token in (None, "made-up"):
        async with town.api(route[0]) as client:
            if token is not None:
                client.cookies.set(town.settings.session_cookie, token)
            for county in counties:
                answer = await ask(client, route, SIGNED[route], county)
                assert answer.status_code == 401, answer.text
                assert not [secret for secret in county.secrets if secret in answer.text]
    assert [await standing(desk, county) for county in counties] == before


@pytest.mark.parametrize("route", SIGNED, ids=" ".join)
async def test_a_role_that_may_not_is_turned_away(
    route: tuple[str, str, str], desk: Desk, counties: tuple[County, County]
) -> None:
    way, county = SIGNED[route], counties[0]
    before = await standing(desk, county)
    for role in ROLES:
        if role not in (way.who or ()):
            client = await desk.of(county.login(role), route[0])
            answer = await ask(client, route, way, county)
            assert answer.status_code == 403, (role, answer.text)
    assert await standing(desk, county) == before


@pytest.mark.parametrize("route", SIGNED, ids=" ".join)
async def test_nobody_reaches_into_another_county(
    route: tuple[str, str, str], desk: Desk, counties: tuple[County, County]
) -> None:
    if route[1:] == ("DELETE", "/session"):
        return
    way = SIGNED[route]
    for here, there in (counties, counties[::-1]):
        before = await standing(desk, there)
        for role in ROLES:
            client = await desk.of(here.login(role), route[0])
            answer = await ask(client, route, way, there)
            found = [secret for secret in there.secrets if secret in answer.text]
            assert not found, (role, found, answer.text)
            allowed = {403, 404} if "{" in route[2] else {200, 201, 403, 404, 409}
            allowed = {403, 404, 409, 422} if way.inward else allowed
            assert answer.status_code in allowed, (role, answer.text)
        assert await standing(desk, there) == before


async def test_no_move_reaches_into_another_county(desk: Desk, counties: tuple[County, County]) -> None:
    for here, there in (counties, counties[::-1]):
        before = await standing(desk, there)
        for role in ROLES:
            for action in ACTIONS:
                answer = await desk.ask(here.login(role), there.cases["handled"], action.value)
                assert (answer.status_code, answer.json()["code"]) == (404, "case_not_found")
        assert await standing(desk, there) == before


async def test_no_role_makes_a_move_that_is_not_its_own(desk: Desk, counties: tuple[County, County]) -> None:
    county = counties[0]
    before = await standing(desk, county)
    for role in ROLES:
        for action in ACTIONS:
            for name, status in (("fresh", Status.REVIEW), ("handled", Status.HANDLING), ("judged", Status.FOLLOW_UP)):
                rows = [row for row in TRANSITIONS if (row.source, row.action) == (status, action)]
                if any(role in row.by for row in rows):
                    continue
                answer = await desk.ask(county.login(role), county.cases[name], action.value)
                expected = {404} if role in AREA_BLIND else {403, 404} if rows else {404, 409}
                assert answer.status_code in expected, (role, action, name, answer.text)
    assert await standing(desk, county) == before


def sees(county: County, role: Role) -> set[str]:
    """Which of the county's cases a role is there to see (words.md §5)."""
    if role in AREA_BLIND:
        return set()
    if role in (Role.UNIT, Role.UNIT_LEAD):
        return {"handled", "judged"}
    if role in UNIT_ROLES:
        return set()
    return {"called"} if role is Role.GRID_WORKER else set(county.cases)


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_sees_its_own_cases_and_counts_no_other(
    role: Role, desk: Desk, counties: tuple[County, County]
) -> None:
    for county in counties:
        client = await desk.of(county.login(role))
        for name, case_no in county.cases.items():
            for path in (f"/cases/{case_no}", f"/cases/{case_no}/timeline"):
                answer = await client.get(path)
                assert answer.status_code == (200 if name in sees(county, role) else 404), (path, name)
        listed = (await client.get("/cases", params={"limit": 200})).json()["rows"]
        known = {row["case_no"] for row in listed}
        expected = {county.cases[name] for name in sees(county, role)}
        others = known - set(county.cases.values())
        assert known & set(county.cases.values()) == expected
        assert all([(await desk.case(number)).area_code.startswith(county.area) for number in others])
        counts = (await client.get("/queue/counts")).json()["counts"]
        assert counts["OPEN"] == len(listed)
        assert counts["FOLLOW_UP"] == len([row for row in listed if row["status"] == "FOLLOW_UP"])
        assert all(row["status"] in OPEN_STATUSES for row in listed)


async def test_a_unit_sees_only_what_it_was_given_and_a_grid_worker_only_the_own_reports(
    desk: Desk, counties: tuple[County, County]
) -> None:
    for county in counties:
        for login in (f"unit2.{county.letter}", f"grid2.{county.letter}"):
            client = await desk.of(login)
            assert (await client.get("/cases")).json()["rows"] == []
            assert not any((await client.get("/queue/counts")).json()["counts"].values())
            for case_no in county.cases.values():
                for path in (f"/cases/{case_no}", f"/cases/{case_no}/timeline"):
                    assert (await client.get(path)).status_code == 404
                assert (await desk.ask(login, case_no, "SIGN")).status_code == 404


# the scope, of which counties it sees the cases
SCOPES = [("51", "ab"), ("5101", "ab"), ("510104", "a"), ("510105", "b"), ("5102", ""), ("510", "ab"), ("", "")]


@pytest.mark.parametrize(("area", "seen"), SCOPES)
async def test_a_scope_is_a_prefix(area: str, seen: str, desk: Desk, counties: tuple[County, County]) -> None:
    login = f"leader-{area or 'none'}"
    await employ(desk.city, login, [Role.LEADER], area)
    client = await desk.of(login)
    listed = {row["case_no"] for row in (await client.get("/cases", params={"limit": 200})).json()["rows"]}
    for county in counties:
        expected = set(county.cases.values()) if county.letter in seen else set()
        assert listed & set(county.cases.values()) == expected


async def test_a_streets_desk_sees_the_street_only(desk: Desk, counties: tuple[County, County]) -> None:
    county = counties[0]
    elsewhere = await county.hotline.send(
        {"upstream_no": "other-street", "text": "另一街道", "place": {"area_code": "510104018001"}}
    )
    client = await desk.of(f"street-desk.{county.letter}")
    listed = {row["case_no"] for row in (await client.get("/cases", params={"limit": 200})).json()["rows"]}
    assert set(county.cases.values()) <= listed
    assert elsewhere.json()["request_no"] not in listed
    assert (await client.get(f"/cases/{elsewhere.json()['request_no']}")).status_code == 404


async def test_reports_count_the_own_scope_only(desk: Desk, counties: tuple[County, County]) -> None:
    totals = {}
    for login in ("analyst.a", "analyst.b", "analyst51"):
        client = await desk.of(login, "notify")
        for view in ("A", "B", "D"):
            answer = await client.get("/reports/completion", params={"by": "county", "view": view})
            assert answer.status_code == 200, answer.text
            groups = {row["key"]: row["denominator"] for row in answer.json()["rows"]}
            totals[login, view] = groups
            for county in counties:
                if login == f"analyst.{county.letter}":
                    assert set(groups) <= {county.area}
    for view in ("A", "B", "D"):
        assert totals["analyst51", view] == {**totals["analyst.a", view], **totals["analyst.b", view]}
    assert totals["analyst.a", "B"]
    assert totals["analyst.b", "B"]


async def test_a_reveal_is_for_those_who_call_back(desk: Desk, counties: tuple[County, County]) -> None:
    may = {Role.AGENT, Role.DISPATCHER, Role.REVIEWER, Role.FOLLOW_UP, Role.UNIT, Role.UNIT_LEAD}
    for county in counties:
        for role in ROLES:
            client = await desk.of(county.login(role))
            case_no = county.cases["handled"]
            answer = await client.post(f"/cases/{case_no}/reveal", json={"what": "phone", "purpose": "回电核实"})
            if role in may:
                assert answer.json() == {"value": county.phone}
            else:
                assert answer.status_code == (403 if "handled" in sees(county, role) else 404), role
                assert county.phone not in answer.text


async def test_a_citizens_link_and_code_open_one_case(town: Town, desk: Desk, counties: tuple[County, County]) -> None:
    async with town.api("notify") as citizen:
        for here, there in (counties, counties[::-1]):
            seen = await citizen.get(f"/citizen/links/{here.ids['token']}")
            assert seen.status_code == 200
            assert here.cases["judged"] in seen.text
            assert not [secret for secret in there.secrets if secret in seen.text]
            for token in (here.ids["token"][:-1], here.ids["token"] + "A", here.ids["token"].swapcase(), "A" * 22):
                assert (await citizen.get(f"/citizen/links/{token}")).status_code == 404
            tracked = await citizen.post(
                "/citizen/track", json={"request_no": there.cases["fresh"], "query_code": "00000000"}
            )
            assert tracked.status_code == 404


async def test_two_hotlines_may_use_one_number(counties: tuple[County, County]) -> None:
    message = {"upstream_no": "same-number", "text": "同一个号"}
    answers = [await county.hotline.send(message) for county in counties]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["request_no"][:6] == "510104"
    assert answers[1].json()["request_no"][:6] == "510105"


async def test_a_person_of_two_roles_sees_with_both_and_no_more(desk: Desk, counties: tuple[County, County]) -> None:
    county = counties[0]
    await employ(desk.city, "grid-and-unit", [Role.GRID_WORKER, Role.UNIT], county.area, f"{county.area}-CG")
    client = await desk.of("grid-and-unit")
    listed = {row["case_no"] for row in (await client.get("/cases")).json()["rows"]}
    assert listed & set(county.cases.values()) == {county.cases["handled"], county.cases["judged"]}
