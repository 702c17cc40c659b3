"""What people do with a case 办理习惯: from its status and their habits the next step, or nothing.

A step is what somebody asks for; whether it may be is the table's word. Every draw comes from the case's own chance,
so that one case's life does not depend on another's.
"""

from collections.abc import Callable

from casework.rules.transitions import ENDED
from casework.rules.words import Status
from manage.seed import centre, followup, handling, turns
from manage.seed.crew import Crew
from manage.seed.life import Life, Step

_HABITS: dict[Status, Callable[[Crew, Life], Step | None]] = {
    Status.CALLED: centre.called,
    Status.REVIEW: centre.review,
    Status.NEED_INFO: centre.need_info,
    Status.DISPATCHED: handling.dispatched,
    Status.RETURN_REVIEW: turns.return_review,
    Status.CONSULTATION: turns.consultation,
    Status.HANDLING: handling.handling,
    Status.SUSPENDED: turns.suspended,
    Status.RESULT_REVIEW: centre.result_review,
    Status.FOLLOW_UP: followup.follow_up,
    Status.REWORK: handling.rework,
}


def next_step(crew: Crew, life: Life) -> Step | None:
    """What happens next, at whatever time; None: nobody does anything more."""
    if life.status in ENDED:
        return followup.rectify(crew, life) or followup.archive(life)
    return _HABITS[life.status](crew, life)


async def live(crew: Crew, life: Life) -> None:
    """Let the case live until the moment of seeding. Raises: Refused: a habit asked for what may not be."""
    now = life.world.now
    while (step := next_step(crew, life)) is not None and step.at < now:
        await life.move(step)
    life.sweep(now)
