"""Random people do random permitted things to cases, thousands of times, while time passes; after each step all that
must always hold is looked at (design.md §4, words.md §1 and §2)."""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pydantic import TypeAdapter
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import cases
from casework.db.models import Account, Case, Clock, ClockFired, Event
from casework.db.reads.holding import holding_of
from casework.journey.city import City
from casework.journey.move import move
from casework.journey.sign_in import actor_of
from casework.journey.standing import bounds_of, state_of
from casework.kit.errors import NotFound
from casework.rules import asks
from casework.rules.decide import Refused, allowed_actions
from casework.rules.facts import SYSTEM, Actor, Facts
from casework.rules.holding import WITH_UNIT
from casework.rules.transitions import CLOCKS_OF, ENDED, OVERLAYS
from casework.rules.words import Action, ClockName, Status
from services.dispatch.worker import sweep_once, turn_once
from tests.conftest import Town
from tests.journey.test_one_case import MESSAGE, send
from tests.services.dispatch.staff import at_work

STEPS = 2000
LOGINS = ("dispatcher1", "reviewer1", "reviewer2", "unit-cg", "unit-zhzf", "unit-ga", "unit-jj", "followup1", "agent1")
MORE = ("supervision1", "leader1", "community-017001", "street-017", "grid-017001001")
UNITS = ("510104-CG", "510104-ZHZF", "510104-GA", "510104-JJ", "510104017-JZ")
SELDOM = {
    Action.SPLIT,
    Action.MERGE,
    Action.ANSWER,
    Action.GUIDE,
    Action.TRANSFER,
    Action.WITHDRAW,
    Action.VOID,
    Action.PROPOSE_VOID,
}
ASIDE = {
    Action.END_WHISTLE,
    Action.GIVE_PLAN,
    Action.ASK_INFO,
    Action.CLASSIFY,
    Action.URGE,
    Action.SUPERVISE,
    Action.RECORD_ATTEMPT,
    Action.FEEDBACK,
    Action.RECLASSIFY,
    Action.SCREEN,
    Action.ASK_BACKDATED,
}
MOVES_THE_PROMISE = {"CLASSIFY", "RECLASSIFY", "GRANT_EXTENSION", "RESUME", "TAKE_OFF_LEDGER", "CALL", "TAKE_ON"}
WITH_LEAD = WITH_UNIT | {Status.RETURN_REVIEW, Status.RESULT_REVIEW}
ASK: TypeAdapter[asks.Ask] = TypeAdapter(asks.AnyAsk)
WORDS: dict[Action, dict[str, Any]] = {
    Action.ANSWER: {"answer": "请到社区办理。"},
    Action.GUIDE: {"reason": "NA01", "told": "请拨打110。"},
    Action.CONTACT: {"way": "PHONE", "outcome": "REACHED"},
    Action.FEEDBACK: {"text": "正在维修"},
    Action.FILE_RESULT: {"reply_text": "已修复。", "factual": True, "solved": "SOLVED"},
    Action.ANSWER_VERIFY: {"found": True},
    Action.CLOSE_REASONED: {"reason": "POLICY_EXPLAINED"},
    Action.PROPOSE_CLOSURE: {"reason": "UNREASONABLE"},
    Action.WITHDRAW: {"identity_checked": True},
    Action.SETTLE: {"evidence": "现场已清理"},
    Action.ASK_RETURN: {"reason": "OUTSIDE_DUTY", "basis": "三定方案第四条"},
    Action.ANSWER_LEAD: {"text": "已协助处理", "late_reason": "人手不足", "interim": "明日完成"},
    Action.ASK_SUSPENSION: {"reason": "COURT"},
    Action.ANSWER_SUPERVISION: {"text": "今日完成并回复"},
    Action.REPORT_IN: {"lon": 104.09, "lat": 30.65},
    Action.ASK_LEDGER: {"reason": "HISTORY", "measures": "先行修补并公示"},
    Action.SPLIT: {"matter": "楼道堆放杂物", "category": "0204"},
    Action.GIVE_PLAN: {"text": "两组人今日完成"},
    Action.SCREEN: {"no_unit": True, "confirmed": True},
    Action.ASK_BACKDATED: {"step": "VISIT"},
    Action.ANSWER_WHISTLE: {"text": "已到场处置"},
    Action.ANSWER_RECTIFICATION: {"text": "已上门致歉并改正"},
}
NEEDS_UNIT = {Action.DISPATCH, Action.ASK_RETURN, Action.GRANT_RETURN, Action.DESIGNATE, Action.ADD_CO_UNIT}


