"""The tables (数据表). One class is one table; what a column means is said here once.

All times are timestamptz in UTC. Areas are significant digits of the administrative code (words.md §5), so that a
scope is a prefix. Columns named `*_sealed` hold AES-GCM bytes (kit/crypto.py); `working_*` texts have phones, ids,
plates and cards masked.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy reads it from the class)
        str: Text,
        int: BigInteger,
        datetime: DateTime(timezone=True),
        bytes: LargeBinary,
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
        list[datetime]: ARRAY(DateTime(timezone=True)),
    }


def _id() -> Mapped[int]:
    return mapped_column(BigInteger, Identity(always=False), primary_key=True)


def _now() -> Mapped[datetime]:
    return mapped_column(server_default=func.now())


class Unit(Base):
    """承办单位: a department, street, community, utility or centre; `parent_id` makes the tree that scopes see."""

    __tablename__ = "unit"
    id: Mapped[int] = _id()
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    department: Mapped[str]
    level: Mapped[str]
    area_code: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    __table_args__ = (Index(None, "parent_id"),)


class Account(Base):
    """账号: who may sign in. `area_code` is the prefix of its scope (words.md §5)."""

    __tablename__ = "account"
    id: Mapped[int] = _id()
    login: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]]
    area_code: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    failed_tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = _now()


class Session(Base):
    """会话: a signed-in browser; only the digest of its token is kept."""

    __tablename__ = "session"
    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = _now()
    seen_at: Mapped[datetime] = _now()
    expires_at: Mapped[datetime]


class Source(Base):
    """来源系统: an upstream hotline or platform, its signing secrets (newest first) and where it is written back to."""

    __tablename__ = "source"
    name: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    area_code: Mapped[str]
    secrets_sealed: Mapped[bytes]
    callback_url: Mapped[str | None]
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))


class Inbox(Base):
    """收件箱: every message as it came, sealed, before anything is read from it."""

    __tablename__ = "inbox"
    id: Mapped[int] = _id()
    source: Mapped[str]
    message_id: Mapped[str]
    door: Mapped[str]
    digest: Mapped[bytes]
    body_sealed: Mapped[bytes]
    account_id: Mapped[int | None]
    received_at: Mapped[datetime] = _now()
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
    """诉求: what a person said, once, immutable; the words sealed, a masked working text beside."""

    __tablename__ = "request"
    id: Mapped[int] = _id()
    request_no: Mapped[str] = mapped_column(unique=True)
    inbox_id: Mapped[int] = mapped_column(unique=True)
    source: Mapped[str]
    upstream_no: Mapped[str | None]
    channel: Mapped[str]
    received_at: Mapped[datetime] = _now()
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
    reply_wanted: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    proxy_for: Mapped[str | None]
    dialect: Mapped[str | None]
    call_id: Mapped[str | None]
    recording: Mapped[str | None]
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
    """补充: what was said later about a request."""

    __tablename__ = "supplement"
    id: Mapped[int] = _id()
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    inbox_id: Mapped[int] = mapped_column(unique=True)
    text_sealed: Mapped[bytes]
    working_text: Mapped[str]
    received_at: Mapped[datetime] = _now()


class Case(Base):
    """工单 / 案件: the unit of dispatch and of the promise. What the headline rate needs is kept here (rates.py).

    `finish_due` is the promise now, `finish_due_original` as first given. `filed_at` is a result that awaits its
    verdict; `first_completed_at` the first accepted filing, `completed_at` the effective one (null while a rework is
    open). `signed_in_time` and `contacted_in_time` are null until it happened. `next_due` is the nearest running
    deadline, for the queue's order.
    """

    __tablename__ = "cases"
    id: Mapped[int] = _id()
    request_id: Mapped[int] = mapped_column(ForeignKey("request.id"), index=True)
    case_no: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    direction: Mapped[str]
    level: Mapped[str]
    channel: Mapped[str]
    kind: Mapped[str | None]
    category: Mapped[str | None]
    urgency: Mapped[str]
    area_code: Mapped[str]
    title: Mapped[str]
    routing: Mapped[dict[str, Any] | None]
    suggested_unit: Mapped[str | None]
    reporter_id: Mapped[int | None]
    lead_unit_id: Mapped[int | None]
    contact_exempt: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    contact_made: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    in_rework: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    rework_count: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    upstream_due: Mapped[datetime | None]
    created_at: Mapped[datetime] = _now()
    accepted_at: Mapped[datetime | None]
    finish_due_original: Mapped[datetime | None]
    finish_due: Mapped[datetime | None]
    provisional: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    signed_in_time: Mapped[bool | None] = mapped_column(Boolean)
    contacted_in_time: Mapped[bool | None] = mapped_column(Boolean)
    filed_at: Mapped[datetime | None]
    first_completed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None]
    reason_code: Mapped[str | None]
    reply_text: Mapped[str | None]
    void_proposed_by: Mapped[int | None]
    next_due: Mapped[datetime | None]
    updated_at: Mapped[datetime] = _now()
    __table_args__ = (
        # the queue: an area's open cases by urgency and due time
        Index(
            "ix_cases_queue",
            "status",
            "area_code",
            "urgency",
            "next_due",
            postgresql_ops={"area_code": "text_pattern_ops"},
        ),
        Index("ix_cases_lead", "lead_unit_id", "status", "next_due", postgresql_where=text("lead_unit_id IS NOT NULL")),
        # the headline rate: who was due in a period, in an area
        Index("ix_cases_due", "finish_due", "area_code", postgresql_ops={"area_code": "text_pattern_ops"}),
        Index("ix_cases_accepted", "accepted_at"),
        # ended cases that wait for the archive
        Index("ix_cases_ended", "ended_at", postgresql_where=text("ended_at IS NOT NULL AND status <> 'ARCHIVED'")),
    )


class Assignment(Base):
    """办理任务: one per unit per hop, with that unit's own clocks."""

    __tablename__ = "assignment"
    id: Mapped[int] = _id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    kind: Mapped[str]
    hop: Mapped[int] = mapped_column(Integer)
    opened_at: Mapped[datetime] = _now()
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[int | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    __table_args__ = (
        # exactly one lead is open while the case is with a unit (words.md §1)
        Index(
            "uq_assignment_one_lead",
            "case_id",
            unique=True,
            postgresql_where=text("kind = 'LEAD' AND closed_at IS NULL"),
        ),
    )


class Clock(Base):
    """时钟: (case, assignment or none, name, cycle). `next_at` is when its next stage is due; `stage_no` which one.

    state: RUNNING, FILED (time set, verdict awaited), PAUSED, STOPPED, CANCELLED. `calendar_unannounced` and
    `kind_unknown` say what makes the deadline provisional (暂定).
    """

    __tablename__ = "clock"
    id: Mapped[int] = _id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    assignment_id: Mapped[int | None]
    name: Mapped[str]
    cycle: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(server_default=text("'RUNNING'"))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    own_due_at: Mapped[datetime]
    limit_text: Mapped[str]
    limit_source: Mapped[str]
    rule_version: Mapped[str]
    calendar_version: Mapped[str]
    calendar_unannounced: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    kind_unknown: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    stages: Mapped[list[str]]
    stage_times: Mapped[list[datetime]]
    stage_no: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    next_at: Mapped[datetime | None]
    filed_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("case_id", "assignment_id", "name", "cycle", postgresql_nulls_not_distinct=True),
        CheckConstraint("state IN ('RUNNING', 'FILED', 'PAUSED', 'STOPPED', 'CANCELLED')", name="state"),
        # what the sweeper reads: the condition must stand in its query word for word
        Index("ix_clock_due", "next_at", postgresql_where=text("state = 'RUNNING'")),
    )


