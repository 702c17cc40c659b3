"""One matter, many callers 合并: a case follows a main case. Every caller is answered, none learns of another; the
handling counts once, the heat n times (domain.md §1.8 合并件)."""

from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import cases
from casework.db.models import Case, Event, Notice, Request
from casework.journey.notices import listeners_of, owed
from casework.journey.writing import Writing
from casework.rules import asks
from casework.rules.facts import Actor
from casework.rules.transitions import OPEN
from casework.rules.words import Action, Record, Role, Status

ANSWERS = frozenset({Action.ACCEPT_RESULT, Action.ANSWER, Action.GUIDE})
"""Moves after which those who follow the case are told what it was answered."""


async def main_of(session: AsyncSession, actor: Actor, ask: asks.Ask, case: Case) -> Case | None:
    """The main case that the ask names, within the actor's scope, or that the case follows; both are locked by then."""
    if isinstance(ask, asks.Merge):
        return await cases.find(session, ask.main, actor) if ask.main else None
    if isinstance(ask, asks.Unmerge) and case.main_case_id is not None:
        return await session.get_one(Case, case.main_case_id)
    return None


async def phone_of(session: AsyncSession, main: Case | None) -> bytes | None:
    """The blind index of the main case's caller, to tell the same person's second call from another's."""
    return (await session.get_one(Request, main.request_id)).phone_index if main is not None else None


def main_fault(case: Case, main: Case | None) -> str | None:
    """Why it cannot be the main case: the code of the sentence; None when it can."""
    if main is None:
        return "MAIN_UNKNOWN"
    if main.id == case.id:
        return "MAIN_SAME"
    if case.guarded or main.guarded:
        return "REPORT_STANDS_ALONE"
    if Status(main.status) not in OPEN:
        return "MAIN_ENDED"
    return "HAS_FOLLOWERS" if case.merged else None


def _note(w: Writing, main: Case, record: Record) -> None:
    data = {"case_no": w.case.case_no}
    role = next(role for role in (Role.DISPATCHER, *w.actor.roles) if role in w.actor.roles)
    w.pen.add(
        Event(
            case_id=main.id,
            at=w.now,
            action=record.value,
            role=role.value,
            account_id=w.actor.account_id,
            unit_id=w.actor.unit_id,
            data=data,
        )
    )


def join(w: Writing) -> None:
    """The case follows the main one from now on; the main one's history says so, by number alone."""
    assert w.main is not None
    w.case.main_case_id = w.main.id
    w.case.repeated = w.request.phone_index is not None and w.request.phone_index == w.main_phone
    w.main.merged += 1
    _note(w, w.main, Record.JOINED)


def part(w: Writing) -> None:
    """It is a matter of its own again."""
    assert w.main is not None
    w.case.main_case_id, w.case.repeated = None, False
    w.main.merged -= 1
    _note(w, w.main, Record.PARTED)


async def answer_followers(session: AsyncSession, w: Writing) -> None:
    """What the main case was answered is the reply to each who follows it; each is told by its own number."""
    for case, request in await cases.following(session, w.case.id):
        case.reply_text, case.updated_at = w.case.reply_text, w.now
        session.add(
            Event(
                case_id=case.id,
                at=w.now,
                action=Record.MAIN_ANSWERED.value,
                role=Role.SYSTEM.value,
                data={"reply_text": w.case.reply_text},
            )
        )
        for line in owed((Role.CITIZEN, Role.UPSTREAM), Record.MAIN_ANSWERED.value, listeners_of(case, request)):
            session.add(Notice(case_id=case.id, **line._asdict(), params={}, created_at=w.now, next_at=w.now))