@dataclass
class Seen:
    """A case as it was after its last step."""

    finish_due: datetime | None = None
    original: datetime | None = None
    signed_late: bool = False
    rows: dict[str, int] = field(default_factory=dict)
    breached: set[int] = field(default_factory=set)


def said(action: Action, case: Case, numbers: list[str], chance: random.Random) -> asks.Ask:
    """What somebody says with an action; mostly right, now and then wrong."""
    words: dict[str, Any] = {"action": action.value, **WORDS.get(action, {})}
    words["note"] = chance.choice(["情况说明", "情况说明", "情况说明", ""])
    if action in NEEDS_UNIT or action is Action.DELEGATE:
        words["unit"] = chance.choice(UNITS)
    if action is Action.WHISTLE:
        words |= {"units": chance.sample(UNITS, chance.choice([1, 2])), "level": chance.choice(["E0", "E1", "N"])}
    if action is Action.RATE_UNIT:
        words |= {"unit": chance.choice(UNITS), "score": chance.randint(1, 5)}
    if action is Action.RATE_WHISTLE:
        words |= {"score": chance.randint(1, 5), "justified": chance.random() < 0.8}
    if action is Action.MERGE:
        words["main"] = chance.choice(numbers)
    if action is Action.RECLASSIFY:
        words["policy"] = chance.choice(["KEEP", "EXTEND_ONLY", "RECOMPUTE"])
    if action in (Action.CLASSIFY, Action.RECLASSIFY):
        words |= chance.choice([{"kind": "COMPLAINT"}, {"kind": "CONSULT"}, {"urgency": "E1"}, {"urgency": "C"}])
    if action is Action.SCREEN and chance.random() < 0.2:
        words |= {"units": [chance.choice(UNITS)], "no_unit": False}
    if action is Action.ASK_BACKDATED:
        words["happened_at"] = datetime.now(UTC).isoformat()
    if action is Action.ANSWER_SURVEY:
        words["solved"] = chance.random() < 0.5
        words["satisfaction"] = chance.choice(["GOOD", "BAD", None])
    if action is Action.CONTACT:
        words["contacted_at"] = datetime.now(UTC).isoformat()
    if action in (Action.ADD_CO_UNIT, Action.DELEGATE, Action.ASK_SUSPENSION, Action.ASK_LEDGER):
        words["until"] = (datetime.now(UTC) + timedelta(hours=chance.choice([1, 5, 30]))).isoformat()
    if action is Action.ASK_EXTENSION and case.finish_due is not None:
        words["until"] = (case.finish_due + timedelta(hours=chance.choice([5, 30]))).isoformat()
    return ASK.validate_python(words)


async def time_passes(session: AsyncSession, case: Case, by: timedelta) -> None:
    """All promises of the case come nearer by so much, as if time had passed."""
    for table, key, columns in (
        ("cases", "id", ("finish_due", "finish_due_original", "next_due")),
        ("clock", "case_id", ("started_at", "due_at", "own_due_at", "next_at", "paused_at")),
        ("motion", "case_id", ("until",)),
    ):
        moved = ", ".join(f"{column} = {column} - CAST(:by AS interval)" for column in columns)
        await session.execute(text(f"UPDATE {table} SET {moved} WHERE {key} = :id"), {"by": by, "id": case.id})
    each = "SELECT array_agg(t - CAST(:by AS interval) ORDER BY n) FROM unnest(stage_times) WITH ORDINALITY AS u (t, n)"
    await session.execute(
        text(f"UPDATE clock SET stage_times = ({each}) WHERE case_id = :id"), {"by": by, "id": case.id}
    )


