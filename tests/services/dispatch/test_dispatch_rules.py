"""派单目录 through its API: a city's own rules over the base, judged before they count, tried on a past month."""

import asyncio
from typing import Any

import httpx
import pytest

from casework.catalog.load import Catalog
from casework.db.session import Database
from casework.journey import city as city_module
from casework.journey.city import City
from casework.journey.dispatch_rules import put_in_force
from casework.kit.crypto import Keyring
from casework.kit.errors import Unprocessable
from casework.kit.settings import Settings
from casework.kit.texts import LANGS, TEXTS
from casework.rules.facts import Actor
from casework.rules.words import Role
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.staff import employ

RULE = {"id": "LAMP-1", "priority": 200, "area": "510104017", "category": "0204", "unit": "510104-ZJ"}
BASE = "BASE-0204"
CG, ZJ = "510104-CG", "510104-ZJ"


@pytest.fixture(autouse=True)
def _at_every_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    """The poll comes at each question, so that a test need not wait for it."""
    monkeypatch.setattr(city_module, "RULES_AGE_S", -1.0)


@pytest.fixture
async def dispatcher(desk: Desk) -> httpx.AsyncClient:
    return await desk.of("dispatcher1")


async def draft(client: httpx.AsyncClient, *rules: dict[str, Any]) -> httpx.Response:
    return await client.post("/dispatch-rules", json={"rules": list(rules), "why": "按权责清单调整"})


async def put(client: httpx.AsyncClient, code: str, version: int = 1) -> httpx.Response:
    return await client.post(f"/dispatch-rules/{code}/in-force", json={"version": version})


async def end(client: httpx.AsyncClient, code: str, version: int = 1) -> httpx.Response:
    return await client.post(f"/dispatch-rules/{code}/end", json={"version": version, "why": "试行结束"})


async def ruled(client: httpx.AsyncClient, **more: Any) -> None:
    """A rule in force."""
    rule = {**RULE, **more}
    answer = await draft(client, rule)
    assert answer.status_code == 201, answer.text
    version = answer.json()["rules"][0]["version"]
    assert (await put(client, rule["id"], version)).status_code == 204


async def routing(desk: Desk, case_no: str) -> dict[str, Any]:
    answer = await (await desk.of("dispatcher1")).get(f"/cases/{case_no}")
    return dict(answer.json()["routing"])


async def test_a_rule_counts_from_when_it_is_put_in_force_until_it_is_ended(
    desk: Desk, dispatcher: httpx.AsyncClient
) -> None:
    assert (await routing(desk, await desk.receive()))["rule"] == BASE
    helps = {"co_units": [CG], "co_departments": ["SW"], "limit": "3wd"}
    drafted = await draft(dispatcher, {**RULE, **helps, "legal_basis": "城市照明管理规定"})
    assert drafted.status_code == 201
    assert (await routing(desk, await desk.receive()))["rule"] == BASE, "a draft decides nothing"
    assert (await put(dispatcher, "LAMP-1")).status_code == 204
    found = await routing(desk, await desk.receive())
    assert (found["rule"], found["version"], found["unit"]) == ("LAMP-1", 1, ZJ)
    assert {name: found[name] for name in helps} == helps
    assert found["because"][-1] == "规则 LAMP-1 指定承办单位：锦江区住房和城乡建设局。"
    assert "依据：城市照明管理规定。" in found["because"]
    assert (await end(dispatcher, "LAMP-1")).status_code == 204
    assert (await routing(desk, await desk.receive()))["rule"] == BASE
    shown = (await dispatcher.get("/dispatch-rules/LAMP-1")).json()["rules"]
    assert [(row["version"], row["state"], row["ended_why"]) for row in shown] == [(1, "ENDED", "试行结束")]
    assert shown[0]["made_by"]
    assert shown[0]["put_by"]


