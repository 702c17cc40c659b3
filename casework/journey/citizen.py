"""What a citizen's link, or number and query code together, allow 市民端: see the public side, add words, withdraw.

The link comes with the reply and alone answers the survey (decision 0028).
"""

import hmac
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import cases, citizens
from casework.db.cases import Locked
from casework.db.citizens import Lead
from casework.db.models import Case, Event, Survey
from casework.db.requests import query_code
from casework.journey.city import City
from casework.journey.move import move
from casework.journey.supplement import supplement_by_citizen
from casework.journey.wording import masked_words
from casework.kit.crypto import digest
from casework.kit.errors import Conflict, FieldFault, NotFound, Problem, TooMany, Unprocessable
from casework.rules import asks
from casework.rules.facts import CITIZEN
from casework.rules.numbers import is_request_number
from casework.rules.said_why import says_why
from casework.rules.transitions import OPEN, TRANSITIONS
from casework.rules.words import Action, Record, Role, Status

LONGEST_TOKEN = 64
_SAID = {
    Action.FEEDBACK.value: "text",
    Action.ANSWER.value: "answer",
    Action.GUIDE.value: "told",
    Action.ACCEPT_RECTIFICATION.value: "rectified",
}
_SHOWN = frozenset(
    {
        *(Action.ACCEPT, Action.CALL, Action.ASK_COMMUNITY, Action.TAKE_ON, Action.SETTLE),
        *(Action.ANSWER, Action.GUIDE, Action.TRANSFER, Action.ASK_INFO, Action.SUPPLY_INFO, Record.SUPPLEMENT),
        *(
            Action.DISPATCH,
            Action.FORWARD,
            Action.SIGN,
            Action.CONTACT,
            Action.FEEDBACK,
            Action.FILE_RESULT,
            Action.ACCEPT_RESULT,
        ),
        *(Action.ANSWER_SURVEY, Action.CLOSE_UNREACHED, Action.CLOSE_SAMPLED_OUT, Action.CLOSE_REASONED),
        Action.REWORK,
        Action.ACCEPT_RECTIFICATION,
        *(Action.GRANT_RETURN, Action.DESIGNATE, Action.GRANT_EXTENSION, Action.GRANT_SUSPENSION, Action.RESUME),
        *(
            Action.GRANT_LEDGER,
            Action.TAKE_OFF_LEDGER,
            Action.REOPEN,
            Action.SPLIT,
            Record.SPLIT_OFF,
            Action.MERGE,
            Record.MAIN_ANSWERED,
            Action.WITHDRAW,
            Action.VOID,
        ),
    }
)
"""Steps that a citizen sees; what goes on inside (分类, 退单审核, 退回补正, 协办, 督办, 归档) is not among them."""


_WITHDRAWN_FROM = frozenset(
    row.source for row in TRANSITIONS if row.action is Action.WITHDRAW and Role.CITIZEN in row.by
)


class LinkExpired(Problem):
    """410: the link was right and its 30 days are over."""

    status = 410
    default_code = "citizen.link_expired"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way as a citizen sees it: what, when (UTC), which unit, and words that were said to them."""

    at: datetime
    action: str
    unit: str | None
    said: str | None


@dataclass(frozen=True, slots=True)
class CitizenView:
    """The public side of a case 公开信息: no officer, no internal finding, nobody else's call."""

    request_no: str
    title: str
    status: Status
    reply_text: str | None
    survey_open: bool
    survey: Survey | None
    steps: tuple[Step, ...]
    beside: tuple["Matter", ...]
    may_supplement: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class Matter:
    """Another matter of the same request, handled apart (拆分)."""

    number: str
    title: str
    status: Status


async def survey_token(city: City, case_id: int, cycle: int) -> str:
    """The token (128 bits) of the link that asks about this handling or rework; kept for 30 days from now.

    Derived, not stored: the same each time, so a notice that is sent again carries the same link.
    """
    token = city.keyring.link_token(f"case:{case_id}:{cycle}")
    await citizens.keep_link(await city.database.pool(), digest(token), case_id, cycle)
    return token


async def see(session: AsyncSession, token: str) -> CitizenView:
    """What the link shows. Raises: NotFound, LinkExpired."""
    case = await citizens.by_number(session, await _opened(session, token))
    assert case is not None, "a link points at its case"
    return await _view(session, case)


async def answer(
    session: AsyncSession, city: City, token: str, ask: asks.AnswerSurvey, *, request_key: str | None = None
) -> CitizenView:
    """回访答复 by the citizen. "Unsolved" may be changed until somebody decides; the same answers again change nothing.

    Raises: NotFound, LinkExpired. Refused: no survey is open.
    """
    held = await _held(session, token)
    words = masked_words(city.keyring, held.request, ask)
    if not _repeats(await citizens.last_survey(session, held.case), words):
        await move(session, city, held.case.case_no, CITIZEN, ask, request_key=request_key)
    return await _view(session, held.case)


async def withdraw(
    session: AsyncSession, city: City, token: str, note: str, *, request_key: str | None = None
) -> CitizenView:
    """撤诉 by the citizen. A repeat changes nothing. Raises: NotFound, LinkExpired. Refused: it is over already."""
    return await _withdraw(session, city, await _held(session, token), note, request_key)


async def supplement(session: AsyncSession, city: City, token: str, said: str) -> CitizenView:
    """补充 by the citizen. The same words again change nothing.

    Raises: NotFound, LinkExpired; Unprocessable: they say nothing; Conflict: the case is over.
    """
    case = await citizens.by_number(session, await _opened(session, token))
    assert case is not None, "a link points at its case"
    return await _supplement(session, city, case, said)


