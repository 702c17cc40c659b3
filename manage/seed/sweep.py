"""The sweep of the past 时钟扫描: the stages that db/clocks.py would have fired between two moves, once each. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from casework.db.models import Base, Case, Clock, ClockFired, Event, Notice
from casework.rules.alarms import tells
from casework.rules.words import UNIT_ROLES, ClockName, Record, Role, Stage

EVERY = timedelta(seconds=1)
"""The dispatch worker looks once a second: what a move leaves due is fired a second later."""

Fired = tuple[type[Base], dict[str, Any]]
"""A row: its table and its values."""


def sweep(
    case: Case, clocks: Sequence[Clock], units: Mapping[int, int], since: datetime, until: datetime
) -> Iterator[Fired]:
    """Turn the case's clocks from the last move at `since` to before `until`; the rows that this writes, in order.
    `units`: whose task each is, by its id."""
    while True:
        running = [clock for clock in clocks if clock.state == "RUNNING" and clock.next_at is not None]
        due = [(max(clock.next_at, since + EVERY), clock.next_at, clock.id) for clock in running if clock.next_at]
        if not due or min(due)[0] >= until:
            return
        at, _, clock_id = min(due)
        yield from fire(case, next(clock for clock in running if clock.id == clock_id), units, at)


def fire(case: Case, clock: Clock, units: Mapping[int, int], at: datetime) -> Iterator[Fired]:
    """One stage of one clock, found due at `at`."""
    stage = Stage(clock.stages[clock.stage_no - 1])
    assert clock.next_at is not None
    yield ClockFired, {"clock_id": clock.id, "stage": stage.value, "stage_at": clock.next_at, "fired_at": at}
    clock.next_at = clock.stage_times[clock.stage_no] if clock.stage_no < len(clock.stages) else None
    clock.stage_no += 1
    if stage is Stage.BREACH:
        clock.breached_at = at
    told = {"clock": clock.name, "due_at": as_json(clock.due_at)}
    data = {**told, "stage": stage.value}
    by = {"action": Record.CLOCK.value, "role": Role.SYSTEM.value}
    yield Event, {"case_id": case.id, "at": at, **by, "data": data}
    for role in tells(ClockName(clock.name), stage):
        to_unit = role in UNIT_ROLES
        if to_unit and case.lead_unit_id is None:
            continue
        yield (
            Notice,
            {
                "case_id": case.id,
                "audience": role.value,
                "channel": "staff",
                "topic": f"CLOCK_{stage.value}",
                "unit_id": units.get(clock.assignment_id or 0, case.lead_unit_id) if to_unit else None,
                "params": told,
                "created_at": at,
            },
        )


def as_json(at: datetime) -> str:
    """As PostgreSQL writes a time into JSON, in UTC: the fraction of a second without its last zeros."""
    text = at.isoformat()
    whole, dot, rest = text.partition(".")
    if not dot:
        return text
    fraction, zone = rest[:6].rstrip("0"), rest[6:]
    return f"{whole}.{fraction}{zone}" if fraction else f"{whole}{zone}"
