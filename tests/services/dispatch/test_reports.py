"""举报: nobody learns who reported, and whoever is reported learns nothing at all (domain.md §1.8 举报保密)."""

import json
from typing import Any

import asyncpg
import pytest
from sqlalchemy import select, update

from casework.db.models import Account, Assignment, AuditLog, Case, Inbox, Notice, Request, Supplement, Unit
from casework.kit.crypto import Keyring, UnknownKey
from casework.rules.words import Permission
from manage.permit import PermitRefused, change
from tests.services.dispatch.cases import CITIZEN, LEAD, Desk, now
from tests.services.dispatch.test_turns import page, refused
from tests.services.intake.hotline import Hotline, said

REPORTED, ABOVE = "510104-JJ", "510104-GA"
"""交警部门 and the bureau above it."""
MATTER = {"title": "执勤收钱", "text": "东大街路口有交警执勤时收取现金不开票，每天下午三点前后。", "kind": "举报"}
CLEAR = {"no_unit": True}


@pytest.fixture(scope="module", autouse=True)
async def permitted(desk: Desk) -> None:
    """One of the centre may know who reported."""
    await change(desk.city.database, "followup1", Permission.REPORTER_IDENTITY)


async def report(desk: Desk, **more: Any) -> str:
    """A report in 待审核."""
    return await desk.receive(**{**MATTER, "category": "0801", **more})


async def screened(desk: Desk, **more: Any) -> str:
    case_no = await report(desk)
    await desk.move("dispatcher1", case_no, "SCREEN", **{"units": [REPORTED], **more})
    return case_no


async def request_of(desk: Desk, case_no: str) -> Request:
    async with desk.city.database.transaction() as session:
        query = select(Request).join(Case, Case.request_id == Request.id).where(Case.case_no == case_no)
        return (await session.scalars(query)).one()


async def message_of(desk: Desk, request: Request) -> Inbox:
    async with desk.city.database.transaction() as session:
        return await session.get_one(Inbox, request.inbox_id)


async def numbers_seen(desk: Desk, login: str) -> set[str]:
    """All that the person's queue shows, page after page."""
    client, cursor, seen = await desk.of(login), None, set()
    while True:
        params = {"view": "OPEN", "limit": 100, **({"cursor": cursor} if cursor else {})}
        answer = (await client.get("/cases", params=params)).json()
        seen |= {row["case_no"] for row in answer["rows"]}
        if (cursor := answer["next"]) is None:
            return seen


# 身份密钥


async def test_the_ordinary_keys_open_nothing_of_who_reported(desk: Desk) -> None:
    case_no = await report(desk)
    request = await request_of(desk, case_no)
    ordinary, city = Keyring.load(desk.town.settings.keys_file), desk.city.keyring
    message = await message_of(desk, request)
    sealed = {name: getattr(request, f"{name}_sealed") for name in ("name", "phone", "title", "text")}
    for name, blob in sealed.items():
        with pytest.raises(UnknownKey):
            ordinary.open(blob, f"request.{name}")
        with pytest.raises(UnknownKey):
            city.open(blob, f"request.{name}")
    with pytest.raises(UnknownKey):
        ordinary.open_bytes(message.body_sealed, "inbox.body")
    assert city.identity.open(sealed["phone"], "request.phone") == CITIZEN["phone"]
    assert CITIZEN["phone"].encode() in city.identity.open_bytes(message.body_sealed, "inbox.body")
    assert (request.guarded, request.secret, request.phone_index) == (True, True, None)


async def test_what_is_taken_for_a_report_later_goes_under_the_identity_keys_with_all_that_came(desk: Desk) -> None:
    number = f"UP-{id(desk)}"
    case_no = await report(desk, kind="投诉", upstream_no=number)
    before = await request_of(desk, case_no)
    assert desk.city.keyring.open(before.phone_sealed, "request.phone") == CITIZEN["phone"]
    hotline = Hotline(desk.town, desk.town.template.hotline_secret)
    more = {**MATTER, "person": CITIZEN, "upstream_no": number, "text": "补充：昨天又收了一次。"}
    assert (await hotline.send(said(**more))).json()["supplemented"] is True
    await desk.move("dispatcher1", case_no, "CLASSIFY", kind="REPORT")
    after = await request_of(desk, case_no)
    assert desk.city.keyring.identity.open(after.phone_sealed, "request.phone") == CITIZEN["phone"]
    assert after.phone_index is None
    async with desk.city.database.transaction() as session:
        supplement = (await session.scalars(select(Supplement).where(Supplement.request_id == after.id))).one()
        messages = [await session.get_one(Inbox, box) for box in (after.inbox_id, supplement.inbox_id)]
    with pytest.raises(UnknownKey):
        desk.city.keyring.open(supplement.text_sealed, "supplement.text")
    for message in messages:
        with pytest.raises(UnknownKey):
            desk.city.keyring.open_bytes(message.body_sealed, "inbox.body")
    assert (await hotline.send(said(**more))).json()["repeated"] is True, "the same words are still known again"
    await desk.move("dispatcher1", case_no, "CLASSIFY", kind="COMPLAINT")
    assert (await request_of(desk, case_no)).guarded is True, "what was guarded once stays so"