async def track(city: City, number: str, code: str) -> CitizenView:
    """What number and query code show together. Raises as `_prove`."""
    await _prove(city, number, code)
    async with city.database.transaction() as session:
        return await _view(session, await _tracked(session, number))


async def supplement_tracked(city: City, number: str, code: str, said: str) -> CitizenView:
    """补充 by number and query code. Raises as `_prove` and `supplement`."""
    await _prove(city, number, code)
    async with city.database.transaction() as session:
        return await _supplement(session, city, await _tracked(session, number), said)


async def withdraw_tracked(city: City, number: str, code: str, note: str) -> CitizenView:
    """撤诉 by number and query code. Raises as `_prove` and `withdraw`."""
    await _prove(city, number, code)
    async with city.database.transaction() as session:
        await _tracked(session, number)
        held = await cases.lock(session, number, CITIZEN)
        assert held is not None, "it was found"
        return await _withdraw(session, city, held, note, None)


async def _supplement(session: AsyncSession, city: City, case: Case, said: str) -> CitizenView:
    if not says_why(said):
        raise Unprocessable("citizen.words_missing", fields=[FieldFault("text", "citizen.words_missing")])
    if Status(case.status) not in OPEN:
        raise Conflict("citizen.over")
    await supplement_by_citizen(session, city, case.request_id, said)
    await session.refresh(case)
    return await _view(session, case)


async def _withdraw(session: AsyncSession, city: City, held: Locked, note: str, request_key: str | None) -> CitizenView:
    if held.case.status != Status.TERMINATED:
        ask = asks.Withdraw(note=note, identity_checked=True)
        await move(session, city, held.case.case_no, CITIZEN, ask, request_key=request_key)
    return await _view(session, held.case)


async def _prove(city: City, number: str, code: str) -> None:
    """That number and query code go together. The try is counted, and committed, before the code is looked at.

    A number that does not exist answers as a wrong code does, so numbers cannot be probed.
    Raises: NotFound: they do not go together. TooMany: five tries, then up to half an hour of waiting.
    """
    request_no, _, place = number.partition("-")
    if not is_request_number(request_no) or not (place or "1").isdecimal():
        raise NotFound("citizen.not_found")
    async with city.database.transaction() as session:
        wait = await citizens.count_try(session, request_no)
    if wait is not None:
        raise TooMany("citizen.wait", retry_after=wait, minutes=-(-wait // 60))
    if not hmac.compare_digest(query_code(city.keyring, request_no).encode(), code.encode()):
        raise NotFound("citizen.not_found")


async def _tracked(session: AsyncSession, number: str) -> Case:
    """The case of a number whose code was right: the tries before it are forgotten. Raises: NotFound."""
    case = await citizens.by_number(session, number)
    if case is None:
        raise NotFound("citizen.not_found")
    await citizens.forget_tries(session, number.partition("-")[0])
    return case


async def _opened(session: AsyncSession, token: str) -> str:
    """The number of the case that the link opens."""
    linked = await citizens.by_link(session, digest(token)) if len(token) <= LONGEST_TOKEN else None
    if linked is None:
        raise NotFound("citizen.link_unknown")
    if linked.expired:
        raise LinkExpired()
    return linked.case_no


async def _held(session: AsyncSession, token: str) -> Locked:
    """The link's case, locked: two taps come one after the other."""
    held = await cases.lock(session, await _opened(session, token), CITIZEN)
    assert held is not None, "a link points at its case"
    return held


def _repeats(survey: Survey | None, words: dict[str, Any]) -> bool:
    if survey is None:
        return False
    said = (words.get("solved"), words.get("satisfaction"), words.get("comment"))
    return said == (survey.solved, survey.satisfaction, survey.comment)


async def _view(session: AsyncSession, case: Case) -> CitizenView:
    events = await citizens.history(session, case.id)
    leads = await citizens.leads(session, case.id)
    return CitizenView(
        request_no=case.case_no,
        title=case.title,
        status=Status(case.status),
        reply_text=public_reply(events),
        survey_open=case.status == Status.FOLLOW_UP,
        survey=await citizens.last_survey(session, case),
        steps=tuple(_steps(events, leads)),
        may_supplement=Status(case.status) in OPEN,
        may_withdraw=Status(case.status) in _WITHDRAWN_FROM,
        beside=tuple(
            Matter(other.case_no, other.title, Status(other.status)) for other in await citizens.beside(session, case)
        ),
    )


def public_reply(events: Sequence[Event]) -> str | None:
    """The reply that was given: an answer, a guidance, or the last result that the review let through.

    A result that waits for its review, or was sent back, is nobody's to read yet.
    """
    given: str | None = None
    filed: str | None = None
    for event in events:
        if event.action == Action.FILE_RESULT:
            filed = event.data.get("reply_text")
        elif event.action == Action.ACCEPT_RESULT:
            given = filed
        elif event.action in (Action.ANSWER, Action.GUIDE):
            given = event.data.get(_SAID[event.action])
    return given


def _steps(events: Sequence[Event], leads: Sequence[Lead]) -> Iterator[Step]:
    for event in events:
        unreached = event.action == Action.CONTACT and event.data.get("reached") is False
        if event.action not in _SHOWN or unreached:
            continue
        said = event.data.get(_SAID[event.action]) if event.action in _SAID else None
        yield Step(event.at, event.action, citizens.unit_at(leads, event.at), said)