async def test_a_rule_s_limit_is_the_promise_where_no_statute_sets_one(
    desk: Desk, dispatcher: httpx.AsyncClient
) -> None:
    before = await finish(desk, await desk.receive(text="草坪灯不亮"))
    await ruled(dispatcher, id="LAWN-1", keywords=["草坪灯"], limit="3wd", legal_basis="城市照明管理规定")
    found = await finish(desk, await desk.receive(text="草坪灯不亮了"))
    assert found["due_at"] < before["due_at"]
    assert "3个工作日" in found["why"]
    assert "派单目录 LAWN-1 城市照明管理规定" in found["why"]
    urgent = await finish(desk, await desk.receive(text="草坪灯不亮又漏电", urgency="E1"))
    assert "LAWN-1" not in urgent["why"], "danger does not wait for a rule"
    assert (await end(dispatcher, "LAWN-1")).status_code == 204
    assert "LAWN-1" not in (await finish(desk, await desk.receive(text="草坪灯又不亮")))["why"]


async def finish(desk: Desk, case_no: str) -> dict[str, Any]:
    shown = (await (await desk.of("dispatcher1")).get(f"/cases/{case_no}")).json()
    return next(dict(clock) for clock in shown["clocks"] if clock["name"] == "FINISH")


async def test_every_process_asks_the_new_rule_at_its_next_poll(
    desk: Desk, dispatcher: httpx.AsyncClient, settings: Settings, catalog: Catalog
) -> None:
    other = City(
        catalog, Keyring.load(settings.keys_file, settings.identity_keys_file), Database(settings.database_url)
    )
    try:
        assert (await other.rule_book()).get("POLLED") is None
        await ruled(dispatcher, id="POLLED", keywords=["景观灯"])
        known = await other.rule_book()
        rule = known.get("POLLED")
        assert rule is not None
        assert (rule.unit, rule.version) == (ZJ, 1)
        assert await other.rule_book() is known, "nothing changed, nothing is read again"
        await end(dispatcher, "POLLED")
        assert (await other.rule_book()).get("POLLED") is None
    finally:
        await other.database.close()


async def test_a_new_version_waits_beside_the_one_in_force(desk: Desk, dispatcher: httpx.AsyncClient) -> None:
    await ruled(dispatcher, id="TWICE", keywords=["闪烁"])
    second = await draft(dispatcher, {**RULE, "id": "TWICE", "keywords": ["闪烁", "忽明忽暗"], "unit": CG})
    assert second.json()["rules"][0]["version"] == 2
    assert (await routing(desk, await desk.receive(text="路灯一直闪烁")))["unit"] == ZJ
    assert (await put(dispatcher, "TWICE", 1)).json()["code"] == "dispatch_rule.changed"
    assert (await put(dispatcher, "TWICE", 2)).status_code == 204
    assert (await routing(desk, await desk.receive(text="路灯一直闪烁")))["unit"] == CG
    states = [row["state"] for row in (await dispatcher.get("/dispatch-rules/TWICE")).json()["rules"]]
    assert states == ["IN_FORCE", "REPLACED"]
    again = await put(dispatcher, "TWICE", 2)
    assert (again.status_code, again.json()["code"]) == (409, "dispatch_rule.changed")
    assert (await end(dispatcher, "TWICE", 2)).status_code == 204


# what is wrong, the field, the code, the sentence's facts
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"category": "9901"}, "category", "unknown_category"),
    ({"unit": "510104-XX"}, "unit", "unknown_unit"),
    ({"unit": "510105-RETIRED"}, "unit", "unknown_unit"),
    ({"unit": None}, "department", "no_outcome"),
    ({"unit": None, "department": "XX"}, "department", "unknown_department"),
    ({"co_departments": ["CG", "YY"]}, "co_departments", "unknown_department"),
    ({"co_units": ["510104-NONE"]}, "co_units", "unknown_unit"),
    ({"area": "510104999"}, "area", "unknown_area"),
    ({"area": "510105", "unit": None, "department": "CG"}, "area", "outside_area"),
    ({"area": "5101"}, "area", "outside_area"),
    ({"place_type": "MOON"}, "place_type", "unknown_place_type"),
    ({"owner": "NOBODY"}, "owner", "unknown_owner"),
    ({"unit": "510105-HERE"}, "unit", "unit_elsewhere"),
    ({"valid_from": "2026-06-01", "valid_to": "2026-05-31"}, "valid_to", "ends_before_it_begins"),
    ({"id": BASE}, "id", "taken"),
    ({"priority": 950}, "priority", "unreachable"),
    ({"category": "0298"}, "category", "retired_category"),
    ({"category": "1001", "kind": "COMPLAINT", "limit": "61wd"}, "limit", "limit_over_statute"),
    ({"category": "1001", "limit": "90d"}, "limit", "limit_over_statute"),
]


