"""Units, accounts, sessions, and the audit log."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Unit(Base):
    """承办单位: a department, street, community, utility or centre; `parent_id` makes the tree that scopes see."""

    __tablename__ = "unit"
    id: Mapped[int] = new_id()
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    department: Mapped[str]
    level: Mapped[str]
    area_code: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    __table_args__ = (Index(None, "parent_id"),)


class Account(Base):
    """账号: who may sign in. `area_code` is the prefix of its scope (words.md §5); `permissions`: see words.py.

    `once_until`: the password was handed out and is good until then, only to be exchanged for the person's own.
    """

    __tablename__ = "account"
    id: Mapped[int] = new_id()
    login: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    password_hash: Mapped[str]
    roles: Mapped[list[str]]
    permissions: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    area_code: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    active: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    failed_tries: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    locked_until: Mapped[datetime | None]
    once_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = time_now()


class Session(Base):
    """会话: a signed-in browser; only the digest of its token is kept."""

    __tablename__ = "session"
    token_digest: Mapped[bytes] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = time_now()
    seen_at: Mapped[datetime] = time_now()
    expires_at: Mapped[datetime]


class AuditLog(Base):
    """审计: append-only; sign-ins, reveals of personal data, administration. Kept by month (db/months.py)."""

    __tablename__ = "audit_log"
    id: Mapped[int] = new_id()
    at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    account_id: Mapped[int | None]
    act: Mapped[str]
    subject: Mapped[str | None]
    data: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    __table_args__ = (Index(None, "at"), {"postgresql_partition_by": "RANGE (at)"})
    __mapper_args__ = {"primary_key": [id]}  # noqa: RUF012  (SQLAlchemy reads it from the class)
