"""The block list 骚扰来电名单: proposed by one, decided by another, for a limited time."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class CallerBlock(Base):
    """恶意占线: a number by its blind index. It never keeps a request out: it is shown where the number appears.

    state: PROPOSED, BLOCKED, REFUSED, LIFTED. BLOCKED ends by itself at `until`.
    """

    __tablename__ = "caller_block"
    id: Mapped[int] = new_id()
    phone_index: Mapped[bytes]
    phone_sealed: Mapped[bytes]
    area_code: Mapped[str]
    reason: Mapped[str]
    case_no: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default=text("'PROPOSED'"))
    proposed_by: Mapped[int]
    proposed_at: Mapped[datetime] = time_now()
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
    until: Mapped[datetime | None]
    __table_args__ = (
        CheckConstraint("state IN ('PROPOSED', 'BLOCKED', 'REFUSED', 'LIFTED')", name="state"),
        # one proposal or block of a number in an area at a time
        Index(
            "uq_caller_block_live",
            "phone_index",
            "area_code",
            unique=True,
            postgresql_where=text("state IN ('PROPOSED', 'BLOCKED')"),
        ),
    )
