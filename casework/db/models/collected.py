"""What cities told the province: their frozen months 上报月份, the years made of them, and where cities are asked."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Integer, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class CollectedMonth(Base):
    """上报月份: a version of a prefecture's month as it was told: `sums` by area and code are [numerator, denominator].

    `origin`: OWN (frozen here), PULL (asked from the city) or FILE; `source` names it, `source_hash` is the SHA-256 of
    what came, `sums_hash` that of the sums. Version 1 is the frozen one, later ones restate it. Never changed.
    """

    __tablename__ = "collected_month"
    id: Mapped[int] = new_id()
    area: Mapped[str]
    month: Mapped[date]
    version: Mapped[int] = mapped_column(Integer)
    definition: Mapped[str]
    cut_off: Mapped[datetime | None]
    cases: Mapped[int | None]
    sums: Mapped[dict[str, Any]]
    sums_hash: Mapped[str]
    origin: Mapped[str]
    source: Mapped[str]
    source_hash: Mapped[str]
    collected_at: Mapped[datetime] = time_now()
    collected_by: Mapped[int | None]
    __table_args__ = (
        UniqueConstraint("area", "month", "version"),
        CheckConstraint("origin IN ('OWN', 'PULL', 'FILE')", name="origin"),
    )


class YearFreeze(Base):
    """年度冻结: a province's year as it was collected at `made_at`. Version 1 is the frozen one, later ones restate it.

    `parts`: which version of which month went in; `missing`: months by prefecture that were not there; `figures`: Σ by
    prefecture and code. `data_hash` is that of the parts, `figures_hash` of the figures. Never changed.
    """

    __tablename__ = "year_freeze"
    id: Mapped[int] = new_id()
    area: Mapped[str]
    year: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    missing: Mapped[dict[str, Any]]
    definitions: Mapped[list[str]]
    figures: Mapped[dict[str, Any]]
    data_hash: Mapped[str]
    figures_hash: Mapped[str]
    made_at: Mapped[datetime] = time_now()
    made_by: Mapped[int | None]
    __table_args__ = (UniqueConstraint("area", "year", "version"),)


class StatisticsCity(Base):
    """上报城市: where a city's frozen months are asked for, as whom and with which secret; up to which of its months
    (`watermark`, the city's own number) all is here. `problem`: the code of the last failure, null after a success."""

    __tablename__ = "statistics_city"
    area: Mapped[str] = mapped_column(primary_key=True)
    url: Mapped[str]
    source: Mapped[str]
    secret_sealed: Mapped[bytes]
    watermark: Mapped[int] = mapped_column(server_default="0")
    asked_at: Mapped[datetime | None]
    problem: Mapped[str | None]
