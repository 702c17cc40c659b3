"""What the API shows of the time limits 时限: which clocks run for a category, urgency and kind, and by which law."""

from datetime import datetime

from pydantic import BaseModel

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