@pytest.fixture(scope="module")
async def town_of_wrongs(desk: Desk) -> None:
    db = await desk.city.database.pool()
    await db.execute(
        "INSERT INTO unit (code, name, department, level, area_code, active) VALUES"
        " ('510105-RETIRED', '已撤销的局', 'CG', 'COUNTY', '510105', false),"
        " ('510105-HERE', '邻区城管局', 'CG', 'COUNTY', '510105', true)"
    )
    retired = desk.city.catalog.categories["0204"].model_copy(update={"code": "0298", "retired": True})
    for app in desk.town.apps.values():
        app.state.city.catalog.categories["0298"] = retired


@pytest.mark.parametrize(("change", "field", "code"), WRONG, ids=[f"{row[1]}-{row[2]}" for row in WRONG])
@pytest.mark.usefixtures("town_of_wrongs")
async def test_a_wrong_rule_is_named_by_its_line_and_nothing_changes(
    desk: Desk, dispatcher: httpx.AsyncClient, change: dict[str, Any], field: str, code: str
) -> None:
    db = await desk.city.database.pool()
    before = await db.fetch("SELECT * FROM dispatch_rule ORDER BY id")
    good, bad = {**RULE, "id": "GOOD", "keywords": ["钟楼灯"]}, {**RULE, "id": "BAD", "keywords": ["塔灯"], **change}
    sentences = []
    for language in LANGS:
        dispatcher.headers["Accept-Language"] = language
        answer = await draft(dispatcher, good, bad)
        assert answer.status_code == 422, answer.text
        [fault] = answer.json()["errors"]
        assert (fault["field"], fault["code"]) == (f"rules.1.{field}", f"dispatch_rule.{code}")
        assert "{" not in fault["message"]
        sentences.append(fault["message"])
    del dispatcher.headers["Accept-Language"]
    assert sentences[0] != sentences[1]
    assert await db.fetch("SELECT * FROM dispatch_rule ORDER BY id") == before


async def test_rules_that_clash_are_told_with_the_one_that_shadows_them(dispatcher: httpx.AsyncClient) -> None:
    await ruled(dispatcher, id="FIRST", keywords=["球场灯"])
    clash = await draft(dispatcher, {**RULE, "id": "SECOND", "keywords": ["球场灯"], "unit": CG})
    assert [(e["code"], e["message"]) for e in clash.json()["errors"]] == [
        (
            "dispatch_rule.conflict",
            "与规则“FIRST”条件相同而去向不同；“FIRST”在前，这条规则不会生效。",
        )
    ]
    narrower = await draft(dispatcher, {**RULE, "id": "SECOND", "keywords": ["球场灯杆"], "area": "510104017001"})
    assert [e["code"] for e in narrower.json()["errors"]] == ["dispatch_rule.unreachable"]
    wider = await draft(dispatcher, {**RULE, "id": "SECOND", "priority": 150})
    assert [e["code"] for e in wider.json()["errors"]] == ["dispatch_rule.hides"]
    assert "FIRST" in wider.text
    earlier = await draft(dispatcher, {**RULE, "id": "SECOND", "keywords": ["球场灯杆"], "priority": 150})
    assert earlier.status_code == 201
    assert (await end(dispatcher, "FIRST")).status_code == 204
    assert (await end(dispatcher, "SECOND")).status_code == 204


