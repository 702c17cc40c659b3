"""The months that were frozen 冻结, and what their cases' rows kept then."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id


class Freeze(Base):
    """冻结: a month of a prefecture as it stood at `cut_off` (UTC). Version 1 is the frozen one, later ones restate it.

    `data_hash` is that of its rows in `frozen_case`, `figures` what they add up to under `definition`, `figures_hash`
    that of the figures. Never changed, never deleted.
    """

    __tablename__ = "month_freeze"
    id: Mapped[int] = new_id()
    month: Mapped[date]
    area: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    definition: Mapped[str]
    cut_off: Mapped[datetime]
    made_by: Mapped[int | None]
    cases: Mapped[int] = mapped_column(Integer)
    data_hash: Mapped[str]
    figures: Mapped[dict[str, Any]]
    figures_hash: Mapped[str]
    __table_args__ = (UniqueConstraint("area", "month", "version"),)


class FrozenCase(Base):
    """冻结数据: what a case's row kept for the figures when the month was frozen, named as there (rules/rates)."""

    __tablename__ = "frozen_case"
    freeze_id: Mapped[int] = mapped_column(
        ForeignKey("month_freeze.id", deferrable=True, initially="DEFERRED"), primary_key=True
    )
    case_id: Mapped[int] = mapped_column(primary_key=True)
    case_no: Mapped[str]
    area_code: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[datetime]
    direction: Mapped[str]
    kind: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    finish_due_original: Mapped[datetime | None]
    finish_due: Mapped[datetime | None]
    signed_in_time: Mapped[bool | None] = mapped_column(Boolean)
    contacted_in_time: Mapped[bool | None] = mapped_column(Boolean)
    contact_exempt: Mapped[bool] = mapped_column(Boolean)
    first_completed_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_as: Mapped[str | None]
    on_ledger: Mapped[bool] = mapped_column(Boolean)
    struck: Mapped[bool] = mapped_column(Boolean)
    first_unit_id: Mapped[int | None]
    misdirected: Mapped[bool] = mapped_column(Boolean)
    called_in_time: Mapped[bool | None] = mapped_column(Boolean)
    dispatched_in_time: Mapped[bool | None] = mapped_column(Boolean)
    returns: Mapped[int] = mapped_column(Integer)
    extensions: Mapped[int] = mapped_column(Integer)
    suspensions: Mapped[int] = mapped_column(Integer)
    supervisions: Mapped[int] = mapped_column(Integer)
    rework_count: Mapped[int] = mapped_column(Integer)
    repeated: Mapped[bool] = mapped_column(Boolean)
    missed_by_grid: Mapped[bool] = mapped_column(Boolean)
    followed: Mapped[str | None]
    solved: Mapped[bool | None] = mapped_column(Boolean)
    satisfaction: Mapped[str | None]
    worked_minutes: Mapped[int | None] = mapped_column(Integer)
    rectified: Mapped[str | None]
    follow_weight: Mapped[int | None] = mapped_column(Integer)
    verified: Mapped[bool | None] = mapped_column(Boolean)
    verified_in_time: Mapped[bool | None] = mapped_column(Boolean)
    checked_in_time: Mapped[bool | None] = mapped_column(Boolean)
