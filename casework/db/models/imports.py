"""The import door's own rows: sources of lists, files on their way in, what was wrong with a row, polled upstreams.

A file is never kept: its rows stand here sealed, block by block, and each block goes in the transaction that takes it.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class ImportSource(Base):
    """导入来源: where lists come from. Its numbers are its own, so the name belongs to the area that first used it.

    `mapping`: which column holds what, kept from the last file of this source.
    """

    __tablename__ = "import_source"
    name: Mapped[str] = mapped_column(primary_key=True)
    area_code: Mapped[str]
    mapping: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    mapped_by: Mapped[int | None]
    mapped_at: Mapped[datetime | None]


class ImportJob(Base):
    """导入任务: one file. `area_code` is its importer's scope; the counts are of rows.

    state: READY (read, awaits its start), RUNNING, DONE, STOPPED (by hand), EXPIRED (never started).
    `flags`: how often a flag was left on a row that was taken.
    """

    __tablename__ = "import_job"
    id: Mapped[int] = new_id()
    source: Mapped[str] = mapped_column(ForeignKey("import_source.name"))
    area_code: Mapped[str]
    account_id: Mapped[int]
    file_name: Mapped[str]
    kind: Mapped[str]
    encoding: Mapped[str | None]
    sheet: Mapped[str | None]
    sheets: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(server_default=text("'READY'"))
    header_row: Mapped[int] = mapped_column(Integer)
    mapping: Mapped[dict[str, Any]]
    preview_sealed: Mapped[bytes | None]
    rows: Mapped[int] = mapped_column(Integer)
    empty_rows: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    taken: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    known: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    supplemented: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    bad: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    flags: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    created_at: Mapped[datetime] = time_now()
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    __table_args__ = (
        CheckConstraint("state IN ('READY', 'RUNNING', 'DONE', 'STOPPED', 'EXPIRED')", name="state"),
        # an area's imports, newest first
        Index("ix_import_job_area", "area_code", "id", postgresql_ops={"area_code": "text_pattern_ops"}),
        # what the worker has to do, and what is to be forgotten
        Index("ix_import_job_running", "id", postgresql_where=text("state = 'RUNNING'")),
        Index("ix_import_job_expires", "expires_at"),
    )


class ImportBlock(Base):
    """导入数据块: some hundred rows that are not yet taken, sealed. `again`: they go through the door one by one."""

    __tablename__ = "import_block"
    job_id: Mapped[int] = mapped_column(ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True)
    no: Mapped[int] = mapped_column(Integer, primary_key=True)
    rows_sealed: Mapped[bytes]
    again: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))


class ImportProblem(Base):
    """导入错误: what was wrong with a row that was not taken, and the row's own values, sealed."""

    __tablename__ = "import_problem"
    id: Mapped[int] = new_id()
    job_id: Mapped[int] = mapped_column(ForeignKey("import_job.id", ondelete="CASCADE"))
    row_no: Mapped[int] = mapped_column(Integer)
    field: Mapped[str | None]
    code: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    row_sealed: Mapped[bytes]
    __table_args__ = (Index("ix_import_problem_row", "job_id", "row_no", "id"),)


class PollSource(Base):
    """轮询来源: an upstream that cannot push. `watermark`: all that changed up to then was taken (UTC).

    `swept_on`: the Shanghai day whose nightly look at the last 24 hours is done. `adapter` and `location` say how and
    where it is asked.
    """

    __tablename__ = "poll_source"
    source: Mapped[str] = mapped_column(ForeignKey("import_source.name"), primary_key=True)
    adapter: Mapped[str]
    location: Mapped[str]
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    watermark: Mapped[datetime | None]
    swept_on: Mapped[date | None]
    polled_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
