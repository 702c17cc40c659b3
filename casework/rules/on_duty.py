"""Who of a unit takes a case 值班人: by the roster, a substitute where one stands in, of several the least loaded."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Because(StrEnum):
    """Why this one."""

    ON_DUTY = "ON_DUTY"
    SUBSTITUTE = "SUBSTITUTE"
    UNIT_ABOVE = "UNIT_ABOVE"
    OF_THE_GRID = "OF_THE_GRID"


@dataclass(frozen=True, slots=True)
class Shift:
    """A shift of the roster that runs now. `account` is off when its holder may not sign in any more or is on leave; so
    is the `substitute`, who stands in while named. `load`: open cases that each has signed for."""

    account: int
    active: bool
    ends_at: datetime
    load: int = 0
    substitute: int | None = None
    substitute_active: bool = False
    substitute_load: int = 0


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who it is, why, until when (UTC), and with how many open cases."""

    account: int
    because: Because
    ends_at: datetime
    load: int


def on_duty(running: Iterable[Shift]) -> OnDuty | None:
    """The least loaded of those on duty; of equals the one whose shift lasts longest. None: nobody is."""
    there = [found for shift in running if (found := _holder(shift)) is not None]
    return min(there, key=lambda one: (one.load, -one.ends_at.timestamp(), one.account), default=None)


def _holder(shift: Shift) -> OnDuty | None:
    if shift.substitute is not None and shift.substitute_active:
        return OnDuty(shift.substitute, Because.SUBSTITUTE, shift.ends_at, shift.substitute_load)
    return OnDuty(shift.account, Because.ON_DUTY, shift.ends_at, shift.load) if shift.active else None
