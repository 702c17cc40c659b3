"""补录: what was done and not written down at the time is entered later, by one person, confirmed by another, and
marked.

The official time stays the server's (docs/decisions/0005): a clock that such an entry stops, stops when it is
confirmed.
"""

from typing import cast

from casework.db.models import Motion
from casework.journey.effects import contacted
from casework.journey.writing import Writing, drop_pending, rule
from casework.rules import asks
from casework.rules.transitions import Transition
from casework.rules.words import Backdated, MotionKind, Ruling


async def backdating_asked(w: Writing, row: Transition) -> None:
    """申请补录: it waits for a second person. A newer one takes the older one's place."""
    ask = cast(asks.AskBackdated, w.ask)
    assert ask.step is not None
    drop_pending(w, frozenset({MotionKind.BACKDATED}))
    await w.pen.flush()
    motion = Motion(
        case_id=w.case.id,
        kind=MotionKind.BACKDATED.value,
        unit_id=w.lead.unit_id if w.lead else None,
        account_id=w.actor.account_id,
        asked_at=w.now,
        reason=ask.step.value,
        note=w.words.get("note"),
        until=ask.happened_at,
        was_due=w.case.finish_due,
    )
    w.pen.add(motion)
    w.motions.append(motion)
    w.case.motions += 1


async def backdating_confirmed(w: Writing, row: Transition) -> None:
    """确认补录: the entry stands, marked as such, with who entered it and when it is said to have been."""
    motion = w.pending(MotionKind.BACKDATED)
    rule(w, motion, Ruling.GRANTED)
    assert motion.until is not None
    w.noted["backdated"] = {
        "step": motion.reason,
        "happened_at": motion.until.isoformat(),
        "entered_by": motion.account_id,
        "entered_at": motion.asked_at.isoformat(),
        "note": motion.note,
    }
    if motion.reason == Backdated.CONTACT:
        await contacted(w, row)
