"""Attachments: files, the parts they arrive in, and what each is used for."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Attachment(Base):
    """附件: a file from its declaration on; `id` is random. state: UPLOADING, READY, REFUSED (`fault` says why).

    It is declared for a case (`case_id`) or for a record that is still on a device (`record_key`, the Idempotency-Key
    it will be sent with). `lon`, `lat` are WGS-84 with `place_from` (KnownFrom), `declared` what the client said.
    The `*_key` name sealed files of the store; `served_key` and `thumbnail_key` are made anew without metadata.
    """

    __tablename__ = "attachment"
    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    record_key: Mapped[str | None]
    purpose: Mapped[str]
    moment: Mapped[str | None]
    public: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    label: Mapped[str]
    size: Mapped[int] = mapped_column(Integer)
    declared_digest: Mapped[bytes | None]
    declared: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(server_default=text("'UPLOADING'"))
    fault: Mapped[str | None]
    created_at: Mapped[datetime] = time_now()
    finished_at: Mapped[datetime | None]
    media: Mapped[str | None]
    media_type: Mapped[str | None]
    digest: Mapped[bytes | None]
    digest_sm3: Mapped[bytes | None]
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    place_from: Mapped[str | None]
    taken_at: Mapped[datetime | None]
    taken_from: Mapped[str | None]
    original_key: Mapped[str | None]
    served_key: Mapped[str | None]
    thumbnail_key: Mapped[str | None]
    flags: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    lost_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state IN ('UPLOADING', 'READY', 'REFUSED')", name="state"),
        # an account's day, for its quota, and its files for one record
        Index("ix_attachment_account", "account_id", "created_at"),
        # what the sweep looks at: old files, of which those in use are left
        Index("ix_attachment_created", "created_at"),
        # the same photo under another case
        Index("ix_attachment_digest", "digest", postgresql_where=text("digest IS NOT NULL")),
    )


class AttachmentPart(Base):
    """分片: one piece of an upload as it arrived; together they say how far the upload is."""

    __tablename__ = "attachment_part"
    attachment_id: Mapped[str] = mapped_column(ForeignKey("attachment.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(Integer, primary_key=True)
    size: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes]
    key: Mapped[str]


class AttachmentUse(Base):
    """附件引用: a file belongs to one case and one act of it, for good; `version` is the case's that the act made."""

    __tablename__ = "attachment_use"
    attachment_id: Mapped[str] = mapped_column(ForeignKey("attachment.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    action: Mapped[str]
    version: Mapped[int | None] = mapped_column(Integer)
    used_at: Mapped[datetime] = time_now()


class StorageFault(Base):
    """存储差异: a file without its row (removed), or a row without its file, as the sweep found it."""

    __tablename__ = "storage_fault"
    id: Mapped[int] = new_id()
    at: Mapped[datetime] = time_now()
    kind: Mapped[str]
    key: Mapped[str]
    attachment_id: Mapped[str | None]
    __table_args__ = (CheckConstraint("kind IN ('FILE_WITHOUT_ROW', 'ROW_WITHOUT_FILE')", name="kind"),)
