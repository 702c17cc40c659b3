"""A city's own wording of notices, version by version."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Integer, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class NoticeWording(Base):
    """通知文案的一个版本: how a topic is told to an audience (`template`, such as ACCEPT.CITIZEN) in a language, from
    `made_at` on, in an area and its parts. `body` null: by the file's words again. Nothing is changed or deleted."""

    __tablename__ = "notice_wording"
    id: Mapped[int] = new_id()
    template: Mapped[str]
    lang: Mapped[str]
    area_code: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    body: Mapped[str | None]
    why: Mapped[str]
    made_by: Mapped[int | None]
    made_at: Mapped[datetime] = time_now()
    __table_args__ = (
        UniqueConstraint("template", "lang", "area_code", "version"),
        CheckConstraint("lang IN ('zh-CN', 'en')", name="lang"),
    )


class WordingBook(Base):
    """文案版本号: one row. Every version of a text makes it one more; by it processes know whether to read again."""

    __tablename__ = "wording_book"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    version: Mapped[int]
    __table_args__ = (CheckConstraint("id = 1", name="one"),)
