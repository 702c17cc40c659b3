"""Classification 分类: trained models, and what was suggested for each case beside what a person made of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Double, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class CategoryModel(Base):
    """分类模型: a trained classifier as bytes (place/model_file.py), with its card.

    state: READY, IN_FORCE (at most one; none: the lexicon alone answers), RETIRED (another took its place).
    """

    __tablename__ = "category_model"
    id: Mapped[int] = new_id()
    version: Mapped[str] = mapped_column(unique=True)
    state: Mapped[str] = mapped_column(server_default=text("'READY'"))
    card: Mapped[dict[str, Any]]
    file: Mapped[bytes]
    made_at: Mapped[datetime] = time_now()
    in_force_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state IN ('READY', 'IN_FORCE', 'RETIRED')", name="state"),
        Index("uq_category_model_in_force", "state", unique=True, postgresql_where=text("state = 'IN_FORCE'")),
    )


class CategorySuggestion(Base):
    """分类建议: what was suggested for a case, once, and the category that a person gave it; the last one counts.

    `source`: the model's version, "lexicon", or null where a person was first. `words`: for each suggestion, words of
    the masked text. `given`: the category that the case came with. `settled_by` null and `automatic`: the machine
    itself. The text is not repeated here: it is the request's working text, masked.
    """

    __tablename__ = "category_suggestion"
    id: Mapped[int] = new_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    at: Mapped[datetime] = time_now()
    source: Mapped[str | None]
    first: Mapped[str | None]
    first_confidence: Mapped[float | None] = mapped_column(Double)
    second: Mapped[str | None]
    second_confidence: Mapped[float | None] = mapped_column(Double)
    calibrated: Mapped[bool] = mapped_column(server_default=text("false"))
    words: Mapped[dict[str, Any] | None]
    given: Mapped[str | None]
    settled: Mapped[str | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None]
    automatic: Mapped[bool] = mapped_column(server_default=text("false"))
    __table_args__ = (
        # what to learn from, and the drift report
        Index("ix_category_suggestion_settled", "settled_at", postgresql_where=text("settled_at IS NOT NULL")),
        Index(None, "at"),
    )
