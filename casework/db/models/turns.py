"""The turns of a case: what one person asked for and another ruled on, and supervision."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Motion(Base):
    """申请 (退单、延期、挂起、挂账、说明理由办结、补录): who asked for what and why, who ruled how. Only the ruling is
    added.

    `reason` is a code of the catalogue, `note` and `ruling_note` are masked. `until`: the new deadline or the
    suspension's end; `was_due`: the deadline before. `other_unit_id`: who should have the case, or has it now.
    `ended_at`: when a granted suspension or listing really ended.
    """

    __tablename__ = "motion"
    id: Mapped[int] = new_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    account_id: Mapped[int | None]
    asked_at: Mapped[datetime] = time_now()
    reason: Mapped[str | None]
    note: Mapped[str | None]
    until: Mapped[datetime | None]
    was_due: Mapped[datetime | None]
    other_unit_id: Mapped[int | None]
    ruling: Mapped[str | None]
    ruled_by: Mapped[int | None]
    ruled_at: Mapped[datetime | None]
    ruling_note: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("kind IN ('RETURN', 'EXTENSION', 'SUSPENSION', 'CLOSURE', 'LEDGER', 'BACKDATED')", name="kind"),
        CheckConstraint("(ruling IS NULL) = (ruled_at IS NULL)", name="ruled"),
        # one of a kind waits for its ruling
        Index("uq_motion_pending", "case_id", "kind", unique=True, postgresql_where=text("ruling IS NULL")),
        # suspensions that end by themselves
        Index(
            "ix_motion_suspended",
            "until",
            postgresql_where=text("kind = 'SUSPENSION' AND ruling = 'GRANTED' AND ended_at IS NULL"),
        ),
    )


class Supervision(Base):
    """督办: `no` counts within the case and is the cycle of its SUPERVISE clock; a higher rung is a new row."""

    __tablename__ = "supervision"
    id: Mapped[int] = new_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    no: Mapped[int] = mapped_column(Integer)
    rung: Mapped[str]
    trigger: Mapped[str]
    note: Mapped[str | None]
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    opened_by: Mapped[int | None]
    opened_at: Mapped[datetime] = time_now()
    due_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[int | None]
    answered_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("case_id", "no"), Index(None, "case_id", "trigger"))
