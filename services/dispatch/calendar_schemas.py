"""What the API of the working calendars takes and shows 工作日历: years day by day, notices, what would move."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.rules.calendar_days import DayKind
from casework.rules.words import ClockName, Policy
from services.dispatch.schemas import Filled

AreaCode = Annotated[str, StringConstraints(pattern=r"^(cn|[0-9]{4})$")]
DayText = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30)]
Year = Annotated[int, Field(ge=1981, le=2058)]


class CalendarChoice(BaseModel):
    """工作日历 of the nation (`cn`) or of a prefecture. `own_holidays`: it sets holidays by law of its own; `keeps`:
    the reader may load notices."""

    area: str
    name: str
    own_holidays: bool
    keeps: bool


class DayView(BaseModel):
    """A day (Asia/Shanghai): what it is, and whether a notice settles it; if not, it is provisional 暂定."""

    day: date
    kind: DayKind
    announced: bool


class NoticeView(BaseModel):
    """放假通知. `version` 0 is the one that ships. `replanned_at`: when no open deadline was left to look at."""

    area: str
    year: int
    version: int
    in_force: bool
    source: str
    rest: list[str]
    work: list[str]
    policy: Policy | None
    why: str
    made_by: str | None
    made_at: datetime | None
    replanned_at: datetime | None


class YearView(BaseModel):
    """A year of a calendar: its days, its notices (the newest first), its exact version. `hours`: 09:00-12:00 …, by the
    day from which they hold."""

    area: str
    year: int
    version: str
    announced: bool
    days: list[DayView]
    notices: list[NoticeView]
    nation: list[NoticeView]
    hours: dict[str, list[str]]


class HolidaysForm(BaseModel):
    """放假安排 of a year: spans of rest (2027-02-05..2027-02-11), make-up workdays, its document. `policy`: what
    becomes of open deadlines that were settled already; what waited for a notice is reckoned anew in any case."""

    model_config = ConfigDict(extra="forbid")
    area: AreaCode
    year: Year
    source: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)]
    rest: Annotated[list[DayText], Field(max_length=60)]
    work: Annotated[list[DayText], Field(max_length=60)] = []
    policy: Policy = Policy.KEEP


class LoadForm(HolidaysForm):
    """录入: and why."""

    why: Filled


class HolidaysTrialForm(HolidaysForm):
    """试算. `after` is the `next` of the page before."""

    after: Annotated[int, Field(ge=0, lt=2**63)] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 50


class UnitMoves(BaseModel):
    """How many deadlines of a unit move. No unit: the case is with nobody yet."""

    unit: str | None
    deadlines: int


class MovedDeadline(BaseModel):
    """A deadline that would move."""

    case_no: str
    title: str
    clock: ClockName
    unit: str | None
    was_due: datetime
    due: datetime


class HolidaysTrial(BaseModel):
    """`asked` open deadlines were reckoned: `moved` of them, of `cases` cases, move. `days`: those that change. On a
    further page the figures are of the rest. `beyond`: open cases outside the reader's area that it may touch.
    `cut`: there are more than one trial reckons."""

    days: list[date]
    asked: int
    moved: int
    cases: int
    units: list[UnitMoves]
    deadlines: list[MovedDeadline]
    next: str | None
    beyond: int
    cut: bool