async def test_what_was_right_when_it_was_drafted_is_judged_again(dispatcher: httpx.AsyncClient) -> None:
    late = {**RULE, "id": "LATE", "keywords": ["庭院灯"], "unit": CG}
    assert (await draft(dispatcher, late)).status_code == 201
    await ruled(dispatcher, id="EARLY", keywords=["庭院灯"])
    refused = await put(dispatcher, "LATE")
    assert [e["code"] for e in refused.json()["errors"]] == ["dispatch_rule.conflict"]
    assert (await end(dispatcher, "EARLY")).status_code == 204
    assert (await put(dispatcher, "LATE")).status_code == 204
    assert (await end(dispatcher, "LATE")).status_code == 204


async def test_two_that_clash_are_never_put_in_force_at_once(desk: Desk, dispatcher: httpx.AsyncClient) -> None:
    clash = [{**RULE, "id": f"RACE-{n}", "keywords": ["塔吊灯"], "unit": unit} for n, unit in enumerate((ZJ, CG))]
    for rule in clash:
        assert (await draft(dispatcher, rule)).status_code == 201
    actor = Actor(frozenset({Role.DISPATCHER}), area="510104")

    async def second() -> None:
        async with desk.city.database.transaction() as session:
            await put_in_force(session, desk.city, actor, "RACE-1", 1)

    async with desk.city.database.transaction() as session:
        await put_in_force(session, desk.city, actor, "RACE-0", 1)
        waiting = asyncio.create_task(second())
        await asyncio.wait([waiting], timeout=1)
    with pytest.raises(Unprocessable):
        await waiting
    assert (await end(dispatcher, "RACE-0")).status_code == 204
    assert (await end(dispatcher, "RACE-1")).status_code == 204


async def test_a_unit_that_retires_is_told_and_its_cases_are_not_lost(
    desk: Desk, dispatcher: httpx.AsyncClient
) -> None:
    db = await desk.city.database.pool()
    await ruled(dispatcher, id="RETIRES", keywords=["投光灯"])
    await db.execute("UPDATE unit SET active = false WHERE code = $1", ZJ)
    for app in desk.town.apps.values():
        app.state.city._read_at = -100.0
    try:
        found = await routing(desk, await desk.receive(text="广场投光灯不亮"))
        assert found["rule"] == "RETIRES"
        assert found["unit"] != ZJ
        assert any("已停用" in sentence for sentence in found["because"])
        rules = (await dispatcher.get("/dispatch-rules", params={"state": "IN_FORCE"})).json()["rules"]
        assert [w["code"] for row in rules if row["rule"]["id"] == "RETIRES" for w in row["wrong"]] == [
            "dispatch_rule.unknown_unit"
        ]
    finally:
        await db.execute("UPDATE unit SET active = true WHERE code = $1", ZJ)
        for app in desk.town.apps.values():
            app.state.city._read_at = -100.0
    assert (await end(dispatcher, "RETIRES")).status_code == 204


async def test_one_county_s_rules_are_no_other_s(desk: Desk, dispatcher: httpx.AsyncClient) -> None:
    await ruled(dispatcher, id="OURS", keywords=["楼道灯"])
    await employ(desk.city, "leader.b", [Role.LEADER], "510105")
    await employ(desk.city, "leader.sc", [Role.LEADER], "51")
    there, above = await desk.of("leader.b"), await desk.of("leader.sc")
    assert (await there.get("/dispatch-rules/OURS")).status_code == 404
    assert (await end(there, "OURS")).status_code == 404
    assert (await there.get("/dispatch-rules")).json()["rules"] == []
    taken = await draft(there, {**RULE, "id": "OURS", "area": "510105", "unit": None, "department": "CG"})
    assert [e["code"] for e in taken.json()["errors"]] == ["dispatch_rule.taken"]
    assert (await end(above, "OURS")).status_code == 204, "the wider area keeps them too"


