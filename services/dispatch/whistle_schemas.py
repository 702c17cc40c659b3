"""What the dispatch API shows of whistles 街道吹哨. All times UTC; where somebody stood is told as a distance only."""

from datetime import datetime

from pydantic import BaseModel

from casework.db.whistles import Of
from casework.rules.words import CheckIn, Urgency


class CallView(BaseModel):
    """被吹哨部门: until when it was to report in, when and from where it did, plan, result, and both scores."""

    unit: str
    due_at: datetime
    reported_at: datetime | None
    in_time: bool | None
    check_in: CheckIn | None
    check_in_text: str | None
    distance_m: int | None
    plan: str | None
    planned_at: datetime | None
    result: str | None
    answered_at: datetime | None
    closed_at: datetime | None
    score: int | None
    score_note: str | None
    whistle_score: int | None
    justified: bool | None
    whistle_note: str | None


class WhistleView(BaseModel):
    """吹哨. `no` counts within the case; `ended_at` null: some department has still to answer."""

    id: int
    case_no: str
    no: int
    caller: str
    matter: str
    level: Urgency
    called_at: datetime
    outcome: str | None
    ended_at: datetime | None
    calls: list[CallView]


class WhistlePage(BaseModel):
    """A page, newest first; `next` is the cursor of the following one, absent on the last."""

    whistles: list[WhistleView]
    next: int | None


class TallyView(BaseModel):
    """A unit's figures. Shares and the mean score are null where there is nothing to share: 0 ÷ 0 is no figure."""

    unit: str
    called: int
    in_time: int
    late: int
    off_site: int
    answered: int
    in_time_share: float | None
    mean_score: float | None
    scored: int
    justified_share: float | None
    judged: int


class Tallies(BaseModel):
    """双向评价: of one month (Asia/Shanghai), by called department or by the unit that whistled."""

    month: str
    of: Of
    rows: list[TallyView]
