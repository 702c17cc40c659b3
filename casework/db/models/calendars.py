"""The notices of holidays that a city loads over those that ship."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class CalendarNotice(Base):
    """放假通知的一个版本: the nation's (`area_code` empty) or a prefecture's holidays of one year, with their source.

    `rest` and `work` are days as in calendars.toml: 2027-02-05..2027-02-11. state: IN_FORCE, REPLACED. `policy`: what
    becomes of open deadlines that were settled already (rules/words.Policy); `first_day` to `last_day` is where days
    changed, `replanned_at` when no deadline of before was left to look at. Nothing is deleted.
    """

    __tablename__ = "calendar_notice"
    id: Mapped[int] = new_id()
    area_code: Mapped[str]
    year: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(server_default=text("'IN_FORCE'"))
    source: Mapped[str]
    rest: Mapped[list[str]]
    work: Mapped[list[str]]
    policy: Mapped[str]
    why: Mapped[str]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    made_by: Mapped[int | None]
    made_at: Mapped[datetime] = time_now()
    replaced_at: Mapped[datetime | None]
    replanned_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("area_code", "year", "version"),
        CheckConstraint("state IN ('IN_FORCE', 'REPLACED')", name="state"),
        CheckConstraint("policy IN ('KEEP', 'EXTEND_ONLY', 'RECOMPUTE')", name="policy"),
        # one notice of a year holds in an area
        Index(
            "uq_calendar_notice_in_force", "area_code", "year", unique=True, postgresql_where=text("state = 'IN_FORCE'")
        ),
    )


class CalendarBook(Base):
    """日历版本号: one row. Every notice makes it one more; processes read by it whether to build the calendars again,
    and a deadline is re-planned only by a process that has read the last one."""

    __tablename__ = "calendar_book"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    version: Mapped[int]
    __table_args__ = (CheckConstraint("id = 1", name="one"),)
