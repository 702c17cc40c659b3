"""差评整改 by the simulated townspeople: the unit says what it put right, a follow-up officer rules on it."""

from random import Random
from typing import Any

from casework.rules.words import RectifyStep, Role, Satisfaction
from manage.seed.desk import Desks

_PLEASED = {Satisfaction.VERY_GOOD: 50, Satisfaction.GOOD: 32, Satisfaction.FAIR: 12, Satisfaction.BAD: 6}
_CROSS = {Satisfaction.FAIR: 12, Satisfaction.BAD: 58, Satisfaction.VERY_BAD: 30}


def grade(own: Random, *, solved: bool) -> Satisfaction:
    """How somebody rates: a matter may be settled by rude people."""
    wishes = _PLEASED if solved else _CROSS
    return own.choices(list(wishes), list(wishes.values()))[0]


async def one_waiting(desks: Desks, own: Random) -> dict[str, Any] | None:
    """A rectification that waits for somebody, as a follow-up officer sees it; None: there is none."""
    officer = own.choice(desks.logins(Role.FOLLOW_UP))
    found = (await desks.answer(officer, "GET", "/api/dispatch/rectifications?limit=200")).json()
    waiting: list[dict[str, Any]] = found["rectifications"]
    return own.choice(waiting) if waiting else None


def next_move(own: Random, task: dict[str, Any]) -> str:
    """What is to be done with it: mostly accepted once it is answered."""
    if task["step"] == RectifyStep.OPEN:
        return "ANSWER_RECTIFICATION"
    return "ACCEPT_RECTIFICATION" if own.random() < 0.9 else "SEND_BACK_RECTIFICATION"