class ClockFired(Base):
    """时钟节点已触发: each stage of a clock fires once; the key is the second lock."""

    __tablename__ = "clock_fired"
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    stage_at: Mapped[datetime]
    fired_at: Mapped[datetime] = _now()


class Event(Base):
    """事件: append-only; every change of a case is one. `version` is the case's version that it made."""

    __tablename__ = "event"
    id: Mapped[int] = _id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime] = _now()
    action: Mapped[str]
    role: Mapped[str]
    account_id: Mapped[int | None]
    unit_id: Mapped[int | None]
    from_status: Mapped[str | None]
    to_status: Mapped[str | None]
    version: Mapped[int | None] = mapped_column(Integer)
    acted_at: Mapped[datetime | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    request_key: Mapped[str | None]
    __table_args__ = (
        Index("ix_event_case", "case_id", "id"),
        Index("uq_event_version", "case_id", "version", unique=True, postgresql_where=text("version IS NOT NULL")),
        Index(
            "uq_event_request", "case_id", "request_key", unique=True, postgresql_where=text("request_key IS NOT NULL")
        ),
    )


class Notice(Base):
    """通知: one line of the outbox. It names who is told and what, never a contact: that is looked up when sending.

    `channel`: sms, upstream or staff. state: PENDING, SENT, SKIPPED (nobody to tell), DEAD.
    """

    __tablename__ = "notice"
    id: Mapped[int] = _id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    audience: Mapped[str]
    channel: Mapped[str]
    topic: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    unit_id: Mapped[int | None]
    account_id: Mapped[int | None]
    created_at: Mapped[datetime] = _now()
    state: Mapped[str] = mapped_column(server_default=text("'PENDING'"))
    tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    next_at: Mapped[datetime] = _now()
    sent_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("state IN ('PENDING', 'SENT', 'SKIPPED', 'DEAD')", name="state"),
        # what the notify worker reads, channel by channel
        Index("ix_notice_owed", "channel", "next_at", postgresql_where=text("state = 'PENDING'")),
        # the earlier lines of a case, for the upstream's order
        Index("ix_notice_case", "case_id", "id"),
        Index("ix_notice_dead", "id", postgresql_where=text("state = 'DEAD'")),
    )


