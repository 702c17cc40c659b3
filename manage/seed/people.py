"""Who does it and when 人与时机: the demo's people by role and unit, how punctual each unit is, and working time."""

from datetime import datetime, timedelta
from functools import lru_cache
from random import Random

from casework.db.models import Clock
from casework.kit.now import in_shanghai
from casework.rules.clocks import Limit
from casework.rules.facts import Actor
from casework.rules.words import ClockName, Role
from manage.seed.chance import chance
from manage.seed.life import SOON, Life, World


class People:
    """The staff of the demo, found by role or by unit."""

    def __init__(self, world: World) -> None:
        self._by_role: dict[Role, list[Actor]] = {}
        self._by_unit: dict[int, Actor] = {}
        for actor in world.actors:
            for role in actor.roles:
                self._by_role.setdefault(role, []).append(actor)
            if actor.unit_id is not None and actor.roles & _CLERKS:
                self._by_unit.setdefault(actor.unit_id, actor)

    def one(self, own: Random, role: Role) -> Actor:
        """Somebody of that role at the centre."""
        return own.choice(self._by_role[role])

    def of_unit(self, life: Life) -> Actor:
        """Who works for the unit that has the case."""
        assert life.case.lead_unit_id is not None
        return self._by_unit[life.case.lead_unit_id]


_CLERKS = frozenset({Role.UNIT, Role.STREET, Role.COMMUNITY})


def negligence(life: Life) -> float:
    """How often the unit is late, beside the others: from 0.1 to 2.6, its own and its street's doing."""
    return _negligence(life.world.names.get(life.case.lead_unit_id or 0, ""), life.case.area_code[:9])


@lru_cache
def _negligence(unit: str, street: str) -> float:
    return chance("unit", unit).uniform(0.2, 1.6) * chance("street", street).uniform(0.6, 1.6)


@lru_cache
def _is_natural(limit: str) -> bool:
    return Limit.parse(limit).unit.natural


def share(life: Life, name: ClockName, part: float) -> datetime:
    """When this part of a clock's time is used up; above 1 it is late. Working limits in working time.

    At least a moment after the last move; where the clock does not run, that moment.
    """
    clock = life.clock(name)
    soonest = life.last + SOON
    return soonest if clock is None else max(soonest, _at(life, clock, part))


def _at(life: Life, clock: Clock, part: float) -> datetime:
    if _is_natural(clock.limit_text):
        return clock.started_at + (clock.due_at - clock.started_at) * part
    calendar = life.world.calendar
    length = calendar.working_time_between(clock.started_at, clock.due_at)
    if part <= 1:
        return min(clock.due_at, calendar.add_working_time(clock.started_at, length * part))
    return calendar.add_working_time(clock.due_at, max(length * (part - 1), timedelta(minutes=10)))


def in_hours(life: Life, hours: float) -> datetime:
    """After so many working hours from the last move."""
    return life.world.calendar.add_working_time(life.last + SOON, timedelta(hours=hours))


def awake(at: datetime) -> datetime:
    """The same, or the next morning: citizens answer by day."""
    local = in_shanghai(at)
    if local.hour < 8:
        return at + timedelta(hours=9 - local.hour)
    return at + timedelta(hours=33 - local.hour) if local.hour >= 21 else at


def pace(own: Random, late: float, *, eager: float = 2.0, slow: float = 3.6) -> float:
    """The part of a clock's time that is taken: mostly well below 1, late with the likelihood `late`."""
    if own.random() < late:
        return 1.02 + own.expovariate(3.0)
    return min(0.97, own.betavariate(eager, slow))
