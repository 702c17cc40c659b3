"""Copies 抄送: who may read a case beside those who have it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, time_now


class CaseCopy(Base):
    """抄送: the district's unit that learns of what was dispatched straight to a street (domain.md §1.8). It reads, and
    has no task; one for each case and unit."""

    __tablename__ = "case_copy"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    at: Mapped[datetime] = time_now()
    to_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    __table_args__ = (Index(None, "unit_id", "case_id"),)