class NoticeAttempt(Base):
    """发送记录: one try to send a notice. outcome: SENT, RETRY, AMBIGUOUS, REFUSED, SKIPPED."""

    __tablename__ = "notice_attempt"
    id: Mapped[int] = _id()
    notice_id: Mapped[int] = mapped_column(ForeignKey("notice.id"), index=True)
    at: Mapped[datetime] = _now()
    adapter: Mapped[str]
    outcome: Mapped[str]
    detail: Mapped[str | None]


class CitizenLink(Base):
    """评价链接: the digest of the token in a citizen's link; the token is derived again when it is sent."""

    __tablename__ = "citizen_link"
    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    cycle: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = _now()
    expires_at: Mapped[datetime]


class Survey(Base):
    """回访答复: solved and satisfied are two answers; all are kept, the latest counts."""

    __tablename__ = "survey"
    id: Mapped[int] = _id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    cycle: Mapped[int] = mapped_column(Integer)
    role: Mapped[str]
    account_id: Mapped[int | None]
    solved: Mapped[bool] = mapped_column(Boolean)
    satisfaction: Mapped[str | None]
    comment: Mapped[str | None]
    at: Mapped[datetime] = _now()


class QueryTry(Base):
    """查询码试错: wrong query codes for a number; after five it waits (words.md §1)."""

    __tablename__ = "query_try"
    request_no: Mapped[str] = mapped_column(primary_key=True)
    failed: Mapped[int] = mapped_column(Integer)
    wait_until: Mapped[datetime | None]


class AuditLog(Base):
    """审计: append-only; sign-ins, reveals of personal data, administration."""

    __tablename__ = "audit_log"
    id: Mapped[int] = _id()
    at: Mapped[datetime] = _now()
    account_id: Mapped[int | None]
    act: Mapped[str]
    subject: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    __table_args__ = (Index(None, "at"),)


class CatalogVersion(Base):
    """目录版本: each version of the city's data ever loaded, whole, so that an old deadline stays explained."""

    __tablename__ = "catalog_version"
    part: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(primary_key=True)
    loaded_at: Mapped[datetime] = _now()
    content: Mapped[str]
