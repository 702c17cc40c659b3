"""Exports of case lists 工单导出: jobs that survive a kill, and the blocks of their files."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class CaseExport(Base):
    """导出任务: one list, seen by none but its account. `asked`: period and filters as they were asked.

    `rows` of `total` are written, the cases up to the id `after_id`; those above `last_id` came later. state: RUNNING,
    PACKING (an XLSX is put together), DONE, FAILED (`error`), EXPIRED. `lease_until`: who packs has it till then.
    """

    __tablename__ = "case_export"
    id: Mapped[int] = new_id()
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    format: Mapped[str]
    lang: Mapped[str]
    asked: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(server_default=text("'RUNNING'"))
    error: Mapped[str | None]
    total: Mapped[int | None]
    rows: Mapped[int] = mapped_column(server_default=text("0"))
    after_id: Mapped[int] = mapped_column(server_default=text("0"))
    last_id: Mapped[int | None]
    blocks: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    bytes: Mapped[int | None]
    sha256: Mapped[str | None]
    created_at: Mapped[datetime] = time_now()
    ended_at: Mapped[datetime | None]
    lease_until: Mapped[datetime] = time_now()
    expires_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("state IN ('RUNNING', 'PACKING', 'DONE', 'FAILED', 'EXPIRED')", name="state"),
        Index("ix_case_export_account", "account_id", "id"),
        # what the worker has to do, and what is to be forgotten
        Index("ix_case_export_running", "rows", "id", postgresql_where=text("state IN ('RUNNING', 'PACKING')")),
        Index("ix_case_export_expires", "expires_at", postgresql_where=text("state <> 'EXPIRED'")),
    )


class CaseExportBlock(Base):
    """导出文件块: some thousand rows, or a piece of the file that was made of them (`final`)."""

    __tablename__ = "case_export_block"
    export_id: Mapped[int] = mapped_column(ForeignKey("case_export.id", ondelete="CASCADE"), primary_key=True)
    final: Mapped[bool] = mapped_column(Boolean, primary_key=True)
    no: Mapped[int] = mapped_column(Integer, primary_key=True)
    body: Mapped[bytes]