async def test_no_phone_and_no_list_finds_a_report(desk: Desk) -> None:
    person = {"name": "钱七", "phone": "13988887777"}
    case_no = await report(desk, person=person)
    other = await desk.receive(person=person)
    client = await desk.of("dispatcher1")
    found = (await client.post("/search/phone", json={"phone": person["phone"]})).json()
    assert {row["case_no"] for row in found["cases"]} == {other}
    repeats = (await client.get(f"/cases/{other}/repeats")).json()
    assert case_no not in {row["case_no"] for row in repeats}


async def test_who_reported_is_seen_only_by_permission_and_each_time_logged(desk: Desk) -> None:
    case_no = await report(desk)
    asked = {"what": "phone", "purpose": "核实线索"}
    assert (await page(desk, case_no))["person"] is None
    refused_ = await (await desk.of("dispatcher1")).post(f"/cases/{case_no}/reveal", json=asked)
    assert (refused_.status_code, refused_.json()["code"]) == (403, "reveal.forbidden")
    assert (await page(desk, case_no, "followup1"))["person"]["phone"] == "138****5678"
    shown = await (await desk.of("followup1")).post(f"/cases/{case_no}/reveal", json=asked)
    assert shown.json()["value"] == CITIZEN["phone"]
    async with desk.city.database.transaction() as session:
        acts = set(await session.scalars(select(AuditLog.act).where(AuditLog.subject == case_no)))
    assert acts == {"REVEAL_REFUSED", "IDENTITY_REVEALED"}


async def test_the_permission_is_given_and_taken_in_the_log_and_never_to_a_unit(desk: Desk) -> None:
    database, which = desk.city.database, Permission.REPORTER_IDENTITY
    for login in ("unit-ga", "grid-017001001", "no-such"):
        with pytest.raises(PermitRefused):
            await change(database, login, which)
    case_no = await report(desk)
    assert (await page(desk, case_no, "reviewer1"))["person"] is None
    await change(database, "reviewer1", which)
    assert (await page(desk, case_no, "reviewer1"))["person"] is not None
    await change(database, "reviewer1", which, withdraw=True)
    assert (await page(desk, case_no, "reviewer1"))["person"] is None
    async with database.transaction() as session:
        account = (await session.scalars(select(Account.id).where(Account.login == "reviewer1"))).one()
        acts = list(await session.scalars(select(AuditLog.act).where(AuditLog.account_id == account)))
    assert acts[-2:] == ["PERMISSION_GIVEN", "PERMISSION_WITHDRAWN"]


async def test_only_the_permitted_make_the_contact_that_no_unit_can_make(desk: Desk) -> None:
    case_no = await screened(desk)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    await desk.move("unit-cg", case_no, "SIGN")
    assert (await page(desk, case_no, "unit-cg"))["person"] is None
    call = {"contacted_at": now(), "way": "PHONE"}
    await refused(desk, "agent1", case_no, "CONTACT", "IDENTITY_NOT_PERMITTED", **call)
    await desk.move("followup1", case_no, "CONTACT", **call)
    assert (await desk.case(case_no)).contact_made is True
    await refused(desk, "followup1", await desk.handling(), "CONTACT", "CONTACT_BY_UNIT", **call)


# 保密审查


async def test_a_report_goes_to_nobody_before_it_is_screened(desk: Desk) -> None:
    case_no = await report(desk)
    await refused(desk, "dispatcher1", case_no, "DISPATCH", "REPORT_NOT_SCREENED", unit=LEAD)
    assert "DISPATCH" not in (await page(desk, case_no))["allowed_actions"]
    for said_, code in (
        ({}, "REPORTED_MISSING"),
        ({"units": [REPORTED], "no_unit": True}, "REPORTED_MISSING"),
        ({"units": ["NO-SUCH"]}, "UNIT_UNKNOWN"),
    ):
        await refused(desk, "dispatcher1", case_no, "SCREEN", code, **said_)
    await refused(desk, "reviewer1", case_no, "SCREEN", "NOT_YOUR_ROLE", **CLEAR)
    await refused(desk, "dispatcher1", await desk.receive(), "SCREEN", "NOT_A_REPORT", **CLEAR)
    await desk.move("dispatcher1", case_no, "SCREEN", **CLEAR)
    assert (await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD))["status"] == "DISPATCHED"


