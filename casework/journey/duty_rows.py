"""Shifts are written 排班: one, or a row of them for several people, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncSession

from casework.db import duty as rows
from casework.db import duty_people as people
from casework.db import grid_duty
from casework.db.accounts import note
from casework.db.knowledge import now_of
from casework.db.models import Account, DutyShift
from casework.kit.errors import FieldFault, NotFound, Unprocessable
from casework.rules.duty_gaps import Stretch
from casework.rules.duty_rows import first_meeting, repeated, run_into
from casework.rules.facts import Actor
from casework.rules.routing import SHANGHAI

LONGEST = timedelta(days=7)
FURTHEST = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewShifts:
    """Who, from when to before when (with their zone), on which days of the week (1 Monday … 7 Sunday; none: once) of
    how many weeks from that day on. `field`: what the caller's form calls who."""

    logins: Sequence[str]
    starts_at: datetime
    ends_at: datetime
    weekdays: frozenset[int] = frozenset()
    weeks: int = 1
    field: str = "logins"

    @property
    def row(self) -> list[Stretch]:
        """Each of them."""
        return repeated(Stretch(self.starts_at, self.ends_at), self.weekdays, self.weeks)


@dataclass(frozen=True, slots=True)
class _Roster:
    """Whose it is: its column and number, who may be on it, and the refusal of another."""

    column: str
    id: int
    who: ColumnElement[bool]
    refusal: str

    @property
    def place(self) -> ColumnElement[bool]:
        return DutyShift.__table__.c[self.column] == self.id


async def add(session: AsyncSession, actor: Actor, code: str, new: NewShifts) -> list[DutyShift]:
    """排班: people of the unit are on duty. A repeat is refused, for they have these shifts.

    Raises: NotFound: no unit whose roster the actor keeps. Unprocessable: not the unit's people, no such span, or one
    of them is on duty there at that time already.
    """
    unit = await rows.unit_kept(session, actor, code)
    if unit is None:
        raise NotFound("duty.unit_unknown")
    return await _write(
        session, actor, _Roster("unit_id", unit.id, people.of_unit(unit.id), "duty.not_of_the_unit"), new
    )


async def add_to_grid(session: AsyncSession, actor: Actor, code: str, new: NewShifts) -> list[DutyShift]:
    """网格排班: grid workers of the grid's community are on duty for the grid. Raises: as `add`."""
    grid = await grid_duty.grid_kept(session, actor, code)
    if grid is None:
        raise NotFound("grid.not_found")
    who = people.of_community(grid.area_code)
    return await _write(session, actor, _Roster("grid_id", grid.id, who, "duty.not_of_the_grid"), new)


async def _write(session: AsyncSession, actor: Actor, roster: _Roster, new: NewShifts) -> list[DutyShift]:
    found = await people.held(session, roster.who, new.logins)
    unknown = [FieldFault(new.field, roster.refusal, {"login": one}) for one in new.logins if one not in found]
    faults = unknown + await span_faults(session, new.starts_at, new.ends_at, LONGEST)
    if new.starts_at - await now_of(session) > FURTHEST:
        faults.append(FieldFault("starts_at", "duty.too_far", {"days": FURTHEST.days}))
    if not faults:
        faults = await _row_faults(session, roster, list(found.values()), new.row)
    if faults:
        raise Unprocessable(fields=faults)
    place = {roster.column: roster.id}
    made = [
        DutyShift(**place, account_id=one.id, starts_at=start, ends_at=end)
        for one in found.values()
        for start, end in new.row
    ]
    session.add_all(made)
    await session.flush()
    for shift in made:
        note(session, "DUTY_ADDED", account_id=actor.account_id, subject=f"duty_shift:{shift.id}")
    return made


async def span_faults(
    session: AsyncSession, starts_at: datetime, ends_at: datetime, longest: timedelta
) -> list[FieldFault]:
    """What is wrong with a stretch of duty or leave: it must end after it begins, in time, and not be over."""
    if ends_at <= starts_at:
        return [FieldFault("ends_at", "duty.ends_before_it_begins")]
    if ends_at - starts_at > longest:
        return [FieldFault("ends_at", "duty.too_long", {"days": longest.days})]
    return [FieldFault("ends_at", "duty.over")] if ends_at <= await now_of(session) else []


async def _row_faults(
    session: AsyncSession, roster: _Roster, found: Sequence[Account], row: Sequence[Stretch]
) -> list[FieldFault]:
    if run_into(row):
        return [FieldFault("ends_at", "duty.runs_into_the_next")]
    within = Stretch(row[0].start, row[-1].end)
    kept = await people.shifts_of(session, roster.place, [one.id for one in found], within)
    faults = []
    for one in found:
        met = first_meeting(row, (stretch for account, stretch in kept if account == one.id))
        if met is not None:
            faults.append(FieldFault("starts_at", "duty.has_a_shift", {"name": one.display_name, **_told(met)}))
    return faults


def _told(met: Stretch) -> dict[str, str]:
    start, end = (moment.astimezone(SHANGHAI) for moment in met)
    return {"start": f"{start:%m-%d %H:%M}", "end": f"{end:%m-%d %H:%M}"}