async def test_the_system_administrator_does_not_decide_who_acts(desk: Desk) -> None:
    await employ(desk.city, "sys.x", [Role.SYS_ADMIN], "510104")
    for method, path in (("GET", "/dispatch-rules"), ("POST", "/dispatch-rules"), ("POST", "/dispatch-rules/dry-run")):
        answer = await (await desk.of("sys.x")).request(method, path, json={"rules": [RULE], "why": "越权"})
        assert answer.status_code == 403


async def test_a_trial_lists_the_cases_that_would_go_elsewhere(desk: Desk, dispatcher: httpx.AsyncClient) -> None:
    db = await desk.city.database.pool()
    moved = [await desk.receive(text="三圣祠街的高杆灯全都不亮") for _ in range(3)]
    stays = await desk.receive(text="三圣祠街的路灯不亮")
    late = await desk.receive(text="高杆灯又不亮了")
    last_month = "date_trunc('month', now() AT TIME ZONE 'Asia/Shanghai') - interval '10 days'"
    await db.execute(
        f"UPDATE cases SET accepted_at = ({last_month}) AT TIME ZONE 'Asia/Shanghai' WHERE case_no = ANY($1)",
        [*moved, stays],
    )
    before = await db.fetch("SELECT code, state FROM dispatch_rule ORDER BY id")
    form = {"rules": [{**RULE, "id": "TRIED", "keywords": ["高杆灯"]}], "limit": 2}
    first = (await dispatcher.post("/dispatch-rules/dry-run", json=form)).json()
    assert (first["asked"], first["changed"], first["cut"]) == (4, 3, False)
    assert first["shifts"] == [{"from_unit": CG, "to_unit": ZJ, "cases": 3}]
    second = (await dispatcher.post("/dispatch-rules/dry-run", json={**form, "after": int(first["next"])})).json()
    listed = [row["case_no"] for row in (*first["cases"], *second["cases"])]
    assert (listed, second["next"]) == (moved, None)
    assert late not in listed, "of this month, not of the last"
    assert {(row["from_rule"], row["to_rule"]) for row in first["cases"]} == {(BASE, "TRIED")}
    assert await db.fetch("SELECT code, state FROM dispatch_rule ORDER BY id") == before
    wrong = await dispatcher.post("/dispatch-rules/dry-run", json={"rules": [{**RULE, "priority": 950}]})
    assert wrong.json()["errors"][0]["code"] == "dispatch_rule.unreachable"


async def test_a_rule_is_neither_made_nor_ended_without_a_reason(dispatcher: httpx.AsyncClient) -> None:
    made = await dispatcher.post("/dispatch-rules", json={"rules": [{**RULE, "id": "WHYLESS"}], "why": "同意"})
    ended = await dispatcher.post("/dispatch-rules/WHYLESS/end", json={"version": 1, "why": "见附件"})
    for answer in (made, ended):
        assert answer.status_code == 422
        assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("why", "dispatch_rule.why_missing")]
    assert (await dispatcher.get("/dispatch-rules/WHYLESS")).status_code == 404


async def test_a_limit_as_long_as_the_statute_s_or_for_another_kind_is_the_city_s_own(
    dispatcher: httpx.AsyncClient,
) -> None:
    for more in ({"kind": "COMPLAINT", "limit": "60wd"}, {"kind": "CONSULT", "limit": "61wd"}):
        written = await draft(dispatcher, {**RULE, "id": "WAGES", "category": "1001", **more})
        assert written.status_code == 201, written.text


async def test_the_form_offers_what_a_rule_may_name(dispatcher: httpx.AsyncClient, catalog: Catalog) -> None:
    offered = (await dispatcher.get("/dispatch-rules/choices")).json()
    assert [one["code"] for one in offered["areas"]] == [
        area.code for area in catalog.areas.all() if area.code.startswith("510104")
    ]
    assert {"code": "0204", "name": catalog.categories["0204"].name} in offered["categories"]
    assert {one["code"] for one in offered["departments"]} == set(catalog.departments)
    assert {one["code"] for one in offered["owners"]} == set(catalog.owners)


