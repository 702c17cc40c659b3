"""Calls for help of those who work outside."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Alarm(Base):
    """一键求助: who called for help, where the phone said it was (WGS-84, `accuracy` in metres), who answered.

    `area_code` is the caller's own; `at` the server's receipt, `acted_at` when the button was pressed (both UTC).
    """

    __tablename__ = "alarm"
    id: Mapped[int] = new_id()
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    area_code: Mapped[str]
    at: Mapped[datetime] = time_now()
    acted_at: Mapped[datetime | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    accuracy: Mapped[float | None]
    note: Mapped[str]
    request_key: Mapped[str]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answer: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("(answered_at IS NULL) = (answered_by IS NULL)", name="answered"),
        # a repeated call is the same one
        Index("uq_alarm_request", "account_id", "request_key", unique=True),
        # what waits in an area
        Index(
            "ix_alarm_open",
            "area_code",
            postgresql_where=text("answered_at IS NULL"),
            postgresql_ops={"area_code": "text_pattern_ops"},
        ),
    )