async def look(session: AsyncSession, case_no: str, before: Seen, action: str) -> Seen:
    """All that must always hold."""
    case = (await session.scalars(select(Case).where(Case.case_no == case_no))).one()
    hangs, status = await cases.hanging(session, case), Status(case.status)
    leads = [a for a in hangs.assignments if a.kind == "LEAD" and a.closed_at is None]
    assert len(leads) == (1 if status in WITH_LEAD else 0), "one lead while the case is with a unit, none else"
    if leads:
        assert case.lead_unit_id == leads[0].unit_id
    waits = (
        status is Status.RETURN_REVIEW
    )  # a lead that asked to return it is rid of it by the ruling, and sees nothing
    holding = {a.unit_id for a in hangs.assignments if a.closed_at is None and not (waits and a.kind == "LEAD")}
    assert not holding & set(case.barred_units), "no reported unit has anything to do with it"
    running = {ClockName(c.name) for c in hangs.clocks if c.state == "RUNNING"}
    allowed = CLOCKS_OF.get(status, frozenset()) | OVERLAYS
    if status is Status.RESULT_REVIEW and case.in_rework:
        allowed |= {ClockName.REWORK}
    assert running <= allowed, f"{running - allowed} runs in {status}"
    if status in ENDED:
        left = {c.name for c in hangs.clocks if c.state in ("RUNNING", "FILED", "PAUSED")}
        assert left <= ({"RECTIFY"} if status is Status.CLOSED else set())
        assert not [m for m in hangs.motions if m.ruling is None], "nothing is left to rule on"
    _look_at_whistles(hangs)
    _look_at_checks(case, hangs)
    _look_at_rectifications(case, hangs)
    listed = [m for m in hangs.motions if m.kind == "LEDGER" and m.ruling == "GRANTED" and m.ended_at is None]
    assert case.on_ledger == (status is Status.SUSPENDED and bool(listed))
    assert case.on_ledger == (case.ledger_review_due is not None)
    keys = [(c.assignment_id, c.name, c.cycle) for c in hangs.clocks]
    assert len(keys) == len(set(keys))
    events = list(await session.scalars(select(Event).where(Event.case_id == case.id).order_by(Event.id)))
    versions = [e.version for e in events if e.version is not None]
    assert versions == list(range(1, case.version + 1)), "every change is an event"
    assert [e.to_status for e in events if e.version == case.version] == [case.status]
    fired = await session.scalar(
        select(func.count()).select_from(ClockFired).join(Clock).where(Clock.case_id == case.id)
    )
    rows = {
        **{"events": len(events), "clocks": len(hangs.clocks), "assignments": len(hangs.assignments)},
        **{"motions": len(await cases.motions_of(session, case.id)), "fired": fired or 0},
        **{"whistles": len(hangs.whistles), "calls": len(hangs.calls)},
    }
    assert case.whistles == len(await cases.whistles_of(session, case.id))
    assert case.motions == rows["motions"]
    for name, count in before.rows.items():
        assert rows[name] >= count, f"{name} were deleted"
    level = [c for c in hangs.clocks if c.name == "LEVEL" and c.state != "CANCELLED"]
    assert sum(c.state in ("RUNNING", "FILED", "PAUSED") for c in level) <= 1, "one level at a time"
    raised = [e for e in events if e.action == "RAISE"]
    assert len([a for a in hangs.assignments if a.outcome == "RAISED"]) == len(raised), "each raise is a new lead"
    if action not in MOVES_THE_PROMISE:
        assert case.finish_due == before.finish_due or not before.rows, f"{action} moved the promise silently"
    if action not in ("CLASSIFY", "CALL", "TAKE_ON"):
        assert case.finish_due_original == before.original or not before.rows
    late = case.signed_in_time is False
    assert late or not before.signed_late or action == "CALL", "what was late became timely"
    breached = {c.id for c in hangs.clocks if c.breached_at is not None}
    assert before.breached <= breached
    spans = await holding_of(session, case)
    whole = (case.ended_at or spans[-1][0].end) - events[0].at if spans else timedelta()
    assert sum((span.length for span, _ in spans), timedelta()) == whole, "the holding times add up to the whole"
    return Seen(case.finish_due, case.finish_due_original, late, rows, breached)


