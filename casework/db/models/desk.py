"""The dispatcher's desk 派单台: who has taken a case, who looks at it, moves that may still be undone,
standard texts and saved views."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class CaseClaim(Base):
    """认领: a case is one person's until `until`; a lease that is not renewed is anybody's again."""

    __tablename__ = "case_claim"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    claimed_at: Mapped[datetime] = time_now()
    until: Mapped[datetime]


class CaseViewer(Base):
    """在看: who has the case's page open, and whether something is being written there. Rows grow old by themselves."""

    __tablename__ = "case_viewer"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True, autoincrement=False)
    doing: Mapped[str]
    seen_at: Mapped[datetime] = time_now()
    __table_args__ = (CheckConstraint("doing IN ('VIEWING', 'EDITING')", name="doing"),)


class HeldMove(Base):
    """可撤销的操作: a move that the server makes at `run_at` unless it is undone before.

    `batch`: those that were asked for at once. `ask_sealed` is what was asked, encrypted, gone when it is over. `code`:
    why the rules refused it after all.
    """

    __tablename__ = "held_move"
    id: Mapped[int] = new_id()
    batch: Mapped[str]
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    action: Mapped[str]
    ask_sealed: Mapped[bytes | None]
    held_at: Mapped[datetime] = time_now()
    run_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(server_default=text("'HELD'"))
    ended_at: Mapped[datetime | None]
    code: Mapped[str | None]
    params: Mapped[dict[str, Any] | None]
    __table_args__ = (
        CheckConstraint("state IN ('HELD', 'DONE', 'UNDONE', 'REFUSED')", name="state"),
        CheckConstraint("(state = 'HELD') = (ask_sealed IS NOT NULL)", name="kept"),
        Index(None, "account_id", "batch"),
        # one move at a time is held for a case
        Index("uq_held_move_case", "case_id", unique=True, postgresql_where=text("state = 'HELD'")),
        # what is due
        Index("ix_held_move_due", "run_at", postgresql_where=text("state = 'HELD'")),
    )


class StandardText(Base):
    """常用语: a text with places to fill, one person's own or, `shared`, of everybody in the area and below.

    `action`: for which move; null: for any.
    """

    __tablename__ = "standard_text"
    id: Mapped[int] = new_id()
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    area_code: Mapped[str]
    shared: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    action: Mapped[str | None]
    title: Mapped[str]
    body: Mapped[str]
    updated_at: Mapped[datetime] = time_now()
    __table_args__ = (
        Index(None, "account_id"),
        Index("ix_standard_text_shared", "area_code", postgresql_where=text("shared")),
    )


class SavedView(Base):
    """我的视图: a named question to the queue, one person's own or, `shared`, of everybody in the area and below."""

    __tablename__ = "saved_view"
    id: Mapped[int] = new_id()
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    area_code: Mapped[str]
    shared: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    name: Mapped[str]
    query: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime] = time_now()
    __table_args__ = (
        UniqueConstraint("account_id", "name"),
        Index("ix_saved_view_shared", "area_code", postgresql_where=text("shared")),
    )
