"""法定时限: a statute's limit is the promise, a dated interim reply is owed within the ordinary one, and a change of
category, kind or urgency follows its policy on every clock that depends on it (domain.md §1.6)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from casework.db.models import Case, Clock, Event
from casework.rules.calendars import day_of
from casework.rules.clocks import Limit, due
from services.dispatch.worker import sweep_once
from tests.services.dispatch.cases import LEAD, Desk
from tests.services.dispatch.test_turns import clock, refused, shift

WAGES = {"title": "拖欠工资", "text": "工地拖欠三个月工资。", "kind": "投诉", "category": "1001"}
"""60 working days by 劳动保障监察条例, where a complaint has 15."""
ORDINARY, STATUTE = Limit.parse("15wd"), Limit.parse("60wd")


async def in_hand(desk: Desk, **more: Any) -> str:
    return await desk.handling(**{**WAGES, **more})


def reckoned(desk: Desk, limit: Limit, case: Case) -> datetime:
    assert case.accepted_at is not None
    return due(limit, case.accepted_at, desk.city.catalog.calendars.for_area(case.area_code)).at


async def last_event(desk: Desk, case_no: str) -> Event:
    return (await desk.events(case_no))[-1]


async def test_the_statutes_limit_is_the_promise_and_an_interim_reply_is_owed_within_the_ordinary_one(
    desk: Desk,
) -> None:
    case_no = await in_hand(desk)
    case = await desk.case(case_no)
    assert case.finish_due == reckoned(desk, STATUTE, case)
    case_no = await desk.dispatched(**WAGES)
    await shift(desk, case_no, Case, Case.id > 0, accepted_at=datetime.now(UTC) - timedelta(days=6))
    await desk.move("unit-cg", case_no, "SIGN")
    case, feedback = await desk.case(case_no), await clock(desk, case_no, "FEEDBACK")
    assert feedback.due_at == reckoned(desk, ORDINARY, case), "it counts from the acceptance, not from the signing"
    assert (feedback.limit_text, "劳动保障监察条例" in feedback.limit_source) == ("15wd", True)


async def test_of_another_kind_the_same_category_owes_nothing_more(desk: Desk) -> None:
    assert "FEEDBACK" not in await desk.clocks(await in_hand(desk, kind="求助"))


async def test_the_interim_reply_names_a_date_and_the_citizen_is_told(desk: Desk) -> None:
    case_no = await in_hand(desk)
    last = day_of((await desk.case(case_no)).finish_due or datetime.now(UTC))
    said = {"text": "已责令改正，正在核算。"}
    await refused(desk, "unit-cg", case_no, "FEEDBACK", "FEEDBACK_DATE_MISSING", **said)
    for wrong in (last + timedelta(days=1), day_of(datetime.now(UTC)) - timedelta(days=1)):
        await refused(
            desk, "unit-cg", case_no, "FEEDBACK", "FEEDBACK_DATE_WRONG", **said, planned_for=wrong.isoformat()
        )
    await desk.move("unit-cg", case_no, "FEEDBACK", **said, planned_for=last.isoformat())
    assert (await desk.clocks(case_no))["FEEDBACK"] == "STOPPED"
    assert (await last_event(desk, case_no)).data["planned_for"] == last.isoformat()
    assert "CITIZEN" in await desk.told(case_no, "FEEDBACK")


async def test_an_interim_reply_that_does_not_come_is_a_breach(desk: Desk) -> None:
    case_no = await in_hand(desk)
    ago = datetime.now(UTC) - timedelta(hours=1)
    over = {"due_at": ago, "next_at": ago, "stages": ["BREACH"], "stage_times": [ago]}
    await shift(desk, case_no, Clock, Clock.name == "FEEDBACK", **over)
    await sweep_once(desk.city)
    assert (await clock(desk, case_no, "FEEDBACK")).breached_at is not None
    assert (await desk.case(case_no)).finish_due is not None


async def test_the_interim_reply_is_owed_once_whoever_has_the_case(desk: Desk) -> None:
    case_no = await in_hand(desk)
    last = day_of((await desk.case(case_no)).finish_due or datetime.now(UTC)).isoformat()
    await desk.move("unit-cg", case_no, "FEEDBACK", text="正在核算。", planned_for=last)
    wrong = {"reason": "OUTSIDE_DUTY", "basis": "三定方案第四条", "unit": "510104-ZHZF"}
    await desk.move("unit-cg", case_no, "ASK_RETURN", **wrong)
    await desk.move("dispatcher1", case_no, "GRANT_RETURN")
    await desk.move("unit-zhzf", case_no, "SIGN")
    async with desk.city.database.transaction() as session:
        query = select(Clock).join(Case, Case.id == Clock.case_id).where(Case.case_no == case_no)
        assert len(list(await session.scalars(query.where(Clock.name == "FEEDBACK")))) == 1


# 变更分类


async def dues(desk: Desk, case_no: str) -> dict[str, datetime]:
    """The clocks that run, and when they are due."""
    async with desk.city.database.transaction() as session:
        query = select(Clock).join(Case, Case.id == Clock.case_id).where(Case.case_no == case_no)
        return {one.name: one.due_at for one in await session.scalars(query.where(Clock.state == "RUNNING"))}


@pytest.mark.parametrize(
    ("policy", "moved"),
    [
        ("KEEP", {}),
        ("EXTEND_ONLY", {"FEEDBACK"}),  # E1 is sooner in all, so all stand; its feedback was not owed before
        ("RECOMPUTE", {"FINISH", "CONTACT", "FEEDBACK"}),
    ],
)
async def test_a_change_of_urgency_follows_its_policy_on_every_clock_that_depends_on_it(
    desk: Desk, policy: str, moved: set[str]
) -> None:
    case_no = await desk.handling()
    before = await dues(desk, case_no)
    await desk.move("dispatcher1", case_no, "RECLASSIFY", urgency="E1", policy=policy, note="井盖缺失有危险")
    after = await dues(desk, case_no)
    assert {name for name in before | after if before.get(name) != after.get(name)} == set(moved)
    event = await last_event(desk, case_no)
    assert event.data["policy"] == policy if policy != "KEEP" else "policy" not in event.data
    assert {one["clock"] for one in event.data.get("clocks", [])} == set(moved) - {"FINISH"}
    for one in event.data.get("clocks", []):
        was = before.get(one["clock"])
        assert one["was_due"] == (was.isoformat() if was else None)
        assert datetime.fromisoformat(one["due"]) == after[one["clock"]]
    assert (event.data["was_due"], event.data["note"]) == (before["FINISH"].isoformat(), "井盖缺失有危险")


async def test_a_milder_urgency_lengthens_where_only_lengthening_is_wanted(desk: Desk) -> None:
    case_no = await desk.receive()
    await desk.move("dispatcher1", case_no, "CLASSIFY", urgency="E1")
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    before = await dues(desk, case_no)
    await desk.move("dispatcher1", case_no, "RECLASSIFY", urgency="N", policy="EXTEND_ONLY", note="险情已排除")
    after = await dues(desk, case_no)
    assert all(after[name] > before[name] for name in ("SIGN", "FINISH"))


async def test_a_clock_that_is_broken_is_not_mended_by_another_category(desk: Desk) -> None:
    case_no = await desk.receive()
    await desk.move("dispatcher1", case_no, "CLASSIFY", urgency="E1")
    await desk.move("dispatcher1", case_no, "DISPATCH", unit=LEAD)
    ago = datetime.now(UTC) - timedelta(hours=1)
    await shift(desk, case_no, Clock, Clock.name == "SIGN", due_at=ago)
    await desk.move("dispatcher1", case_no, "RECLASSIFY", urgency="N", policy="RECOMPUTE", note="险情已排除")
    assert (await dues(desk, case_no))["SIGN"] == ago
    await desk.move("unit-cg", case_no, "SIGN")
    assert (await desk.case(case_no)).signed_in_time is False


async def test_a_category_with_a_statute_makes_the_interim_reply_owed_whatever_the_policy(desk: Desk) -> None:
    case_no = await desk.handling(kind="投诉")
    await desk.move("dispatcher1", case_no, "RECLASSIFY", category="1001", policy="KEEP", note="实为拖欠工资")
    assert "FEEDBACK" in await dues(desk, case_no)
