"""Grid affairs 网格事务: who is away, and what hangs on the grids' people beside the registry."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class DutyLeave(Base):
    """请假: who is away from `starts_at` to before `ends_at` (UTC), why, and who stands in, if anybody does."""

    __tablename__ = "duty_leave"
    id: Mapped[int] = new_id()
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    substitute_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]
    entered_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    entered_at: Mapped[datetime] = time_now()
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="length"),
        CheckConstraint("substitute_id <> account_id", name="another"),
        # who is away now
        Index(None, "account_id", "ends_at"),
    )
