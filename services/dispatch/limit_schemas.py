"""What the API shows of the time limits 时限: which clocks run for a category, urgency and kind, and by which law."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from casework.catalog.entries import LimitText
from casework.rules.words import ClockName, Kind, Urgency


class CeilingView(BaseModel):
    """法定时限 of a category for a kind: no limit of a city's own may be longer. `limit` as 60wd or 30d."""

    limit: str
    source: str


class RuledLimit(BaseModel):
    """A limit that one of the city's own dispatch rules sets for FINISH where no statute does."""

    rule: str
    version: int
    area_name: str
    limit: str
    legal_basis: str


class CategoryLimit(BaseModel):
    """办结时限 of a category for the urgency and kind that were asked. `code` empty: of a case without a category.
    `interim`: within what the citizen is owed a dated reply, where the statute gives longer. `limit` null: there is
    none."""

    code: str
    name: str
    path: str
    retired: bool
    limit: str | None
    source: str
    by_statute: bool
    ceiling: CeilingView | None
    interim: str | None
    ruled: list[RuledLimit]


class CategoryLimits(BaseModel):
    """A page of categories. `total`: how many were found; `version`: of the table of limits."""

    version: str
    limits: list[CategoryLimit]
    total: int
    next: int | None


class LimitCell(BaseModel):
    """One clock at one urgency. `limit` as 15m, 2h, 3d natural, 30wm, 1wd working, 30wm|2h in|off hours. `due_at`: its
    end (UTC) had it started at `at`. `repeats`: each record opens the next. `interim`: the dated reply 答复进展 that a
    statute makes owed. `provisional`: the kind is unknown and would matter."""

    urgency: Urgency
    limit: str
    due_at: datetime
    source: str
    repeats: bool
    interim: bool
    by_statute: bool
    provisional: bool


class LimitLine(BaseModel):
    """A clock at every urgency at which it runs; none: it never runs for these facts."""

    clock: ClockName
    cells: list[LimitCell]


class LimitsOf(BaseModel):
    """All clocks of a category and kind in the reader's area. `set_elsewhere`: clocks whose time the lead, the rung or
    the level sets. `calendar`: the exact version of the working calendar that counts."""

    code: str
    name: str
    kind: Kind | None
    area_name: str
    calendar: str
    version: str
    at: datetime
    ceiling: CeilingView | None
    lines: list[LimitLine]
    set_elsewhere: list[ClockName]


class LimitTrialForm(BaseModel):
    """试算 of a shorter limit for a category (a prefix; empty: all) and a kind (null: any), over the cases of a month:
    the last one when not said. `after` is the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")
    category: Annotated[str, StringConstraints(pattern=r"^([0-9]{2}){0,4}$")] = ""
    kind: Kind | None = None
    limit: Annotated[LimitText, StringConstraints(strip_whitespace=True, min_length=2, max_length=10)]
    month: Annotated[str, StringConstraints(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")] | None = None
    after: Annotated[int, Field(ge=0, lt=2**63)] = 0
    most: Annotated[int, Field(ge=1, le=200)] = 50


class LateCase(BaseModel):
    """A case that was in time and would not have been. `ended_at` null: it runs. UTC."""

    case_no: str
    title: str
    was_due: datetime
    due: datetime
    ended_at: datetime | None


class LimitTrialView(BaseModel):
    """`asked` of the month's cases were reckoned: `late` were late, `later` would be late besides. `apart`: an
    extension, a suspension or a statute settles their end. On a further page the figures are of the rest. `cut`: there
    are more than one trial reckons."""

    month: str
    asked: int
    late: int
    later: int
    apart: int
    cases: list[LateCase]
    next: str | None
    cut: bool
