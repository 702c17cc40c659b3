"""Why not: each refusal of the case table as a row, with the sentence that the person reads (design.md §5.3)."""

import ast
import inspect
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from casework.kit.texts import LANGS, TEXTS
from casework.rules import decide, grid_items, guards, rectify_guards, verify_guards, whistle_guards
from casework.rules.said_why import FIELDS
from casework.rules.words import Action
from tests.services.dispatch import (
    test_backdating,
    test_checks,
    test_kinds,
    test_ledger,
    test_levels,
    test_merging,
    test_rectifications,
    test_reports,
    test_splitting,
    test_statutes,
    test_turns,
    test_urban,
    test_verifying,
    test_whistles,
)
from tests.services.dispatch.cases import Desk, now

Begin = Callable[[Desk], Awaitable[str]]
RECEIVED: Begin = lambda desk: desk.receive()  # noqa: E731
DISPATCHED: Begin = lambda desk: desk.dispatched()  # noqa: E731
HANDLING: Begin = lambda desk: desk.handling()  # noqa: E731
FILED: Begin = lambda desk: desk.filed()  # noqa: E731
FOLLOWED_UP: Begin = lambda desk: desk.followed_up()  # noqa: E731


async def _proposed(desk: Desk) -> str:
    case_no = await desk.receive()
    await desk.move("dispatcher1", case_no, "PROPOSE_VOID", note="测试件")
    return case_no


def _tomorrow() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


def _result(**more: Any) -> dict[str, Any]:
    return {"reply_text": "路灯已修复。", "factual": True, "solved": "SOLVED", **more}


# where the case stands, who, what, which words, the reason
REFUSED: list[tuple[Begin, str, Action, dict[str, Any], str]] = [
    (RECEIVED, "dispatcher1", Action.ASK_INFO, {"note": "x", "version": 99}, "CASE_CHANGED"),
    (RECEIVED, "dispatcher1", Action.SIGN, {}, "NOT_NOW"),
    (RECEIVED, "reviewer1", Action.DISPATCH, {"unit": "510104-CG"}, "NOT_YOUR_ROLE"),
    (RECEIVED, "followup1", Action.ANSWER, {"answer": "已答复"}, "NOT_YOUR_ROLE"),
    (RECEIVED, "dispatcher1", Action.DISPATCH, {"unit": "NO-SUCH"}, "UNIT_UNKNOWN"),
    (RECEIVED, "dispatcher1", Action.CLASSIFY, {}, "NOTHING_TO_CHANGE"),
    (RECEIVED, "dispatcher1", Action.CLASSIFY, {"category": "9999"}, "CATEGORY_UNKNOWN"),
    (RECEIVED, "dispatcher1", Action.CLASSIFY, {"area_code": "510105"}, "AREA_UNKNOWN"),
    (RECEIVED, "dispatcher1", Action.CLASSIFY, {"area_code": "5101"}, "AREA_UNKNOWN"),
    (RECEIVED, "dispatcher1", Action.CLASSIFY, {"area_code": "510104017999"}, "AREA_UNKNOWN"),
    (RECEIVED, "dispatcher1", Action.CLASSIFY, {"area_code": "%"}, "AREA_UNKNOWN"),
    (RECEIVED, "dispatcher1", Action.ANSWER, {}, "ANSWER_MISSING"),
    (RECEIVED, "dispatcher1", Action.ANSWER, {"answer": "嗯"}, "ANSWER_MISSING"),
    (RECEIVED, "dispatcher1", Action.GUIDE, {"reason": "NA99", "told": "请走诉讼"}, "GUIDANCE_REASON_UNKNOWN"),
    (RECEIVED, "dispatcher1", Action.GUIDE, {"reason": "NA02"}, "GUIDANCE_TEXT_MISSING"),
    (RECEIVED, "dispatcher1", Action.ASK_INFO, {}, "NOTE_MISSING"),
    (RECEIVED, "dispatcher1", Action.ASK_INFO, {"note": " \0 "}, "NOTE_MISSING"),
    (RECEIVED, "dispatcher1", Action.WITHDRAW, {}, "IDENTITY_NOT_CHECKED"),
    (RECEIVED, "dispatcher1", Action.VOID, {}, "VOID_NOT_PROPOSED"),
    (_proposed, "dispatcher1", Action.VOID, {}, "SECOND_PERSON_NEEDED"),
    (DISPATCHED, "dispatcher1", Action.SIGN, {}, "NOT_YOUR_ROLE"),
    (HANDLING, "unit-cg", Action.CONTACT, {"way": "PHONE"}, "CONTACT_EVIDENCE_MISSING"),
    (HANDLING, "unit-cg", Action.CONTACT, {"contacted_at": now()}, "CONTACT_EVIDENCE_MISSING"),
    (HANDLING, "unit-cg", Action.CONTACT, {"way": "VISIT", "contacted_at": _tomorrow()}, "CONTACT_IN_FUTURE"),
    (HANDLING, "unit-cg", Action.FEEDBACK, {}, "FEEDBACK_MISSING"),
    (HANDLING, "unit-cg", Action.FILE_RESULT, _result(), "CONTACT_NOT_MADE"),
    (FILED, "unit-cg", Action.FILE_RESULT, _result(), "NOT_NOW"),
    (FILED, "reviewer1", Action.SEND_BACK_RESULT, {}, "NOTE_MISSING"),
    (FOLLOWED_UP, "followup1", Action.ANSWER_SURVEY, {}, "SURVEY_ANSWER_MISSING"),
    (FOLLOWED_UP, "followup1", Action.CLOSE_UNREACHED, {}, "TRY_AGAIN_FIRST"),
    (FOLLOWED_UP, "followup1", Action.CLOSE_REASONED, {"note": "x"}, "CLOSURE_REASON_UNKNOWN"),
    (FOLLOWED_UP, "followup1", Action.REWORK, {}, "NOTE_MISSING"),
]


