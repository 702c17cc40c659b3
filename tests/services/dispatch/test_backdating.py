"""补录: an entry that comes late takes two persons, is marked, and makes nothing timely (domain.md §1.5 invariants)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from casework.db.models import Account, Case, Clock
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.test_turns import clock, page, refused, shift

WHY = {"note": "现场信号不好，当日已电话联系"}
DAYS = timedelta(days=3)


async def aged(desk: Desk) -> str:
    """A case in hand that came in three days ago; its first contact is late."""
    case_no = await desk.handling()
    ago = datetime.now(UTC) - DAYS
    await shift(desk, case_no, Case, Case.id > 0, created_at=ago)
    await shift(desk, case_no, Clock, Clock.name == "CONTACT", due_at=datetime.now(UTC) - timedelta(hours=1))
    return case_no


def said(**more: Any) -> dict[str, Any]:
    at = datetime.now(UTC) - timedelta(days=2)
    return {"step": "CONTACT", "happened_at": at.isoformat(), **WHY, **more}


async def test_a_back_dated_contact_takes_two_persons_and_is_marked(desk: Desk) -> None:
    case_no = await aged(desk)
    old = (datetime.now(UTC) - timedelta(days=2)).isoformat()
    await refused(desk, "unit-cg", case_no, "CONTACT", "ENTER_AS_BACKDATED", contacted_at=old, way="PHONE")
    await refused(desk, "dispatcher1", case_no, "CONFIRM_BACKDATED", "NOTHING_PENDING")
    await desk.move("unit-cg", case_no, "ASK_BACKDATED", **said())
    assert (await desk.case(case_no)).contact_made is False, "asked for is not entered"
    assert (await clock(desk, case_no, "CONTACT")).state == "RUNNING"
    await refused(desk, "unit-cg", case_no, "CONFIRM_BACKDATED", "NOT_YOUR_ROLE")
    await desk.move("dispatcher1", case_no, "CONFIRM_BACKDATED")
    event = (await desk.events(case_no))[-1]
    marked = event.data["backdated"]
    assert (marked["step"], marked["note"]) == ("CONTACT", WHY["note"])
    assert marked["entered_by"] != event.account_id
    assert datetime.fromisoformat(marked["happened_at"]) < event.at - timedelta(days=1)
    motions = (await page(desk, case_no))["motions"]
    assert [(one["kind"], one["ruling"]) for one in motions] == [("BACKDATED", "GRANTED")]


async def test_a_late_contact_stays_late_whatever_is_entered_later(desk: Desk) -> None:
    case_no = await aged(desk)
    await desk.move("unit-cg", case_no, "ASK_BACKDATED", **said())
    await desk.move("dispatcher1", case_no, "CONFIRM_BACKDATED")
    case, contact = await desk.case(case_no), await clock(desk, case_no, "CONTACT")
    assert (case.contact_made, case.contacted_in_time) == (True, False)
    assert contact.stopped_at is not None
    assert contact.stopped_at > contact.due_at
    assert contact.breached_at is not None


async def test_who_entered_it_does_not_confirm_it_in_another_role(desk: Desk) -> None:
    case_no = await aged(desk)
    async with desk.city.database.transaction() as session:
        await session.execute(_roles("lead-cg", ["UNIT_LEAD", "REVIEWER"]))
    for login in ("lead-cg", "unit-cg"):
        await desk.move(login, case_no, "ASK_BACKDATED", **said())
        await refused(desk, "lead-cg", case_no, "CONFIRM_BACKDATED", "BACKDATED_SECOND_PERSON")
    assert "CONFIRM_BACKDATED" not in (await page(desk, case_no, "lead-cg"))["allowed_actions"]
    await desk.move("reviewer1", case_no, "CONFIRM_BACKDATED")


def _roles(login: str, roles: list[str]) -> Any:
    return update(Account).where(Account.login == login).values(roles=roles)


async def test_what_is_entered_late_lies_neither_ahead_nor_before_the_case(desk: Desk) -> None:
    case_no = await aged(desk)
    wrong = {
        "BACKDATED_IN_FUTURE": datetime.now(UTC) + timedelta(hours=1),
        "BACKDATED_BEFORE_CASE": datetime.now(UTC) - timedelta(days=4),
    }
    for code, at in wrong.items():
        answer = await desk.ask("unit-cg", case_no, "ASK_BACKDATED", **said(happened_at=at.isoformat()))
        assert (answer.status_code, answer.json()["code"]) == (422, f"refused.{code}")
        assert answer.json()["errors"][0]["field"] == "happened_at"
    await refused(desk, "unit-cg", case_no, "ASK_BACKDATED", "BACKDATED_MISSING", **WHY)
    await refused(desk, "unit-cg", case_no, "ASK_BACKDATED", "NOTE_MISSING", **said(note="无"))


async def test_a_visit_that_is_entered_late_stops_no_clock_and_a_refused_one_leaves_all(desk: Desk) -> None:
    case_no = await aged(desk)
    await desk.move("unit-cg", case_no, "ASK_BACKDATED", **said(step="VISIT"))
    await desk.move("dispatcher1", case_no, "CONFIRM_BACKDATED")
    assert (await clock(desk, case_no, "CONTACT")).state == "RUNNING"
    await desk.move("unit-cg", case_no, "ASK_BACKDATED", **said())
    await desk.move("dispatcher1", case_no, "REJECT_BACKDATED", note="无通话记录佐证")
    assert (await desk.case(case_no)).contact_made is False
    assert await desk.told(case_no, "REJECT_BACKDATED") == {"UNIT"}
