"""Disputes through the API, with real rows: the whole way, each way out of it, and who may not."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from casework.db.disputes import LINK_LATE
from casework.db.models import AuditLog, DisputeParty, Notice
from casework.journey.city import City
from services.dispatch.worker import mediate_once
from tests.conftest import Town
from tests.services.dispatch.cases import Desk, now
from tests.services.dispatch.mediating import COMMUNITY, LEAK, LI, ZHANG, Centre


@pytest.fixture(scope="module")
async def centre(town: Town, city: City) -> Centre:
    found = Centre(Desk(town, city))
    await found.staff()
    return found


def _soon(days: float) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


COURT = {"court": "锦江区人民法院", "joint": True}


async def test_the_whole_way_from_a_clue_to_the_archive(centre: Centre) -> None:
    no = await centre.binding()
    page = await centre.page(no)
    assert (page["status"], page["level"], page["mediator"]) == ("M60", "COMMUNITY", "tiao1")
    assert await centre.clocks(no) == {
        "ACCEPT": "STOPPED",
        "ASSIGN": "STOPPED",
        "MEDIATE": "STOPPED",
        "PERFORM": "RUNNING",
        "CONFIRM": "RUNNING",
    }
    assert await centre.move("tiao1", no, "RECORD_PERFORMANCE", note="已付一千元") == "M60"
    assert await centre.move("tiao1", no, "COMPLETE", note="余款已付清") == "M70"
    assert await centre.move("tiao1", no, "FOLLOW_UP", settled=True, note="双方和好") == "M80"
    assert await centre.move("tiao1", no, "ARCHIVE") == "M90"
    assert set((await centre.clocks(no)).values()) == {"STOPPED", "CANCELLED"}
    steps = (await (await centre.desk.of("tiao1")).get(f"/disputes/{no}/timeline")).json()
    versions = [step["version"] for step in steps]
    assert versions == list(range(1, len(steps) + 1)), "every change is an event"
    assert (await centre.page(no))["actions"] == []


async def test_one_clear_refusal_ends_it_and_they_are_guided(centre: Centre) -> None:
    no = await centre.asked()
    assert await centre.move("tiao1", no, "RECORD_WILL", party=1, willing=True) == "M20"
    assert await centre.move("tiao1", no, "RECORD_WILL", party=2, willing=False) == "M45"
    await centre.refused("tiao1", no, "TAKE", "NOT_NOW")
    await centre.refused("tiao1", no, "GUIDE", "UNDISPUTED_MISSING", way="LITIGATION")
    assert await centre.move("tiao1", no, "GUIDE", way="LITIGATION", undisputed="双方认可漏水事实") == "M46"
    row = await centre.row(no)
    assert (row.reason_code, row.concluded_at) == ("REFUSAL", None), "what was not accepted was not mediated"


async def test_what_is_not_suitable_is_guided_with_its_reason(centre: Centre) -> None:
    no = await centre.report()
    await centre.move("tiao1", no, "REGISTER", **LEAK)
    await centre.move("tiao1", no, "SCREEN")
    assert await centre.move("tiao1", no, "UNSUITABLE", reason="IN_COURT", note="法院已立案") == "M46"
    assert await centre.clocks(no) == {"ACCEPT": "STOPPED"}


async def test_a_field_that_is_missing_is_named(centre: Centre) -> None:
    no = await centre.report()
    answer = await centre.ask("tiao1", no, "REGISTER", kind="02", claim="楼上漏水", parties=[ZHANG])
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["parties"]


async def test_a_day_that_no_calendar_has_is_refused_and_no_fault_of_ours(centre: Centre) -> None:
    no = await centre.mediated()
    said = {"form": "ORAL", "terms": "赔偿两千元", "perform_by": "9999-12-31"}
    assert (await centre.ask("tiao1", no, "AGREE", **said)).status_code == 422


async def test_parties_are_sealed_masked_and_shown_only_with_a_purpose(centre: Centre) -> None:
    no = await centre.mediated()
    client = await centre.desk.of("tiao1")
    seen = json.dumps(
        [await centre.page(no), (await client.get(f"/disputes/{no}/timeline")).json()], ensure_ascii=False
    )
    for secret in ("张三丰", "李四光", "13812340001", "510104198001010017"):
        assert secret not in seen, secret
    row = await centre.row(no)
    async with centre.desk.city.database.transaction() as session:
        party = (await session.scalars(select(DisputeParty).where(DisputeParty.dispute_id == row.id))).first()
        assert party is not None
        assert "张三丰".encode() not in party.name_sealed
    asked = {"what": "phone", "party": 1, "purpose": "联系当事人张三丰"}
    shown = await client.post(f"/disputes/{no}/reveal", json=asked)
    assert shown.json() == {"value": "13812340001"}
    async with centre.desk.city.database.transaction() as session:
        query = select(AuditLog).where(AuditLog.subject == no, AuditLog.act == "REVEALED")
        [line] = await session.scalars(query)
    assert line.data == {"what": "phone", "party": 1, "purpose": "联系当事人张*"}
    leader = await (await centre.desk.of("leader1")).post(f"/disputes/{no}/reveal", json=asked)
    assert leader.status_code == 403
    nobody = await client.post(f"/disputes/{no}/reveal", json={**asked, "party": 9})
    assert nobody.status_code == 404


async def test_a_mediator_who_stood_aside_does_not_come_back(centre: Centre) -> None:
    no = await centre.mediated()
    before = await centre.page(no)
    assert await centre.move("tiao1", no, "RECUSE", party=2, note="与张某是亲属") == "M30"
    await centre.refused("tiao1", no, "TAKE", "RECUSED")
    await centre.refused("tiao1", no, "ASSIGN", "RECUSED", mediator="tiao1")
    await centre.refused("tiao1", no, "ASSIGN", "MEDIATOR_UNKNOWN", mediator="unit-cg")
    assert await centre.move("tiao1", no, "ASSIGN", mediator="tiao2", chosen=True) == "M30"
    await centre.refused("tiao-street", no, "TAKE", "TAKEN_BY_ANOTHER")
    assert await centre.move("tiao2", no, "TAKE") == "M40"
    due = [[c["due_at"] for c in seen["clocks"] if c["name"] == "MEDIATE"] for seen in (before, await centre.page(no))]
    assert due[0] == due[1], "another mediator has what is left of the time"


async def _told(centre: Centre, no: str) -> list[tuple[str, str]]:
    async with centre.desk.city.database.transaction() as session:
        query = select(Notice.topic, Notice.audience).where(Notice.params["item"].astext == no).order_by(Notice.id)
        return [(topic, audience) for topic, audience in await session.execute(query)]


async def test_who_reported_and_who_mediates_is_told_but_not_of_ones_own_deed(centre: Centre) -> None:
    no = await centre.report("grid-017001001", area_code="", origin="REPORTED")
    await centre.move("tiao1", no, "REGISTER", **LEAK)
    await centre.move("tiao1", no, "SCREEN")
    await centre.move("tiao1", no, "SUITABLE")
    for party in (1, 2):
        await centre.move("tiao1", no, "RECORD_WILL", party=party, willing=True)
    await centre.move("tiao1", no, "ASSIGN", mediator="tiao2")
    await centre.move("tiao1", no, "TERMINATE", reason="WITHDRAWAL", note="申请人撤回")
    assert await _told(centre, no) == [("DISPUTE_ASSIGN", "MEDIATOR"), ("DISPUTE_TERMINATE", "GRID_WORKER")]
    own = await centre.accepted()
    await centre.move("tiao1", own, "ASSIGN", mediator="tiao1")
    assert await _told(centre, own) == []


async def test_two_mediators_take_one_dispute_and_one_wins(centre: Centre) -> None:
    for _ in range(3):
        no = await centre.accepted()
        answers = await asyncio.gather(*(centre.ask(who, no, "TAKE") for who in ("tiao1", "tiao2")))
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        [lost] = [answer for answer in answers if answer.status_code == 409]
        assert lost.json()["code"] == "refused.DISPUTE.NOT_NOW"
        taken = [event for event in await centre.events(no) if event.action == "TAKE"]
        row = await centre.row(no)
        assert [event.account_id for event in taken] == [row.mediator_id]


async def test_a_repeated_key_changes_nothing(centre: Centre) -> None:
    key = {"headers": {"Idempotency-Key": "mediation-0001"}}
    client = await centre.desk.of("tiao1")
    clue = {"text": "两家争吵不休", "origin": "INSPECTION", "area_code": COMMUNITY}
    answers = await asyncio.gather(*(client.post("/disputes", json=clue, **key) for _ in range(3)))
    assert {answer.status_code for answer in answers} == {201}
    [no] = {answer.json()["dispute_no"] for answer in answers}
    for _ in range(2):
        assert await centre.move("tiao1", no, "REGISTER", **LEAK, **key) == "M10"
    assert [event.action for event in await centre.events(no)] == ["FOUND", "REGISTER"]


async def test_an_extension_needs_everybody(centre: Centre) -> None:
    no = await centre.mediated()
    said = {"until": _soon(60), "note": "等待鉴定结论"}
    await centre.refused("tiao1", no, "EXTEND", "EXTENSION_NOT_AGREED", agreed=[1], **said)
    assert await centre.move("tiao1", no, "EXTEND", agreed=[1, 2], **said) == "M41"
    cycles = [clock for clock in (await centre.page(no))["clocks"] if clock["name"] == "MEDIATE"]
    assert [clock["state"] for clock in cycles] == ["CANCELLED", "RUNNING"], "the former end stays"
    assert datetime.fromisoformat(cycles[1]["due_at"]) == datetime.fromisoformat(said["until"])


async def test_when_the_time_is_over_mediation_ends_by_itself_once(centre: Centre) -> None:
    no = await centre.mediated()
    await centre.shift(no, "MEDIATE", datetime.now(UTC) - timedelta(minutes=1))
    await centre.refused("tiao1", no, "AGREE", "TIME_OVER", form="ORAL", terms="赔偿两千元", perform_by="2030-01-01")
    assert await mediate_once(centre.desk.city) >= 2
    row = await centre.row(no)
    assert (row.status, row.reason_code) == ("M45", "EXPIRED")
    assert await mediate_once(centre.desk.city) == 0
    assert [event.action for event in await centre.events(no)][-2:] == ["BREACH", "EXPIRE"]


async def test_a_court_confirms_within_thirty_days_and_once(centre: Centre) -> None:
    no = await centre.binding()
    window = next(clock for clock in (await centre.page(no))["clocks"] if clock["name"] == "CONFIRM")
    days = datetime.fromisoformat(window["due_at"]) - datetime.fromisoformat(window["started_at"])
    assert timedelta(days=30) <= days <= timedelta(days=42), "thirty days, longer only by days of rest at the end"
    assert "§205" in window["source"]
    await centre.refused("tiao1", no, "APPLY_CONFIRMATION", "NOT_JOINT", court="锦江区人民法院")
    assert await centre.move("tiao1", no, "APPLY_CONFIRMATION", **COURT) == "M65"
    await centre.refused("tiao1", no, "COURT_CONFIRMS", "COURT_NOT_ACCEPTED", court_no="民特1号")
    assert await centre.move("tiao1", no, "COURT_ACCEPTS", court_no="（2026）川0104诉前调确1号") == "M65"
    assert await centre.move("tiao1", no, "COURT_CONFIRMS", court_no="（2026）川0104民特1号") == "M60"
    await centre.refused("tiao1", no, "APPLY_CONFIRMATION", "CONFIRMATION_WINDOW_PAST", **COURT)
    row = await centre.row(no)
    assert (row.confirmation, row.court_no) == ("CONFIRMED", "（2026）川0104民特1号")


async def test_after_thirty_days_and_of_an_oral_agreement_no_court_confirms(centre: Centre) -> None:
    late, oral = await centre.binding(), await centre.binding("ORAL")
    await centre.shift(late, "CONFIRM", datetime.now(UTC) - timedelta(seconds=5))
    await centre.refused("tiao1", late, "APPLY_CONFIRMATION", "CONFIRMATION_WINDOW_PAST", **COURT)
    await centre.refused("tiao1", oral, "APPLY_CONFIRMATION", "AGREEMENT_NOT_WRITTEN", **COURT)


async def test_a_dispute_is_raised_and_the_lower_centre_acts_no_more(centre: Centre) -> None:
    no = await centre.accepted()
    assert await centre.move("tiao1", no, "RAISE", note="涉及多个社区") == "M47"
    await centre.refused("tiao1", no, "TAKE_UP", "NOT_YOUR_LEVEL")
    assert await centre.move("tiao-street", no, "TAKE_UP") == "M30"
    await centre.refused("tiao1", no, "TAKE", "NOT_YOUR_LEVEL")
    assert (await centre.page(no))["level"] == "STREET", "it reads on"
    await centre.move("tiao-street", no, "RAISE", note="涉及多个街道")
    assert await centre.move("mediator1", no, "SEND_DOWN", note="街道可以调处") == "M30"
    assert (await centre.page(no))["level"] == "STREET"


async def test_a_red_grade_owes_the_police_a_report_and_a_warning_stops_mediation(centre: Centre) -> None:
    no = await centre.mediated()
    await centre.move("tiao1", no, "GRADE", risk="RED", note="一方扬言报复")
    assert (await centre.clocks(no))["REPORT"] == "RUNNING"
    await centre.refused("tiao1", no, "GRADE", "GRADE_UNCHANGED", risk="RED", note="仍然如此")
    assert await centre.move("tiao1", no, "WARN", station="水井坊派出所", note="持刀威胁对方") == "M48"
    clocks = await centre.clocks(no)
    assert (clocks["REPORT"], clocks["MEDIATE"]) == ("STOPPED", "CANCELLED")
    [link] = (await centre.page(no))["links"]
    assert (link["kind"], link["organ"], link["answered_at"]) == ("POLICE", "水井坊派出所", None)
    await centre.refused("tiao1", no, "LIFT_WARNING", "NOT_YOUR_ROLE", note="已经平息")
    await centre.move("street-017", no, "ANSWER_LINK", link="POLICE", note="派出所已训诫")
    assert await centre.move("street-017", no, "LIFT_WARNING", note="派出所已稳控") == "M30"
    assert await centre.move("tiao2", no, "WARN", station="水井坊派出所", note="再次动手") == "M48"
    assert await centre.move("leader1", no, "HAND_TO_POLICE", criminal=True, note="刑事立案") == "M46"
    row = await centre.row(no)
    assert (row.warned, row.criminal, row.risk) == (2, True, "RED")


async def late_links_told(centre: Centre, no: str) -> int:
    """How many notices of a late handover of that dispute are owed."""
    async with centre.desk.city.database.transaction() as session:
        query = select(func.count()).select_from(Notice).where(Notice.topic == LINK_LATE)
        return int(await session.scalar(query.where(Notice.params["item"].astext == no)) or 0)


async def test_a_handover_carries_its_objects_and_has_its_limit(centre: Centre) -> None:
    no = await centre.accepted()
    said = {"link": "PETITION", "way": "IN", "organ": "锦江区信访局"}
    await centre.refused("tiao1", no, "HAND_OVER", "OBJECTS_MISSING", **said, objects={"consent": "同意书"})
    objects = {"consent": "张三丰同意书", "petition_no": "XF-1"}
    await centre.move("tiao1", no, "HAND_OVER", **said, objects=objects)
    await centre.refused("tiao1", no, "HAND_OVER", "LINK_OPEN", **said, objects=objects)
    [link] = (await centre.page(no))["links"]
    assert link["objects"] == ["consent", "petition_no"]
    assert ("F:S24" in link["source"], link["overdue"]) == (True, False)
    async with centre.desk.city.database.transaction() as session:
        of_it = "FROM dispute d WHERE d.id = l.dispute_id AND d.dispute_no = :no"
        await session.execute(text(f"UPDATE dispute_link l SET due_at = now() - interval '1 hour' {of_it}"), {"no": no})
    assert [link["overdue"] for link in (await centre.page(no))["links"]] == [True]
    assert await late_links_told(centre, no) == 0
    await asyncio.gather(mediate_once(centre.desk.city), mediate_once(centre.desk.city))
    await mediate_once(centre.desk.city)
    assert await late_links_told(centre, no) == 1, "the mediator who handed it over is told, once"
    steps = (await (await centre.desk.of("tiao1")).get(f"/disputes/{no}/timeline")).json()
    assert [step["action"] for step in steps].count("BREACH") == 1
    await centre.move("tiao1", no, "ANSWER_LINK", link="PETITION", note="信访局已收悉")
    assert [link["overdue"] for link in (await centre.page(no))["links"]] == [False]


async def test_the_police_mediate_twice_at_most(centre: Centre) -> None:
    no = await centre.mediated(track="POLICE")
    again = {"held_at": now(), "present": [1, 2], "note": "第二次调解"}
    assert await centre.move("tiao1", no, "HOLD_SESSION", **again) == "M40"
    await centre.refused("tiao1", no, "HOLD_SESSION", "NO_MORE_SESSIONS", **again)


async def test_the_same_peoples_next_dispute_recurs(centre: Centre) -> None:
    people = [{**ZHANG, "phone": "13812340011", "id_no": ""}, {**LI, "phone": "13812340012"}]
    first = await centre.binding(parties=people)
    second = await centre.asked(parties=[people[1] | {"side": "APPLICANT"}, people[0] | {"side": "RESPONDENT"}])
    assert (await centre.row(second)).earlier_id == (await centre.row(first)).id
    stranger = await centre.asked(parties=[people[0], {**LI, "phone": "13812340099"}])
    assert (await centre.row(stranger)).earlier_id is None, "one of two is another dispute"


async def test_a_dispute_of_a_case_tells_the_case_where_it_stands(centre: Centre) -> None:
    case_no = await centre.desk.handling()
    no = await centre.report("dispatcher1", case_no=case_no, origin="HOTLINE")
    await centre.move("tiao1", no, "REGISTER", **LEAK)
    assert (await centre.page(no))["case_no"] == case_no
    told = [event.data for event in await centre.desk.events(case_no) if event.action == "DISPUTE"]
    assert told == [{"dispute_no": no, "status": "M00"}, {"dispute_no": no, "status": "M10"}]
    steps = await (await centre.desk.of("dispatcher1")).get(f"/cases/{case_no}/timeline")
    assert "纠纷调解" in {step["action_text"] for step in steps.json()}
    elsewhere = await (await centre.desk.of("tiao1")).post(
        "/disputes", json={"text": "两家争吵", "origin": "HOTLINE", "area_code": "510105002002"}
    )
    assert elsewhere.status_code == 422


async def test_the_list_and_the_choices(centre: Centre) -> None:
    no = await centre.accepted()
    client = await centre.desk.of("tiao1")
    first = (await client.get("/disputes", params={"limit": 1})).json()
    assert [row["dispute_no"] for row in first["rows"]] == [no]
    second = (await client.get("/disputes", params={"limit": 1, "cursor": first["next"]})).json()
    assert second["rows"][0]["dispute_no"] != no
    at_rest = (await client.get("/disputes", params={"status": "M30"})).json()["rows"]
    assert {row["status"] for row in at_rest} == {"M30"}
    choices = (await client.get("/disputes/choices", headers={"Accept-Language": "en"})).json()
    assert {"code": "02", "text": "Neighbours"} in choices["kinds"]


async def test_the_database_refuses_a_silent_move(centre: Centre) -> None:
    no = await centre.report()
    with pytest.raises(IntegrityError, match="without an event"):
        async with centre.desk.city.database.transaction() as session:
            await session.execute(text("UPDATE dispute SET status = 'M90' WHERE dispute_no = :no"), {"no": no})
    with pytest.raises(IntegrityError, match="append-only"):
        async with centre.desk.city.database.transaction() as session:
            await session.execute(text("DELETE FROM dispute_event"))