def _look_at_checks(case: Case, hangs: cases.Hanging) -> None:
    """A check waits only for a result under review, with one clock; nobody who handled the case answered one."""
    checks = [task for task in hangs.assignments if task.kind == "CHECK"]
    waiting = [task for task in checks if task.closed_at is None]
    assert len(waiting) <= 1
    assert not waiting or case.status == Status.RESULT_REVIEW
    assert [task.unit_id for task in waiting] == ([case.check_unit_id] if case.check_unit_id else [])
    running = [c.assignment_id for c in hangs.clocks if c.name == "INNER" and c.state == "RUNNING"]
    assert [task.id for task in waiting] == [hung for hung in running if hung in {task.id for task in checks}]
    for check in checks:
        before = {task.signed_by for task in hangs.assignments if task.kind != "CHECK" and task.hop < check.hop}
        assert check.outcome not in ("PASSED", "FAILED") or check.signed_by not in before


def _look_at_rectifications(case: Case, hangs: cases.Hanging) -> None:
    """What a bad grade named is put right one at a time, with one clock, and the case's row says until when."""
    tasks = [task for task in hangs.assignments if task.kind == "RECTIFY"]
    waiting = [task.id for task in tasks if task.closed_at is None]
    alive = [c for c in hangs.clocks if c.name == "RECTIFY" and c.state in ("RUNNING", "FILED", "PAUSED")]
    assert len(waiting) <= 1
    assert [clock.assignment_id for clock in alive] == waiting
    assert (case.rectify_due is not None) == (case.rectified == "OPEN") == bool(waiting)


def _look_at_whistles(hangs: cases.Hanging) -> None:
    """Whoever is awaited has a task and, until it has come, a clock; nobody else has."""
    tasks = {task.id: task for task in hangs.assignments}
    awaited = {call.assignment_id for call in hangs.calls if call.closed_at is None}
    assert {task.id for task in tasks.values() if task.whistle_id and task.closed_at is None} == awaited
    coming = {call.assignment_id for call in hangs.calls if call.closed_at is None and call.reported_at is None}
    running = {c.assignment_id for c in hangs.clocks if c.name == "REPORT_IN" and c.state == "RUNNING"}
    assert running == coming, "a clock runs for each who is awaited and has not come"
    for whistle in hangs.whistles:
        own = [call for call in hangs.calls if call.whistle_id == whistle.id]
        assert own, "a whistle calls somebody"
        assert (whistle.ended_at is None) == any(call.closed_at is None for call in own)
    for call in hangs.calls:
        assert (call.reported_at is None) == (call.check_in is None)
        assert call.scored_at is None or call.closed_at is not None


@dataclass
class World:
    """Those who act, and the cases that they act on."""

    city: City
    people: dict[str, Actor]
    numbers: list[str]
    seen: dict[str, Seen] = field(default_factory=dict)
    made: Counter[str] = field(default_factory=Counter)

    async def step(self, chance: random.Random) -> None:
        case_no = chance.choice(self.numbers)
        async with self.city.database.transaction() as session:
            held = await cases.lock(session, case_no, SYSTEM)
            assert held is not None
            if chance.random() < 0.08:
                await time_passes(session, held.case, timedelta(hours=chance.choice([1, 20, 100])))
                await session.refresh(held.case)
                before = self.seen[case_no]
                before.finish_due, before.original = held.case.finish_due, held.case.finish_due_original
            chosen = self._choose(held.case, await cases.hanging(session, held.case), held.now, chance)
        if chosen is None:
            return
        actor, ask = chosen
        try:
            async with self.city.database.transaction() as session:
                await move(session, self.city, case_no, actor, ask)
        except (Refused, NotFound):
            self.made["refused"] += 1
            return
        self.made[ask.action.value] += 1
        if isinstance(ask, asks.Split):
            await self._meet(case_no)
        await self.look(case_no, ask.action.value)

    def _choose(
        self, case: Case, hangs: cases.Hanging, at: datetime, chance: random.Random
    ) -> tuple[Actor, asks.Ask] | None:
        """One of the people with one of their buttons."""
        rules, ways = self.city.catalog.turns.rules, []
        for actor in self.people.values():
            bounds = bounds_of(self.city.catalog, case, hangs, actor, at)
            facts = Facts(state_of(case, hangs), actor, asks.Accept(), at, turns=rules, bounds=bounds)
            ways += [(actor, action) for action in allowed_actions(facts)]
        if not ways:
            return None
        weights = [0.02 if action in SELDOM else 0.3 if action in ASIDE else 1.0 for _, action in ways]
        [(actor, action)] = chance.choices(ways, weights)
        return actor, said(action, case, self.numbers, chance)

    async def _meet(self, case_no: str) -> None:
        """The case that was split off takes part from now on."""
        async with self.city.database.transaction() as session:
            [made] = (await session.scalars(select(Case).order_by(Case.id.desc()).limit(1))).all()
        assert made.case_no.startswith(case_no.partition("-")[0])
        self.numbers.append(made.case_no)
        await self.look(made.case_no, Action.SPLIT.value)

    async def look(self, case_no: str, action: str) -> None:
        async with self.city.database.transaction() as session:
            self.seen[case_no] = await look(session, case_no, self.seen.get(case_no, Seen()), action)


