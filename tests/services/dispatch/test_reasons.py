"""A reason that is empty or a form's own text, and a time that cannot be: 422 for every action that takes one."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.rules import asks, decide, guards, rectify_guards, whistle_guards
from casework.rules.said_why import FIELDS, says_why
from casework.rules.transitions import TRANSITIONS
from casework.rules.words import Action
from tests.services.dispatch.cases import LEAD, Desk, now
from tests.services.dispatch.test_turns import OTHER, RETURN

Begin = Callable[[Desk], Awaitable[str]]
EMPTY = ("", "  \u3000 ", "请填写理由", "【请输入原因】", "无", "xxx", "。。。", "111111", "理由")
ENOUGH = ("属城管职责", "电话已说明，待雨停", "COURT pending", "停水三天")


def _in(hours: int) -> str:
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat()


async def _returned(desk: Desk) -> str:
    case_no = await desk.dispatched()
    await desk.move("unit-cg", case_no, "ASK_RETURN", **RETURN)
    return case_no


async def _consulted(desk: Desk) -> str:
    case_no = await _returned(desk)
    await desk.move("dispatcher1", case_no, "CONSULT", note="职责交叉")
    return case_no


async def _rated_badly(desk: Desk) -> str:
    case_no = await desk.followed_up()
    await desk.move("followup1", case_no, "ANSWER_SURVEY", solved=True, satisfaction="BAD")
    return case_no


async def _rectified(desk: Desk) -> str:
    case_no = await _rated_badly(desk)
    await desk.move("unit-cg", case_no, "ANSWER_RECTIFICATION", text="已上门致歉并改正")
    return case_no


async def _contacted(desk: Desk) -> str:
    case_no = await desk.handling()
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    return case_no


async def _extending(desk: Desk) -> str:
    case_no = await desk.handling()
    until = ((await desk.case(case_no)).finish_due or datetime.now(UTC)) + timedelta(hours=5)
    await desk.move("unit-cg", case_no, "ASK_EXTENSION", until=until.isoformat(), note="备件在途")
    return case_no


async def _suspending(desk: Desk) -> str:
    case_no = await _contacted(desk)
    await desk.move("unit-cg", case_no, "ASK_SUSPENSION", reason="COURT", until=_in(30), note="等待判决")
    return case_no


async def _closing(desk: Desk) -> str:
    case_no = await desk.followed_up()
    await desk.move("followup1", case_no, "PROPOSE_CLOSURE", reason="UNREASONABLE", note="超出法定职责")
    return case_no


async def _closed(desk: Desk) -> str:
    case_no = await desk.followed_up()
    await desk.move("followup1", case_no, "ANSWER_SURVEY", solved=True)
    return case_no


RECEIVED: Begin = lambda desk: desk.receive()  # noqa: E731
DISPATCHED: Begin = lambda desk: desk.dispatched()  # noqa: E731
HANDLING: Begin = lambda desk: desk.handling()  # noqa: E731
FILED: Begin = lambda desk: desk.filed()  # noqa: E731
FOLLOWED_UP: Begin = lambda desk: desk.followed_up()  # noqa: E731

# where the case stands, who, what, which words beside the reason, the field of the reason
ASKED: list[tuple[Begin, str, Action, dict[str, Any], str]] = [
    (RECEIVED, "dispatcher1", Action.ASK_INFO, {}, "note"),
    (RECEIVED, "dispatcher1", Action.PROPOSE_VOID, {}, "note"),
    (DISPATCHED, "unit-cg", Action.ASK_RETURN, RETURN, "basis"),
    (DISPATCHED, "dispatcher1", Action.URGE, {}, "note"),
    (DISPATCHED, "supervision1", Action.SUPERVISE, {}, "note"),
    (DISPATCHED, "dispatcher1", Action.RECLASSIFY, {"urgency": "E1"}, "note"),
    (_returned, "dispatcher1", Action.REJECT_RETURN, {}, "note"),
    (_returned, "dispatcher1", Action.CONSULT, {}, "note"),
    (_consulted, "leader1", Action.DESIGNATE, {"unit": LEAD}, "note"),
    (HANDLING, "unit-cg", Action.ADD_CO_UNIT, {"unit": OTHER, "until": _in(5)}, "note"),
    (_extending, "dispatcher1", Action.REJECT_EXTENSION, {}, "note"),
    (_contacted, "unit-cg", Action.ASK_SUSPENSION, {"reason": "COURT", "until": _in(30)}, "note"),
    (_suspending, "dispatcher1", Action.REJECT_SUSPENSION, {}, "note"),
    (
        _contacted,
        "unit-cg",
        Action.FILE_RESULT,
        {"reply_text": "部分路灯已修复。", "factual": True, "solved": "PARTLY"},
        "unsolved_reason",
    ),
    (FILED, "reviewer1", Action.SEND_BACK_RESULT, {}, "note"),
    (FOLLOWED_UP, "followup1", Action.REWORK, {}, "note"),
    (FOLLOWED_UP, "followup1", Action.PROPOSE_CLOSURE, {"reason": "UNREASONABLE"}, "note"),
    (FOLLOWED_UP, "followup1", Action.CLOSE_REASONED, {"reason": "POLICY_EXPLAINED"}, "note"),
    (_closing, "reviewer1", Action.REJECT_CLOSURE, {}, "note"),
    (_closed, "agent1", Action.REOPEN, {}, "note"),
    (_rated_badly, "unit-cg", Action.ANSWER_RECTIFICATION, {}, "text"),
    (_rectified, "followup1", Action.SEND_BACK_RECTIFICATION, {}, "note"),
]
BY_THEIR_GUARD_ALONE = {
    *(Action.SUPPLY_INFO, Action.CALL, Action.UNMERGE, Action.DELEGATE, Action.RAISE, Action.END_WHISTLE),
    *(Action.ASK_EXTENSION, Action.WHISTLE, Action.RATE_UNIT, Action.RATE_WHISTLE, Action.ANSWER_LEAD),
    *(Action.REJECT_LEDGER, Action.TAKE_OFF_LEDGER, Action.REVIEW_LEDGER, Action.ASK_LEDGER),
    *(Action.FAIL_CHECK, Action.PASS_CHECK, Action.ASK_BACKDATED, Action.REJECT_BACKDATED, Action.SPLIT),
}
"""Actions whose case takes long to bring about: the same guard asks them, and the table below holds the guards."""
ASK_WHY = (
    *(guards.gives_note, guards.gives_closure_reason, guards.gives_return_reason, guards.gives_new_deadline),
    *(
        guards.gives_suspension,
        guards.answers_lead,
        guards.gives_backdated,
        guards.result_complete,
        guards.adoption_told,
    ),
    *(whistle_guards.tells_matter, whistle_guards.explains_score, rectify_guards.tells_rectified),
)


@pytest.mark.parametrize(("begin", "login", "action", "said", "field"), ASKED, ids=[row[2].value for row in ASKED])
async def test_a_reason_that_says_nothing_is_a_wrong_field(
    desk: Desk, begin: Begin, login: str, action: Action, said: dict[str, Any], field: str
) -> None:
    case_no = await begin(desk)
    before = (await desk.case(case_no)).version
    for nothing in EMPTY:
        answer = await desk.ask(login, case_no, action.value, **{**said, field: nothing})
        assert answer.status_code == 422, (nothing, answer.text)
        told = answer.json()
        assert [one["field"] for one in told["errors"]] == [field]
        assert FIELDS[told["code"].removeprefix("refused.")] == field
    assert (await desk.case(case_no)).version == before
    await desk.move(login, case_no, action.value, **{**said, field: ENOUGH[0]})


def test_every_action_that_asks_why_is_in_the_table() -> None:
    asking = {row.action for row in TRANSITIONS if set(row.needs) & set(ASK_WHY)}
    assert asking <= {row[2] for row in ASKED} | BY_THEIR_GUARD_ALONE


@pytest.mark.parametrize("text", EMPTY)
def test_a_form_s_own_text_says_nothing(text: str) -> None:
    assert says_why(text) is False


@pytest.mark.parametrize("text", ENOUGH)
def test_a_short_reason_is_one(text: str) -> None:
    assert says_why(text) is True


# 时间


async def test_a_time_in_the_future_or_before_the_case_is_a_wrong_field(desk: Desk) -> None:
    case_no = await desk.handling()
    created = (await desk.case(case_no)).created_at
    wrong = {
        "IN_FUTURE": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
        "BEFORE_CASE": (created - timedelta(minutes=1)).isoformat(),
    }
    for name, at in wrong.items():
        contact = {"way": "PHONE", "contacted_at": at}
        answer = await desk.ask("unit-cg", case_no, "CONTACT", **contact)
        assert (answer.status_code, answer.json()["code"]) == (422, f"refused.CONTACT_{name}")
        assert answer.json()["errors"][0]["field"] == "contacted_at"
        late = await desk.ask("unit-cg", case_no, "FEEDBACK", text="正在维修", acted_at=at)
        assert (late.status_code, late.json()["code"]) == (422, f"refused.TIME_{name}")
        assert late.json()["errors"][0]["field"] == "acted_at"
    by_the_minute = created.replace(second=0, microsecond=0).isoformat()
    for at in (by_the_minute, now()):
        moved = await desk.move("unit-cg", case_no, "FEEDBACK", text="正在维修", acted_at=at)
        assert moved["status"] == "HANDLING"


def test_every_ask_that_tells_a_time_is_judged() -> None:
    """`decide` looks at `acted_at` of every ask; the only other times of something done are judged by guards."""
    past = {
        (model.__name__, name)
        for model in vars(asks).values()
        if isinstance(model, type) and issubclass(model, asks.Ask)
        for name in model.model_fields
        if name.endswith("_at")
    }
    assert {name for _, name in past} <= {"acted_at", "contacted_at", "happened_at"}
    assert decide.guards.acted_in_time
