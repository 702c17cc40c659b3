"""通知: what was sent, what waits, what was given up; and sending a dead letter again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from casework.db import accounts, notices
from casework.db.reads import outbox
from casework.kit.errors import Conflict, NotFound
from casework.rules.facts import Actor
from casework.rules.words import Role
from services.notify.schemas import NoticePage, NoticeRow, NoticeWithAttempts, State
from services.who import Holding, SignedIn, Transaction

router = APIRouter(tags=["通知 notices"])
Reader = Annotated[Actor, Depends(Holding(Role.DISPATCHER, Role.SUPERVISION, Role.ANALYST, Role.SYS_ADMIN))]
Replayer = Annotated[Actor, Depends(Holding(Role.DISPATCHER, Role.SYS_ADMIN))]
CASE_NO = r"^[0-9A-Za-z-]{1,40}$"
BIGGEST_ID = 2**63 - 1


@router.get("/notices")
async def listed(
    session: Transaction,
    actor: Reader,
    state: State | None = None,
    case_no: Annotated[str | None, Query(pattern=CASE_NO)] = None,
    cursor: Annotated[int | None, Query(ge=1, le=BIGGEST_ID)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> NoticePage:
    """Notices of the actor's scope, newest first. `state=DEAD` are the dead letters 死信."""
    lines = await outbox.page(session, actor, state=state, case_no=case_no, before=cursor, limit=limit + 1)
    following = str(lines[limit - 1].notice.id) if len(lines) > limit else None
    return NoticePage(items=[NoticeRow.of(line) for line in lines[:limit]], next=following)


@router.post("/notices/{notice_id}/replay")
async def replay(
    notice_id: Annotated[int, Path(ge=1, le=BIGGEST_ID)], session: Transaction, actor: Replayer
) -> NoticeRow:
    """重发: a dead letter is owed again; the tries it had stay counted. A repeat while it waits changes nothing."""
    line = await outbox.find(session, actor, notice_id)
    if line is None:
        raise NotFound()
    if line.notice.state in ("SENT", "SKIPPED"):
        raise Conflict("notice.not_dead")
    if line.notice.state == "DEAD":
        await notices.revive(session, line.notice)
        accounts.note(session, "NOTICE_REPLAYED", account_id=actor.account_id, subject=f"notice:{notice_id}")
    return NoticeRow.of(line)


@router.get("/cases/{case_no}/notices")
async def of_case(
    case_no: Annotated[str, Path(pattern=CASE_NO)], session: Transaction, actor: SignedIn
) -> list[NoticeWithAttempts]:
    """All that was owed about a case, oldest first, with every attempt; the write-backs to its upstream among them."""
    found = await outbox.of_case(session, actor, case_no)
    if found is None:
        raise NotFound("case_not_found")
    attempts = await outbox.attempts_of(session, found)
    return [NoticeWithAttempts.told(notice, case_no, attempts[notice.id]) for notice in found]