@pytest.fixture(scope="module")
async def world(town: Town, city: City) -> World:
    async with city.database.transaction() as session:
        people = {
            login: await actor_of(session, (await session.scalars(select(Account).where(Account.login == login))).one())
            for login in (*LOGINS, *MORE)
        }
    numbers = []
    for number in range(30):
        kind = ["求助", "投诉", "咨询", "举报"][number % 4]
        answer = await send(town, f"life-{number}", {**MESSAGE, "kind": kind, "upstream_no": f"life-{number}"})
        numbers.append(answer.json()["cases"][0]["case_no"])
    async with await at_work(town, city, "intake", "grid-017001001") as grid:
        for number in range(8):
            form = {"entry": "COMMUNITY", "text": "路灯不亮", "category": "0204", "kind": "HELP"}
            answer = await grid.post("/grid-reports", json=form, headers={"Idempotency-Key": f"life-grid-{number}"})
            numbers.append(answer.json()["cases"][0]["case_no"])
    found = World(city, people, numbers)
    for case_no in numbers:
        await found.look(case_no, "ACCEPT")
    return found


@pytest.mark.timeout(900)
async def test_whatever_people_do_what_must_hold_holds(world: World) -> None:
    chance = random.Random(4)
    for step in range(STEPS):
        await world.step(chance)
        if step % 50 == 0:
            await sweep_once(world.city)
            await turn_once(world.city)
            for case_no in world.numbers:
                await world.look(case_no, "RESUME")
    missing = {
        *(Action.GRANT_RETURN, Action.REJECT_RETURN, Action.CONSULT, Action.DESIGNATE, Action.ADD_CO_UNIT),
        *(Action.ANSWER_LEAD, Action.GRANT_EXTENSION, Action.GRANT_SUSPENSION, Action.RESUME, Action.REWORK),
        *(Action.REOPEN, Action.SUPERVISE, Action.ANSWER_SUPERVISION, Action.PROPOSE_CLOSURE),
        *(Action.PASS_CHECK, Action.FAIL_CHECK, Action.SPLIT, Action.GRANT_LEDGER, Action.TAKE_OFF_LEDGER),
        *(Action.ANSWER_RECTIFICATION, Action.ACCEPT_RECTIFICATION),
        *(Action.RAISE, Action.WHISTLE, Action.REPORT_IN, Action.ANSWER_WHISTLE, Action.RATE_UNIT, Action.RATE_WHISTLE),
    } - {Action(name) for name in world.made if name != "refused"}
    assert len(missing) <= 3, f"not walked: {missing}; {json.dumps(world.made)}"


async def test_the_proof_sees_a_promise_that_moves_silently(world: World) -> None:
    """The proof must fail when its rule is removed."""
    case_no = world.numbers[0]
    async with world.city.database.transaction() as session:
        case = (await session.scalars(select(Case).where(Case.case_no == case_no))).one()
        case.finish_due = datetime(2030, 1, 1, tzinfo=UTC)
    with pytest.raises(AssertionError, match="silently"):
        await world.look(case_no, "URGE")