async def _contacted(desk: Desk) -> str:
    case_no = await desk.handling()
    await desk.move("unit-cg", case_no, "CONTACT", contacted_at=now(), way="PHONE")
    return case_no


REFUSED += [
    (_contacted, "unit-cg", Action.FILE_RESULT, _result(reply_text="好了"), "REPLY_MISSING"),
    (_contacted, "unit-cg", Action.FILE_RESULT, _result(factual=None), "RESULT_INCOMPLETE"),
    (_contacted, "unit-cg", Action.FILE_RESULT, _result(solved=None), "RESULT_INCOMPLETE"),
    (_contacted, "unit-cg", Action.FILE_RESULT, _result(solved="PARTLY"), "UNSOLVED_REASON_MISSING"),
]
FORBIDDEN = {"NOT_YOUR_ROLE", "NOT_YOUR_CASE"}
BY_ANOTHER_TEST = {
    **dict.fromkeys(("TIME_IN_FUTURE", "TIME_BEFORE_CASE", "CONTACT_BEFORE_CASE"), "test_reasons.py"),
    "CATEGORY_RETIRED": "tests/services/dispatch/test_categories.py",
    "NOT_YOUR_CASE": "test_a_unit_that_had_the_case_before_may_look_and_not_act",
    "NOT_COMMUNITY_LEVEL": "test_only_a_communitys_case_is_settled_by_the_community",
    "EVIDENCE_MISSING": "tests/services/intake/test_inside_doors.py",
    "WINDOW_OPEN": "test_an_ended_case_is_archived_after_its_window",
    "REPEAT_UNKNOWN": "tests/services/intake/test_callers.py",
    "ATTACHMENT_UNUSABLE": "tests/services/intake/test_attachments_evidence.py",
    "CALL_OUTCOME_CONTRADICTS": "tests/rules/test_evidence.py",
    "CALL_OUTCOME_MISSING": "tests/rules/test_evidence.py",
    **dict.fromkeys(("NOT_SAMPLED", "ASKED_LIKE_OTHERS", "MAY_STILL_ANSWER"), "test_sampled_followup.py"),
}


@pytest.mark.parametrize(
    ("begin", "login", "action", "words", "code"), REFUSED, ids=[f"{row[2].value}-{row[4]}" for row in REFUSED]
)
async def test_a_refusal_tells_why_and_writes_nothing(
    desk: Desk, begin: Begin, login: str, action: Action, words: dict[str, Any], code: str
) -> None:
    case_no = await begin(desk)
    before = await desk.case(case_no), len(await desk.events(case_no))
    sentences = []
    for language in ("zh-CN", "en"):
        answer = await desk.ask(login, case_no, action.value, headers={"Accept-Language": language}, **words)
        expected = 403 if code in FORBIDDEN else 422 if code in FIELDS else 409
        assert (answer.status_code, answer.json()["code"]) == (expected, f"refused.{code}")
        sentences.append(answer.json()["detail"])
    assert sentences[0] != sentences[1]
    assert not any("{" in sentence or "refused." in sentence for sentence in sentences)
    after = await desk.case(case_no), len(await desk.events(case_no))
    assert (after[0].status, after[0].version, after[1]) == (before[0].status, before[0].version, before[1])


def _codes(*modules: Any) -> set[str]:
    """Every reason code written in a module: upper-case constants that are returned or raised."""
    found: set[str] = set()
    for module in modules:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return {code for code in found if code.isupper() and "_" in code}


def test_every_reason_has_its_sentence_in_both_languages() -> None:
    codes = _codes(guards, whistle_guards, verify_guards, rectify_guards, grid_items, decide)
    assert len(codes) > 20
    for code in codes:
        for language in LANGS:
            assert TEXTS.t(f"refused.{code}", language) != f"refused.{code}", f"{code} has no sentence in {language}"


def test_every_reason_is_given_by_some_test() -> None:
    stories = (
        test_backdating,
        test_checks,
        test_kinds,
        test_ledger,
        test_levels,
        test_merging,
        test_rectifications,
        test_reports,
        test_splitting,
        test_statutes,
        test_turns,
        test_urban,
        test_verifying,
        test_whistles,
    )
    given = {row[4] for row in REFUSED} | set(BY_ANOTHER_TEST) | _codes(*stories)
    assert _codes(guards, whistle_guards, verify_guards, rectify_guards, grid_items, decide) <= given
