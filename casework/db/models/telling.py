"""What is told and answered: notices, links, surveys, query codes."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Notice(Base):
    """通知: one line of the outbox. It names who is told and what, never a contact: that is looked up when sending.

    `case_id` is null for what is about no case (知识库催更). `channel`: sms, upstream or staff. state: PENDING, SENT,
    SKIPPED (nobody to tell), DEAD.
    """

    __tablename__ = "notice"
    id: Mapped[int] = new_id()
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    audience: Mapped[str]
    channel: Mapped[str]
    topic: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    unit_id: Mapped[int | None]
    account_id: Mapped[int | None]
    created_at: Mapped[datetime] = time_now()
    state: Mapped[str] = mapped_column(server_default=text("'PENDING'"))
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_at: Mapped[datetime] = time_now()
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("state IN ('PENDING', 'SENT', 'SKIPPED', 'DEAD')", name="state"),
        # what the notify worker reads, channel by channel
        Index("ix_notice_owed", "channel", "next_at", postgresql_where=text("state = 'PENDING'")),
        # the earlier lines of a case, for the upstream's order
        Index("ix_notice_case", "case_id", "id"),
        # what a person or a unit was told (我的消息)
        Index("ix_notice_account", "account_id", "id", postgresql_where=text("account_id IS NOT NULL")),
        Index("ix_notice_unit", "unit_id", "id", postgresql_where=text("unit_id IS NOT NULL")),
        Index("ix_notice_dead", "id", postgresql_where=text("state = 'DEAD'")),
    )


class NoticeAttempt(Base):
    """发送记录: one try to send a notice. outcome: SENT, RETRY, AMBIGUOUS, REFUSED, SKIPPED."""

    __tablename__ = "notice_attempt"
    id: Mapped[int] = new_id()
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    at: Mapped[datetime] = time_now()
    adapter: Mapped[str]
    outcome: Mapped[str]
    detail: Mapped[str | None]


class CitizenLink(Base):
    """评价链接: the digest of the token in a citizen's link; the token is derived again when it is sent."""

    __tablename__ = "citizen_link"
    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    cycle: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = time_now()
    expires_at: Mapped[datetime]


class Survey(Base):
    """回访答复: solved and satisfied are two answers; all are kept, the latest counts."""

    __tablename__ = "survey"
    id: Mapped[int] = new_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    cycle: Mapped[int] = mapped_column(Integer)
    role: Mapped[str]
    account_id: Mapped[int | None]
    solved: Mapped[bool] = mapped_column(Boolean)
    satisfaction: Mapped[str | None]
    comment: Mapped[str | None]
    at: Mapped[datetime] = time_now()


class QueryTry(Base):
    """查询码试错: wrong query codes for a number; after five it waits (words.md §1)."""

    __tablename__ = "query_try"
    request_no: Mapped[str] = mapped_column(primary_key=True)
    failed: Mapped[int] = mapped_column(Integer)
    wait_until: Mapped[datetime | None]
