"""Disputes 矛盾纠纷: an entity of its own (words.md §1), its parties, sessions, clocks, handovers and events."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ARRAY, BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Dispute(Base):
    """纠纷. `case_id`: the case that it came from, never changed. `recused`: accounts of mediators who stood aside.

    `agreed_at` is when the parties agreed, `in_force_at` when all had signed; `concluded_at` the end of mediation with
    or without an agreement; `earlier_id`: the same parties' dispute that was agreed before 复发. `warned`: how often a
    danger was told; `criminal`: it became a criminal case 民转刑.
    """

    __tablename__ = "dispute"
    id: Mapped[int] = new_id()
    dispute_no: Mapped[str] = mapped_column(unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    earlier_id: Mapped[int | None] = mapped_column(ForeignKey("dispute.id"))
    status: Mapped[str]
    version: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    origin: Mapped[str]
    level: Mapped[str]
    area_code: Mapped[str]
    kind: Mapped[str | None]
    track: Mapped[str] = mapped_column(server_default=text("'PEOPLE'"))
    risk: Mapped[str | None]
    people: Mapped[int] = mapped_column(Integer, server_default=text("2"))
    title: Mapped[str]
    claim_sealed: Mapped[bytes]
    working_claim: Mapped[str]
    reported_by: Mapped[int | None]
    request_key: Mapped[str | None]
    mediator_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    recused: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    form: Mapped[str | None]
    working_terms: Mapped[str | None]
    perform_by: Mapped[date | None]
    confirmation: Mapped[str | None]
    court_no: Mapped[str | None]
    reason_code: Mapped[str | None]
    settled: Mapped[bool | None] = mapped_column(Boolean)
    warned: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    criminal: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    created_at: Mapped[datetime] = time_now()
    registered_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    agreed_at: Mapped[datetime | None]
    in_force_at: Mapped[datetime | None]
    concluded_at: Mapped[datetime | None]
    performed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = time_now()
    __table_args__ = (
        Index("ix_dispute_area", "area_code", "id", postgresql_ops={"area_code": "text_pattern_ops"}),
        # a repeated report is recognised
        Index(
            "uq_dispute_request",
            "reported_by",
            "request_key",
            unique=True,
            postgresql_where=text("request_key IS NOT NULL"),
        ),
        Index("ix_dispute_earlier", "earlier_id", postgresql_where=text("earlier_id IS NOT NULL")),
        CheckConstraint("(form IS NULL) = (agreed_at IS NULL)", name="agreed"),
        CheckConstraint("in_force_at IS NULL OR agreed_at IS NOT NULL", name="in_force"),
    )


class DisputeParty(Base):
    """当事人: sealed, with blind indexes of phone and identity number, and shown masked."""

    __tablename__ = "dispute_party"
    id: Mapped[int] = new_id()
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    no: Mapped[int] = mapped_column(Integer)
    side: Mapped[str]
    name_sealed: Mapped[bytes]
    phone_sealed: Mapped[bytes | None]
    phone_index: Mapped[bytes | None]
    id_no_sealed: Mapped[bytes | None]
    id_no_index: Mapped[bytes | None]
    address_sealed: Mapped[bytes | None]
    shown_name: Mapped[str]
    shown_phone: Mapped[str | None]
    willing: Mapped[bool | None] = mapped_column(Boolean)
    asked_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("dispute_id", "no"),
        # the same people's earlier disputes
        Index("ix_dispute_party_phone", "phone_index", postgresql_where=text("phone_index IS NOT NULL")),
        Index("ix_dispute_party_id_no", "id_no_index", postgresql_where=text("id_no_index IS NOT NULL")),
    )


class DisputeSession(Base):
    """调解会: when and where, who came (`present`: the parties' numbers), and the record 笔录, masked."""

    __tablename__ = "dispute_session"
    id: Mapped[int] = new_id()
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    no: Mapped[int] = mapped_column(Integer)
    held_at: Mapped[datetime]
    place: Mapped[str | None]
    present: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    working_record: Mapped[str]
    account_id: Mapped[int | None]
    __table_args__ = (UniqueConstraint("dispute_id", "no"),)


class DisputeTimer(Base):
    """纠纷时钟: (dispute, name, cycle), with the limit and its source as they were when it started."""

    __tablename__ = "dispute_timer"
    id: Mapped[int] = new_id()
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    name: Mapped[str]
    cycle: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(server_default=text("'RUNNING'"))
    started_at: Mapped[datetime]
    due_at: Mapped[datetime]
    limit_text: Mapped[str]
    limit_source: Mapped[str]
    stopped_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("dispute_id", "name", "cycle"),
        CheckConstraint("state IN ('RUNNING', 'STOPPED', 'CANCELLED')", name="state"),
        # one of a name runs
        Index(
            "uq_dispute_timer_running", "dispute_id", "name", unique=True, postgresql_where=text("state = 'RUNNING'")
        ),
        # what falls due, for the sweep
        Index("ix_dispute_timer_due", "due_at", postgresql_where=text("state = 'RUNNING' AND breached_at IS NULL")),
    )


class DisputeLink(Base):
    """对接: a handover to or from another organ; `objects`: the codes of what went; one of a kind is open.
    `breached_at`: when it was seen to be late."""

    __tablename__ = "dispute_link"
    id: Mapped[int] = new_id()
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    kind: Mapped[str]
    way: Mapped[str]
    organ: Mapped[str]
    number: Mapped[str | None]
    objects: Mapped[list[str]]
    handed_at: Mapped[datetime]
    handed_by: Mapped[int | None]
    due_at: Mapped[datetime]
    limit_text: Mapped[str]
    limit_source: Mapped[str]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    breached_at: Mapped[datetime | None]
    __table_args__ = (
        # what is not answered in time, for the sweep
        Index("ix_dispute_link_due", "due_at", postgresql_where=text("answered_at IS NULL AND breached_at IS NULL")),
        Index("uq_dispute_link_open", "dispute_id", "kind", unique=True, postgresql_where=text("answered_at IS NULL")),
        Index(None, "dispute_id"),
    )


class DisputeEvent(Base):
    """纠纷事件: append-only; every change of a dispute is one. `version` is the dispute's version that it made.

    `data` is masked; `words_sealed` is all that was said, for the documents.
    """

    __tablename__ = "dispute_event"
    id: Mapped[int] = new_id()
    dispute_id: Mapped[int] = mapped_column(ForeignKey("dispute.id"))
    at: Mapped[datetime] = time_now()
    action: Mapped[str]
    role: Mapped[str]
    account_id: Mapped[int | None]
    from_status: Mapped[str | None]
    to_status: Mapped[str | None]
    version: Mapped[int | None] = mapped_column(Integer)
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    words_sealed: Mapped[bytes | None]
    request_key: Mapped[str | None]
    __table_args__ = (
        Index("ix_dispute_event_dispute", "dispute_id", "id"),
        Index(
            "uq_dispute_event_version",
            "dispute_id",
            "version",
            unique=True,
            postgresql_where=text("version IS NOT NULL"),
        ),
        Index(
            "uq_dispute_event_request",
            "dispute_id",
            "request_key",
            unique=True,
            postgresql_where=text("request_key IS NOT NULL"),
        ),
    )
