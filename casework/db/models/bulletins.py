"""Bulletins 通报: who gets which and when, and those that went out."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class BulletinSchedule(Base):
    """通报计划: `recipients` (accounts) get the bulletin of `area_code` each month or week from `made_at` on, until
    `ended_at`. One that could not be made is tried again from `retry_at` on."""

    __tablename__ = "bulletin_schedule"
    id: Mapped[int] = new_id()
    name: Mapped[str]
    area_code: Mapped[str]
    pace: Mapped[str]
    formats: Mapped[list[str]]
    lang: Mapped[str]
    recipients: Mapped[list[int]]
    made_by: Mapped[int]
    made_at: Mapped[datetime] = time_now()
    ended_at: Mapped[datetime | None]
    retry_at: Mapped[datetime] = time_now()
    failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    __table_args__ = (
        CheckConstraint("pace IN ('MONTH', 'WEEK')", name="pace"),
        # a schedule that is sent twice is made once
        Index("uq_bulletin_schedule_name", "area_code", "name", unique=True, postgresql_where=text("ended_at IS NULL")),
    )


class BulletinIssue(Base):
    """已发通报: one month or week of a schedule, once. `frozen`: its figures were. Never changed, never deleted."""

    __tablename__ = "bulletin_issue"
    id: Mapped[int] = new_id()
    schedule_id: Mapped[int] = mapped_column(ForeignKey("bulletin_schedule.id"))
    period: Mapped[str]
    area_code: Mapped[str]
    title: Mapped[str]
    frozen: Mapped[bool] = mapped_column(Boolean)
    recipients: Mapped[list[int]]
    made_at: Mapped[datetime] = time_now()
    __table_args__ = (
        # each period goes out once, whatever becomes of the worker
        UniqueConstraint("schedule_id", "period"),
        Index("ix_bulletin_issue_area", "area_code", "id", postgresql_ops={"area_code": "text_pattern_ops"}),
        Index("ix_bulletin_issue_recipients", "recipients", postgresql_using="gin"),
    )


class BulletinFile(Base):
    """通报文件: an issue in one format, with the digest (SHA-256) of its bytes. Never changed, never deleted."""

    __tablename__ = "bulletin_file"
    issue_id: Mapped[int] = mapped_column(ForeignKey("bulletin_issue.id"), primary_key=True)
    format: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    sha256: Mapped[str]