async def test_what_tells_who_reported_is_taken_out_or_looked_at(desk: Desk) -> None:
    told = "我是该大队的辅警，本人电话13812345678，知道他们收钱。"
    case_no = await report(desk, text=told)
    marked = {one["by"] for one in (await page(desk, case_no))["telltales"]}
    assert marked >= {"SELF", "NUMBER"}
    assert (await page(desk, case_no, "reviewer1"))["telltales"] == [], "for those who screen"
    await refused(desk, "dispatcher1", case_no, "SCREEN", "REPORT_TELLS_WHO", **CLEAR)
    await refused(desk, "dispatcher1", case_no, "SCREEN", "REPORT_TELLS_WHO", **CLEAR, text="我是辅警，知道收钱。")
    await desk.move("dispatcher1", case_no, "SCREEN", **CLEAR, title="收取现金", text="有人反映执勤时收取现金。")
    seen = await page(desk, case_no)
    assert (seen["title"], seen["text"], seen["telltales"]) == ("收取现金", "有人反映执勤时收取现金。", [])
    assert (await desk.case(case_no)).title == "收取现金"
    request = await request_of(desk, case_no)
    assert desk.city.keyring.identity.open(request.text_sealed, "request.text") == told, "what was said stays as it was"
    events = json.dumps([event.data for event in await desk.events(case_no)], ensure_ascii=False)
    assert "辅警" not in events, "and is not kept beside what replaced it"
    other = await report(desk, text=told)
    await desk.move("dispatcher1", other, "SCREEN", **CLEAR, confirmed=True)
    assert (await desk.case(other)).screened_at is not None


async def test_what_is_added_is_screened_again_before_a_unit_reads_it(desk: Desk) -> None:
    number = f"MORE-{id(desk)}"
    case_no = await report(desk, upstream_no=number)
    await desk.move("dispatcher1", case_no, "SCREEN", **CLEAR)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    await desk.move("unit-cg", case_no, "SIGN")
    hotline = Hotline(desk.town, desk.town.template.hotline_secret)
    await hotline.send(said(**{**MATTER, "person": CITIZEN, "upstream_no": number, "text": "我在队里工作八年。"}))
    assert (await page(desk, case_no, "unit-cg"))["supplements"] == []
    steps = (await (await desk.of("unit-cg")).get(f"/cases/{case_no}/timeline")).json()
    assert not {"SCREEN", "SUPPLEMENT"} & {step["action"] for step in steps}
    later = "2099-01-01T00:00:00+08:00"
    await refused(desk, "unit-cg", case_no, "ADD_CO_UNIT", "REPORT_NOT_SCREENED", unit=ABOVE, until=later, note="协助")
    await refused(desk, "dispatcher1", case_no, "SCREEN", "REPORT_TELLS_WHO", **CLEAR)
    await desk.move("dispatcher1", case_no, "SCREEN", **CLEAR, confirmed=True)
    assert len((await page(desk, case_no, "unit-cg"))["supplements"]) == 1


# 被举报单位及其上级


@pytest.mark.parametrize("unit", [REPORTED, ABOVE])
async def test_a_report_never_goes_to_the_reported_unit_or_the_one_above(desk: Desk, unit: str) -> None:
    case_no = await screened(desk)
    await refused(desk, "dispatcher1", case_no, "DISPATCH", "UNIT_REPORTED", unit=unit)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    wrong = {"reason": "OUTSIDE_DUTY", "basis": "三定方案第四条", "unit": unit}
    await refused(desk, "unit-cg", case_no, "ASK_RETURN", "UNIT_REPORTED", **wrong)
    await desk.move("unit-cg", case_no, "ASK_RETURN", **{**wrong, "unit": "510104-ZHZF"})
    await refused(desk, "dispatcher1", case_no, "GRANT_RETURN", "UNIT_REPORTED", unit=unit)
    await desk.move("dispatcher1", case_no, "CONSULT", note="职责交叉")
    await refused(desk, "leader1", case_no, "DESIGNATE", "UNIT_REPORTED", unit=unit, note="会商纪要")
    await desk.move("leader1", case_no, "DESIGNATE", unit=LEAD, note="会商纪要")
    until = "2026-11-23T23:00:00+08:00"
    await refused(desk, "unit-cg", case_no, "ADD_CO_UNIT", "UNIT_REPORTED", unit=unit, until=until, note="协助取证")


