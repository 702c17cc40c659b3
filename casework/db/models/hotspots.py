"""Hot spots 热点: each day's list, and the cases behind each line."""

from datetime import date, datetime

from sqlalchemy import ARRAY, Date, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class HotSpotDay(Base):
    """热点清单日: a day (Asia/Shanghai) whose list is made; the key lets it be made once."""

    __tablename__ = "hot_spot_day"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    made_at: Mapped[datetime] = time_now()
    found: Mapped[int] = mapped_column(Integer)


class HotSpot(Base):
    """热点: a burst of a category in an area (rules/hotspots.py). `days`: the last one, or seven; `history`: the cases
    of the same span in each of the weeks before, newest first."""

    __tablename__ = "hot_spot"
    id: Mapped[int] = new_id()
    day: Mapped[date] = mapped_column(Date)
    area_code: Mapped[str]
    category: Mapped[str]
    days: Mapped[int] = mapped_column(SmallInteger)
    cases: Mapped[int] = mapped_column(Integer)
    expected: Mapped[float]
    score: Mapped[float]
    history: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    __table_args__ = (
        UniqueConstraint("day", "area_code", "category"),
        # a day's list, strongest first
        Index("ix_hot_spot_list", "day", "score", "id"),
    )


class HotSpotCase(Base):
    """热点工单: a case behind a hot spot, as it was counted."""

    __tablename__ = "hot_spot_case"
    hot_spot_id: Mapped[int] = mapped_column(ForeignKey("hot_spot.id", ondelete="CASCADE"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True)