async def test_ending_a_rule_can_be_tried_too(desk: Desk, dispatcher: httpx.AsyncClient) -> None:
    await ruled(dispatcher, id="ENDS", keywords=["壁灯"])
    case_no = await desk.receive(text="巷子里壁灯不亮")
    day = (await desk.case(case_no)).accepted_at
    assert day is not None
    form = {"without": ["ENDS"], "month": f"{day.astimezone():%Y-%m}"}
    tried = (await dispatcher.post("/dispatch-rules/dry-run", json=form)).json()
    assert [(row["case_no"], row["from_unit"], row["to_unit"]) for row in tried["cases"]] == [(case_no, ZJ, CG)]
    assert (await end(dispatcher, "ENDS")).status_code == 204


async def test_the_first_dispatch_is_right_when_it_stays(desk: Desk, dispatcher: httpx.AsyncClient) -> None:
    await ruled(dispatcher, id="TALLY", keywords=["草坪灯"])
    month = {"month": f"{(await desk.case(await desk.receive())).created_at.astimezone():%Y-%m}"}
    followed, chosen, again, returned, kept = [await desk.receive(text="草坪灯坏了") for _ in range(5)]
    for case_no in (followed, again, returned, kept):
        await desk.move("dispatcher1", case_no, "DISPATCH")
    await desk.move("dispatcher1", chosen, "DISPATCH", unit=CG)
    db = await desk.city.database.pool()
    one = "(SELECT id FROM cases WHERE case_no = $1)"
    await db.execute(f"UPDATE assignment SET closed_at = now() WHERE case_id = {one}", again)
    await db.execute(
        f"INSERT INTO assignment (case_id, unit_id, kind, hop) SELECT {one}, id, 'LEAD', 2 FROM unit WHERE code = $2",
        again,
        CG,
    )
    for case_no, action in ((returned, "GRANT_RETURN"), (kept, "REJECT_RETURN")):
        await db.execute(
            f"INSERT INTO event (case_id, action, role) VALUES ({one}, $2, 'DISPATCHER')",
            case_no,
            action,
        )
    by_rule = (await dispatcher.get("/dispatch-rules/tallies", params=month)).json()
    row = next(row for row in by_rule["rows"] if row["key"] == "TALLY")
    assert (row["dispatched"], row["suggested"], row["other_unit"], row["right"]) == (5, 5, 1, 3)
    assert (row["accuracy"], row["small"]) == (0.6, True)
    by_unit = (await dispatcher.get("/dispatch-rules/tallies", params={**month, "by": "unit"})).json()
    zj = next(row for row in by_unit["rows"] if row["key"] == ZJ)
    assert (zj["name"], zj["dispatched"], zj["right"]) == ("锦江区住房和城乡建设局", 4, 2)
    assert by_unit["total"]["dispatched"] == sum(row["dispatched"] for row in by_unit["rows"])
    assert (await end(dispatcher, "TALLY")).status_code == 204


async def test_the_base_is_shown_in_the_order_it_is_asked(dispatcher: httpx.AsyncClient, catalog: Catalog) -> None:
    first = (await dispatcher.get("/dispatch-rules/base", params={"limit": 100})).json()
    then = (await dispatcher.get("/dispatch-rules/base", params={"limit": 200, "cursor": first["next"]})).json()
    shown = [row["rule"]["id"] for row in (*first["rules"], *then["rules"])]
    assert shown == [rule.id for rule in catalog.rule_book.rules]


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    for code in {row[2] for row in WRONG} | {"conflict", "hides", "changed", "not_found"}:
        for language in LANGS:
            assert TEXTS.has(f"dispatch_rule.{code}"), code
            assert TEXTS.t(f"dispatch_rule.{code}", language, value="x", rule="y") != f"dispatch_rule.{code}"
