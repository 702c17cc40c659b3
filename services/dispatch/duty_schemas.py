"""What the roster's routes take and give. Times with their zone; answers in UTC."""

import base64
import json
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from casework.db.duty import Listed
from casework.db.models import Account, DutyLeave
from casework.kit.errors import FieldFault, Unprocessable
from casework.rules.duty_rows import MOST_WEEKS
from casework.rules.on_duty import Because

Login = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Words = Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")]
UnitCode = Annotated[str, Path(max_length=40)]
GridCode = Annotated[str, Path(pattern=r"^[0-9A-Z]{13,20}$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200, pattern=r"^[^\x00]+$")]
First = Annotated[date | None, Query(ge=date(2000, 1, 1), le=date(2100, 1, 1))]
Days = Annotated[int, Query(ge=1, le=31)]


class DutyView(BaseModel):
    """值班人: `unit` is whose roster it is, the case's own or the one above it; `load` open cases signed for."""

    unit: str
    name: str
    because: Because
    ends_at: datetime
    load: int


class Duty(BaseModel):
    """Who is on duty now; null: nobody is."""

    unit: str | None
    on_duty: DutyView | None


class ShiftForm(BaseModel):
    """排班, with the zone of its times."""

    login: Login
    starts_at: AwareDatetime
    ends_at: AwareDatetime


class ShiftRowForm(BaseModel):
    """连续排班: the shift of each of `logins`, again on each of `weekdays` (1 Monday … 7 Sunday, Asia/Shanghai) of
    `weeks` weeks that begin with its day; no weekdays: once."""

    model_config = ConfigDict(extra="forbid")

    logins: Annotated[list[Login], Field(min_length=1, max_length=20)]
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    weekdays: Annotated[list[Annotated[int, Field(ge=1, le=7)]], Field(max_length=7)] = []
    weeks: Annotated[int, Field(ge=1, le=MOST_WEEKS)] = 1


class ShiftsMade(BaseModel):
    """The new shifts' ids."""

    ids: list[int]


class SubstituteForm(BaseModel):
    """替班: who stands in; null: nobody any more."""

    login: Login | None


class ShiftView(BaseModel):
    """班次. `over`: it can be changed no more."""

    id: int
    login: str
    name: str
    substitute: str | None
    substitute_login: str | None
    starts_at: datetime
    ends_at: datetime
    over: bool


class AwayView(BaseModel):
    """不在岗: who of the roster is on leave when, and who stands in meanwhile."""

    login: str
    name: str
    substitute: str | None
    starts_at: datetime
    ends_at: datetime


class Roster(BaseModel):
    """值班表 of the days from `first` on, Asia/Shanghai: all shifts that touch them, soonest first, who of their people
    is away then, and who is on duty now (null: nobody). `keeps`: whether the reader may change it."""

    first: date
    days: int
    shifts: list[ShiftView]
    away: list[AwayView]
    on_duty: DutyView | None
    keeps: bool


class OnDutyView(BaseModel):
    """值班网格员: `ends_at` null where the roster names nobody and one of the grid's own answers."""

    login: str
    name: str
    because: Because
    ends_at: datetime | None


class GridRoster(BaseModel):
    """网格值班表: as a unit's."""

    first: date
    days: int
    shifts: list[ShiftView]
    away: list[AwayView]
    on_duty: OnDutyView | None
    keeps: bool


class LeaveForm(BaseModel):
    """请假, with the zone of its times. `substitute`: a colleague's login, or null."""

    model_config = ConfigDict(extra="forbid")

    login: Login
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    reason: Reason
    substitute: Login | None = None


class LeaveView(BaseModel):
    """请假记录. `substitute`, by login, null: nobody stands in."""

    id: int
    login: str
    name: str
    substitute: str | None
    substitute_name: str | None
    starts_at: datetime
    ends_at: datetime
    reason: str


class Leaves(BaseModel):
    """Leaves that are not over, soonest first; `next` is the cursor of the following page, null on the last."""

    items: list[LeaveView]
    next: str | None


class LeavesAsked(BaseModel):
    """`words`: a part of the login or name of who is away."""

    model_config = ConfigDict(extra="forbid")

    words: Words = ""
    cursor: Annotated[str, Field(max_length=200)] = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class PeopleAsked(BaseModel):
    """Of a unit, of a grid, those who may stand in `beside` a person, or, without any of these, those whose leave one
    enters. `words`: a part of login or name."""

    model_config = ConfigDict(extra="forbid")

    unit: Annotated[str, Field(max_length=40)] = ""
    grid: Annotated[str, Field(max_length=20)] = ""
    beside: Annotated[str, Field(max_length=100)] = ""
    words: Words = ""
    cursor: Words = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class UnitsAsked(BaseModel):
    """`words`: a part of code or name."""

    model_config = ConfigDict(extra="forbid")

    words: Words = ""
    cursor: Words = ""
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class RosterUnit(BaseModel):
    """A unit with a roster."""

    code: str
    name: str


class RosterUnits(BaseModel):
    """Units by code; `next` is the cursor of the following page, null on the last. `own`: the reader's own, if it has
    one whose roster it may see."""

    own: RosterUnit | None
    items: list[RosterUnit]
    next: str | None


class Hole(BaseModel):
    """空档: from, to before."""

    starts_at: datetime
    ends_at: datetime


class GridHoles(BaseModel):
    """A grid with its holes. `now`: who of the grid answers at this moment all the same, null: nobody."""

    grid: str
    name: str
    now: OnDutyView | None
    holes: list[Hole]


class HolesPage(BaseModel):
    """Grids by code that have holes; `next` is the cursor of the following page, null on the last."""

    items: list[GridHoles]
    next: str | None


def shift_view(one: Listed, now: datetime) -> ShiftView:
    """A shift with the names of its people."""
    return ShiftView(
        id=one.shift.id,
        login=one.holder.login,
        name=one.holder.display_name,
        substitute=one.substitute.display_name if one.substitute else None,
        substitute_login=one.substitute.login if one.substitute else None,
        starts_at=one.shift.starts_at,
        ends_at=one.shift.ends_at,
        over=one.shift.ends_at <= now,
    )


def leave_view(leave: DutyLeave, who: Account, other: Account | None) -> LeaveView:
    """A leave with the names of its people."""
    return LeaveView(
        id=leave.id,
        login=who.login,
        name=who.display_name,
        substitute=other.login if other else None,
        substitute_name=other.display_name if other else None,
        starts_at=leave.starts_at,
        ends_at=leave.ends_at,
        reason=leave.reason,
    )


def write_place(leave: DutyLeave) -> str:
    """The cursor of the page after that leave."""
    return base64.urlsafe_b64encode(json.dumps([leave.starts_at.isoformat(), leave.id]).encode()).decode()


def read_place(cursor: str) -> tuple[datetime, int] | None:
    """Where to go on. Raises Unprocessable for a cursor that this API did not write."""
    if not cursor:
        return None
    try:
        moment, number = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        place = datetime.fromisoformat(moment).astimezone(UTC), int(number)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise _bad() from None
    if not 0 <= place[1] < 2**63:
        raise _bad()
    return place


def _bad() -> Unprocessable:
    return Unprocessable(fields=[FieldFault("cursor", "field.invalid")])
