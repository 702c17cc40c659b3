"""What likeness is searched by 疑似重复: one narrow row beside each case of the last months."""

from datetime import datetime

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, Integer, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from casework.db.models.base import Base


class CaseLikeness(Base):
    """工单比对: written by a worker after the case was committed, so that intake never waits for it.

    `keys` are the text's sketch, `cell` the place's (rules/likeness.py); lon and lat in WGS-84. The server keeps how
    often the 10,000 most frequent keys occur. Area and category follow the case's own by a trigger: a case that is
    classified anew is found at its new place.
    """

    __tablename__ = "case_likeness"
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), primary_key=True, autoincrement=False)
    area_code: Mapped[str]
    category: Mapped[str | None]
    created_at: Mapped[datetime]
    cell: Mapped[int | None]
    lon: Mapped[float | None]
    lat: Mapped[float | None]
    keys: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    __table_args__ = (
        # the same words; searching is frequent and a worker writes: no pending list
        Index("ix_case_likeness_keys", "keys", postgresql_using="gin", postgresql_with={"fastupdate": "off"}),
        # the same matter in the same street, newest first
        Index("ix_case_likeness_place", text("left(area_code, 9)"), text("left(category, 4)"), "created_at"),
        # near a point
        Index("ix_case_likeness_cell", "cell", "created_at", postgresql_where=text("cell IS NOT NULL")),
        # what is too old to be compared, and a period's counts; rows come in the order of time
        Index("ix_case_likeness_created", "created_at", postgresql_using="brin"),
    )


class LikenessReach(Base):
    """比对进度: one row. All cases up to `reached` have their row; those up to `settled` had been committed or given up
    when `settled` was taken from `seen`, which is old enough that no transaction of then is still open."""

    __tablename__ = "likeness_reach"
    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    reached: Mapped[int] = mapped_column(server_default=text("0"))
    settled: Mapped[int] = mapped_column(server_default=text("0"))
    seen: Mapped[int] = mapped_column(server_default=text("0"))
    seen_at: Mapped[datetime] = mapped_column(server_default=text("'epoch'"))
    __table_args__ = (CheckConstraint("id = 1", name="one"),)
