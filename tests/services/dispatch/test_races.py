"""Two at once: one wins, the other is told clearly why not; nothing is half done (issue: races).

Two rulings on one return: test_turns.py; merging against moving: test_merging.py.
"""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
from sqlalchemy import select

from casework.db.models import Assignment, Case, Clock, ClockFired, Motion
from services.dispatch.worker import sweep_once
from tests.services.dispatch.cases import Desk
from tests.services.dispatch.test_turns import RETURN, clock, shift


def verdicts(answers: list[httpx.Response]) -> list[str]:
    """Who won, and what each other was told."""
    return sorted("won" if answer.status_code == 200 else answer.json()["code"] for answer in answers)


async def test_a_return_against_a_signing_ends_in_one_winner(desk: Desk) -> None:
    await asyncio.gather(desk.of("unit-cg"), desk.of("lead-cg"))
    for _ in range(3):
        case_no = await desk.dispatched()
        seen = (await desk.case(case_no)).version
        answers = await asyncio.gather(
            desk.ask("unit-cg", case_no, "ASK_RETURN", **RETURN, version=seen),
            desk.ask("lead-cg", case_no, "SIGN", version=seen),
        )
        assert verdicts(list(answers)) == ["refused.CASE_CHANGED", "won"]
        returned = answers[0].status_code == 200
        case = await desk.case(case_no)
        async with desk.city.database.transaction() as session:
            asked = list(await session.scalars(select(Motion).where(Motion.case_id == case.id)))
            lead = (await session.scalars(select(Assignment).where(Assignment.case_id == case.id))).one()
        assert (case.status, len(asked)) == (("RETURN_REVIEW", 1) if returned else ("HANDLING", 0))
        assert (lead.signed_at is None) is returned
        assert (await clock(desk, case_no, "SIGN")).state == ("FILED" if returned else "STOPPED")


async def extending(desk: Desk, due: timedelta) -> str:
    """A case whose extension waits for its ruling, and whose promise falls due so long from now."""
    case_no = await desk.handling()
    until = ((await desk.case(case_no)).finish_due or datetime.now(UTC)) + timedelta(hours=5)
    await desk.move("unit-cg", case_no, "ASK_EXTENSION", until=until.isoformat(), note="备件在途")
    at = datetime.now(UTC) + due
    stages = {"stages": ["BREACH"], "stage_times": [at], "next_at": at, "stage_no": 1}
    await shift(desk, case_no, Clock, Clock.name == "FINISH", due_at=at, own_due_at=at, **stages)
    await shift(desk, case_no, Case, Case.id > 0, finish_due=at)
    return case_no


async def breaches(desk: Desk, case_no: str) -> list[bool]:
    """The cycles of the promise, and whether each was broken."""
    async with desk.city.database.transaction() as session:
        query = select(Clock).join(Case, Case.id == Clock.case_id).where(Case.case_no == case_no)
        clocks = list(await session.scalars(query.where(Clock.name == "FINISH").order_by(Clock.cycle)))
        fired = select(ClockFired.clock_id).where(ClockFired.clock_id.in_([one.id for one in clocks]))
        seen = list(await session.scalars(fired.where(ClockFired.stage == "BREACH")))
    assert len(seen) == len(set(seen)), "a breach is known once"
    return [one.id in seen for one in clocks]


async def test_an_extension_against_the_breach_the_breach_wins_once_it_is_there(desk: Desk) -> None:
    await desk.of("dispatcher1")
    case_no = await extending(desk, timedelta(seconds=-1))
    answer, *_ = await asyncio.gather(
        desk.ask("dispatcher1", case_no, "GRANT_EXTENSION"), *(sweep_once(desk.city) for _ in range(3))
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "refused.EXTENSION_TOO_LATE")
    await sweep_once(desk.city)
    assert await breaches(desk, case_no) == [True]


async def test_an_extension_against_the_breach_the_extension_wins_while_there_is_time(desk: Desk) -> None:
    await desk.of("dispatcher1")
    case_no = await extending(desk, timedelta(seconds=60))
    answer, *_ = await asyncio.gather(
        desk.ask("dispatcher1", case_no, "GRANT_EXTENSION"), *(sweep_once(desk.city) for _ in range(3))
    )
    assert answer.status_code == 200, answer.text
    await shift(desk, case_no, Clock, (Clock.name == "FINISH") & (Clock.cycle == 1), due_at=datetime.now(UTC))
    await sweep_once(desk.city)
    assert await breaches(desk, case_no) == [False, False], "the promise that was replaced is broken by nobody"
