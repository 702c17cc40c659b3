"""What the dispatch API shows of on-site checks 核查. All times UTC."""

from datetime import datetime

from pydantic import BaseModel


class DemandOfCheck(BaseModel):
    """照片要求: how many photos, one before and one after, within how many metres of the spot."""

    photos: int
    before_after: bool
    within_m: int | None


class CheckView(BaseModel):
    """核查任务: what was reported where, what the handler says of it (`reply_text`), and until when it is answered.

    `in_person`: given to the reader by name; else to the unit. `to_pass`, `to_fail`: what either answer has to show.
    """

    case_no: str
    title: str
    category: str | None
    area_code: str
    area_name: str
    address: str | None
    lon: float | None
    lat: float | None
    crs: str | None
    reply_text: str | None
    unit: str
    in_person: bool
    given_at: datetime
    due_at: datetime
    version: int
    to_pass: DemandOfCheck
    to_fail: DemandOfCheck
