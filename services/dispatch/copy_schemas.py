"""What the dispatch API shows of copies 抄送. All times UTC."""

from datetime import datetime

from pydantic import BaseModel

from casework.db.copies import Copied
from casework.rules.words import Status


class CopyView(BaseModel):
    """A case that went straight to `to_unit` and was copied to `unit`, to read and to urge by its own ways."""

    case_no: str
    title: str
    status: Status
    status_text: str
    area_code: str
    to_unit: str
    unit: str
    copied_at: datetime
    finish_due: datetime | None

    @classmethod
    def of(cls, row: Copied) -> "CopyView":
        status = Status(row.case.status)
        return cls(
            case_no=row.case.case_no,
            title=row.case.title,
            status=status,
            status_text=status.zh,
            area_code=row.case.area_code,
            to_unit=row.to_unit,
            unit=row.unit,
            copied_at=row.at,
            finish_due=row.case.finish_due,
        )
