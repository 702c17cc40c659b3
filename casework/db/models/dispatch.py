"""The city's own part of the dispatch catalogue 派单目录: rules with their versions, above the base that ships."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class DispatchRuleVersion(Base):
    """自有派单规则的一个版本: what it says (`said`, as catalog/entries.py reads it), who wrote it and why.

    state: DRAFT, IN_FORCE, REPLACED (a newer version took its place), ENDED. `area_code` is the rule's own area: who
    keeps it. Nothing is deleted: every change is a row, or a dated end of one.
    """

    __tablename__ = "dispatch_rule"
    id: Mapped[int] = new_id()
    code: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(server_default=text("'DRAFT'"))
    area_code: Mapped[str]
    said: Mapped[dict[str, Any]]
    why: Mapped[str]
    made_by: Mapped[int | None]
    made_at: Mapped[datetime] = time_now()
    put_by: Mapped[int | None]
    put_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("code", "version"),
        CheckConstraint("state IN ('DRAFT', 'IN_FORCE', 'REPLACED', 'ENDED')", name="state"),
        # one version of a rule is in force, and one is being written
        Index("uq_dispatch_rule_in_force", "code", unique=True, postgresql_where=text("state = 'IN_FORCE'")),
        Index("uq_dispatch_rule_draft", "code", unique=True, postgresql_where=text("state = 'DRAFT'")),
        # the rules of an area and of all below it
        Index(None, "area_code", postgresql_ops={"area_code": "text_pattern_ops"}),
    )


class DispatchBook(Base):
    """派单目录版本号: one row. Every change of what is in force makes it one more; processes read by it whether to load
    the rules again, and writers take turns at it."""

    __tablename__ = "dispatch_book"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    version: Mapped[int]
    __table_args__ = (CheckConstraint("id = 1", name="one"),)
