"""What the ledger 挂账 writes: what objectively cannot be solved now is listed with measures and a dated plan, looked
at again and again, and taken off when it can be solved (domain.md §1.8). The promise stands still meanwhile."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import cast

from casework.db.models import LedgerReview
from casework.journey.standing import running_finish
from casework.journey.turning import ask_for
from casework.journey.writing import Writing, rule
from casework.rules import asks
from casework.rules.clocks import due
from casework.rules.transitions import Transition
from casework.rules.words import Action, MotionKind, Ruling


async def asked(w: Writing, row: Transition) -> None:
    """申请挂账: until the leader approves, all stays as it is."""
    ask_for(w, MotionKind.LEDGER, until=cast(asks.AskLedger, w.ask).until)


async def granted(w: Writing, row: Transition) -> None:
    """同意挂账: the case is on the ledger, and its first review falls due."""
    motion = w.pending(MotionKind.LEDGER)
    rule(w, motion, Ruling.GRANTED)
    w.case.on_ledger, w.case.ledger_review_due = True, _next_review(w)
    w.told["due_at"] = motion.until.isoformat() if motion.until else None


async def rejected(w: Writing, row: Transition) -> None:
    """不同意挂账."""
    rule(w, w.pending(MotionKind.LEDGER), Ruling.REJECTED)


async def reviewed(w: Writing, row: Transition) -> None:
    """挂账复核: how far it is, and the plan's date, as it was or anew; the next review falls due."""
    ask = cast(asks.ReviewLedger, w.ask)
    was = w.case.ledger_review_due
    w.pen.add(
        LedgerReview(
            case_id=w.case.id,
            account_id=w.actor.account_id,
            reviewed_at=w.now,
            was_due=was,
            note=w.words["note"],
            planned_for=ask.until,
        )
    )
    w.case.ledger_review_due = _next_review(w)
    w.noted["was_due"] = was.isoformat() if was else None


async def taken_off(w: Writing, row: Transition) -> None:
    """销账: what remained of the limits runs on; the unit files the result as always."""
    motion = next(m for m in reversed(w.motions) if m.kind == MotionKind.LEDGER and m.ended_at is None)
    motion.ended_at = w.now
    w.case.on_ledger, w.case.ledger_review_due = False, None
    finish = running_finish(w.clocks)
    assert finish is not None
    was = w.case.finish_due
    w.noted |= {"was_due": was.isoformat() if was else None, "due": finish.due_at.isoformat()}
    w.told["due_at"] = finish.due_at.isoformat()


def _next_review(w: Writing) -> datetime:
    catalog = w.city.catalog
    return due(catalog.turns.rules.ledger_review, w.now, catalog.calendars.for_area(w.case.area_code)).at


LEDGER: dict[Action, Callable[[Writing, Transition], Awaitable[None]]] = {
    Action.ASK_LEDGER: asked,
    Action.GRANT_LEDGER: granted,
    Action.REJECT_LEDGER: rejected,
    Action.REVIEW_LEDGER: reviewed,
    Action.TAKE_OFF_LEDGER: taken_off,
}
