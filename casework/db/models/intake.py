"""What comes in: sources, the inbox, requests and supplements."""

from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Source(Base):
    """来源系统: an upstream hotline or platform, its signing secrets (newest first) and where it is written back to.

    `crs`: the coordinate system of its points, where a message does not name one.
    """

    __tablename__ = "source"
    name: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    area_code: Mapped[str]
    secrets_sealed: Mapped[bytes]
    callback_url: Mapped[str | None]
    crs: Mapped[str | None]
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    __table_args__ = (CheckConstraint("crs IN ('WGS84', 'CGCS2000', 'GCJ02', 'BD09')", name="crs"),)


class Inbox(Base):
    """收件箱: every message as it came, sealed, before anything is read from it."""

    __tablename__ = "inbox"
    id: Mapped[int] = new_id()
    source: Mapped[str]
    message_id: Mapped[str]
    door: Mapped[str]
    digest: Mapped[bytes]
    body_sealed: Mapped[bytes]
    account_id: Mapped[int | None]
    received_at: Mapped[datetime] = time_now()
    state: Mapped[str] = mapped_column(server_default=text("'RECEIVED'"))
    outcome: Mapped[str | None]
    request_id: Mapped[int | None]
    conflicts: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    __table_args__ = (
        UniqueConstraint("source", "message_id"),
        CheckConstraint("state IN ('RECEIVED', 'DONE', 'REJECTED')", name="state"),
        # what a killed API left unfinished, found by the intake worker
        Index("ix_inbox_unfinished", "received_at", postgresql_where=text("state = 'RECEIVED'")),
    )


class NumberBlock(Base):
    """号段: how far the numbers of a region and day have been handed out (gaps allowed, never reused)."""

    __tablename__ = "number_block"
    region: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    next: Mapped[int] = mapped_column(Integer)


class Request(Base):
    """诉求: what a person said, once, immutable; the words sealed, a masked working text beside.

    `guarded`: who says it, and what, is sealed with the identity keys (举报人身份), and no index finds the phone.
    """

    __tablename__ = "request"
    id: Mapped[int] = new_id()
    request_no: Mapped[str] = mapped_column(unique=True)
    inbox_id: Mapped[int] = mapped_column(unique=True)
    source: Mapped[str]
    upstream_no: Mapped[str | None]
    channel: Mapped[str]
    received_at: Mapped[datetime] = time_now()
    occurred_at: Mapped[datetime | None]
    content_digest: Mapped[bytes]
    title_sealed: Mapped[bytes]
    text_sealed: Mapped[bytes]
    working_title: Mapped[str]
    working_text: Mapped[str]
    name_sealed: Mapped[bytes | None]
    phone_sealed: Mapped[bytes | None]
    phone_index: Mapped[bytes | None]
    address: Mapped[str | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    crs: Mapped[str | None]
    anonymous: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    secret: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    guarded: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    reply_wanted: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    proxy_for: Mapped[str | None]
    dialect: Mapped[str | None]
    call_id: Mapped[str | None]
    recording: Mapped[str | None]
    notice_version: Mapped[str | None]
    flags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    __table_args__ = (
        # the hotline's own number is the key of a redelivery (reliability.md §1.3)
        Index(
            "uq_request_upstream",
            "source",
            "upstream_no",
            unique=True,
            postgresql_where=text("upstream_no IS NOT NULL"),
        ),
        Index("ix_request_phone", "phone_index", postgresql_where=text("phone_index IS NOT NULL")),
    )


class Supplement(Base):
    """补充: what was said later about a request; `inbox_id`: the message it came in, none from the citizen's page."""

    __tablename__ = "supplement"
    id: Mapped[int] = new_id()
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    inbox_id: Mapped[int | None] = mapped_column(unique=True)
    text_sealed: Mapped[bytes]
    working_text: Mapped[str]
    received_at: Mapped[datetime] = time_now()
