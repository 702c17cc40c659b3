"""The pitfalls that a buyer's acceptance test will hit (domain.md §10), one test each, by its number. 7, 14 and 16
belong to places and pages. Each fails when the guard that it names is taken away."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.catalog.areas import AreaTree, PastArea
from casework.catalog.load import Catalog
from casework.db.models import Case, Survey
from casework.journey.citizen import survey_token
from casework.rules.clocks import Limit, due
from casework.rules.rates import Rate
from casework.rules.tallies import Tally
from tests.rules import test_rates as rates
from tests.services.dispatch import test_reports as reports
from tests.services.dispatch.cases import CITIZEN, Desk
from tests.services.dispatch.test_turns import OTHER, RETURN, clock, page, refused, shift
from tests.services.intake.hotline import Hotline, as_json, said

HOUR = timedelta(hours=1)
DUES = [
    # where, from, limit, due (both Asia/Shanghai), what the pitfall is
    ("5101", "2026-02-13T16:00", "3wd", "2026-02-25T17:00", "a make-up Saturday works"),
    ("5101", "2026-09-30T10:00", "3wd", "2026-10-10T17:00", "seven days of rest, then a Saturday that works"),
    ("5101", "2026-12-31T10:00", "1wd", "2027-01-04T17:00", "across New Year"),
    ("5101", "2026-03-02T23:59", "1wd", "2026-03-03T17:00", "23:59 is of its own day"),
    ("5101", "2026-03-03T00:00", "1wd", "2026-03-04T17:00", "a minute later is the next"),
    ("5101", "2026-03-07T16:00", "2h", "2026-03-07T18:00", "an hour clock runs on a Saturday"),
    ("5101", "2026-03-07T16:00", "1wd", "2026-03-09T17:00", "a day clock does not"),
]


def _at(moment: str) -> datetime:
    return datetime.fromisoformat(f"{moment}:00+08:00")


@pytest.mark.parametrize(("area", "start", "limit", "end", "why"), DUES, ids=[row[4] for row in DUES])
def test_pitfall_01_calendar(catalog: Catalog, area: str, start: str, limit: str, end: str, why: str) -> None:
    assert due(Limit.parse(limit), _at(start), catalog.calendars.for_area(area)).at == _at(end), why


def test_pitfall_01_a_notice_that_is_not_out_yet_makes_a_deadline_provisional(catalog: Catalog) -> None:
    nation, liangshan = catalog.calendars.for_area("5101"), catalog.calendars.for_area("5134")
    assert due(Limit.parse("3wd"), _at("2026-12-30T10:00"), nation).provisional is True
    assert due(Limit.parse("3wd"), _at("2026-11-16T10:00"), nation).provisional is False
    assert due(Limit.parse("3wd"), _at("2026-11-16T10:00"), liangshan).provisional is True, "its own holidays"


async def test_pitfall_02_a_returned_order_does_not_reset_the_citizens_deadline(desk: Desk) -> None:
    case_no = await desk.dispatched()
    await promised_a_day_ago(desk, case_no)
    promised = (await desk.case(case_no)).finish_due
    await desk.move("unit-cg", case_no, "ASK_RETURN", **RETURN)
    await desk.move("dispatcher1", case_no, "GRANT_RETURN")
    await desk.move("unit-zhzf", case_no, "SIGN")
    case, finish = await desk.case(case_no), await clock(desk, case_no, "FINISH")
    assert (case.finish_due, case.finish_due_original, finish.due_at) == (promised, promised, promised)


async def promised_a_day_ago(desk: Desk, case_no: str) -> None:
    """Begun anew today, the promise would be another."""
    db = await desk.city.database.pool()
    day = "interval '1 day'"
    one = "(SELECT id FROM cases WHERE case_no = $1)"
    await db.execute(
        f"UPDATE cases SET finish_due = finish_due - {day}, finish_due_original = finish_due_original - {day}"
        f" WHERE id = {one}",
        case_no,
    )
    await db.execute(
        f"UPDATE clock SET started_at = started_at - {day}, due_at = due_at - {day}, own_due_at = own_due_at - {day}"
        f" WHERE name = 'FINISH' AND case_id = {one}",
        case_no,
    )


async def test_pitfall_03_an_extension_after_expiry_is_refused(desk: Desk) -> None:
    case_no = await desk.handling()
    await shift(desk, case_no, Case, Case.id > 0, finish_due=datetime.now(UTC) - HOUR)
    until = (datetime.now(UTC) + 30 * HOUR).isoformat()
    await refused(desk, "unit-cg", case_no, "ASK_EXTENSION", "EXTENSION_TOO_LATE", until=until, note="备件在途")


async def test_pitfall_04_merged_callers_are_answered_counted_once_and_kept_apart(desk: Desk) -> None:
    main, child = await desk.receive(), await desk.receive(person={"name": "李四维", "phone": "13700001234"})
    await desk.move("dispatcher1", child, "MERGE", main=main)
    await desk.move("dispatcher1", main, "ANSWER", answer="路灯今晚修复。")
    assert (await desk.case(child)).reply_text == "路灯今晚修复。"
    assert await desk.told(child, "MAIN_ANSWERED") == {"CITIZEN", "UPSTREAM"}
    assert (await desk.case(main)).merged == 1, "heat counts both"
    assert (await desk.case(child)).completed_at is None, "the handling counts once"
    for case_no, others in ((main, ("李四维", "李*", "137****1234")), (child, ("张三丰", "138****5678"))):
        shown = str(await page(desk, case_no)) + str([event.data for event in await desk.events(case_no)])
        assert not [word for word in others if word in shown]


@pytest.mark.parametrize("unit", [reports.REPORTED, reports.ABOVE])
async def test_pitfall_05_a_secrecy_report_about_the_handling_unit_or_its_parent(desk: Desk, unit: str) -> None:
    await reports.test_a_report_never_goes_to_the_reported_unit_or_the_one_above(desk, unit)


async def test_pitfall_06_a_community_that_was_merged_keeps_its_open_orders_under_the_old_code(desk: Desk) -> None:
    case_no = await desk.dispatched()
    past = [PastArea("510104017001", "水井坊社区", None, datetime.now(UTC).date(), "510104017002")]
    names = {"5101": "成都市", "510104": "锦江区", "510104017": "锦官驿街道", "510104017002": "天仙桥社区"}
    areas = AreaTree(names, {}, past)
    assert areas.today("510104017001") == "510104017002"
    assert "水井坊社区" in areas.name_path("510104017001"), "history is shown under the name that it had"
    assert not areas.valid("510104017001"), "and nothing new comes in under it"
    await desk.move("unit-cg", case_no, "SIGN")
    assert (await desk.case(case_no)).area_code == "510104017001"


async def test_pitfall_08_the_lead_cannot_pass_its_clock_to_a_co_unit(desk: Desk) -> None:
    case_no = await desk.handling()
    before = await clock(desk, case_no, "FINISH")
    until = (datetime.now(UTC) + 5 * HOUR).isoformat()
    await desk.move("unit-cg", case_no, "ADD_CO_UNIT", unit=OTHER, until=until, note="协助停电")
    after = await clock(desk, case_no, "FINISH")
    assert (after.id, after.due_at, after.state) == (before.id, before.due_at, "RUNNING")
    result = {"reply_text": "路灯已修复。", "factual": True, "solved": "SOLVED"}
    await refused(desk, "unit-zhzf", case_no, "FILE_RESULT", "NOT_YOUR_CASE", **result)
    assert (await page(desk, case_no))["assignments"][0]["closed_at"] is None, "the lead stays the lead"


async def test_pitfall_09_of_two_follow_ups_that_contradict_the_latest_counts_and_both_are_kept(desk: Desk) -> None:
    case_no = await desk.followed_up()
    case = await desk.case(case_no)
    token = await survey_token(desk.city, case.id, 1)
    nobody = desk.town.api("notify")
    sms = await nobody.post(f"/citizen/links/{token}/survey", json={"solved": False, "satisfaction": "BAD"})
    assert sms.status_code == 200, sms.text
    await desk.move("followup1", case_no, "ANSWER_SURVEY", solved=True, satisfaction="GOOD")
    async with desk.city.database.transaction() as session:
        kept = list(await session.scalars(select(Survey).where(Survey.case_id == case.id).order_by(Survey.id)))
    assert [(one.role, one.solved) for one in kept] == [("CITIZEN", False), ("FOLLOW_UP", True)]
    assert (await desk.case(case_no)).status == "CLOSED"


def test_pitfall_10_figures_nothing_over_nothing_late_rework_and_no_mean_of_means() -> None:
    assert Rate(0, 0).value is None
    counties = [Tally(cases=10, kept=10), Tally(cases=990, kept=792)]
    mean = sum(one.rate.value or 0 for one in counties) / 2
    assert sum(counties, Tally()).rate.value == 0.802 != mean
    rates.test_the_worked_example_gives_its_figures_before_and_after_the_revocation()


async def test_pitfall_11_to_110_in_one_click_without_a_field(desk: Desk) -> None:
    case_no = await desk.receive()
    client = await desk.of("agent1")
    answer = await client.post(f"/cases/{case_no}/moves", json={"action": "TRANSFER"})
    assert (answer.status_code, answer.json()["status"]) == (200, "TRANSFERRED")


async def test_pitfall_12_no_rating_after_withdrawal(desk: Desk) -> None:
    case_no = await desk.followed_up()
    token = await survey_token(desk.city, (await desk.case(case_no)).id, 1)
    await desk.move("agent1", case_no, "WITHDRAW", identity_checked=True)
    answer = await desk.town.api("notify").post(f"/citizen/links/{token}/survey", json={"solved": True})
    assert answer.status_code == 409
    async with desk.city.database.transaction() as session:
        case = await desk.case(case_no)
        assert not list(await session.scalars(select(Survey).where(Survey.case_id == case.id)))


@pytest.mark.parametrize("person", [{**CITIZEN, "anonymous": True}, {**CITIZEN, "reply_wanted": False}])
async def test_pitfall_12_the_anonymous_are_not_asked_to_rate(desk: Desk, person: dict[str, Any]) -> None:
    case_no = await desk.handling(person=person)
    await desk.move("unit-cg", case_no, "FILE_RESULT", reply_text="路灯已修复。", factual=True, solved="SOLVED")
    await desk.move("reviewer1", case_no, "ACCEPT_RESULT")
    assert "CITIZEN" not in await desk.told(case_no, "ACCEPT_RESULT")


async def test_pitfall_12_a_minors_name_does_not_go_along_with_the_reply(desk: Desk) -> None:
    case_no = await desk.receive(category="2105", text="孩子名叫王小明，在东大街小学被打。")
    rows = (await (await desk.of("dispatcher1")).get("/cases", params={"view": "TO_DISPATCH", "limit": 100})).json()
    assert not [row for row in rows["rows"] if row["case_no"] == case_no and "王小明" in row["title"]]


async def test_pitfall_13_the_province_pushes_twice_by_message_or_by_number(desk: Desk) -> None:
    hotline = Hotline(desk.town, desk.town.template.hotline_secret)
    body, first = as_json(said(text="路灯不亮。")), hotline.new_id()
    answers = [await hotline.send(body, first), await hotline.send(body, first), await hotline.send(body)]
    assert len({answer.json()["request_no"] for answer in answers}) == 1
    assert [answer.json()["repeated"] for answer in answers] == [False, True, True]


RARE = [
    ("𠮷田𡈽", "四字节汉字"),
    ("ꃅꆈꌠ", "彝文"),
    ("བསོད་ནམས", "藏文"),
    ("买买提·吐尔逊", "间隔号"),
    ("㛃䶮", "扩展A"),
]


@pytest.mark.parametrize(("name", "what"), RARE, ids=[what for _, what in RARE])
async def test_pitfall_15_rare_characters_come_back_as_they_came(desk: Desk, name: str, what: str) -> None:
    text = f"{name}反映：ꊿꂷ、བོད་ཡིག、𠀀𠀁 路灯不亮 😀"
    case_no = await desk.receive(person={"name": name, "phone": "13812345678"}, text=text, title=f"路灯 {name[-2:]}")
    client = await desk.of("dispatcher1")
    for field, value in (("name", name), ("text", text)):
        shown = await client.post(f"/cases/{case_no}/reveal", json={"what": field, "purpose": "核对生僻字"})
        assert shown.json()["value"] == value
    seen = await page(desk, case_no)
    assert name not in seen["text"], "masked like any other name"
    assert "བོད་ཡིག" in seen["text"]
    await desk.move("dispatcher1", case_no, "ASK_INFO", note=f"请补充{what}的写法：𠀀ꆈ བོད")
    assert (await desk.events(case_no))[-1].data["note"].endswith("𠀀ꆈ བོད")
