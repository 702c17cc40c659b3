"""What two persons find of a case: left out 剔除台账, or missed by the grid 漏报认定."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base, new_id, time_now


class Finding(Base):
    """剔除台账 and 漏报认定: what one person proposed with its evidence, and how a second one ruled. Append-only but
    for the ruling and the revocation.

    `kind`: EXCLUSION leaves the case out of the rates, MISSED counts it as missed by the grid, while `ruling` is
    GRANTED and it is not revoked. `reason` is a code of the catalogue; the notes are masked; `attachments` name files.
    """

    __tablename__ = "finding"
    id: Mapped[int] = new_id()
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), index=True)
    kind: Mapped[str]
    reason: Mapped[str]
    evidence: Mapped[str]
    attachments: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    proposed_by: Mapped[int]
    proposed_at: Mapped[datetime] = time_now()
    ruling: Mapped[str | None]
    ruled_by: Mapped[int | None]
    ruled_at: Mapped[datetime | None]
    ruling_note: Mapped[str | None]
    revoked_by: Mapped[int | None]
    revoked_at: Mapped[datetime | None]
    revoked_note: Mapped[str | None]
    __table_args__ = (
        CheckConstraint("kind IN ('EXCLUSION', 'MISSED')", name="kind"),
        CheckConstraint("ruling IN ('GRANTED', 'REJECTED')", name="ruling"),
        CheckConstraint("ruled_by <> proposed_by", name="second_person"),
        # of a case, one of a kind waits or stands
        Index(
            "uq_finding_live",
            "case_id",
            "kind",
            unique=True,
            postgresql_where=text("ruling IS DISTINCT FROM 'REJECTED' AND revoked_at IS NULL"),
        ),
    )
