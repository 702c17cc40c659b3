"""The knowledge base 知识库: items, their versions, how often each was used or complained of, what was not found."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class KnowledgeItem(Base):
    """知识条目: one matter that is answered again and again. Its words are in its versions.

    `latest` is the newest version's number, `published` that of the one in force, null for none.
    """

    __tablename__ = "knowledge_item"
    id: Mapped[int] = new_id()
    latest: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    published: Mapped[int | None] = mapped_column(Integer)
    created_at: Mapped[datetime] = time_now()
    retired_at: Mapped[datetime | None]
    retired_by: Mapped[int | None]
    retire_note: Mapped[str | None]


class KnowledgeVersion(Base):
    """条目版本: what an item said, who wrote it, who reviewed it. Every change is a row of its own, none is lost.

    state: DRAFT, IN_REVIEW, PUBLISHED, RETIRED (replaced by a newer version, or the item itself retired).
    `valid_from` and `valid_to` are days in Asia/Shanghai, both included; `valid_to` null: until further notice.
    `grams`: characters and pairs of characters (rules/knowledge_words.py), A of title, questions and keywords, D of the
    answer; long, and never read with the rest. Nothing in it is personal, so nothing is masked.
    """

    __tablename__ = "knowledge_version"
    id: Mapped[int] = new_id()
    item_id: Mapped[int] = mapped_column(ForeignKey("knowledge_item.id"))
    version: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(server_default=text("'DRAFT'"))
    title: Mapped[str]
    category: Mapped[str | None]
    area_code: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    questions: Mapped[list[str]]
    keywords: Mapped[list[str]]
    answer: Mapped[str]
    source_document: Mapped[str]
    source_link: Mapped[str | None]
    grams: Mapped[Any] = mapped_column(TSVECTOR, deferred=True)
    author_id: Mapped[int | None]
    made_at: Mapped[datetime] = time_now()
    submitted_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None]
    reviewed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    review_note: Mapped[str | None]
    __table_args__ = (
        UniqueConstraint("item_id", "version"),
        CheckConstraint("state IN ('DRAFT', 'IN_REVIEW', 'PUBLISHED', 'RETIRED')", name="state"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        # one version of an item is in force
        Index("uq_knowledge_version_in_force", "item_id", unique=True, postgresql_where=text("state = 'PUBLISHED'")),
        # search: only what is in force; the condition must stand in the query word for word. Publishing is rare and
        # searching is not: no pending list
        Index(
            "ix_knowledge_version_grams",
            "grams",
            postgresql_using="gin",
            postgresql_with={"fastupdate": "off"},
            postgresql_where=text("state = 'PUBLISHED'"),
        ),
        # what a unit has to review or mend
        Index("ix_knowledge_version_unit", "unit_id", "state"),
    )


class KnowledgeGram(Base):
    """用字频次: in how many published items a pair of characters occurs, so that search asks for the rare ones."""

    __tablename__ = "knowledge_gram"
    gram: Mapped[str] = mapped_column(primary_key=True)
    items: Mapped[int] = mapped_column(Integer)


class KnowledgeUse(Base):
    """引用记录: a case that was answered from a version of an item."""

    __tablename__ = "knowledge_use"
    id: Mapped[int] = new_id()
    item_id: Mapped[int] = mapped_column(ForeignKey("knowledge_item.id"))
    version: Mapped[int] = mapped_column(Integer)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    at: Mapped[datetime] = time_now()
    __table_args__ = (Index(None, "item_id"),)


class KnowledgeComplaint(Base):
    """纠错: a reader says that a version is wrong; a newer version in force settles it. `note` is masked."""

    __tablename__ = "knowledge_complaint"
    id: Mapped[int] = new_id()
    item_id: Mapped[int] = mapped_column(ForeignKey("knowledge_item.id"))
    version: Mapped[int] = mapped_column(Integer)
    note: Mapped[str]
    account_id: Mapped[int | None]
    at: Mapped[datetime] = time_now()
    __table_args__ = (Index(None, "item_id", "version"),)


class KnowledgeMiss(Base):
    """未命中: words that were searched for and not found, masked; who searched is not kept."""

    __tablename__ = "knowledge_miss"
    id: Mapped[int] = new_id()
    area_code: Mapped[str]
    words: Mapped[str]
    times: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    last_at: Mapped[datetime] = time_now()
    __table_args__ = (UniqueConstraint("area_code", "words"), Index(None, "last_at"))


class KnowledgeMend(Base):
    """催更记录: the owning unit was told to mend an item; once for each item and month (`period`, 2026-11)."""

    __tablename__ = "knowledge_mend"
    item_id: Mapped[int] = mapped_column(ForeignKey("knowledge_item.id"), primary_key=True)
    period: Mapped[str] = mapped_column(primary_key=True)
    reasons: Mapped[list[str]]
    told_at: Mapped[datetime] = time_now()
