"""What the dispatch API shows of the ledger 挂账. All times UTC."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel

from casework.catalog.turns import Choice
from casework.db.ledger import Listed


class ListedView(BaseModel):
    """挂账件: why, what is done meanwhile (`measures`), when it is planned to be solved, who is responsible, and until
    when it is looked at next. `overdue`: that review was missed."""

    case_no: str
    title: str
    area_code: str
    unit: str | None
    reason: str | None
    reason_text: str | None
    measures: str | None
    listed_at: datetime
    planned_for: datetime | None
    review_due: datetime | None
    reviews: int
    reviewed_at: datetime | None
    overdue: bool

    @classmethod
    def of(cls, row: Listed, reasons: Mapping[str, Choice]) -> "ListedView":
        case, motion = row.case, row.motion
        assert motion.ruled_at is not None
        reason = reasons.get(motion.reason or "")
        return cls(
            case_no=case.case_no,
            title=case.title,
            area_code=case.area_code,
            unit=row.unit,
            reason=motion.reason,
            reason_text=reason.zh if reason else None,
            measures=motion.note,
            listed_at=motion.ruled_at,
            planned_for=row.planned_for,
            review_due=case.ledger_review_due,
            reviews=row.reviews,
            reviewed_at=row.reviewed_at,
            overdue=row.overdue,
        )