async def test_a_reported_unit_loses_the_case_its_sight_and_what_it_was_still_owed(desk: Desk) -> None:
    case_no = await report(desk)
    await desk.move("dispatcher1", case_no, "SCREEN", **CLEAR)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=REPORTED)
    promised = (await desk.case(case_no)).finish_due
    assert (await (await desk.of("unit-jj")).get(f"/cases/{case_no}")).status_code == 200
    taken = await desk.move("dispatcher1", case_no, "SCREEN", units=[REPORTED])
    assert taken["status"] == "REVIEW"
    case = await desk.case(case_no)
    assert (case.lead_unit_id, case.finish_due) == (None, promised)
    assert await desk.clocks(case_no) == {"DISPATCH": "RUNNING", "FINISH": "RUNNING", "SIGN": "CANCELLED"}
    async with desk.city.database.transaction() as session:
        lead = (await session.scalars(select(Assignment).where(Assignment.case_id == case.id))).one()
        owed = select(Notice.state).where(Notice.case_id == case.id, Notice.unit_id == lead.unit_id)
        assert set(await session.scalars(owed)) == {"SKIPPED"}
    assert lead.outcome == "REPORTED"


async def test_the_reported_and_those_above_and_below_see_nothing_whatever_their_role(desk: Desk) -> None:
    case_no = await report(desk)
    await desk.move("dispatcher1", case_no, "SCREEN", **CLEAR)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=REPORTED)
    held = await report(desk)
    await desk.move("dispatcher1", case_no, "SCREEN", units=[REPORTED])
    # a reviewer who belongs to the bureau above sees the county's cases, and not this one
    async with desk.city.database.transaction() as session:
        bureau = (await session.scalars(select(Unit.id).where(Unit.code == ABOVE))).one()
        await session.execute(update(Account).where(Account.login == "reviewer2").values(unit_id=bureau))
    for login in ("unit-jj", "unit-ga", "lead-ga", "reviewer2"):
        client = await desk.of(login)
        for path in (f"/cases/{case_no}", f"/cases/{case_no}/timeline", f"/cases/{case_no}/holding"):
            assert (await client.get(path)).status_code == 404, f"{login} {path}"
        asked = {"what": "text", "purpose": "核实"}
        assert (await client.post(f"/cases/{case_no}/reveal", json=asked)).status_code == 404
        assert case_no not in await numbers_seen(desk, login)
        await refused_as_unknown(desk, login, case_no)
    assert case_no in await numbers_seen(desk, "reviewer1")
    assert held in await numbers_seen(desk, "reviewer2"), "of other reports the reviewer goes on seeing the county's"


async def refused_as_unknown(desk: Desk, login: str, case_no: str) -> None:
    answer = await desk.ask(login, case_no, "URGE", note="催办")
    assert (answer.status_code, answer.json()["code"]) == (404, "case_not_found")


async def test_a_rejected_return_does_not_leave_a_report_with_whom_it_is_about(desk: Desk) -> None:
    case_no = await report(desk)
    await desk.move("dispatcher1", case_no, "SCREEN", **CLEAR)
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=REPORTED)
    wrong = {"reason": "OUTSIDE_DUTY", "basis": "三定方案第四条", "unit": LEAD}
    await desk.move("unit-jj", case_no, "ASK_RETURN", **wrong)
    await desk.move("dispatcher1", case_no, "SCREEN", units=[REPORTED])
    await refused(desk, "dispatcher1", case_no, "REJECT_RETURN", "UNIT_REPORTED", note="属该队职责")
    assert (await desk.move("dispatcher1", case_no, "GRANT_RETURN"))["status"] == "DISPATCHED"


async def test_a_report_is_never_merged(desk: Desk) -> None:
    case_no, other = await report(desk), await desk.receive()
    await refused(desk, "dispatcher1", case_no, "MERGE", "REPORT_STANDS_ALONE", main=other)
    await refused(desk, "dispatcher1", other, "MERGE", "REPORT_STANDS_ALONE", main=case_no)


async def test_the_database_would_not_know_the_phone_in_any_column(desk: Desk) -> None:
    """All rows of a report's case, as a thief of the database and of the ordinary keys would read them."""
    case_no = await report(desk, person={"name": "独一无二", "phone": "13700001111"})
    url = desk.town.settings.database_url.replace("postgresql+asyncpg://", "postgresql://")
    connection = await asyncpg.connect(url)
    try:
        query = "SELECT to_jsonb(c)::text || to_jsonb(r)::text FROM cases c JOIN request r ON r.id = c.request_id"
        row = await connection.fetchval(f"{query} WHERE c.case_no = $1", case_no)
        index = desk.city.keyring.blind_index("+8613700001111", "request.phone")
        assert not await connection.fetchval("SELECT count(*) FROM request WHERE phone_index = $1", index)
    finally:
        await connection.close()
    assert "13700001111" not in row
    assert "独一无二" not in row
