"""The ledger 挂账: the reviews of what is listed."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class LedgerReview(Base):
    """挂账复核: who looked at a listed case when, how far it is (masked), and when it is now planned to be solved.

    `was_due`: until when this review was owed (UTC). Append-only.
    """

    __tablename__ = "ledger_review"
    id: Mapped[int] = new_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[int | None]
    reviewed_at: Mapped[datetime] = time_now()
    was_due: Mapped[datetime | None]
    note: Mapped[str]
    planned_for: Mapped[datetime | None]
