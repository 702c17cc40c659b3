"""Whistles 街道吹哨: a street or community calls departments to the spot, and each is a row of its own."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, SmallInteger, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Whistle(Base):
    """吹哨: `no` counts within the case. `matter` and `outcome` are masked. `level`: E0, E1, N, how soon to report in.

    `ended_at`: when the last department had answered, or the caller or the case's own way ended it (`ended_by` null:
    by itself).
    """

    __tablename__ = "whistle"
    id: Mapped[int] = new_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    no: Mapped[int] = mapped_column(Integer)
    caller_unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    account_id: Mapped[int | None]
    matter: Mapped[str]
    level: Mapped[str]
    called_at: Mapped[datetime] = time_now()
    outcome: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None]
    __table_args__ = (
        UniqueConstraint("case_id", "no"),
        CheckConstraint("level IN ('E0', 'E1', 'N')", name="level"),
        Index(None, "caller_unit_id"),
    )


class WhistleCall(Base):
    """被吹哨部门: one department of one whistle, with its task (a CO assignment, on which its REPORT_IN clock hangs).

    `check_in`, `distance_m`: where it reported in from (rules/whistles.py), `in_time` whether before the limit. `score`
    is the caller's of the department, `whistle_score` and `justified` the department's of the whistle, 1 to 5, 5 best.
    Texts are masked. `closed_at`: answered, or not awaited any more.
    """

    __tablename__ = "whistle_call"
    id: Mapped[int] = new_id()
    whistle_id: Mapped[int] = mapped_column(ForeignKey("whistle.id"))
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id"))
    due_at: Mapped[datetime]
    reported_at: Mapped[datetime | None]
    reported_by: Mapped[int | None]
    in_time: Mapped[bool | None] = mapped_column(Boolean)
    lon: Mapped[float | None] = mapped_column(Float)
    lat: Mapped[float | None] = mapped_column(Float)
    check_in: Mapped[str | None]
    distance_m: Mapped[int | None] = mapped_column(Integer)
    plan: Mapped[str | None]
    planned_at: Mapped[datetime | None]
    result: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    score: Mapped[int | None] = mapped_column(SmallInteger)
    score_note: Mapped[str | None]
    scored_at: Mapped[datetime | None]
    whistle_score: Mapped[int | None] = mapped_column(SmallInteger)
    justified: Mapped[bool | None] = mapped_column(Boolean)
    whistle_note: Mapped[str | None]
    whistle_scored_at: Mapped[datetime | None]
    __table_args__ = (
        UniqueConstraint("whistle_id", "unit_id"),
        CheckConstraint("check_in IN ('ON_SITE', 'OFF_SITE', 'UNPLACED')", name="check_in"),
        CheckConstraint("score BETWEEN 1 AND 5 AND whistle_score BETWEEN 1 AND 5", name="score"),
        Index(None, "case_id"),
        # a department's own calls, newest first
        Index(None, "unit_id", "id"),
        # of a case, a department is awaited once
        Index("uq_whistle_call_open", "case_id", "unit_id", unique=True, postgresql_where=text("closed_at IS NULL")),
    )
